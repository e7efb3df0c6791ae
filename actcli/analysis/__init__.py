"""What there is to see of a function, in numbers. Draws nothing, and knows no command line."""
