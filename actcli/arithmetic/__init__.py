"""Number systems that formulas are written in: plain float64, and double-double."""
