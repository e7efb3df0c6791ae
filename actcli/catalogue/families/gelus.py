"""Gaussian error linear units and what stands in for them."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.arithmetic.constants import CUBIC, SQRT_2_OVER_PI
from actcli.catalogue.activation import (
    Activation,
    Formulas,
    Number,
    Parameter,
    Variants,
    cited,
    symbol,
)
from actcli.catalogue.shared import FROM_MEMORY, scaled_gate


def _gelu(m: Any, x: Any) -> Formulas:
    # x * Phi(x); Phi comes from erfc on the left, so that the tail keeps its digits.
    cdf = cache(lambda: m.normal_cdf(x))
    return (
        lambda: x * cdf(),
        lambda: cdf() + x * m.normal_density(x),
        lambda: (2 - x * x) * m.normal_density(x),
    )


FORMS = Variants(
    "approximate",
    {"none": "gelu", "tanh": "gelu_tanh"},
    "the erf form or the tanh form",
    # TensorFlow, Keras and JAX ask whether it is approximate, PyTorch and ONNX how
    spellings={"True": "tanh", "False": "none"},
)

GELU = Activation(
    name="gelu",
    aliases=("gelu_erf", "gelu_none", "gaussian_error_linear_unit"),
    variants=FORMS,
    text="x*(1 + erf(x/sqrt(2)))/2",
    derivative_text="(1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)",
    second_derivative_text="(2 - x**2)*exp(-x**2/2)/sqrt(2*pi)",
    formulas=_gelu,
    symbols=(
        symbol("torch.nn.functional.gelu", "torch.nn.GELU"),
        symbol("tf.nn.gelu"),
        symbol("keras.activations.gelu"),
        symbol("jax.nn.gelu(x, approximate=False)"),
        symbol("flax.linen.gelu(x, approximate=False)"),
        symbol("onnx.Gelu"),
    ),
    citation=cited("Hendrycks & Gimpel: Gaussian Error Linear Units, 2016, arXiv:1606.08415"),
)


def _gelu_tanh(m: Any, x: Any) -> Formulas:
    # (1 + tanh u)/2 = sigmoid(2u) =: g, so f = x g(v) with v = 2u, which cancels nowhere.
    square = x * x
    v = x * (1 + square * CUBIC) * SQRT_2_OVER_PI * 2
    g, c = m.logistic(v)
    slope = cache(lambda: (1 + 3 * (square * CUBIC)) * SQRT_2_OVER_PI * 2)
    curvature = 12 * (x * CUBIC) * SQRT_2_OVER_PI
    return (
        lambda: x * g,
        lambda: g * (1 + x * slope() * c),
        lambda: g * c * (2 * slope() + x * (curvature + slope() * slope() * (c - g))),
    )


GELU_TANH = Activation(
    name="gelu_tanh",
    aliases=("gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_approximate"),
    variants=FORMS,
    text="x*(1 + t)/2",
    derivative_text="(1 + t)/2 + x*(1 - t**2)*du/2",
    second_derivative_text="(1 - t**2)*du + x*((1 - t**2)*ddu - 2*t*(1 - t**2)*du**2)/2",
    where=(
        ("u", "sqrt(2/pi)*(x + 44715*x**3/1000000)"),
        ("du", "sqrt(2/pi)*(1 + 134145*x**2/1000000)"),
        ("ddu", "sqrt(2/pi)*268290*x/1000000"),
        ("t", "tanh(u)"),
    ),
    formulas=_gelu_tanh,
    symbols=(
        symbol("torch.nn.functional.gelu(x, approximate='tanh')"),
        symbol("tf.nn.gelu(x, approximate=True)"),
        symbol("keras.activations.gelu(x, approximate=True)"),
        symbol("jax.nn.gelu"),
        symbol("flax.linen.gelu"),
        symbol("onnx.Gelu(x, approximate='tanh')"),
    ),
    citation=cited("Hendrycks & Gimpel: Gaussian Error Linear Units, 2016, arXiv:1606.08415"),
    notes=("The default form of gelu in jax.nn and flax.linen.",),
)


def _quick_gelu(m: Any, x: Any, alpha: Number) -> Formulas:
    return scaled_gate(m, x, alpha)


QUICK_GELU = Activation(
    name="quick_gelu",
    aliases=("gelu_sigmoid", "quickgelu"),
    parameters=(Parameter("alpha", 1.702, "inner slope", symbol=r"\alpha"),),
    text="x*g",
    derivative_text="g + alpha*x*g*(1 - g)",
    second_derivative_text="alpha*g*(1 - g)*(2 + alpha*x*(1 - 2*g))",
    where=(("g", "sigmoid(alpha*x)"),),
    formulas=_quick_gelu,
    symbols=(symbol("onnx.QuickGelu", alpha=1.702),),
    citation=cited(
        "Hendrycks & Gimpel: GELU paper, sigmoid approximation; the name comes from OpenAI CLIP code, 2016, arXiv:1606.08415"
    ),
)


def _phish(m: Any, x: Any) -> Formulas:
    cdf, density = m.normal_cdf(x), m.normal_density(x)
    t, s = m.tanh_and_rest(x * cdf)
    slope = cdf + x * density
    curvature = cache(lambda: (2 - x * x) * density)
    return (
        lambda: x * t,
        lambda: t + x * s * slope,
        lambda: s * (2 * slope + x * (curvature() - 2 * t * slope * slope)),
    )


PHISH = Activation(
    name="phish",
    text="x*t",
    derivative_text="t + x*(1 - t**2)*du",
    second_derivative_text="2*(1 - t**2)*du + x*((1 - t**2)*ddu - 2*t*(1 - t**2)*du**2)",
    where=(
        ("u", "gelu(x)"),
        ("du", "(1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)"),
        ("ddu", "(2 - x**2)*exp(-x**2/2)/sqrt(2*pi)"),
        ("t", "tanh(u)"),
    ),
    formulas=_phish,
    citation=cited(
        "Naveen: Phish: A Novel Hyper-Optimizable Activation Function (TechRxiv), 2022 (reference not verified)"
    ),
    notes=("Never negative: for x < 0 both factors are.",),
    unverified=(FROM_MEMORY,),
)
