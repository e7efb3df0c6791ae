"""The formulas of the vector functions, imported when one is evaluated: they need numpy."""
