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
    Formulas,
    Number,
    Parameter,
    cited,
    symbol,
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
        symbol(
            "torch.nn.functional.softplus",
            "torch.nn.Softplus",
            beta=1.0,
            threshold=Argument("threshold", "threshold", 20.0, guard=True),
        ),
        symbol("tf.nn.softplus", "tf.math.softplus", fixed={"beta": 1.0}),
        symbol("keras.activations.softplus", "keras.ops.softplus", fixed={"beta": 1.0}),
        symbol("jax.nn.softplus", fixed={"beta": 1.0}),
        symbol("flax.linen.softplus"),
        symbol("onnx.Softplus", fixed={"beta": 1.0}),
        symbol("scipy.special.softplus"),
    ),
    citation=cited(
        "Dugas, Bengio, Belisle, Nadeau & Garcia: Incorporating Second-Order Functional Knowledge for Better Option Pricing (NIPS 13), 2001 (reference not verified)"
    ),
    notes=(
        "torch returns x itself above threshold=20: a step of 2.06e-9 at x = 20, visible in float64 only.",
    ),
)
