"""x times a gate that opens from left to right."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.oracle import blocks


def gelu(m: Any, x: Any) -> tuple[Any, Any, Any]:
    return blocks.gelu(m, m.real(x))


def gelu_tanh(m: Any, x: Any) -> tuple[Any, Any, Any]:
    # (1 + tanh(u)) / 2 is the sigmoid of v = 2u
    x = m.real(x)
    c = m.sqrt(8 / m.pi)
    v = c * (x + x**3 * 44715 / 1_000_000)
    dv = c * (1 + x**2 * 134145 / 1_000_000)
    ddv = c * x * 268290 / 1_000_000
    g, q = blocks.sigmoid(m, v), blocks.sigmoid_slope(m, v)
    return blocks.gated(x, (g, q * dv, q * ddv + q * (1 - 2 * g) * dv * dv))


def silu(m: Any, x: Any, beta: Any = 1) -> tuple[Any, Any, Any]:
    z = m.real(beta * x)
    g, q = blocks.sigmoid(m, z), blocks.sigmoid_slope(m, z)
    return x * g, g + z * q, beta * q * (2 + z * (1 - 2 * g))


def quick_gelu(m: Any, x: Any, alpha: Any = Fraction(1.702)) -> tuple[Any, Any, Any]:
    return silu(m, x, alpha)


def mish(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    inner = blocks.softplus(m, x), blocks.sigmoid(m, x), blocks.sigmoid_slope(m, x)
    return blocks.gated(x, blocks.tanh_of(m, inner))


def serf(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    s, g, q = blocks.softplus(m, x), blocks.sigmoid(m, x), blocks.sigmoid_slope(m, x)
    bell = 2 * m.exp(-s * s) / m.sqrt(m.pi)
    return blocks.gated(x, (blocks.erf(m, s), bell * g, bell * (q - 2 * s * g * g)))


def phish(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    return blocks.gated(x, blocks.tanh_of(m, blocks.gelu(m, x)))


def _log1p_sigmoid(m: Any, x: Any) -> tuple[Any, Any, Any]:
    g, q = blocks.sigmoid(m, x), blocks.sigmoid_slope(m, x)
    du = q / (1 + g)
    return m.log1p(g), du, q * (1 - 2 * g) / (1 + g) - du * du


def smish(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    return blocks.gated(x, blocks.tanh_of(m, _log1p_sigmoid(m, x)))


def logish(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    return blocks.gated(x, _log1p_sigmoid(m, x))


def tanhexp(m: Any, x: Any) -> tuple[Any, Any, Any]:
    # sech^2(e) is 4 exp(-2e) / (1 + exp(-2e))^2; its factors e and e^2 join the exponent
    x = m.real(x)
    e = m.exp(x)
    t = blocks.tanh(m, e)
    scale = 4 / (1 + m.exp(-2 * e)) ** 2
    first, second = scale * m.exp(x - 2 * e), scale * m.exp(2 * x - 2 * e)
    return x * t, t + x * first, (2 + x) * first - 2 * x * t * second


def lisht(m: Any, x: Any) -> tuple[Any, Any, Any]:
    x = m.real(x)
    t, s = blocks.tanh(m, x), blocks.sech2(m, x)
    return x * t, t + x * s, 2 * s * (1 - x * t)


def aptx(
    m: Any, x: Any, alpha: Any = 1, beta: Any = 1, gamma: Any = Fraction(1, 2)
) -> tuple[Any, Any, Any]:
    # alpha + tanh(z), from the asymptote that z tends to
    z = m.real(beta * x)
    gate = (alpha - 1) + 2 * blocks.sigmoid(m, 2 * z)
    if z > 0:
        gate = (alpha + 1) - 2 * blocks.sigmoid(m, -2 * z)
    t, s = blocks.tanh(m, z), blocks.sech2(m, z)
    return gate * gamma * x, gamma * (gate + z * s), 2 * gamma * beta * s * (1 - z * t)
