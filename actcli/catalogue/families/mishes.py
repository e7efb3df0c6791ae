"""The input times a squashed softplus, and variations."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.arithmetic.constants import TWO_OVER_SQRT_PI
from actcli.catalogue.activation import Activation, Formulas, cited, symbol
from actcli.catalogue.shared import FROM_MEMORY


def _mish(m: Any, x: Any) -> Formulas:
    # t = tanh(ln(1 + e^x)) = n/(n + 2) with n = e^x (e^x + 2), so 1 - t = 2/(n + 2)
    e = m.bounded_exp(x)
    n = e * (e + 2)
    rest = 1 / (n + 2)
    t = n * rest
    s = cache(lambda: 2 * rest * (1 + t))
    c = cache(lambda: 1 / (1 + e))
    g = cache(lambda: e * c())
    return (
        lambda: x * t,
        lambda: t + x * g() * s(),
        lambda: s() * g() * (2 + x * (c() - 2 * (t * g()))),
    )


MISH = Activation(
    name="mish",
    text="x*t",
    derivative_text="t + x*g*(1 - t**2)",
    second_derivative_text="(1 - t**2)*(2*g + x*(g*(1 - g) - 2*t*g**2))",
    where=(("g", "sigmoid(x)"), ("t", "tanh(softplus(x))")),
    formulas=_mish,
    symbols=(
        symbol("torch.nn.functional.mish", "torch.nn.Mish"),
        symbol("keras.activations.mish"),
        symbol("jax.nn.mish"),
        symbol("onnx.Mish"),
    ),
    citation=cited(
        "Misra: Mish: A Self Regularized Non-Monotonic Activation Function, 2019, arXiv:1908.08681"
    ),
)


def _serf(m: Any, x: Any) -> Formulas:
    s = m.softplus(x)
    pair = cache(lambda: m.logistic(x))
    value = cache(lambda: m.erf(s))
    density = cache(lambda: m.exp(-(s * s)) * TWO_OVER_SQRT_PI)

    def second_derivative() -> Any:
        g, c = pair()
        return density() * g * (2 + x * (c - 2 * (s * g)))

    return (lambda: x * value(), lambda: value() + x * density() * pair()[0], second_derivative)


SERF = Activation(
    name="serf",
    text="x*h",
    derivative_text="h + x*dh",
    second_derivative_text="2*dh + x*ddh",
    where=(
        ("s", "softplus(x)"),
        ("g", "sigmoid(x)"),
        ("h", "erf(s)"),
        ("dh", "2/sqrt(pi)*exp(-s**2)*g"),
        ("ddh", "2/sqrt(pi)*exp(-s**2)*(g*(1 - g) - 2*s*g**2)"),
    ),
    formulas=_serf,
    citation=cited(
        "Nag & Bhattacharyya: SERF: Towards better training of deep neural networks using log-Softplus ERror activation Function, 2021, arXiv:2108.09598"
    ),
    unverified=(FROM_MEMORY,),
)


def _smish(m: Any, x: Any) -> Formulas:
    # u = ln(1 + g): tanh u = g (2 + g)/(2 + 2g + g^2), and with u' = g c/(1 + g)
    # the second derivative of u is u' (c - g - u').
    g, c = m.logistic(x)
    denominator = 2 + g * (2 + g)
    t = g * (2 + g) / denominator
    s = cache(lambda: 4 * ((1 + g) / denominator) * ((1 + g) / denominator))
    slope = cache(lambda: g * c / (1 + g))
    return (
        lambda: x * t,
        lambda: t + x * s() * slope(),
        lambda: s() * slope() * (2 + x * (c - g - slope() - 2 * (t * slope()))),
    )


SMISH = Activation(
    name="smish",
    text="x*t",
    derivative_text="t + x*(1 - t**2)*du",
    second_derivative_text="2*(1 - t**2)*du + x*((1 - t**2)*ddu - 2*t*(1 - t**2)*du**2)",
    where=(
        ("g", "sigmoid(x)"),
        ("u", "log1p(g)"),
        ("du", "g*(1 - g)/(1 + g)"),
        ("ddu", "(g*(1 - g)*(1 - 2*g)*(1 + g) - (g*(1 - g))**2)/(1 + g)**2"),
        ("t", "tanh(u)"),
    ),
    formulas=_smish,
    citation=cited(
        "Wang, Ren & Wang: Smish: A Novel Activation Function for Deep Learning Methods (Electronics 11(4), 540), 2022 (reference not verified)"
    ),
    notes=(
        "The paper scales it with alpha and beta, both 1. The slope at +inf is tanh(ln 2) = 0.6, not 1.",
    ),
    unverified=(FROM_MEMORY,),
)


def _logish(m: Any, x: Any) -> Formulas:
    g, c = m.logistic(x)
    value = cache(lambda: m.log1p(g))
    slope = cache(lambda: g * c / (1 + g))
    return (
        lambda: x * value(),
        lambda: value() + x * slope(),
        lambda: slope() * (2 + x * (c - g - slope())),
    )


LOGISH = Activation(
    name="logish",
    text="x*u",
    derivative_text="u + x*du",
    second_derivative_text="2*du + x*ddu",
    where=(
        ("g", "sigmoid(x)"),
        ("u", "log1p(g)"),
        ("du", "g*(1 - g)/(1 + g)"),
        ("ddu", "(g*(1 - g)*(1 - 2*g)*(1 + g) - (g*(1 - g))**2)/(1 + g)**2"),
    ),
    formulas=_logish,
    citation=cited(
        "Zhu, Zeng, Liu & Guo: Logish: A new nonlinear nonmonotonic activation function for convolutional neural network (Neurocomputing 458), 2021 (reference not verified)"
    ),
    notes=("The slope at +inf is ln 2, not 1.",),
    unverified=(FROM_MEMORY,),
)
