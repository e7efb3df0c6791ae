"""Piecewise functions that saturate."""

from __future__ import annotations

import math
from typing import Any

from actcli.arithmetic.numbers import as_fraction, from_fraction, nearest_float, numerator_over
from actcli.catalogue.activation import (
    POSITIVE,
    Activation,
    Argument,
    Formulas,
    Number,
    Parameter,
    Ratio,
    cited,
    symbol,
)


def _hard_tanh(m: Any, x: Any, min_val: Number, max_val: Number) -> Formulas:
    return (
        lambda: m.clip(x, min_val, max_val),
        lambda: m.indicator((x > min_val) & (x < max_val), x),
        lambda: m.constant(x, 0.0),
    )


def _hard_tanh_check(min_val: Number, max_val: Number) -> str:
    return "" if min_val < max_val else f"min_val={min_val!r} must lie below max_val={max_val!r}"


FIXED_ENDS = (
    Argument("min", "min_val", -1.0, fixed=True),
    Argument("max", "max_val", 1.0, fixed=True),
)

HARD_TANH = Activation(
    name="hard_tanh",
    aliases=("hardtanh", "clip"),
    parameters=(
        Parameter("min_val", -1.0, "lower bound", symbol="a"),
        Parameter("max_val", 1.0, "upper bound", symbol="b"),
    ),
    text="min_val if x <= min_val else (max_val if x >= max_val else x)",
    derivative_text="1 if min_val < x < max_val else 0",
    formulas=_hard_tanh,
    check=_hard_tanh_check,
    symbols=(
        symbol("torch.nn.functional.hardtanh", "torch.nn.Hardtanh", min_val=-1.0, max_val=1.0),
        symbol("tf.clip_by_value(x, min_val, max_val)"),
        symbol("keras.activations.hard_tanh", "keras.ops.hard_tanh", arguments=FIXED_ENDS),
        symbol("jax.nn.hard_tanh", arguments=FIXED_ENDS),
        symbol("flax.linen.hard_tanh"),
        symbol("onnx.Clip(x, min_val, max_val)"),
    ),
    citation=cited(
        "Collobert: Large Scale Machine Learning (thesis, Paris VI), 2004 (reference not verified)"
    ),
)


def _hard_sigmoid(m: Any, x: Any, slope: Number, offset: Number) -> Formulas:
    # slope x + offset as one quotient, so that 1/6 is exact and the breakpoints are exactly -3 and 3
    numerator, denominator = numerator_over(slope)
    over = as_fraction(offset) * as_fraction(denominator)
    if math.isinf(nearest_float(over)):  # so large that the rounding of the slope does not show
        numerator, denominator, over = slope, 1.0, as_fraction(offset)
    line = x * numerator + from_fraction(over)
    return (
        lambda: m.clip(line, 0.0, denominator) / denominator,
        lambda: m.indicator((line > 0) & (line < denominator), x) * slope,
        lambda: m.constant(x, 0.0),
    )


FIXED_LINE = (
    Argument("slope", "slope", Ratio(1, 6), fixed=True),
    Argument("offset", "offset", 0.5, fixed=True),
)

HARD_SIGMOID = Activation(
    name="hard_sigmoid",
    aliases=("hardsigmoid", "h_sigmoid"),
    parameters=(
        Parameter("slope", Ratio(1, 6), "slope of the linear part", domain=POSITIVE, symbol="s"),
        Parameter("offset", 0.5, "value at 0", symbol="o"),
    ),
    text="0 if slope*x + offset <= 0 else (1 if slope*x + offset >= 1 else slope*x + offset)",
    derivative_text="slope if 0 < slope*x + offset < 1 else 0",
    formulas=_hard_sigmoid,
    symbols=(
        symbol("torch.nn.functional.hardsigmoid", "torch.nn.Hardsigmoid", arguments=FIXED_LINE),
        symbol("keras.activations.hard_sigmoid", "keras.ops.hard_sigmoid", arguments=FIXED_LINE),
        symbol("jax.nn.hard_sigmoid", arguments=FIXED_LINE),
        symbol("flax.linen.hard_sigmoid", fixed={"slope": Ratio(1, 6)}),
        symbol("onnx.HardSigmoid", alpha=("slope", 0.2), beta=("offset", 0.5)),
    ),
    citation=cited(
        "Courbariaux, Bengio & David (hard sigmoid clip((x+1)/2,0,1)); Howard et al. (1/6 form): BinaryConnect; Searching for MobileNetV3, 2015, arXiv:1511.00363, arXiv:1905.02244 (reference not verified)"
    ),
    notes=(
        "Breakpoints at -offset/slope and (1 - offset)/slope: -3 and 3 with slope 1/6, -2.5 and 2.5 with slope 0.2 (ONNX, and Keras before version 3).",
    ),
)


def _hard_silu(m: Any, x: Any) -> Formulas:
    left, inside = x > -3, (x > -3) & (x < 3)
    return (
        # x clip(x + 3, 0, 6) / 6, written so that the 0 on the left is positive
        lambda: x * m.clip(-3 - x, -6.0, 0.0) / -6,
        lambda: m.where(inside, (2 * x + 3) / 6, m.indicator(left, x)),
        lambda: m.indicator(inside, x) * Ratio(1, 3),
    )


HARD_SILU = Activation(
    name="hard_silu",
    aliases=("hard_swish", "hardswish", "h_swish", "hswish"),
    text="0 if x <= -3 else (x if x >= 3 else x*(x + 3)/6)",
    derivative_text="0 if x <= -3 else (1 if x >= 3 else (2*x + 3)/6)",
    second_derivative_text="1/3 if -3 < x < 3 else 0",
    formulas=_hard_silu,
    symbols=(
        symbol("torch.nn.functional.hardswish", "torch.nn.Hardswish"),
        symbol(
            "keras.activations.hard_silu", "keras.activations.hard_swish", "keras.ops.hard_silu"
        ),
        symbol("jax.nn.hard_silu", "jax.nn.hard_swish"),
        symbol("flax.linen.hard_silu", "flax.linen.hard_swish"),
        symbol("onnx.HardSwish"),
    ),
    citation=cited("Howard et al.: Searching for MobileNetV3, 2019, arXiv:1905.02244"),
)


def _sparse_sigmoid(m: Any, x: Any) -> Formulas:
    return (
        lambda: (m.clip(x, -1.0, 1.0) + 1) / 2,
        lambda: m.indicator((x > -1) & (x < 1), x) / 2,
        lambda: m.constant(x, 0.0),
    )


SPARSE_SIGMOID = Activation(
    name="sparse_sigmoid",
    text="0 if x <= -1 else (1 if x >= 1 else (x + 1)/2)",
    derivative_text="1/2 if -1 < x < 1 else 0",
    formulas=_sparse_sigmoid,
    symbols=(symbol("keras.activations.sparse_sigmoid"), symbol("jax.nn.sparse_sigmoid")),
    citation=cited(
        "Blondel, Martins & Niculae: Learning with Fenchel-Young Losses, 2019, arXiv:1901.02324"
    ),
    notes=("The hard sigmoid of BinaryConnect (slope 1/2).",),
)


def _sparse_plus(m: Any, x: Any) -> Formulas:
    zero = m.constant(x, 0.0)

    def pieces(middle: Any, right: Any) -> Any:
        return m.where(x > -1, m.where(x < 1, middle, right), zero)

    return (
        lambda: pieces((x + 1) * (x + 1) / 4, x),
        lambda: pieces((x + 1) / 2, m.constant(x, 1.0)),
        lambda: pieces(m.constant(x, 0.5), zero),
    )


SPARSE_PLUS = Activation(
    name="sparse_plus",
    aliases=("sparseplus",),
    text="0 if x <= -1 else (x if x >= 1 else (x + 1)**2/4)",
    derivative_text="0 if x <= -1 else (1 if x >= 1 else (x + 1)/2)",
    second_derivative_text="1/2 if -1 < x < 1 else 0",
    formulas=_sparse_plus,
    symbols=(symbol("keras.activations.sparse_plus"), symbol("jax.nn.sparse_plus")),
    citation=cited(
        "Blondel, Martins & Niculae: Learning with Fenchel-Young Losses, 2019, arXiv:1901.02324"
    ),
)


def _step(m: Any, x: Any, value_at_zero: Number) -> Formulas:
    zero, one = m.constant(x, 0.0), m.constant(x, 1.0)
    return (
        lambda: m.where(x > 0, one, m.where(x < 0, zero, m.constant(x, value_at_zero))),
        lambda: zero,
        lambda: zero,
    )


STEP = Activation(
    name="step",
    aliases=("heaviside", "binary_step", "hard_limit"),
    parameters=(Parameter("value_at_zero", 1.0, "value at 0", symbol="v"),),
    text="1 if x > 0 else (value_at_zero if x == 0 else 0)",
    formulas=_step,
    symbols=(
        symbol("torch.heaviside(x, value_at_zero)", values=("value_at_zero", None)),
        symbol("jax.numpy.heaviside(x, value_at_zero)", x2=("value_at_zero", None)),
    ),
    citation=cited(
        "McCulloch & Pitts 1943; Rosenblatt: The Perceptron (Psychological Review 65), 1958 (reference not verified)"
    ),
    notes=("The derivative is 0 wherever it exists.",),
)
