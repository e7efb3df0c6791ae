"""Pieces of declarations that several families use."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import Formulas, Number

#: The remark on every function that no framework has.
FROM_MEMORY = (
    "the definition is the paper's as remembered; no framework has the function to compare with"
)


def inverse_square_root_unit(m: Any, x: Any, alpha: Number) -> Formulas:
    """x / sqrt(1 + alpha x^2) and its derivatives r^-3 and -3 alpha x r^-5."""
    r = m.sqrt(1 + x * x * alpha)
    return (lambda: x / r, lambda: 1 / (r * r * r), lambda: x * alpha * -3 / (r * r * r * r * r))


def scaled_gate(m: Any, x: Any, beta: Number) -> Formulas:
    """x sigmoid(beta x) and its derivatives."""
    # g = sigmoid(beta x), c = 1 - g taken as sigmoid(-beta x); c - g = -tanh(beta x / 2).
    t = x * beta
    g, c = m.logistic(t)
    return (lambda: x * g, lambda: g * (1 + t * c), lambda: g * c * (2 + t * (c - g)) * beta)
