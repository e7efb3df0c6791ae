"""Signals in deep networks."""
