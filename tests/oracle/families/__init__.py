"""The oracle's formulas: a module a family, a function an activation.

Each takes an arithmetic, an exact rational x and exact parameters, and returns the value, the
derivative and the second derivative. They come from the mathematics, not from the package.
"""
