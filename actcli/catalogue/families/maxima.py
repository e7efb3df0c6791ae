"""Pieces that compete, or stand side by side."""

from __future__ import annotations

import math
from typing import Any

from actcli.catalogue.activation import (
    INF,
    Domain,
    Formulas,
    Number,
    Parameter,
    Range,
    Vector,
    cited,
    symbol,
    vector_function,
)
from actcli.catalogue.vector import LAST, Axis, Cells

COUNT = Domain("a whole number of at least 1", lambda v: v >= 1 and math.isfinite(v) and v % 1 == 0)


def _uneven(length: int, k: Number) -> str:
    if length % int(k):
        return f"takes groups of k={int(k)}, and {length} numbers make no whole number of groups"
    return ""


# These functions only select numbers, so nothing is rounded. numpy is imported at evaluation only.


def _maxout(m: Any, x: Any, k: Number) -> Formulas:
    import numpy as np

    groups = x.reshape(*x.shape[:-1], -1, int(k))
    top = groups.max(axis=-1)

    def derivative() -> Any:
        # Equal winners share the gradient, as tf.reduce_max has it.
        won = groups == top[..., None]
        shares = won / np.maximum(won.sum(axis=-1, keepdims=True), 1)
        return m.lift(np.where(np.isnan(top)[..., None], np.nan, shares).reshape(x.shape))

    return lambda: m.lift(top), derivative


def _crelu(m: Any, x: Any) -> Formulas:
    import numpy as np

    return (
        lambda: m.lift(np.concatenate([np.maximum(x, 0.0), np.maximum(-x, 0.0)], axis=-1)),
        lambda: m.lift(np.sign(x)),
    )


MAXOUT = vector_function(
    name="maxout",
    parameters=(Parameter("k", 2.0, "numbers in a group, which follow each other", COUNT),),
    text="max(x_(k*i), ..., x_(k*i + k - 1))",
    gradient_text="1 at the maximum of each group; equal ones share it",
    formulas=_maxout,
    vector=Vector(
        jacobian_text="1 at the maximum of each group; equal ones share it",
        mathtext=r"\max(x_{ki},\ldots,x_{ki+k-1})",
        length=lambda length, k: length // int(k),
        complaint=_uneven,
        cells=lambda k: Cells((1, int(k)), (1, 1)),
    ),
    range=Range(-INF, INF),
    smoothness="C0",
    citation=cited(
        "Goodfellow, Warde-Farley, Mirza, Courville & Bengio: Maxout Networks, 2013, arXiv:1302.4389 (reference not verified)"
    ),
    notes=(
        "No current framework has it. Of two equal numbers tf.reduce_max and jax.numpy.max give each a gradient of 1/2, torch.max along an axis the first one all of it.",
    ),
    unverified=("only the gradients of equal numbers were compared with frameworks",),
)

CRELU = vector_function(
    name="crelu",
    aliases=("concatenated_relu",),
    text="[relu(x), relu(-x)]",
    gradient_text="sign(x_j)",
    formulas=_crelu,
    vector=Vector(
        jacobian_text="[diag(x > 0); -diag(x < 0)]",
        mathtext=r"[\mathrm{relu}(x),\,\mathrm{relu}(-x)]",
        length=lambda length: 2 * length,
        cells=lambda: Cells((1, 1), (2, 1)),
        axes={"tensorflow": Axis("axis", LAST)},
    ),
    range=Range(0.0, INF, low_attained=True),
    smoothness="C0",
    symbols=(symbol("tf.nn.crelu"),),
    citation=cited(
        "Shang, Sohn, Almeida & Lee: Understanding and Improving CNNs via Concatenated ReLU, 2016, arXiv:1603.05201"
    ),
)
