"""Approximations with a proven error: their search, their proof, their code."""
