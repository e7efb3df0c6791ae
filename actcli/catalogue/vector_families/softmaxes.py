"""Functions that turn a vector into weights: all of them positive, and 1 together."""

from __future__ import annotations

from actcli.catalogue.activation import INF, Citation, Range, Symbol
from actcli.catalogue.vector import LAST, Axis, VectorActivation, later

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

SOFTMAX = VectorActivation(
    name="softmax",
    family="softmaxes",
    aliases=("normalized_exponential",),
    text="exp(x_i)/sum_j exp(x_j)",
    jacobian_text="diag(p) - p p^T, p = softmax(x)",
    gradient_text="0",
    mathtext=r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
    formulas=later("softmaxes:softmax"),
    range=Range(0.0, 1.0, high_attained=True),
    smoothness="smooth",
    axes=AXES,
    symbols=(
        Symbol(
            "torch",
            "torch.nn.functional.softmax",
            also=("torch.nn.Softmax", "torch.softmax"),
        ),
        Symbol("tensorflow", "tf.nn.softmax", also=("tf.math.softmax",)),
        Symbol("keras", "keras.activations.softmax", also=("keras.ops.softmax",)),
        Symbol("jax", "jax.nn.softmax"),
        Symbol("flax", "flax.linen.softmax"),
        Symbol("onnx", "onnx.Softmax"),
        Symbol("scipy", "scipy.special.softmax"),
    ),
    citation=Citation(
        "Probabilistic interpretation of feedforward classification network outputs",
        authors="Bridle",
        year=1990,
        confirmed=False,
    ),
    notes=(
        "The values sum to 1, so the gradient of their sum is 0; what a tape shows instead is rounding.",
        "A single +inf has weight 1; several have no limit and give nan, as does a vector of several -inf and nothing else.",
    ),
)

LOG_SOFTMAX = VectorActivation(
    name="log_softmax",
    family="softmaxes",
    aliases=("logsoftmax",),
    text="x_i - log(sum_j exp(x_j))",
    jacobian_text="I - 1 p^T (row i: e_i - p), p = softmax(x)",
    gradient_text="1 - n p_j",
    mathtext=r"x_i-\ln\sum_j e^{x_j}",
    formulas=later("softmaxes:log_softmax"),
    range=Range(-INF, 0.0, high_attained=True),
    smoothness="smooth",
    axes=AXES,
    symbols=(
        Symbol(
            "torch",
            "torch.nn.functional.log_softmax",
            also=("torch.nn.LogSoftmax", "torch.log_softmax"),
        ),
        Symbol("tensorflow", "tf.nn.log_softmax", also=("tf.math.log_softmax",)),
        Symbol("keras", "keras.activations.log_softmax", also=("keras.ops.log_softmax",)),
        Symbol("jax", "jax.nn.log_softmax"),
        Symbol("flax", "flax.linen.log_softmax"),
        Symbol("onnx", "onnx.LogSoftmax"),
        Symbol("scipy", "scipy.special.log_softmax"),
    ),
    citation=Citation("classical"),
)

SOFTMIN = VectorActivation(
    name="softmin",
    family="softmaxes",
    text="exp(-x_i)/sum_j exp(-x_j)",
    jacobian_text="q q^T - diag(q), q = softmax(-x)",
    gradient_text="0",
    mathtext=r"\frac{e^{-x_i}}{\sum_j e^{-x_j}}",
    formulas=later("softmaxes:softmin"),
    range=Range(0.0, 1.0, high_attained=True),
    smoothness="smooth",
    axes={"torch": LEGACY},
    symbols=(Symbol("torch", "torch.nn.functional.softmin", also=("torch.nn.Softmin",)),),
    citation=Citation("classical"),
)

SOFTMAX2D = VectorActivation(
    name="softmax2d",
    family="softmaxes",
    text="exp(x_i)/sum_j exp(x_j)",
    jacobian_text="diag(p) - p p^T, p = softmax2d(x)",
    gradient_text="0",
    mathtext=r"\frac{e^{x_i}}{\sum_j e^{x_j}}",
    formulas=later("softmaxes:softmax"),
    range=Range(0.0, 1.0, high_attained=True),
    smoothness="smooth",
    axis=-3,
    fixed_axis=True,
    dimensions=(3, 4),
    axes={"torch": Axis("axis", "-3", lambda _: -3)},
    symbols=(Symbol("torch", "torch.nn.Softmax2d"),),
    citation=Citation("a layer of PyTorch"),
    notes=("Softmax over the channels of images, in arrays of (N, C, H, W) or (C, H, W).",),
)

SPARSEMAX = VectorActivation(
    name="sparsemax",
    family="softmaxes",
    text="max(x_i - tau, 0)",
    where=(
        ("tau", "(x_(1) + ... + x_(k) - 1)/k, x_(1) >= x_(2) >= ... the sorted x"),
        ("k", "the largest number with 1 + k*x_(k) > x_(1) + ... + x_(k)"),
    ),
    jacobian_text="diag(s) - s s^T/k, s_i = 1 where the value is above 0, else 0",
    gradient_text="0",
    mathtext=r"\max(x_i-\tau(x),0)",
    formulas=later("softmaxes:sparsemax"),
    range=Range(0.0, 1.0, low_attained=True, high_attained=True),
    smoothness="C0",
    axes={"keras": Axis("axis", LAST)},
    symbols=(Symbol("keras", "keras.activations.sparsemax", also=("keras.ops.sparsemax",)),),
    citation=Citation(
        "From Softmax to Sparsemax", authors="Martins & Astudillo", year=2016, arxiv=("1602.02068",)
    ),
    notes=(
        "The point of the simplex nearest to x.",
        "Keras 3.15.1 is wrong whenever more than one value survives: [0.9, 0.5, -1, 0.8] gives zeros there instead of [0.5, 0.1, 0, 0.4].",
    ),
    unverified=("the Jacobian was compared with no framework: the only implementation is wrong",),
)

HARDMAX = VectorActivation(
    name="hardmax",
    family="softmaxes",
    text="1 if i is the first position of the maximum else 0",
    jacobian_text="0 almost everywhere",
    gradient_text="0",
    mathtext=r"[i=\min\,\mathrm{argmax}\,x]",
    formulas=later("softmaxes:hardmax"),
    range=Range(0.0, 1.0, low_attained=True, high_attained=True),
    smoothness="discontinuous",
    axes={"onnx": AXES["onnx"]},
    symbols=(Symbol("onnx", "onnx.Hardmax"),),
    citation=Citation("an operator of ONNX"),
)
