"""The softplus."""

from __future__ import annotations

from functools import cache
from typing import Any

from actcli.catalogue.activation import (
    INF,
    NOT_NAN,
    POSITIVE,
    Activation,
    Argument,
    Citation,
    Formulas,
    Number,
    Parameter,
    Symbol,
)


def _softplus(m: Any, x: Any, beta: Number, threshold: Number) -> Formulas:
    # max(t, 0) + log1p(e^-|t|); above the threshold (none by default) the identity, as in torch
    t = x * beta
    pair = cache(lambda: m.logistic(t))

    def cut(smooth: Any, beyond: Any) -> Any:
        return smooth if threshold == INF else m.where(t > threshold, beyond, smooth)

    return (
        lambda: cut(m.softplus(t) / beta, x),
        lambda: cut(pair()[0], m.constant(x, 1.0)),
        lambda: cut(pair()[0] * pair()[1] * beta, m.constant(x, 0.0)),
    )


SOFTPLUS = Activation(
    name="softplus",
    aliases=("smooth_relu",),
    parameters=(
        Parameter("beta", 1.0, "sharpness", domain=POSITIVE, symbol=r"\beta"),
        Parameter(
            "threshold",
            INF,
            "the function is x itself where beta*x exceeds it",
            domain=NOT_NAN,
            optional=True,
        ),
    ),
    text="x if beta*x > threshold else log1p(exp(beta*x))/beta",
    derivative_text="1 if beta*x > threshold else g",
    second_derivative_text="0 if beta*x > threshold else beta*g*(1 - g)",
    where=(("g", "sigmoid(beta*x)"),),
    formulas=_softplus,
    symbols=(
        Symbol(
            "torch",
            "torch.nn.functional.softplus",
            also=("torch.nn.Softplus",),
            arguments=(
                Argument("beta", "beta", 1.0),
                Argument("threshold", "threshold", 20.0, guard=True),
            ),
        ),
        Symbol(
            "tensorflow",
            "tf.nn.softplus",
            also=("tf.math.softplus",),
            arguments=(Argument("beta", "beta", 1.0, fixed=True),),
        ),
        Symbol(
            "keras",
            "keras.activations.softplus",
            also=("keras.ops.softplus",),
            arguments=(Argument("beta", "beta", 1.0, fixed=True),),
        ),
        Symbol("jax", "jax.nn.softplus", arguments=(Argument("beta", "beta", 1.0, fixed=True),)),
        Symbol("flax", "flax.linen.softplus"),
        Symbol("onnx", "onnx.Softplus", arguments=(Argument("beta", "beta", 1.0, fixed=True),)),
        Symbol("scipy", "scipy.special.softplus"),
    ),
    citation=Citation(
        "Incorporating Second-Order Functional Knowledge for Better Option Pricing (NIPS 13)",
        authors="Dugas, Bengio, Belisle, Nadeau & Garcia",
        year=2001,
        confirmed=False,
    ),
    notes=(
        "torch returns x itself above threshold=20: a step of 2.06e-9 at x = 20, visible in float64 only.",
    ),
)
