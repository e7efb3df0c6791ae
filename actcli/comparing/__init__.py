"""Backends side by side: at which inputs, by how much they differ, and what their defaults give."""
