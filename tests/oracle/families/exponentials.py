"""The exponential and the units that follow it to the left of 0."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def exponential(m: Any, x: Any) -> tuple[Any, Any, Any]:
    e = m.exp(x)
    return e, e, e


def elu(m: Any, x: Any, alpha: Any = 1) -> tuple[Any, Any, Any]:
    if x > 0:
        return x, 1, 0
    e = alpha * m.exp(x)
    return alpha * m.expm1(x), e, e


def celu(m: Any, x: Any, alpha: Any = 1) -> tuple[Any, Any, Any]:
    if x > 0:
        return x, 1, 0
    e = m.exp(x / alpha)
    return alpha * m.expm1(x / alpha), e, e / alpha


def selu(
    m: Any,
    x: Any,
    alpha: Any = Fraction(1.6732632423543772848170429916717),
    scale: Any = Fraction(1.0507009873554804934193349852946),
) -> tuple[Any, Any, Any]:
    if x > 0:
        return scale * x, scale, 0
    e = scale * alpha * m.exp(x)
    return scale * alpha * m.expm1(x), e, e


def gaussian(m: Any, x: Any) -> tuple[Any, Any, Any]:
    e = m.exp(-x * x)
    return e, -2 * x * e, (4 * x * x - 2) * e
