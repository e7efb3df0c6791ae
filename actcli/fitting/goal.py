"""What a fit is to achieve, and the points it is judged at."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.evaluating import evaluate as core
from actcli.fitting.arithmetic import Arithmetic
from actcli.fitting.number_format import (
    Fixed,
    Floats,
    NumberFormat,
    next_number,
    numbers_between,
    rounded,
    ulp,
)
from actcli.numerics.dtypes import DTYPES

MEASURES = ("ulp", "absolute", "relative")
#: Formats of up to so many bits are judged at all their numbers.
ENUMERATED = 18
#: Points of a format with too many numbers: as many evenly, and as many by powers of two.
EVENLY, BY_POWERS = 12_000, 4_000
#: A function that changes its sign between values so many times the usual has a pole there.
STEEP = 50
#: Halvings after which neighbouring points have no number between them.
BISECTIONS = 26


class Goal(NamedTuple):
    """A column of a function from start to stop, in formats, measured in `measure`."""

    bound: BoundActivation
    order: int
    start: float
    stop: float
    given: NumberFormat
    out: NumberFormat
    arithmetic: Arithmetic
    measure: str = "ulp"
    cuts: str = "free"
    monotone: bool = False
    continuous: bool = False
    #: The format of coefficients, which that of the arithmetic holds.
    coefficients: NumberFormat | None = None

    @property
    def falls(self) -> bool:
        """Whether the column is smaller at the stop than at the start."""
        first, last = true_values(self, np.array([self.start, self.stop]))
        return bool(last < first)

    @property
    def stored(self) -> NumberFormat:
        """The format of coefficients."""
        return self.coefficients or self.arithmetic.form

    @property
    def enumerated(self) -> bool:
        """Whether every x is looked at."""
        return self.given.bits <= ENUMERATED


class Points(NamedTuple):
    """Rising x, the true values there, and what an error is measured in."""

    x: Floats
    f: Floats
    unit: Floats

    def part(self, first: int, last: int) -> Points:
        """The points from one place to another, that one included."""
        chosen = slice(first, last + 1)
        return Points(self.x[chosen], self.f[chosen], self.unit[chosen])

    def at(self, places: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Points:
        """The points at some places."""
        return Points(self.x[places], self.f[places], self.unit[places])


def true_values(goal: Goal, x: Floats) -> Floats:
    """The column at any float64 numbers, as float64."""
    found = core.evaluate(goal.bound, np.asarray(x), (goal.order,), DTYPES["float64"])
    return np.asarray(found[0])


def units(goal: Goal, f: Floats) -> Floats:
    """What an error is measured in where the true value is f."""
    if goal.measure == "ulp":
        return ulp(f, goal.out)
    if goal.measure == "relative":
        size = np.abs(f)
        return np.where(size == 0, 5e-324, size)
    return np.ones_like(f)


def points_of(goal: Goal) -> Points:
    """All numbers of a small format from start to stop, or many of a large one.

    Raises UsageError where there is a pole.
    """
    x = _numbers(goal)
    if x.size < 2:
        raise UsageError(
            f"there are {x.size} numbers of {goal.given.name} from {goal.start!r} to "
            f"{goal.stop!r}; a fit needs two or more"
        )
    f = true_values(goal, x)
    if not goal.enumerated and not isinstance(goal.out, Fixed):
        x, f = _with_crossings(goal, x, f)
    if not np.isfinite(f).all():
        place = int(np.flatnonzero(~np.isfinite(f))[0])
        raise UsageError(
            f"{goal.bound.specification} has no finite value at x = {float(x[place])!r}; a fit "
            "needs an interval without poles, inside the domain"
        )
    steep = np.abs(f) > STEEP * (np.median(np.abs(f)) + 1)
    ends = np.flatnonzero(steep[1:] & steep[:-1] & (np.sign(f[1:]) != np.sign(f[:-1])))
    if ends.size:
        raise UsageError(
            f"{goal.bound.specification} has a pole near x = {float(x[ends[0]])!r}; a fit needs an "
            "interval without one"
        )
    poles = [pole for pole in goal.bound.facts.poles if goal.start <= pole <= goal.stop]
    if poles and goal.order > 0:
        poles = []  # those of the derivative show in its values
    if poles and not math.isfinite(float(true_values(goal, np.array(poles[:1]))[0])):
        raise UsageError(
            f"{goal.bound.specification} has a pole at x = {poles[0]!r}; a fit needs an interval "
            "without one"
        )
    return Points(x, f, units(goal, f))


def _with_crossings(goal: Goal, x: Floats, f: Floats) -> tuple[Floats, Floats]:
    """The points, and between them those on either side of a power of two of |f|.

    There the steps of results double, so that errors are largest.
    """
    binade = np.frexp(f)[1]
    places = np.flatnonzero((binade[1:] != binade[:-1]) & (f[1:] != 0) & (f[:-1] != 0))
    low, high = x[places], x[places + 1]
    for _ in range(BISECTIONS):
        middle = rounded((low + high) / 2, goal.given)
        left = np.frexp(true_values(goal, middle))[1] == binade[places]
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    more = np.concatenate([low, high])
    every, first = np.unique(np.concatenate([x, more]), return_index=True)
    return every, np.concatenate([f, true_values(goal, more)])[first]


def _numbers(goal: Goal) -> Floats:
    low, high, form = goal.start, goal.stop, goal.given
    if goal.enumerated:
        return numbers_between(low, high, form)
    parts = [np.linspace(low, high, EVENLY)]
    if not isinstance(form, Fixed):
        top = math.log2(max(abs(low), abs(high)))
        sizes = np.exp2(np.linspace(-148, top, BY_POWERS))
        parts += [sizes[sizes <= high], -sizes[sizes <= -low], np.zeros(1)]
    marks = [mark.x for mark in goal.bound.breakpoints if low <= mark.x <= high]
    x = rounded(np.concatenate([*parts, np.array(marks)]), form)
    near = [next_number(mark, form) for mark in marks]
    near += [-next_number(-mark, form) for mark in marks]
    x = np.unique(np.concatenate([x, np.array(near)]) + 0.0)
    return np.asarray(x[(x >= low) & (x <= high)])
