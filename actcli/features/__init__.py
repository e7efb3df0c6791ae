"""What follows from a formula alone: where it breaks, turns and is steepest, its range, its kind."""
