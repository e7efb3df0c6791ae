"""Linear functions and their like: no bend, or one."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import Activation, Formulas, cited, symbol


def _identity(m: Any, x: Any) -> Formulas:
    return (lambda: x, lambda: m.constant(x, 1.0), lambda: m.constant(x, 0.0))


IDENTITY = Activation(
    name="identity",
    aliases=("linear", "none"),
    text="x",
    formulas=_identity,
    symbols=(
        symbol("torch.nn.Identity"),
        symbol("tf.identity"),
        symbol("keras.activations.linear"),
        symbol("jax.nn.identity"),
        symbol("onnx.Identity"),
    ),
    citation=cited("classical function"),
)


def _absolute(m: Any, x: Any) -> Formulas:
    return (lambda: m.absolute(x), lambda: m.sign(x), lambda: m.constant(x, 0.0))


ABSOLUTE = Activation(
    name="absolute",
    aliases=("abs", "absolute_value"),
    text="abs(x)",
    formulas=_absolute,
    symbols=(
        symbol("torch.abs"),
        symbol("tf.abs", "tf.math.abs"),
        symbol("keras.ops.abs", "keras.ops.absolute"),
        symbol("jax.numpy.abs"),
        symbol("onnx.Abs"),
    ),
    citation=cited(
        "Jarrett, Kavukcuoglu, Ranzato & LeCun: What is the Best Multi-Stage Architecture for Object Recognition? (ICCV), 2009 (reference not verified)"
    ),
)
