"""The page that shows a folder of pictures: every function with all that is known of it."""
