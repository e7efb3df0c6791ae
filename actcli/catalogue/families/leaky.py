"""Leaky rectifiers: two lines that meet at 0."""

from __future__ import annotations

from typing import Any

from actcli.arithmetic.numbers import as_fraction, from_fraction
from actcli.catalogue.activation import (
    Activation,
    Argument,
    Formulas,
    Number,
    Parameter,
    Ratio,
    cited,
    symbol,
)


def _two_lines(m: Any, x: Any, alpha: Number) -> Formulas:
    return (
        lambda: m.positive_part(x) + m.negative_part(x) * alpha,
        lambda: m.choice(x > 0, x, 1.0, alpha),
        lambda: m.constant(x, 0.0),
    )


LEAKY_RELU = Activation(
    name="leaky_relu",
    aliases=("lrelu", "leakyrelu"),
    parameters=(Parameter("alpha", 0.2, "slope for x < 0", symbol=r"\alpha"),),
    text="x if x > 0 else alpha*x",
    formulas=_two_lines,
    symbols=(
        symbol(
            "torch.nn.functional.leaky_relu", "torch.nn.LeakyReLU", negative_slope=("alpha", 0.01)
        ),
        symbol("tf.nn.leaky_relu", alpha=0.2),
        symbol(
            "keras.activations.leaky_relu", "keras.ops.leaky_relu", negative_slope=("alpha", 0.2)
        ),
        symbol("keras.layers.LeakyReLU", negative_slope=("alpha", 0.3)),
        symbol("jax.nn.leaky_relu", negative_slope=("alpha", 0.01)),
        symbol("flax.linen.leaky_relu", negative_slope=("alpha", 0.01)),
        symbol("onnx.LeakyRelu", alpha=0.01),
    ),
    citation=cited(
        "Maas, Hannun & Ng: Rectifier Nonlinearities Improve Neural Network Acoustic Models (ICML workshop), 2013 (reference not verified)"
    ),
)


PRELU = Activation(
    name="prelu",
    aliases=("parametric_relu",),
    parameters=(
        Parameter(
            "alpha", 0.25, "slope for x < 0; learned, this is the initial value", symbol=r"\alpha"
        ),
    ),
    text="x if x > 0 else alpha*x",
    formulas=_two_lines,
    symbols=(
        symbol("torch.nn.functional.prelu", weight=Argument("weight", "alpha", None, operand=True)),
        symbol("torch.nn.PReLU", init=("alpha", 0.25)),
        symbol("keras.layers.PReLU", alpha_initializer=("alpha", 0.0)),
        symbol("flax.linen.PReLU", negative_slope_init=("alpha", 0.01)),
        symbol("onnx.PRelu", slope=Argument("slope", "alpha", None, operand=True)),
    ),
    citation=cited(
        "He, Zhang, Ren & Sun: Delving Deep into Rectifiers, 2015, arXiv:1502.01852 (reference not verified)"
    ),
)


def _mean(lower: Number, upper: Number) -> Number:
    """The mean slope, exactly: 11/48 by default."""
    return from_fraction((as_fraction(lower) + as_fraction(upper)) / 2)


def _rrelu(m: Any, x: Any, lower: Number, upper: Number) -> Formulas:
    return _two_lines(m, x, _mean(lower, upper))


def _rrelu_check(lower: Number, upper: Number) -> str:
    return "" if lower <= upper else f"lower={lower!r} must not exceed upper={upper!r}"


RRELU = Activation(
    name="rrelu",
    aliases=("randomized_leaky_relu",),
    parameters=(
        Parameter("lower", 0.125, "lower bound of the random slope", symbol="l"),
        Parameter("upper", Ratio(1, 3), "upper bound of the random slope", symbol="u"),
    ),
    text="x if x > 0 else (lower + upper)/2*x",
    formulas=_rrelu,
    check=_rrelu_check,
    symbols=(
        symbol(
            "torch.nn.functional.rrelu", "torch.nn.RReLU", lower=0.125, upper=0.3333333333333333
        ),
    ),
    citation=cited(
        "Xu, Wang, Chen & Li: Empirical Evaluation of Rectified Activations in Convolutional Network, 2015, arXiv:1505.00853"
    ),
    notes=(
        "Evaluation mode: the slope is the mean (lower + upper)/2. In training, torch draws a slope for each element.",
    ),
    unverified=("the training mode (a random slope per element) was not run",),
)
