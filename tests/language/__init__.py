"""Formulas that people type: how they are read, and that their values are the true ones."""
