"""Drawing columns: figures and characters. Knows no command line."""
