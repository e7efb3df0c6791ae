"""The true values of activations, fast: by arrays, tables and polynomials, each held to a bound."""
