"""Curves with two asymptotes, and the integrals of some."""

from __future__ import annotations

from math import inf
from typing import Any

from tests.oracle import blocks


def sigmoid(m: Any, x: Any) -> tuple[Any, Any, Any]:
    g, q = blocks.sigmoid(m, x), blocks.sigmoid_slope(m, x)
    return g, q, q * (1 - 2 * g)


def log_sigmoid(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    return -blocks.softplus(m, -x), blocks.sigmoid(m, -x), -blocks.sigmoid_slope(m, x)


def softplus(m: Any, x: Any, beta: Any = 1, threshold: Any = inf) -> tuple[Any, Any, Any]:
    z = beta * x
    if threshold != inf and z > threshold:
        return x, 1, 0
    z = m.real(z)
    return (blocks.softplus(m, z) / beta, blocks.sigmoid(m, z), beta * blocks.sigmoid_slope(m, z))


def tanh(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    t, s = blocks.tanh(m, x), blocks.sech2(m, x)
    return t, s, -2 * t * s


def tanh_shrink(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    t, s = blocks.tanh(m, x), blocks.sech2(m, x)
    return x - t, t * t, 2 * t * s


def erf(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    bell = 2 * m.exp(-x * x) / m.sqrt(m.pi)
    return blocks.erf(m, x), bell, -2 * x * bell


def arctan(m: Any, x: Any) -> tuple[Any, Any, Any]:
    d = 1 + x * x
    return m.atan(x), 1 / d, -2 * x / d**2
