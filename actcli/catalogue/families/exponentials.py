"""Functions of a plain exponential."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.catalogue.activation import (
    POSITIVE,
    Activation,
    Argument,
    Citation,
    Formulas,
    Number,
    Parameter,
    Symbol,
)
from actcli.catalogue.shared import FROM_MEMORY


def _elu(m: Any, x: Any, alpha: Number) -> Formulas:
    return _exponential_left(m, x, x, lambda: m.expm1(x) * alpha, alpha, alpha)


def _exponential_left(
    m: Any, x: Any, t: Any, left: Any, slope: Number, curvature: Number
) -> Formulas:
    """Identity on the right; on the left a value and multiples of exp(t) as its derivatives."""
    return (
        lambda: m.where(x > 0, x, left()),
        lambda: m.where(x > 0, m.constant(x, 1.0), m.exp(t) * slope),
        lambda: m.where(x > 0, m.constant(x, 0.0), m.exp(t) * curvature),
    )


ELU = Activation(
    name="elu",
    aliases=("exponential_linear_unit",),
    parameters=(Parameter("alpha", 1.0, "minus the limit at -inf", symbol=r"\alpha"),),
    text="x if x > 0 else alpha*expm1(x)",
    derivative_text="1 if x > 0 else alpha*exp(x)",
    second_derivative_text="0 if x > 0 else alpha*exp(x)",
    formulas=_elu,
    view=5.0,
    symbols=(
        Symbol(
            "torch",
            "torch.nn.functional.elu",
            also=("torch.nn.ELU",),
            arguments=(Argument("alpha", "alpha", 1.0),),
        ),
        Symbol("tensorflow", "tf.nn.elu", arguments=(Argument("alpha", "alpha", 1.0, fixed=True),)),
        Symbol(
            "keras",
            "keras.activations.elu",
            also=("keras.layers.ELU", "keras.ops.elu"),
            arguments=(Argument("alpha", "alpha", 1.0),),
        ),
        Symbol("jax", "jax.nn.elu", arguments=(Argument("alpha", "alpha", 1.0),)),
        Symbol("flax", "flax.linen.elu", arguments=(Argument("alpha", "alpha", 1.0),)),
        Symbol("onnx", "onnx.Elu", arguments=(Argument("alpha", "alpha", 1.0),)),
    ),
    citation=Citation(
        "Fast and Accurate Deep Network Learning by Exponential Linear Units",
        authors="Clevert, Unterthiner & Hochreiter",
        year=2015,
        arxiv=("1511.07289",),
    ),
)


def _celu(m: Any, x: Any, alpha: Number) -> Formulas:
    t = x / alpha
    one = m.constant(x, 1.0)
    return (
        lambda: m.where(x > 0, x, m.expm1(t) * alpha),
        lambda: m.where(x > 0, one, m.exp(t)),
        lambda: m.where(x > 0, m.constant(x, 0.0), m.exp(t) / alpha),
    )


CELU = Activation(
    name="celu",
    aliases=("continuously_differentiable_elu",),
    parameters=(
        Parameter("alpha", 1.0, "minus the limit at -inf", domain=POSITIVE, symbol=r"\alpha"),
    ),
    text="x if x > 0 else alpha*expm1(x/alpha)",
    derivative_text="1 if x > 0 else exp(x/alpha)",
    second_derivative_text="0 if x > 0 else exp(x/alpha)/alpha",
    formulas=_celu,
    view=5.0,
    symbols=(
        Symbol(
            "torch",
            "torch.nn.functional.celu",
            also=("torch.nn.CELU",),
            arguments=(Argument("alpha", "alpha", 1.0),),
        ),
        Symbol(
            "keras",
            "keras.activations.celu",
            also=("keras.ops.celu",),
            arguments=(Argument("alpha", "alpha", 1.0),),
        ),
        Symbol("jax", "jax.nn.celu", arguments=(Argument("alpha", "alpha", 1.0),)),
        Symbol("flax", "flax.linen.celu", arguments=(Argument("alpha", "alpha", 1.0),)),
        Symbol("onnx", "onnx.Celu", arguments=(Argument("alpha", "alpha", 1.0),)),
    ),
    citation=Citation(
        "Continuously Differentiable Exponential Linear Units",
        authors="Barron",
        year=2017,
        arxiv=("1704.07483",),
    ),
)


def _selu(m: Any, x: Any, alpha: Number, scale: Number) -> Formulas:
    return (
        lambda: m.where(x > 0, x, m.expm1(x) * alpha) * scale,
        lambda: m.where(x > 0, m.constant(x, 1.0), m.exp(x) * alpha) * scale,
        lambda: m.where(x > 0, m.constant(x, 0.0), m.exp(x) * alpha) * scale,
    )


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
SELU_CONSTANTS = (
    Argument("alpha", "alpha", SELU_ALPHA, fixed=True),
    Argument("scale", "scale", SELU_SCALE, fixed=True),
)

SELU = Activation(
    name="selu",
    aliases=("scaled_elu",),
    parameters=(
        Parameter("alpha", SELU_ALPHA, "fixed-point constant", symbol=r"\alpha"),
        Parameter("scale", SELU_SCALE, "fixed-point constant", symbol=r"\lambda"),
    ),
    text="scale*x if x > 0 else scale*alpha*expm1(x)",
    derivative_text="scale if x > 0 else scale*alpha*exp(x)",
    second_derivative_text="0 if x > 0 else scale*alpha*exp(x)",
    formulas=_selu,
    view=5.0,
    symbols=(
        Symbol(
            "torch", "torch.nn.functional.selu", also=("torch.nn.SELU",), arguments=SELU_CONSTANTS
        ),
        Symbol("tensorflow", "tf.nn.selu", arguments=SELU_CONSTANTS),
        Symbol(
            "keras", "keras.activations.selu", also=("keras.ops.selu",), arguments=SELU_CONSTANTS
        ),
        Symbol("jax", "jax.nn.selu", arguments=SELU_CONSTANTS),
        Symbol("flax", "flax.linen.selu"),
        Symbol(
            "onnx",
            "onnx.Selu",
            arguments=(
                Argument("alpha", "alpha", 1.6732631921768188),
                Argument("gamma", "scale", 1.0507010221481323),
            ),
        ),
    ),
    citation=Citation(
        "Self-Normalizing Neural Networks",
        authors="Klambauer, Unterthiner, Mayr & Hochreiter",
        year=2017,
        arxiv=("1706.02515",),
    ),
)


def _exponential(m: Any, x: Any) -> Formulas:
    e = cache(lambda: m.exp(x))
    return (e, e, e)


EXPONENTIAL = Activation(
    name="exponential",
    aliases=("exp",),
    text="exp(x)",
    derivative_text="exp(x)",
    second_derivative_text="exp(x)",
    formulas=_exponential,
    view=3.0,
    symbols=(
        Symbol("torch", "torch.exp"),
        Symbol("tensorflow", "tf.exp", also=("tf.math.exp",)),
        Symbol("keras", "keras.activations.exponential", also=("keras.ops.exp",)),
        Symbol("jax", "jax.numpy.exp"),
        Symbol("onnx", "onnx.Exp"),
    ),
    citation=Citation("classical function"),
)


def _gaussian(m: Any, x: Any) -> Formulas:
    square = x * x
    bell = cache(lambda: m.exp(-square))
    return (bell, lambda: -2 * (x * bell()), lambda: (4 * square - 2) * bell())


GAUSSIAN = Activation(
    name="gaussian",
    aliases=("rbf", "gauss"),
    text="exp(-x**2)",
    derivative_text="-2*x*exp(-x**2)",
    second_derivative_text="(4*x**2 - 2)*exp(-x**2)",
    formulas=_gaussian,
    view=4.0,
    citation=Citation(
        "Multivariable Functional Interpolation and Adaptive Networks",
        authors="Broomhead & Lowe",
        year=1988,
        confirmed=False,
    ),
    notes=("Some texts use exp(-x^2/2).",),
    unverified=(FROM_MEMORY,),
)
