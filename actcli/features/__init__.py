"""What follows from a formula alone: where it breaks and turns, its range, its slopes, its kind."""
