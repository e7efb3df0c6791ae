"""Rectifiers: zero or a line on the left, growth on the right."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import (
    INF,
    NOT_NAN,
    Activation,
    Formulas,
    Number,
    Parameter,
    cited,
    symbol,
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
    formulas=_relu,
    check=_relu_check,
    symbols=(
        symbol("torch.nn.functional.relu", "torch.relu", "torch.nn.ReLU"),
        symbol("tf.nn.relu"),
        symbol(
            "keras.activations.relu",
            "keras.layers.ReLU",
            "keras.ops.relu",
            negative_slope=0.0,
            max_value=INF,
            threshold=0.0,
        ),
        symbol("jax.nn.relu"),
        symbol("flax.linen.relu"),
        symbol("onnx.Relu"),
    ),
    citation=cited(
        "Fukushima 1969; Nair & Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines (ICML), 2010 (reference not verified)"
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
    formulas=_relu6,
    symbols=(
        symbol("torch.nn.functional.relu6", "torch.nn.ReLU6"),
        symbol("tf.nn.relu6"),
        symbol("keras.activations.relu6", "keras.ops.relu6"),
        symbol("jax.nn.relu6"),
        symbol("flax.linen.relu6"),
        symbol("onnx.Clip(x, 0, 6)"),
    ),
    citation=cited(
        "Krizhevsky: Convolutional Deep Belief Networks on CIFAR-10 (manuscript), 2010 (reference not verified)"
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
    formulas=_threshold,
    symbols=(
        symbol("torch.nn.functional.threshold", "torch.nn.Threshold", threshold=None, value=None),
        symbol("keras.activations.threshold", threshold=None, default_value=("value", None)),
    ),
    citation=cited("classical function"),
    notes=("Every framework requires both arguments; the defaults here are this tool's own.",),
)


def _thresholded_relu(m: Any, x: Any, theta: Number) -> Formulas:
    return _threshold(m, x, theta, 0.0)


THRESHOLDED_RELU = Activation(
    name="thresholded_relu",
    aliases=("trec",),
    parameters=(Parameter("theta", 1.0, "threshold", symbol=r"\theta"),),
    text="x if x > theta else 0",
    formulas=_thresholded_relu,
    symbols=(
        symbol("keras.activations.relu(x, threshold=theta)"),
        symbol("onnx.ThresholdedRelu", alpha=("theta", 1.0)),
    ),
    citation=cited(
        "Konda, Memisevic & Krueger: Zero-bias autoencoders and the benefits of co-adapting features, 2014, arXiv:1402.3337"
    ),
)


def _squared_relu(m: Any, x: Any) -> Formulas:
    right = m.positive_part(x)
    return (lambda: right * right, lambda: 2 * right, lambda: 2 * m.indicator(x > 0, x))


SQUARED_RELU = Activation(
    name="squared_relu",
    aliases=("relu2", "relu_squared", "relu_sq"),
    text="x**2 if x > 0 else 0",
    formulas=_squared_relu,
    citation=cited(
        "So, Manke, Liu, Dai, Shazeer & Le: Primer: Searching for Efficient Transformers, 2021, arXiv:2109.08668"
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
    formulas=_star_relu,
    citation=cited("Yu et al.: MetaFormer Baselines for Vision, 2022, arXiv:2210.13452"),
    notes=(
        "The defaults are 2/sqrt(5) and -1/sqrt(5) rounded to four digits, as in the authors' code.",
    ),
    unverified=(FROM_MEMORY,),
)
