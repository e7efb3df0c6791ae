"""Gated linear units: one half of a vector, times a function of the other half."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from actcli.catalogue.activation import (
    INF,
    Activation,
    Formulas,
    Range,
    Symbol,
    Vector,
    cited,
    symbol,
    vector_function,
)
from actcli.catalogue.families import gates, gelus, linear, rectifiers, sigmoids
from actcli.catalogue.vector import LAST, Axis, Cells

GLU_VARIANTS = cited(
    "Shazeer: GLU Variants Improve Transformer, 2020, arXiv:2002.05202 (reference not verified)"
)
NO_FRAMEWORK = "no framework has the function to compare with"
VARIANT_NOTE = "The first half goes through the gate; some code bases gate with the second one."


def _half(length: int) -> int:
    return length // 2


def _odd(length: int) -> str:
    return f"halves a vector, and {length} numbers have no halves" if length % 2 else ""


def _gated(gate: Activation, gate_last: bool, m: Any, x: Any) -> Formulas:
    from actcli.catalogue.vector_formulas.glus import gated  # needs numpy, which names do not

    return gated(gate, gate_last, m, x)


def _unit(
    gate: Activation,
    name: str,
    jacobian_text: str,
    mathtext: str,
    gate_last: bool = False,
    axes: Mapping[str, Axis] = MappingProxyType({}),
    **facts: Any,
) -> Activation:
    return vector_function(
        name=name,
        formulas=partial(_gated, gate, gate_last),
        where=(("[a, b]", "the halves of x"),),
        vector=Vector(
            jacobian_text,
            mathtext,
            length=_half,
            complaint=_odd,
            cells=lambda: Cells((2, 1), (1, 1)),
            axes=axes,
        ),
        range=Range(-INF, INF),
        **facts,
    )


GLU = _unit(
    sigmoids.SIGMOID,
    "glu",
    gate_last=True,
    aliases=("gated_linear_unit",),
    text="a_i*sigmoid(b_i)",
    jacobian_text="[diag(s), diag(a*s*(1 - s))], s = sigmoid(b)",
    gradient_text="[s, a*s*(1 - s)], s = sigmoid(b)",
    mathtext=r"a_i\,\sigma(b_i)",
    smoothness="smooth",
    axes={
        "torch": Axis("dim", LAST),
        "keras": Axis("axis", LAST),
        "jax": Axis("axis", LAST),
        "flax": Axis("axis", LAST),
    },
    symbols=(
        symbol("torch.nn.functional.glu", "torch.nn.GLU"),
        symbol("keras.activations.glu", "keras.ops.glu"),
        symbol("jax.nn.glu"),
        symbol("flax.linen.glu"),
    ),
    citation=cited(
        "Dauphin, Fan, Auli & Grangier: Language Modeling with Gated Convolutional Networks, 2016, arXiv:1612.08083"
    ),
    notes=("The second half is the gate; the variants reglu, geglu and swiglu gate the first.",),
)

BILINEAR_GLU = _unit(
    linear.IDENTITY,
    "bilinear_glu",
    aliases=("bilinear",),
    text="a_i*b_i",
    jacobian_text="[diag(b), diag(a)]",
    gradient_text="[b, a]",
    mathtext=r"a_i\,b_i",
    smoothness="smooth",
    citation=GLU_VARIANTS,
    unverified=(NO_FRAMEWORK,),
)

REGLU = _unit(
    rectifiers.RELU,
    "reglu",
    text="relu(a_i)*b_i",
    jacobian_text="[diag(b*[a > 0]), diag(relu(a))]",
    gradient_text="[b*[a > 0], relu(a)]",
    mathtext=r"\mathrm{relu}(a_i)\,b_i",
    smoothness="C0",
    citation=GLU_VARIANTS,
    notes=(VARIANT_NOTE,),
    unverified=(NO_FRAMEWORK,),
)

GEGLU = _unit(
    gelus.GELU,
    "geglu",
    text="gelu(a_i)*b_i",
    jacobian_text="[diag(gelu'(a)*b), diag(gelu(a))]",
    gradient_text="[gelu'(a)*b, gelu(a)]",
    mathtext=r"\mathrm{gelu}(a_i)\,b_i",
    smoothness="smooth",
    citation=GLU_VARIANTS,
    notes=(VARIANT_NOTE,),
    unverified=(NO_FRAMEWORK,),
)

SWIGLU = _unit(
    gates.SILU,
    "swiglu",
    text="silu(a_i)*b_i",
    jacobian_text="[diag(silu'(a)*b), diag(silu(a))]",
    gradient_text="[silu'(a)*b, silu(a)]",
    mathtext=r"\mathrm{silu}(a_i)\,b_i",
    smoothness="smooth",
    symbols=(Symbol("onnx", "onnx.SwiGLU", call="SwiGLU(a, b)"),),
    citation=GLU_VARIANTS,
    notes=(
        VARIANT_NOTE,
        "The operator of ONNX (opset 28) takes the halves as two inputs and has no axis.",
    ),
    unverified=("the operator of ONNX was read, not run",),
)
