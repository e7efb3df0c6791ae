"""Formulas: their text, their tree, and what is made of it."""
