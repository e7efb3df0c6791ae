"""Value and derivatives in float64, for integrals and the like, of functions and formulas."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import plain
from actcli.catalogue.activation import Formulas
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DTYPES

#: Values of a formula computed at once.
BLOCK = 4096
#: Relative width of an enclosure that is good enough; wider ones are replaced by certified values.
NARROW = 2.0**-38
LEAST = 2.0**-75


def float64_orders(bound: BoundActivation, x: NDArray[np.float64]) -> Formulas:
    """The three orders at x, as callables, to about 4e-12.

    They are the plain formulas of the catalogue, or for a user's formula the middle of enclosures.

    >>> from actcli.catalogue.specification import parse
    >>> value, derivative, _ = float64_orders(parse("x*x"), np.array([3.0]))
    >>> value().round(9), derivative().round(9)
    (array([9.]), array([6.]))
    """
    if bound.activation.formulas is not None:
        return bound.formulas(plain, x)
    return tuple(partial(_enclosed, bound, x, order) for order in range(3))


def _enclosed(bound: BoundActivation, x: NDArray[np.float64], order: int) -> Any:
    from actcli.language.intervals import enclosures
    from actcli.language.uncancelled import uncancelled
    from actcli.numerics.certified import certified

    program = uncancelled(bound.program)
    flat = np.ascontiguousarray(x).reshape(-1)
    result = np.empty(flat.shape)
    for start in range(0, len(flat), BLOCK):
        part = flat[start : start + BLOCK]
        low, high = enclosures(program, part, part, order + 1)[order]
        with np.errstate(all="ignore"):
            middle = low / 2 + high / 2
            wide = ~(high - low <= NARROW * abs(middle) + LEAST)
        if wide.any():
            (found,) = certified(bound.program, part[wide], (order,), DTYPES["float64"])
            middle[wide] = found
        result[start : start + BLOCK] = middle
    return result.reshape(x.shape)
