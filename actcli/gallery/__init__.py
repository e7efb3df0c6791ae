"""The page for a folder of pictures: every function with all that is known about it."""
