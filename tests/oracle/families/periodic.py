"""Sines."""

from __future__ import annotations

from typing import Any

from tests.oracle.arithmetics import PI


def _sin_cos(m: Any, x: Any, omega: Any) -> tuple[Any, Any]:
    if omega is PI:
        return m.sin_pi(x), m.cos_pi(x)
    return m.sin(omega * x), m.cos(omega * x)


def sine(m: Any, x: Any, omega: Any = 1) -> tuple[Any, Any, Any]:
    s, c = _sin_cos(m, x, omega)
    w = m.real(omega)
    return s, w * c, -w * w * s


def snake(m: Any, x: Any, alpha: Any = 1) -> tuple[Any, Any, Any]:
    s, c = _sin_cos(m, x, alpha)
    a = m.real(alpha)
    return x + s * s / a, 1 + 2 * s * c, 2 * a * (1 - 2 * s * s)


def sinc(m: Any, x: Any, omega: Any = 1) -> tuple[Any, Any, Any]:
    if omega == 0:
        return 1, 0, 0
    w = m.real(omega)
    if x == 0:
        return 1, 0, -w * w / 3
    s, c = _sin_cos(m, x, omega)
    z = w * x
    return s / z, w * (c - s / z) / z, w * w * (-s / z - 2 * c / z**2 + 2 * s / z**3)
