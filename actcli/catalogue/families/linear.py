"""Linear functions and their like: no bend, or one."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import Activation, Citation, Formulas, Symbol


def _identity(m: Any, x: Any) -> Formulas:
    return (lambda: x, lambda: m.constant(x, 1.0), lambda: m.constant(x, 0.0))


IDENTITY = Activation(
    name="identity",
    aliases=("linear", "none"),
    text="x",
    derivative_text="1",
    second_derivative_text="0",
    formulas=_identity,
    view=5.0,
    symbols=(
        Symbol("torch", "torch.nn.Identity"),
        Symbol("tensorflow", "tf.identity"),
        Symbol("keras", "keras.activations.linear"),
        Symbol("jax", "jax.nn.identity"),
        Symbol("onnx", "onnx.Identity"),
    ),
    citation=Citation("classical function"),
)


def _absolute(m: Any, x: Any) -> Formulas:
    return (lambda: m.absolute(x), lambda: m.sign(x), lambda: m.constant(x, 0.0))


ABSOLUTE = Activation(
    name="absolute",
    aliases=("abs", "absolute_value"),
    text="abs(x)",
    derivative_text="sign(x)",
    second_derivative_text="0",
    formulas=_absolute,
    view=3.0,
    symbols=(
        Symbol("torch", "torch.abs"),
        Symbol("tensorflow", "tf.abs", also=("tf.math.abs",)),
        Symbol("keras", "keras.ops.abs", also=("keras.ops.absolute",)),
        Symbol("jax", "jax.numpy.abs"),
        Symbol("onnx", "onnx.Abs"),
    ),
    citation=Citation(
        "What is the Best Multi-Stage Architecture for Object Recognition? (ICCV)",
        authors="Jarrett, Kavukcuoglu, Ranzato & LeCun",
        year=2009,
        confirmed=False,
    ),
)
