"""Shrinkage: a dead zone around 0."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.catalogue.activation import (
    NOT_NEGATIVE,
    Activation,
    Formulas,
    Number,
    Parameter,
    cited,
    symbol,
)


def _tanh_shrink(m: Any, x: Any) -> Formulas:
    pair = cache(lambda: m.tanh_and_rest(x))
    return (
        lambda: m.tanh_shrink(x),
        lambda: pair()[0] * pair()[0],
        lambda: 2 * (pair()[0] * pair()[1]),
    )


TANH_SHRINK = Activation(
    name="tanh_shrink",
    aliases=("tanhshrink",),
    text="x - tanh(x)",
    derivative_text="t**2",
    second_derivative_text="2*t*(1 - t**2)",
    where=(("t", "tanh(x)"),),
    formulas=_tanh_shrink,
    symbols=(
        symbol("torch.nn.functional.tanhshrink", "torch.nn.Tanhshrink"),
        symbol("keras.activations.tanh_shrink", "keras.ops.tanh_shrink"),
    ),
    citation=cited("no known paper (Torch7 layer)"),
)


def _hard_shrink(m: Any, x: Any, lambd: Number, bias: Number) -> Formulas:
    outside = m.absolute(x) > lambd

    def value() -> Any:
        if bias == 0:
            return m.masked(x, outside)
        if bias == lambd:
            return x - m.clip(x, -lambd, lambd)
        return m.where(outside, m.where(x > 0, x - bias, x + bias), m.constant(x, 0.0))

    return (value, lambda: m.indicator(outside, x), lambda: m.constant(x, 0.0))


HARD_SHRINK = Activation(
    name="hard_shrink",
    aliases=("hardshrink", "hard_threshold"),
    parameters=(
        Parameter(
            "lambd", 0.5, "half-width of the dead zone", domain=NOT_NEGATIVE, symbol=r"\lambda"
        ),
        Parameter("bias", 0.0, "how far the outer pieces are moved towards 0", optional=True),
    ),
    text="x - bias*sign(x) if abs(x) > lambd else 0",
    formulas=_hard_shrink,
    symbols=(
        symbol("torch.nn.functional.hardshrink", "torch.nn.Hardshrink", lambd=0.5),
        symbol("keras.activations.hard_shrink", "keras.ops.hard_shrink", threshold=("lambd", 0.5)),
        symbol("onnx.Shrink", lambd=0.5, bias=0.0),
    ),
    citation=cited(
        "Donoho & Johnstone: Ideal spatial adaptation by wavelet shrinkage (Biometrika 81), 1994 (reference not verified)"
    ),
    notes=("bias is ONNX Shrink's: bias=lambd makes it soft_shrink.",),
)


def _soft_shrink(m: Any, x: Any, lambd: Number) -> Formulas:
    return _hard_shrink(m, x, lambd, lambd)


SOFT_SHRINK = Activation(
    name="soft_shrink",
    aliases=("softshrink", "soft_threshold"),
    parameters=(
        Parameter(
            "lambd", 0.5, "half-width of the dead zone", domain=NOT_NEGATIVE, symbol=r"\lambda"
        ),
    ),
    text="x - lambd if x > lambd else (x + lambd if x < -lambd else 0)",
    derivative_text="1 if abs(x) > lambd else 0",
    formulas=_soft_shrink,
    symbols=(
        symbol("torch.nn.functional.softshrink", "torch.nn.Softshrink", lambd=0.5),
        symbol("keras.activations.soft_shrink", "keras.ops.soft_shrink", threshold=("lambd", 0.5)),
        symbol("onnx.Shrink(x, lambd=lambd, bias=lambd)"),
    ),
    citation=cited(
        "Donoho: De-noising by soft-thresholding (IEEE Trans. Inf. Theory 41), 1995 (reference not verified)"
    ),
)
