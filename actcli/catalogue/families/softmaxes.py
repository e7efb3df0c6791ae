"""Functions that turn a vector into weights: all of them positive, and 1 together."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import INF, Formulas, Range, Vector, cited, symbol, vector_function
from actcli.catalogue.vector import LAST, Axis

LEGACY = Axis(
    "dim",
    "None: 0 for 1-D and 3-D input, else 1, with a warning",
    lambda dimensions: 0 if dimensions in (0, 1, 3) else 1,
)
AXES = {
    "torch": LEGACY,
    "tensorflow": Axis("axis", "None, meaning -1"),
    "keras": Axis("axis", LAST),
    "jax": Axis("axis", LAST),
    "flax": Axis("axis", LAST),
    "onnx": Axis("axis", "-1 (before opset 13: 1, and everything from it on is one vector)"),
    "scipy": Axis("axis", "None: over all elements", lambda _: None),
}

# Each formula is imported when it is called: it needs numpy, which names and facts do not.


def _softmax(m: Any, x: Any) -> Formulas:
    from actcli.catalogue.vector_formulas.softmaxes import softmax

    return softmax(m, x)


def _log_softmax(m: Any, x: Any) -> Formulas:
    from actcli.catalogue.vector_formulas.softmaxes import log_softmax

    return log_softmax(m, x)


def _softmin(m: Any, x: Any) -> Formulas:
    from actcli.catalogue.vector_formulas.softmaxes import softmin

    return softmin(m, x)


def _sparsemax(m: Any, x: Any) -> Formulas:
    from actcli.catalogue.vector_formulas.softmaxes import sparsemax

    return sparsemax(m, x)


def _hardmax(m: Any, x: Any) -> Formulas:
    from actcli.catalogue.vector_formulas.softmaxes import hardmax

    return hardmax(m, x)


SOFTMAX = vector_function(
    name="softmax",
    aliases=("normalized_exponential",),
    text="exp(x_i)/sum_j exp(x_j)",
    gradient_text="0",
    formulas=_softmax,
    vector=Vector(
        jacobian_text="diag(p) - p p^T, p = softmax(x)",
        mathtext=r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
        axes=AXES,
    ),
    range=Range(0.0, 1.0, high_attained=True),
    smoothness="smooth",
    symbols=(
        symbol("torch.nn.functional.softmax", "torch.nn.Softmax", "torch.softmax"),
        symbol("tf.nn.softmax", "tf.math.softmax"),
        symbol("keras.activations.softmax", "keras.ops.softmax"),
        symbol("jax.nn.softmax"),
        symbol("flax.linen.softmax"),
        symbol("onnx.Softmax"),
        symbol("scipy.special.softmax"),
    ),
    citation=cited(
        "Bridle: Probabilistic interpretation of feedforward classification network outputs, 1990 (reference not verified)"
    ),
    notes=(
        "The values sum to 1, so the gradient of their sum is 0; what a tape shows instead is rounding.",
        "A single +inf has weight 1; several have no limit and give nan, as does a vector of several -inf and nothing else.",
    ),
)

LOG_SOFTMAX = vector_function(
    name="log_softmax",
    aliases=("logsoftmax",),
    text="x_i - log(sum_j exp(x_j))",
    gradient_text="1 - n p_j",
    formulas=_log_softmax,
    vector=Vector(
        jacobian_text="I - 1 p^T (row i: e_i - p), p = softmax(x)",
        mathtext=r"x_i-\ln\sum_j e^{x_j}",
        axes=AXES,
    ),
    range=Range(-INF, 0.0, high_attained=True),
    smoothness="smooth",
    symbols=(
        symbol("torch.nn.functional.log_softmax", "torch.nn.LogSoftmax", "torch.log_softmax"),
        symbol("tf.nn.log_softmax", "tf.math.log_softmax"),
        symbol("keras.activations.log_softmax", "keras.ops.log_softmax"),
        symbol("jax.nn.log_softmax"),
        symbol("flax.linen.log_softmax"),
        symbol("onnx.LogSoftmax"),
        symbol("scipy.special.log_softmax"),
    ),
    citation=cited("classical"),
)

SOFTMIN = vector_function(
    name="softmin",
    text="exp(-x_i)/sum_j exp(-x_j)",
    gradient_text="0",
    formulas=_softmin,
    vector=Vector(
        jacobian_text="q q^T - diag(q), q = softmax(-x)",
        mathtext=r"\frac{e^{-x_i}}{\sum_j e^{-x_j}}",
        axes={"torch": LEGACY},
    ),
    range=Range(0.0, 1.0, high_attained=True),
    smoothness="smooth",
    symbols=(symbol("torch.nn.functional.softmin", "torch.nn.Softmin"),),
    citation=cited("classical"),
)

SOFTMAX2D = vector_function(
    name="softmax2d",
    text="exp(x_i)/sum_j exp(x_j)",
    gradient_text="0",
    formulas=_softmax,
    vector=Vector(
        jacobian_text="diag(p) - p p^T, p = softmax2d(x)",
        mathtext=r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
        axis=-3,
        fixed_axis=True,
        dimensions=(3, 4),
        axes={"torch": Axis("axis", "-3", lambda _: -3)},
    ),
    range=Range(0.0, 1.0, high_attained=True),
    smoothness="smooth",
    symbols=(symbol("torch.nn.Softmax2d"),),
    citation=cited("a layer of PyTorch"),
    notes=("Softmax over the channels of images, in arrays of (N, C, H, W) or (C, H, W).",),
)

SPARSEMAX = vector_function(
    name="sparsemax",
    text="max(x_i - tau, 0)",
    where=(
        ("tau", "(x_(1) + ... + x_(k) - 1)/k, x_(1) >= x_(2) >= ... the sorted x"),
        ("k", "the largest number with 1 + k*x_(k) > x_(1) + ... + x_(k)"),
    ),
    gradient_text="0",
    formulas=_sparsemax,
    vector=Vector(
        jacobian_text="diag(s) - s s^T/k, s_i = 1 where the value is above 0, else 0",
        mathtext=r"\max(x_i-\tau(x),0)",
        axes={"keras": Axis("axis", LAST)},
    ),
    range=Range(0.0, 1.0, low_attained=True, high_attained=True),
    smoothness="C0",
    symbols=(symbol("keras.activations.sparsemax", "keras.ops.sparsemax"),),
    citation=cited("Martins & Astudillo: From Softmax to Sparsemax, 2016, arXiv:1602.02068"),
    notes=(
        "The point of the simplex nearest to x.",
        "Keras 3.15.1 is wrong whenever more than one value survives: [0.9, 0.5, -1, 0.8] gives zeros there instead of [0.5, 0.1, 0, 0.4].",
    ),
    unverified=("the Jacobian was compared with no framework: the only implementation is wrong",),
)

HARDMAX = vector_function(
    name="hardmax",
    text="1 if i is the first position of the maximum else 0",
    gradient_text="0",
    formulas=_hardmax,
    vector=Vector(
        jacobian_text="0 almost everywhere",
        mathtext=r"[i=\min\,\mathrm{argmax}\,x]",
        axes={"onnx": AXES["onnx"]},
    ),
    range=Range(0.0, 1.0, low_attained=True, high_attained=True),
    smoothness="discontinuous",
    symbols=(symbol("onnx.Hardmax"),),
    citation=cited("an operator of ONNX"),
)
