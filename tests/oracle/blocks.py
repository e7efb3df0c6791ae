"""Sub-expressions that the oracle's formulas share, free of cancellation in the tails."""

from __future__ import annotations

from typing import Any


def sigmoid(m: Any, z: Any) -> Any:
    """1 / (1 + e^-z)."""
    return 1 / (1 + m.exp(-z))


def sigmoid_slope(m: Any, z: Any) -> Any:
    """The derivative of the sigmoid: s(z) s(-z)."""
    return sigmoid(m, z) * sigmoid(m, -z)


def softplus(m: Any, z: Any) -> Any:
    """log(1 + e^z)."""
    return z + m.log1p(m.exp(-z)) if z > 0 else m.log1p(m.exp(z))


def tanh(m: Any, z: Any) -> Any:
    """tanh; past 1 as its distance from the asymptote, whose sign then stays known."""
    if z > 1:
        return 1 - 2 / (m.exp(2 * z) + 1)
    if z < -1:
        return 2 / (m.exp(-2 * z) + 1) - 1
    return m.small_tanh(z)


def sech2(m: Any, z: Any) -> Any:
    """1 - tanh(z)^2."""
    return 4 * sigmoid_slope(m, 2 * z)


def erf(m: Any, z: Any) -> Any:
    """erf; past 1 as its distance from the asymptote."""
    if z > 1:
        return 1 - m.erfc(z)
    if z < -1:
        return m.erfc(-z) - 1
    return m.small_erf(z)


def normal_cdf(m: Any, z: Any) -> Any:
    """The share of the normal distribution below z."""
    return m.erfc(-z / m.sqrt(2)) / 2


def normal_density(m: Any, z: Any) -> Any:
    """exp(-z^2/2) / sqrt(2 pi)."""
    return m.exp(-z * z / 2) / m.sqrt(2 * m.pi)


def gelu(m: Any, z: Any) -> tuple[Any, Any, Any]:
    """z Phi(z) and its derivatives."""
    cdf, density = normal_cdf(m, z), normal_density(m, z)
    return z * cdf, cdf + z * density, (2 - z * z) * density


def gated(z: Any, gate: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """z times a gate, from the gate's value and derivatives."""
    value, slope, bend = gate
    return z * value, value + z * slope, 2 * slope + z * bend


def tanh_of(m: Any, inner: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
    """tanh(u(x)) and its derivatives, from those of u."""
    u, du, ddu = inner
    t, s = tanh(m, u), sech2(m, u)
    return t, s * du, s * ddu - 2 * t * s * du * du
