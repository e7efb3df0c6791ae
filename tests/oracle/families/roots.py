"""Functions of a square root."""

from __future__ import annotations

from typing import Any


def squareplus(m: Any, x: Any, b: Any = 4) -> tuple[Any, Any, Any]:
    r = m.sqrt(x * x + b)
    if x > 0:
        return (x + r) / 2, (1 + x / r) / 2, b / (2 * r**3)
    # times the conjugate: (x + r)(r - x) = b
    return b / (r - x) / 2, b / (r * (r - x)) / 2, b / (2 * r**3)


def bent_identity(m: Any, x: Any) -> tuple[Any, Any, Any]:
    r = m.sqrt(x * x + 1)
    return (r - 1) / 2 + x, x / (2 * r) + 1, 1 / (2 * r**3)


def isru(m: Any, x: Any, alpha: Any = 1) -> tuple[Any, Any, Any]:
    r = m.sqrt(1 + alpha * x * x)
    return x / r, 1 / r**3, -3 * alpha * x / r**5


def isrlu(m: Any, x: Any, alpha: Any = 1) -> tuple[Any, Any, Any]:
    return (x, 1, 0) if x >= 0 else isru(m, x, alpha)
