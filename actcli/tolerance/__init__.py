"""Whether a test with some tolerance would notice known-wrong results."""
