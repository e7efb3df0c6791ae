"""The vector functions, a module a family. What a module declares is found, not listed."""
