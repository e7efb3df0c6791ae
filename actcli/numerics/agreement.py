"""Whether one program equals another, or its derivative, by true values at some points."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from actcli.language.program import Program
from actcli.numerics.certified import true_value
from actcli.numerics.dtypes import DTYPES

#: Irregular points, none of which is likely to be a breakpoint.
POINTS = (-40.3, -7.1, -2.9, -1.3, -0.61, -0.17, -1e-3, 1.3e-3, 0.23, 0.71, 1.7, 3.7, 9.3, 37.9)
#: Relative difference of float64 values that differ only by rounding.
SAME = 1e-12


class Disagreement(NamedTuple):
    """A point at which two programs differ."""

    x: float
    right: float
    got: float


def disagreement(program: Program, order: int, other: Program) -> Disagreement | None:
    """The first point at which a derivative of `program` is not the value of `other`."""
    for x in POINTS:
        right, got = _float(program, x, order), _float(other, x, 0)
        if math.isnan(right) and math.isnan(got):
            continue
        if not math.isclose(right, got, rel_tol=SAME, abs_tol=1e-300):
            return Disagreement(x, right, got)
    return None


def _float(program: Program, x: float, order: int) -> float:
    value: Any = true_value(program, x, order, DTYPES["float64"])
    return value if isinstance(value, float) else float(getattr(value, "mid", lambda: value)())
