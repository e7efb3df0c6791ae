"""S-shaped functions."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.arithmetic.constants import TWO_OVER_SQRT_PI
from actcli.catalogue.activation import Activation, Citation, Formulas, Symbol


def _sigmoid(m: Any, x: Any) -> Formulas:
    # 1 - g is taken as sigmoid(-x), and 1 - 2g as -tanh(x/2): no subtraction anywhere.
    g, c = m.logistic(x)
    return (lambda: g, lambda: g * c, lambda: -(g * c * m.tanh(x / 2)))


SIGMOID = Activation(
    name="sigmoid",
    aliases=("logistic", "expit", "logistic_sigmoid"),
    text="1/(1 + exp(-x))",
    derivative_text="g*(1 - g)",
    second_derivative_text="g*(1 - g)*(1 - 2*g)",
    where=(("g", "sigmoid(x)"),),
    formulas=_sigmoid,
    symbols=(
        Symbol(
            "torch",
            "torch.sigmoid",
            also=("torch.nn.functional.sigmoid", "torch.nn.Sigmoid", "torch.special.expit"),
        ),
        Symbol("tensorflow", "tf.sigmoid", also=("tf.math.sigmoid", "tf.nn.sigmoid")),
        Symbol("keras", "keras.activations.sigmoid", also=("keras.ops.sigmoid",)),
        Symbol("jax", "jax.nn.sigmoid"),
        Symbol("flax", "flax.linen.sigmoid"),
        Symbol("onnx", "onnx.Sigmoid"),
        Symbol("scipy", "scipy.special.expit"),
    ),
    citation=Citation(
        "Learning representations by back-propagating errors (Nature 323)",
        authors="Verhulst 1838; Rumelhart, Hinton & Williams",
        year=1986,
        confirmed=False,
    ),
)


def _log_sigmoid(m: Any, x: Any) -> Formulas:
    pair = cache(lambda: m.logistic(x))
    return (lambda: -m.softplus(-x), lambda: pair()[1], lambda: -(pair()[0] * pair()[1]))


LOG_SIGMOID = Activation(
    name="log_sigmoid",
    aliases=("logsigmoid", "log_expit"),
    text="-log1p(exp(-x))",
    derivative_text="sigmoid(-x)",
    second_derivative_text="-g*(1 - g)",
    where=(("g", "sigmoid(x)"),),
    formulas=_log_sigmoid,
    symbols=(
        Symbol("torch", "torch.nn.functional.logsigmoid", also=("torch.nn.LogSigmoid",)),
        Symbol("tensorflow", "tf.math.log_sigmoid"),
        Symbol("keras", "keras.activations.log_sigmoid", also=("keras.ops.log_sigmoid",)),
        Symbol("jax", "jax.nn.log_sigmoid"),
        Symbol("flax", "flax.linen.log_sigmoid"),
        Symbol("scipy", "scipy.special.log_expit"),
    ),
    citation=Citation("classical function"),
)


def _tanh(m: Any, x: Any) -> Formulas:
    # s = 1 - t^2 = sech^2, computed from an exponential and not from t
    t, s = m.tanh_and_rest(x)
    return (lambda: t, lambda: s, lambda: -2 * (t * s))


TANH = Activation(
    name="tanh",
    aliases=("hyperbolic_tangent",),
    text="tanh(x)",
    derivative_text="1 - t**2",
    second_derivative_text="-2*t*(1 - t**2)",
    where=(("t", "tanh(x)"),),
    formulas=_tanh,
    view=4.0,
    symbols=(
        Symbol("torch", "torch.tanh", also=("torch.nn.functional.tanh", "torch.nn.Tanh")),
        Symbol("tensorflow", "tf.tanh", also=("tf.math.tanh", "tf.nn.tanh")),
        Symbol("keras", "keras.activations.tanh", also=("keras.ops.tanh",)),
        Symbol("jax", "jax.nn.tanh", also=("jax.numpy.tanh",)),
        Symbol("flax", "flax.linen.tanh"),
        Symbol("onnx", "onnx.Tanh"),
    ),
    citation=Citation(
        "Efficient BackProp", authors="LeCun, Bottou, Orr & Muller", year=1998, confirmed=False
    ),
)


def _erf(m: Any, x: Any) -> Formulas:
    density = cache(lambda: m.exp(-(x * x)) * TWO_OVER_SQRT_PI)
    return (lambda: m.erf(x), density, lambda: -2 * (x * density()))


ERF = Activation(
    name="erf",
    aliases=("error_function",),
    text="erf(x)",
    derivative_text="2/sqrt(pi)*exp(-x**2)",
    second_derivative_text="-4*x/sqrt(pi)*exp(-x**2)",
    formulas=_erf,
    view=4.0,
    symbols=(
        Symbol("torch", "torch.erf", also=("torch.special.erf",)),
        Symbol("tensorflow", "tf.math.erf"),
        Symbol("keras", "keras.ops.erf"),
        Symbol("jax", "jax.scipy.special.erf"),
        Symbol("onnx", "onnx.Erf"),
        Symbol("scipy", "scipy.special.erf"),
    ),
    citation=Citation("classical function"),
)


def _arctan(m: Any, x: Any) -> Formulas:
    d = 1 + x * x
    return (lambda: m.arctan(x), lambda: 1 / d, lambda: -2 * (x / (d * d)))


ARCTAN = Activation(
    name="arctan",
    aliases=("atan",),
    text="atan(x)",
    derivative_text="1/(1 + x**2)",
    second_derivative_text="-2*x/(1 + x**2)**2",
    formulas=_arctan,
    symbols=(
        Symbol("torch", "torch.atan", also=("torch.arctan",)),
        Symbol("tensorflow", "tf.atan", also=("tf.math.atan",)),
        Symbol("keras", "keras.ops.arctan"),
        Symbol("jax", "jax.numpy.arctan"),
        Symbol("onnx", "onnx.Atan"),
    ),
    citation=Citation("classical function"),
)
