"""Backends side by side: inputs, differences, and what their defaults mean."""
