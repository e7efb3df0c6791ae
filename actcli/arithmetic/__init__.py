"""The arithmetics in which formulas are evaluated: plain float64, guarded, double-double."""
