"""Copies of this process and threads, which share work."""
