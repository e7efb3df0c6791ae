"""Inputs such as tests draw at random, the same ones in every run and on every machine."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.worth_testing import worth_testing
from actcli.numerics.chance import words
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to

#: How many numbers are drawn, and from which sequence.
COUNT, SEED = 4096, 0
#: The ends between which uniform numbers lie.
LOW, HIGH = -10.0, 10.0


def normal(_: BoundActivation, dtype: DType) -> Array:
    """Standard normal numbers."""
    inverse = NormalDist().inv_cdf
    return round_to(np.array([inverse(share) for share in _shares().tolist()]), dtype)


def uniform(_: BoundActivation, dtype: DType) -> Array:
    """Numbers spread evenly between LOW and HIGH."""
    return round_to(LOW + (HIGH - LOW) * _shares(), dtype)


def points(bound: BoundActivation, dtype: DType) -> Array:
    """The inputs that `actcli points` writes."""
    return worth_testing(bound, dtype)


def _shares() -> NDArray[np.float64]:
    """Numbers above 0 and below 1."""
    drawn = words(np.arange(COUNT), SEED) >> np.uint64(12)
    return (drawn.astype(np.float64) + 0.5) * 2.0**-52


#: The inputs by name, and what to call them in a report.
INPUTS: dict[str, tuple[Callable[[BoundActivation, DType], Array], str]] = {
    "normal": (normal, f"standard normal inputs (seed {SEED})"),
    "uniform": (uniform, f"uniform inputs from {LOW:g} to {HIGH:g} (seed {SEED})"),
    "points": (points, "inputs worth testing"),
}
