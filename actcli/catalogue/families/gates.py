"""The input times a gate of itself."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import (
    Activation,
    Formulas,
    Number,
    Parameter,
    Steepest,
    cited,
    symbol,
)
from actcli.catalogue.shared import FROM_MEMORY, scaled_gate

SILU = Activation(
    name="silu",
    aliases=("swish", "swish1", "sil", "sigmoid_linear_unit"),
    parameters=(Parameter("beta", 1.0, "inner slope", symbol=r"\beta"),),
    text="x*g",
    derivative_text="g + beta*x*g*(1 - g)",
    second_derivative_text="beta*g*(1 - g)*(2 + beta*x*(1 - 2*g))",
    where=(("g", "sigmoid(beta*x)"),),
    formulas=scaled_gate,
    symbols=(
        symbol("torch.nn.functional.silu", "torch.nn.SiLU", fixed={"beta": 1.0}),
        symbol("tf.nn.silu", "tf.nn.swish", beta=1.0),
        symbol(
            "keras.activations.silu",
            "keras.activations.swish",
            "keras.ops.silu",
            fixed={"beta": 1.0},
        ),
        symbol("jax.nn.silu", "jax.nn.swish", fixed={"beta": 1.0}),
        symbol("flax.linen.silu", "flax.linen.swish"),
        symbol("onnx.Swish", alpha=("beta", 1.0)),
    ),
    citation=cited(
        "Elfwing, Uchibe & Doya; Ramachandran, Zoph & Le: Sigmoid-Weighted Linear Units; Searching for Activation Functions, 2017, arXiv:1702.03118, arXiv:1710.05941"
    ),
)


def _aptx(m: Any, x: Any, alpha: Number, beta: Number, gamma: Number) -> Formulas:
    # Away from 0, alpha + tanh t is (alpha - 1) + 2 sigmoid(2t) on the left and
    # (alpha + 1) - 2 sigmoid(-2t) on the right: for alpha = 1 or -1 the tail is never subtracted.
    t = x * beta
    g, c = m.logistic(2 * t)
    offset = m.constant(x, alpha)
    far = m.where(t > 0, (offset + 1) - 2 * c, (offset - 1) + 2 * g)
    gate = m.where(m.absolute(t) < 1, offset + m.tanh(t), far)
    s = 4 * (g * c)
    return (
        lambda: gate * x * gamma,
        lambda: (gate + t * s) * gamma,
        lambda: 2 * s * (1 - t * m.tanh(t)) * beta * gamma,
    )


APTX = Activation(
    name="aptx",
    parameters=(
        Parameter("alpha", 1.0, "offset", symbol=r"\alpha"),
        Parameter("beta", 1.0, "inner slope", symbol=r"\beta"),
        Parameter("gamma", 0.5, "outer scale", symbol=r"\gamma"),
    ),
    text="(alpha + t)*gamma*x",
    derivative_text="gamma*(alpha + t + beta*x*(1 - t**2))",
    second_derivative_text="2*gamma*beta*(1 - t**2)*(1 - beta*x*t)",
    where=(("t", "tanh(beta*x)"),),
    formulas=_aptx,
    citation=cited(
        "Kumar: APTx: better activation function than MISH, SWISH, and ReLU's variants used in deep learning, 2022, arXiv:2209.06119"
    ),
    notes=(
        "With the defaults this is x sigmoid(2x), which is silu with beta=2; with beta=1/2 it is silu itself.",
    ),
    unverified=(FROM_MEMORY,),
)


def _lisht(m: Any, x: Any) -> Formulas:
    t, s = m.tanh_and_rest(x)
    return (lambda: x * t, lambda: t + x * s, lambda: 2 * s * (1 - x * t))


LISHT = Activation(
    name="lisht",
    text="x*t",
    derivative_text="t + x*(1 - t**2)",
    second_derivative_text="2*(1 - t**2)*(1 - x*t)",
    where=(("t", "tanh(x)"),),
    formulas=_lisht,
    citation=cited(
        "Roy, Manna, Dubey & Chaudhuri: LiSHT: Non-Parametric Linearly Scaled Hyperbolic Tangent Activation Function for Neural Networks, 2019, arXiv:1901.05894"
    ),
    unverified=(FROM_MEMORY,),
)


def _tanhexp(m: Any, x: Any) -> Formulas:
    # Beyond e^40 the tanh is 1 and its derivative 0 to any dtype; the cap keeps e moderate.
    e = m.exp(m.where(x < 40, x, m.constant(x, 40.0)))
    t, s = m.tanh_and_rest(e)
    return (lambda: x * t, lambda: t + x * e * s, lambda: s * e * (2 + x * (1 - 2 * (e * t))))


TANHEXP = Activation(
    name="tanhexp",
    text="x*t",
    derivative_text="t + x*e*(1 - t**2)",
    second_derivative_text="(1 - t**2)*e*(2 + x - 2*x*e*t)",
    where=(("e", "exp(x)"), ("t", "tanh(e)")),
    formulas=_tanhexp,
    steepest=Steepest(1.06197530871792, "0.696563960395172"),
    citation=cited(
        "Liu & Di: TanhExp: A Smooth Activation Function with High Convergence Speed for Lightweight Neural Networks, 2020, arXiv:2003.09855"
    ),
    unverified=(FROM_MEMORY,),
)
