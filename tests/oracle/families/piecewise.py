"""Functions of straight and parabolic pieces: rational, so exact."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any


def identity(m: Any, x: Any) -> tuple[Any, Any, Any]:
    return x, 1, 0


def relu(
    m: Any, x: Any, negative_slope: Any = 0, max_value: Any = inf, threshold: Any = 0
) -> tuple[Any, Any, Any]:
    if max_value != inf and x >= max_value:
        return max_value, 0, 0
    if x > threshold:
        return x, 1, 0
    return negative_slope * (x - threshold), negative_slope, 0


def relu6(m: Any, x: Any) -> tuple[Any, Any, Any]:
    return relu(m, x, max_value=6)


def leaky_relu(m: Any, x: Any, alpha: Any = Fraction(0.2)) -> tuple[Any, Any, Any]:
    return (x, 1, 0) if x > 0 else (alpha * x, alpha, 0)


def prelu(m: Any, x: Any, alpha: Any = Fraction(1, 4)) -> tuple[Any, Any, Any]:
    return leaky_relu(m, x, alpha)


def rrelu(
    m: Any, x: Any, lower: Any = Fraction(1, 8), upper: Any = Fraction(1, 3)
) -> tuple[Any, Any, Any]:
    return leaky_relu(m, x, (lower + upper) / 2)


def hard_silu(m: Any, x: Any) -> tuple[Any, Any, Any]:
    if x <= -3:
        return 0, 0, 0
    if x >= 3:
        return x, 1, 0
    return x * (x + 3) / 6, (2 * x + 3) / 6, m.exact(Fraction(1, 3))


def hard_sigmoid(
    m: Any, x: Any, slope: Any = Fraction(1, 6), offset: Any = Fraction(1, 2)
) -> tuple[Any, Any, Any]:
    line = slope * x + offset
    if line <= 0:
        return 0, 0, 0
    return (1, 0, 0) if line >= 1 else (line, slope, 0)


def hard_tanh(m: Any, x: Any, min_val: Any = -1, max_val: Any = 1) -> tuple[Any, Any, Any]:
    if x <= min_val:
        return min_val, 0, 0
    return (max_val, 0, 0) if x >= max_val else (x, 1, 0)


def hard_shrink(m: Any, x: Any, lambd: Any = Fraction(1, 2), bias: Any = 0) -> tuple[Any, Any, Any]:
    if x > lambd:
        return x - bias, 1, 0
    return (x + bias, 1, 0) if x < -lambd else (0, 0, 0)


def soft_shrink(m: Any, x: Any, lambd: Any = Fraction(1, 2)) -> tuple[Any, Any, Any]:
    return hard_shrink(m, x, lambd, lambd)


def threshold(m: Any, x: Any, threshold: Any = 1, value: Any = 0) -> tuple[Any, Any, Any]:
    return (x, 1, 0) if x > threshold else (value, 0, 0)


def thresholded_relu(m: Any, x: Any, theta: Any = 1) -> tuple[Any, Any, Any]:
    return threshold(m, x, theta)


def sparse_plus(m: Any, x: Any) -> tuple[Any, Any, Any]:
    if x <= -1:
        return 0, 0, 0
    return (x, 1, 0) if x >= 1 else ((x + 1) ** 2 / 4, (x + 1) / 2, m.exact(Fraction(1, 2)))


def sparse_sigmoid(m: Any, x: Any) -> tuple[Any, Any, Any]:
    return hard_sigmoid(m, x, m.exact(Fraction(1, 2)), m.exact(Fraction(1, 2)))


def squared_relu(m: Any, x: Any) -> tuple[Any, Any, Any]:
    return (x * x, 2 * x, 2) if x > 0 else (0, 0, 0)


def star_relu(
    m: Any, x: Any, scale: Any = Fraction(0.8944), bias: Any = Fraction(-0.4472)
) -> tuple[Any, Any, Any]:
    return (scale * x * x + bias, 2 * scale * x, 2 * scale) if x > 0 else (bias, 0, 0)


def step(m: Any, x: Any, value_at_zero: Any = 1) -> tuple[Any, Any, Any]:
    return (1 if x > 0 else value_at_zero if x == 0 else 0), 0, 0


def absolute(m: Any, x: Any) -> tuple[Any, Any, Any]:
    return abs(x), (x > 0) - (x < 0), 0


def softsign(m: Any, x: Any) -> tuple[Any, Any, Any]:
    d = 1 + abs(x)
    return x / d, 1 / d**2, -2 * ((x > 0) - (x < 0)) / d**3
