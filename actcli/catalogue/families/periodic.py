"""Functions that oscillate."""

from __future__ import annotations

from typing import Any

from actcli.arithmetic.constants import PI
from actcli.catalogue.activation import (
    INF,
    NOT_ZERO,
    Activation,
    Formulas,
    Number,
    Parameter,
    Range,
    Stationary,
    Steepest,
    cited,
    symbol,
)
from actcli.catalogue.shared import FROM_MEMORY


def _snake(m: Any, x: Any, alpha: Number) -> Formulas:
    # 1 + sin 2t = (sin t + cos t)^2 and cos 2t = (cos t + sin t)(cos t - sin t): exact at the roots
    sine, cosine = m.sine_cosine(x, alpha)
    return (
        lambda: x + sine * sine / alpha,
        lambda: (sine + cosine) * (sine + cosine),
        lambda: 2 * ((cosine + sine) * (cosine - sine)) * alpha,
    )


SNAKE = Activation(
    name="snake",
    parameters=(Parameter("alpha", 1.0, "frequency", domain=NOT_ZERO, symbol=r"\alpha"),),
    text="x + sin(alpha*x)**2/alpha",
    derivative_text="1 + sin(2*alpha*x)",
    second_derivative_text="2*alpha*cos(2*alpha*x)",
    formulas=_snake,
    range=Range(-INF, INF),
    monotonic=True,
    stationary=(),
    steepest=Steepest(2.0, "pi/4 + k*pi"),
    citation=cited(
        "Ziyin, Hartwig & Ueda: Neural Networks Fail to Learn Periodic Functions and How to Fix It, 2020, arXiv:2006.08195"
    ),
    unverified=(FROM_MEMORY,),
)


def _sine(m: Any, x: Any, omega: Number) -> Formulas:
    sine, cosine = m.sine_cosine(x, omega)
    return (lambda: sine, lambda: cosine * omega, lambda: -sine * omega * omega)


SINE = Activation(
    name="sine",
    aliases=("sin", "siren"),
    parameters=(Parameter("omega", 1.0, "frequency; SIREN uses 30", symbol=r"\omega"),),
    text="sin(omega*x)",
    second_derivative_text="-omega**2*sin(omega*x)",
    formulas=_sine,
    symbols=(
        symbol("torch.sin"),
        symbol("tf.sin", "tf.math.sin"),
        symbol("keras.ops.sin"),
        symbol("jax.numpy.sin"),
        symbol("onnx.Sin"),
    ),
    citation=cited(
        "Sitzmann, Martel, Bergman, Lindell & Wetzstein: Implicit Neural Representations with Periodic Activation Functions, 2020, arXiv:2006.09661 (reference not verified)"
    ),
)


def _sinc(m: Any, x: Any, omega: Number) -> Formulas:
    value, derivative, second_derivative = m.sinc(x, omega)
    return (value, lambda: derivative() * omega, lambda: second_derivative() * omega * omega)


SINC = Activation(
    name="sinc",
    parameters=(
        Parameter("omega", 1.0, "frequency; pi gives the normalised form", symbol=r"\omega"),
    ),
    text="1 if omega == 0 else sin(omega*x)/(omega*x)",
    derivative_text="0 if omega*x == 0 else omega*(cos(omega*x) - sin(omega*x)/(omega*x))/(omega*x)",
    second_derivative_text="-omega**2/3 if omega*x == 0 else omega**2*(-sin(omega*x)/(omega*x) - 2*cos(omega*x)/(omega*x)**2 + 2*sin(omega*x)/(omega*x)**3)",
    formulas=_sinc,
    range=Range(-0.217233628211222, 1.0, low_attained=True, high_attained=True),
    stationary=(
        Stationary(-7.72525183693771, 0.128374553525899, "maximum"),
        Stationary(-4.49340945790906, -0.217233628211222, "minimum"),
        Stationary(0.0, 1.0, "maximum"),
        Stationary(4.49340945790906, -0.217233628211222, "minimum"),
        Stationary(7.72525183693771, 0.128374553525899, "maximum"),
    ),
    steepest=Steepest(0.436181817271458, "+-2.0815759778181"),
    symbols=(
        symbol("torch.sinc", "torch.special.sinc", fixed={"omega": PI}),
        symbol("jax.numpy.sinc", fixed={"omega": PI}),
        symbol("scipy.special.sinc", "numpy.sinc", fixed={"omega": PI}),
    ),
    citation=cited("no paper confirmed"),
    notes=(
        "omega=1 is the unnormalised form; torch, jax, numpy and scipy have the normalised one, omega=pi.",
    ),
)
