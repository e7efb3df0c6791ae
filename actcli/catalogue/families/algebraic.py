"""Functions of square roots and quotients alone."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import (
    NOT_NEGATIVE,
    POSITIVE,
    Activation,
    Formulas,
    Number,
    Parameter,
    cited,
    symbol,
)
from actcli.catalogue.shared import FROM_MEMORY, inverse_square_root_unit


def _softsign(m: Any, x: Any) -> Formulas:
    d = 1 + m.absolute(x)
    return (lambda: x / d, lambda: 1 / (d * d), lambda: m.sign(x) * -2 / (d * d * d))


SOFTSIGN = Activation(
    name="softsign",
    aliases=("soft_sign", "elliotsig"),
    text="x/(1 + abs(x))",
    derivative_text="1/(1 + abs(x))**2",
    second_derivative_text="-2*sign(x)/(1 + abs(x))**3",
    formulas=_softsign,
    symbols=(
        symbol("torch.nn.functional.softsign", "torch.nn.Softsign"),
        symbol("tf.nn.softsign"),
        symbol("keras.activations.softsign", "keras.ops.softsign"),
        symbol("jax.nn.soft_sign"),
        symbol("flax.linen.soft_sign"),
        symbol("onnx.Softsign"),
    ),
    citation=cited(
        "Elliott 1993; Bergstra, Desjardins, Lamblin & Bengio: Quadratic Polynomials Learn Better Image Features (TR 1337), 2009 (reference not verified)"
    ),
)


ISRU = Activation(
    name="isru",
    aliases=("inverse_square_root_unit",),
    parameters=(
        Parameter(
            "alpha", 1.0, "saturates at +-1/sqrt(alpha)", domain=NOT_NEGATIVE, symbol=r"\alpha"
        ),
    ),
    text="x/sqrt(1 + alpha*x**2)",
    derivative_text="1/sqrt(1 + alpha*x**2)**3",
    second_derivative_text="-3*alpha*x/sqrt(1 + alpha*x**2)**5",
    formulas=inverse_square_root_unit,
    citation=cited(
        "Carlile, Delamarter, Kinney, Marti & Whitney: Improving Deep Learning by Inverse Square Root Linear Units (ISRLUs), 2017, arXiv:1710.09967"
    ),
    unverified=(FROM_MEMORY,),
)


def _isrlu(m: Any, x: Any, alpha: Number) -> Formulas:
    value, derivative, second_derivative = inverse_square_root_unit(m, x, alpha)
    return (
        lambda: m.where(x >= 0, x, value()),
        lambda: m.where(x >= 0, m.constant(x, 1.0), derivative()),
        lambda: m.where(x >= 0, m.constant(x, 0.0), second_derivative()),
    )


ISRLU = Activation(
    name="isrlu",
    aliases=("inverse_square_root_linear_unit",),
    parameters=(
        Parameter(
            "alpha",
            1.0,
            "negative saturation is -1/sqrt(alpha)",
            domain=NOT_NEGATIVE,
            symbol=r"\alpha",
        ),
    ),
    text="x if x >= 0 else x/sqrt(1 + alpha*x**2)",
    derivative_text="1 if x >= 0 else 1/sqrt(1 + alpha*x**2)**3",
    second_derivative_text="0 if x >= 0 else -3*alpha*x/sqrt(1 + alpha*x**2)**5",
    formulas=_isrlu,
    citation=cited(
        "Carlile, Delamarter, Kinney, Marti & Whitney: Improving Deep Learning by Inverse Square Root Linear Units (ISRLUs), 2017, arXiv:1710.09967"
    ),
    notes=("Two continuous derivatives at 0; the third jumps.",),
    unverified=(FROM_MEMORY,),
)


def _squareplus(m: Any, x: Any, b: Number) -> Formulas:
    # x + r cancels on the left, where it is b/(r - x), since (r + x)(r - x) = b.
    r = m.sqrt(x * x + b)
    sum_ = r + m.absolute(x)
    small = m.constant(x, b) / sum_
    return (
        lambda: m.where(x > 0, sum_, small) / 2,
        lambda: m.where(x > 0, sum_, small) / r / 2,
        lambda: m.constant(x, b) / (r * r * r) / 2,
    )


SQUAREPLUS = Activation(
    name="squareplus",
    parameters=(
        Parameter(
            "b", 4.0, "width of the smooth part; f(0)=sqrt(b)/2", domain=POSITIVE, symbol="b"
        ),
    ),
    text="(x + sqrt(x**2 + b))/2",
    derivative_text="(1 + x/sqrt(x**2 + b))/2",
    second_derivative_text="b/(2*sqrt(x**2 + b)**3)",
    formulas=_squareplus,
    symbols=(symbol("keras.activations.squareplus", b=4.0), symbol("jax.nn.squareplus", b=4.0)),
    citation=cited(
        "Barron: Squareplus: A Softplus-Like Algebraic Rectifier, 2021, arXiv:2112.11687"
    ),
)


def _bent_identity(m: Any, x: Any) -> Formulas:
    # (r - 1)/2 = x^2 / (2 (r + 1)), which keeps its digits near 0
    r = m.sqrt(x * x + 1)
    return (lambda: x * (x / (r + 1)) / 2 + x, lambda: x / r / 2 + 1, lambda: 1 / (r * r * r) / 2)


BENT_IDENTITY = Activation(
    name="bent_identity",
    text="(sqrt(x**2 + 1) - 1)/2 + x",
    derivative_text="x/(2*sqrt(x**2 + 1)) + 1",
    second_derivative_text="1/(2*sqrt(x**2 + 1)**3)",
    formulas=_bent_identity,
    citation=cited("folklore, from encyclopaedia tables; no paper confirmed"),
    unverified=(FROM_MEMORY,),
)
