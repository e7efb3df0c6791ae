"""The formulas of the vector functions, imported only at evaluation because they need numpy."""
