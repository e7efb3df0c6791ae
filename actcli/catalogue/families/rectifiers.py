"""Rectifiers: zero or a line on the left, growth on the right."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import (
    INF,
    NOT_NAN,
    Activation,
    Argument,
    Citation,
    Formulas,
    Number,
    Parameter,
    Symbol,
)
from actcli.catalogue.shared import FROM_MEMORY


def _relu(m: Any, x: Any, negative_slope: Number, max_value: Number, threshold: Number) -> Formulas:
    if negative_slope == threshold == 0 and max_value == INF:
        return (
            lambda: m.positive_part(x),
            lambda: m.indicator(x > 0, x),
            lambda: m.constant(x, 0.0),
        )
    # Three pieces: a line below the threshold, the identity, a ceiling.
    below, above = ~(x > threshold), x >= max_value

    def pieces(low: Any, middle: Any, high: Any) -> Any:
        return m.where(below, low, m.where(above, high, middle))

    return (
        lambda: pieces(_line(m, x, negative_slope, threshold), x, m.constant(x, max_value)),
        lambda: pieces(m.constant(x, negative_slope), m.constant(x, 1.0), m.constant(x, 0.0)),
        lambda: m.constant(x, 0.0),
    )


def _line(m: Any, x: Any, slope: Number, threshold: Number) -> Any:
    return (x - threshold) * slope if slope else m.constant(x, 0.0)


def _relu_check(negative_slope: Number, max_value: Number, threshold: Number) -> str:
    if max_value > threshold:
        return ""
    return f"max_value={max_value!r} must lie above threshold={threshold!r}"


RELU = Activation(
    name="relu",
    aliases=("rectifier", "rectified_linear", "ramp"),
    parameters=(
        Parameter("negative_slope", 0.0, "slope below the threshold", optional=True),
        Parameter("max_value", INF, "upper bound", domain=NOT_NAN, optional=True),
        Parameter("threshold", 0.0, "where the identity begins", optional=True),
    ),
    text="max_value if x >= max_value else (x if x > threshold else negative_slope*(x - threshold))",
    derivative_text="0 if x >= max_value else (1 if x > threshold else negative_slope)",
    second_derivative_text="0",
    formulas=_relu,
    check=_relu_check,
    view=3.0,
    symbols=(
        Symbol("torch", "torch.nn.functional.relu", also=("torch.relu", "torch.nn.ReLU")),
        Symbol("tensorflow", "tf.nn.relu"),
        Symbol(
            "keras",
            "keras.activations.relu",
            also=("keras.layers.ReLU", "keras.ops.relu"),
            arguments=(
                Argument("negative_slope", "negative_slope", 0.0),
                Argument("max_value", "max_value", INF),
                Argument("threshold", "threshold", 0.0),
            ),
        ),
        Symbol("jax", "jax.nn.relu"),
        Symbol("flax", "flax.linen.relu"),
        Symbol("onnx", "onnx.Relu"),
    ),
    citation=Citation(
        "Rectified Linear Units Improve Restricted Boltzmann Machines (ICML)",
        authors="Fukushima 1969; Nair & Hinton",
        year=2010,
        confirmed=False,
    ),
    notes=(
        "negative_slope, max_value and threshold are Keras' arguments; their defaults change nothing.",
    ),
)


def _relu6(m: Any, x: Any) -> Formulas:
    inside = (x > 0) & (x < 6)
    return (lambda: m.clip(x, 0.0, 6.0), lambda: m.indicator(inside, x), lambda: m.constant(x, 0.0))


RELU6 = Activation(
    name="relu6",
    aliases=("relu_6", "clipped_relu"),
    text="0 if x <= 0 else (x if x < 6 else 6)",
    derivative_text="1 if 0 < x < 6 else 0",
    second_derivative_text="0",
    formulas=_relu6,
    view=9.0,
    symbols=(
        Symbol("torch", "torch.nn.functional.relu6", also=("torch.nn.ReLU6",)),
        Symbol("tensorflow", "tf.nn.relu6"),
        Symbol("keras", "keras.activations.relu6", also=("keras.ops.relu6",)),
        Symbol("jax", "jax.nn.relu6"),
        Symbol("flax", "flax.linen.relu6"),
        Symbol("onnx", "onnx.Clip", call="onnx.Clip(x, 0, 6)"),
    ),
    citation=Citation(
        "Convolutional Deep Belief Networks on CIFAR-10 (manuscript)",
        authors="Krizhevsky",
        year=2010,
        confirmed=False,
    ),
)


def _threshold(m: Any, x: Any, threshold: Number, value: Number) -> Formulas:
    above = x > threshold
    return (
        lambda: m.masked(x, above) if value == 0 else m.where(above, x, m.constant(x, value)),
        lambda: m.indicator(above, x),
        lambda: m.constant(x, 0.0),
    )


THRESHOLD = Activation(
    name="threshold",
    parameters=(
        Parameter("threshold", 1.0, "where the identity begins", symbol=r"\theta"),
        Parameter("value", 0.0, "value at and below the threshold", symbol="v"),
    ),
    text="x if x > threshold else value",
    derivative_text="1 if x > threshold else 0",
    second_derivative_text="0",
    formulas=_threshold,
    view=3.0,
    symbols=(
        Symbol(
            "torch",
            "torch.nn.functional.threshold",
            also=("torch.nn.Threshold",),
            arguments=(Argument("threshold", "threshold", None), Argument("value", "value", None)),
        ),
        Symbol(
            "keras",
            "keras.activations.threshold",
            arguments=(
                Argument("threshold", "threshold", None),
                Argument("default_value", "value", None),
            ),
        ),
    ),
    citation=Citation("classical function"),
    notes=("Every framework requires both arguments; the defaults here are this tool's own.",),
)


def _thresholded_relu(m: Any, x: Any, theta: Number) -> Formulas:
    return _threshold(m, x, theta, 0.0)


THRESHOLDED_RELU = Activation(
    name="thresholded_relu",
    aliases=("trec",),
    parameters=(Parameter("theta", 1.0, "threshold", symbol=r"\theta"),),
    text="x if x > theta else 0",
    derivative_text="1 if x > theta else 0",
    second_derivative_text="0",
    formulas=_thresholded_relu,
    view=3.0,
    symbols=(
        Symbol(
            "keras", "keras.activations.relu", call="keras.activations.relu(x, threshold=theta)"
        ),
        Symbol("onnx", "onnx.ThresholdedRelu", arguments=(Argument("alpha", "theta", 1.0),)),
    ),
    citation=Citation(
        "Zero-bias autoencoders and the benefits of co-adapting features",
        authors="Konda, Memisevic & Krueger",
        year=2014,
        arxiv=("1402.3337",),
    ),
)


def _squared_relu(m: Any, x: Any) -> Formulas:
    right = m.positive_part(x)
    return (lambda: right * right, lambda: 2 * right, lambda: 2 * m.indicator(x > 0, x))


SQUARED_RELU = Activation(
    name="squared_relu",
    aliases=("relu2", "relu_squared", "relu_sq"),
    text="x**2 if x > 0 else 0",
    derivative_text="2*x if x > 0 else 0",
    second_derivative_text="2 if x > 0 else 0",
    formulas=_squared_relu,
    view=3.0,
    citation=Citation(
        "Primer: Searching for Efficient Transformers",
        authors="So, Manke, Liu, Dai, Shazeer & Le",
        year=2021,
        arxiv=("2109.08668",),
    ),
    unverified=(FROM_MEMORY,),
)


def _star_relu(m: Any, x: Any, scale: Number, bias: Number) -> Formulas:
    right = m.positive_part(x)
    return (
        lambda: right * right * scale + bias,
        lambda: 2 * right * scale,
        lambda: m.indicator(x > 0, x) * (2 * scale),
    )


STAR_RELU = Activation(
    name="star_relu",
    parameters=(
        Parameter("scale", 0.8944, "factor; learned, this is the initial value", symbol="s"),
        Parameter(
            "bias", -0.4472, "value at and below 0; learned, this is the initial value", symbol="b"
        ),
    ),
    text="scale*x**2 + bias if x > 0 else bias",
    derivative_text="2*scale*x if x > 0 else 0",
    second_derivative_text="2*scale if x > 0 else 0",
    formulas=_star_relu,
    view=3.0,
    citation=Citation(
        "MetaFormer Baselines for Vision", authors="Yu et al.", year=2022, arxiv=("2210.13452",)
    ),
    notes=(
        "The defaults are 2/sqrt(5) and -1/sqrt(5) rounded to four digits, as in the authors' code.",
    ),
    unverified=(FROM_MEMORY,),
)
