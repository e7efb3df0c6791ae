"""Pieces that compete, or stand side by side."""

from __future__ import annotations

import math

from actcli.catalogue.activation import (
    INF,
    Citation,
    Domain,
    Number,
    Parameter,
    Range,
    Symbol,
)
from actcli.catalogue.vector import LAST, Axis, Cells, VectorActivation, later

COUNT = Domain("a whole number of at least 1", lambda v: v >= 1 and math.isfinite(v) and v % 1 == 0)


def _uneven(length: int, k: Number) -> str:
    if length % int(k):
        return f"takes groups of k={int(k)}, and {length} numbers make no whole number of groups"
    return ""


MAXOUT = VectorActivation(
    name="maxout",
    family="maxima",
    parameters=(Parameter("k", 2.0, "numbers in a group, which follow each other", COUNT),),
    text="max(x_(k*i), ..., x_(k*i + k - 1))",
    jacobian_text="1 at the maximum of each group; equal ones share it",
    gradient_text="1 at the maximum of each group; equal ones share it",
    mathtext=r"\max(x_{ki},\ldots,x_{ki+k-1})",
    formulas=later("maxima:maxout"),
    length=lambda length, k: length // int(k),
    complaint=_uneven,
    cells=lambda k: Cells((1, int(k)), (1, 1)),
    range=Range(-INF, INF),
    smoothness="C0",
    citation=Citation(
        "Maxout Networks",
        authors="Goodfellow, Warde-Farley, Mirza, Courville & Bengio",
        year=2013,
        arxiv=("1302.4389",),
        confirmed=False,
    ),
    notes=(
        "No current framework has it. Of two equal numbers tf.reduce_max and jax.numpy.max give each a gradient of 1/2, torch.max along an axis the first one all of it.",
    ),
    unverified=("only the gradients of equal numbers were compared with frameworks",),
)

CRELU = VectorActivation(
    name="crelu",
    family="maxima",
    aliases=("concatenated_relu",),
    text="[relu(x), relu(-x)]",
    jacobian_text="[diag(x > 0); -diag(x < 0)]",
    gradient_text="sign(x_j)",
    mathtext=r"[\mathrm{relu}(x),\,\mathrm{relu}(-x)]",
    formulas=later("maxima:crelu"),
    length=lambda length: 2 * length,
    cells=lambda: Cells((1, 1), (2, 1)),
    range=Range(0.0, INF, low_attained=True),
    smoothness="C0",
    axes={"tensorflow": Axis("axis", LAST)},
    symbols=(Symbol("tensorflow", "tf.nn.crelu"),),
    citation=Citation(
        "Understanding and Improving CNNs via Concatenated ReLU",
        authors="Shang, Sohn, Almeida & Lee",
        year=2016,
        arxiv=("1603.05201",),
    ),
)
