"""Functions of a plain exponential."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.catalogue.activation import (
    POSITIVE,
    Activation,
    Argument,
    Formulas,
    Number,
    Parameter,
    cited,
    symbol,
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
    formulas=_elu,
    symbols=(
        symbol("torch.nn.functional.elu", "torch.nn.ELU", alpha=1.0),
        symbol("tf.nn.elu", fixed={"alpha": 1.0}),
        symbol("keras.activations.elu", "keras.layers.ELU", "keras.ops.elu", alpha=1.0),
        symbol("jax.nn.elu", alpha=1.0),
        symbol("flax.linen.elu", alpha=1.0),
        symbol("onnx.Elu", alpha=1.0),
    ),
    citation=cited(
        "Clevert, Unterthiner & Hochreiter: Fast and Accurate Deep Network Learning by Exponential Linear Units, 2015, arXiv:1511.07289"
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
    symbols=(
        symbol("torch.nn.functional.celu", "torch.nn.CELU", alpha=1.0),
        symbol("keras.activations.celu", "keras.ops.celu", alpha=1.0),
        symbol("jax.nn.celu", alpha=1.0),
        symbol("flax.linen.celu", alpha=1.0),
        symbol("onnx.Celu", alpha=1.0),
    ),
    citation=cited(
        "Barron: Continuously Differentiable Exponential Linear Units, 2017, arXiv:1704.07483"
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
    formulas=_selu,
    symbols=(
        symbol("torch.nn.functional.selu", "torch.nn.SELU", arguments=SELU_CONSTANTS),
        symbol("tf.nn.selu", arguments=SELU_CONSTANTS),
        symbol("keras.activations.selu", "keras.ops.selu", arguments=SELU_CONSTANTS),
        symbol("jax.nn.selu", arguments=SELU_CONSTANTS),
        symbol("flax.linen.selu"),
        symbol("onnx.Selu", alpha=1.6732631921768188, gamma=("scale", 1.0507010221481323)),
    ),
    citation=cited(
        "Klambauer, Unterthiner, Mayr & Hochreiter: Self-Normalizing Neural Networks, 2017, arXiv:1706.02515"
    ),
)


def _exponential(m: Any, x: Any) -> Formulas:
    e = cache(lambda: m.exp(x))
    return (e, e, e)


EXPONENTIAL = Activation(
    name="exponential",
    aliases=("exp",),
    text="exp(x)",
    formulas=_exponential,
    symbols=(
        symbol("torch.exp"),
        symbol("tf.exp", "tf.math.exp"),
        symbol("keras.activations.exponential", "keras.ops.exp"),
        symbol("jax.numpy.exp"),
        symbol("onnx.Exp"),
    ),
    citation=cited("classical function"),
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
    citation=cited(
        "Broomhead & Lowe: Multivariable Functional Interpolation and Adaptive Networks, 1988 (reference not verified)"
    ),
    notes=("Some texts use exp(-x^2/2).",),
    unverified=(FROM_MEMORY,),
)
