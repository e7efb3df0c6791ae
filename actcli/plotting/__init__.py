"""Draw functions, as figures and in characters."""
