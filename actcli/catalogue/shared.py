"""Pieces of formulas that several families use."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import INF, Ends, Formulas, Number

#: The remark on every function that no framework has.
FROM_MEMORY = (
    "the definition is the paper's as remembered; no framework has the function to compare with"
)


def far_left(slope: Number) -> float:
    """The limit of slope * x at -inf."""
    return -slope * INF if slope else 0.0


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


def scaled_gate_limits(beta: Number) -> tuple[Ends, Ends]:
    """The limits of `scaled_gate`."""
    if beta == 0:
        return Ends(-INF, 0.5), Ends(INF, 0.5)
    closed = Ends(0.0, 0.0)
    return (closed, Ends(INF, 1.0)) if beta > 0 else (Ends(-INF, 1.0), closed)
