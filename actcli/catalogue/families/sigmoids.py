"""S-shaped functions."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.arithmetic.constants import TWO_OVER_SQRT_PI
from actcli.catalogue.activation import Activation, Formulas, cited, symbol


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
        symbol(
            "torch.sigmoid",
            "torch.nn.functional.sigmoid",
            "torch.nn.Sigmoid",
            "torch.special.expit",
        ),
        symbol("tf.sigmoid", "tf.math.sigmoid", "tf.nn.sigmoid"),
        symbol("keras.activations.sigmoid", "keras.ops.sigmoid"),
        symbol("jax.nn.sigmoid"),
        symbol("flax.linen.sigmoid"),
        symbol("onnx.Sigmoid"),
        symbol("scipy.special.expit"),
    ),
    citation=cited(
        "Verhulst 1838; Rumelhart, Hinton & Williams: Learning representations by back-propagating errors (Nature 323), 1986 (reference not verified)"
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
        symbol("torch.nn.functional.logsigmoid", "torch.nn.LogSigmoid"),
        symbol("tf.math.log_sigmoid"),
        symbol("keras.activations.log_sigmoid", "keras.ops.log_sigmoid"),
        symbol("jax.nn.log_sigmoid"),
        symbol("flax.linen.log_sigmoid"),
        symbol("scipy.special.log_expit"),
    ),
    citation=cited("classical function"),
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
    symbols=(
        symbol("torch.tanh", "torch.nn.functional.tanh", "torch.nn.Tanh"),
        symbol("tf.tanh", "tf.math.tanh", "tf.nn.tanh"),
        symbol("keras.activations.tanh", "keras.ops.tanh"),
        symbol("jax.nn.tanh", "jax.numpy.tanh"),
        symbol("flax.linen.tanh"),
        symbol("onnx.Tanh"),
    ),
    citation=cited(
        "LeCun, Bottou, Orr & Muller: Efficient BackProp, 1998 (reference not verified)"
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
    symbols=(
        symbol("torch.erf", "torch.special.erf"),
        symbol("tf.math.erf"),
        symbol("keras.ops.erf"),
        symbol("jax.scipy.special.erf"),
        symbol("onnx.Erf"),
        symbol("scipy.special.erf"),
    ),
    citation=cited("classical function"),
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
        symbol("torch.atan", "torch.arctan"),
        symbol("tf.atan", "tf.math.atan"),
        symbol("keras.ops.arctan"),
        symbol("jax.numpy.arctan"),
        symbol("onnx.Atan"),
    ),
    citation=cited("classical function"),
)
