"""What pictures show of a function, in numbers; nothing here draws."""
