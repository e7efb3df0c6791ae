"""Drawing what was computed, as figures and as characters. Knows no command line."""
