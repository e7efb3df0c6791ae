"""The definition of each function of the catalogue, typed as a formula, gives the function's facts.

tests/catalogue/test_facts.py proves these true, with arithmetic of its own.
"""

from __future__ import annotations

import re
from functools import cache
from math import isfinite, isnan

import numpy as np
import pytest

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.facts import Facts
from actcli.catalogue.specification import parse
from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import DTYPES
from actcli.reference.facts import written_out
from tests.promise.cases import DEFAULTS, OTHERS

#: Records have 15 digits, not always rounded.
DIGITS = 1e-13
EVERY = {**DEFAULTS, **OTHERS}

defaults = pytest.mark.parametrize("name", DEFAULTS)


def typed(bound: BoundActivation) -> str:
    """The definition with its parameters as one would type it."""
    from actcli.arithmetic.numbers import written

    settings = [
        f"{name}={written(value) or repr(float(value))}" for name, value in bound.parameters.items()
    ]
    return f"{', '.join(['mine(x', *settings])}) = {written_out(bound)}"


@cache
def formula(specification: str) -> BoundActivation:
    return parse(typed(EVERY[specification]))


def record(name: str) -> Facts:
    return DEFAULTS[name].facts


def near(a: float, b: float, tolerance: float = DIGITS) -> bool:
    if isnan(a) or isnan(b):
        return isnan(a) and isnan(b)
    return a == b or (isfinite(a + b) and abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-100))


@defaults
@pytest.mark.sampled(7)
def test_range(name: str) -> None:
    found, known = formula(name).facts.range, record(name).range
    assert near(found.low, known.low)
    assert near(found.high, known.high)
    assert found[2:] == known[2:]


@defaults
@pytest.mark.sampled(3)
def test_monotonic(name: str) -> None:
    assert formula(name).facts.monotonic == record(name).monotonic


@defaults
@pytest.mark.sampled(3)
def test_steepest(name: str) -> None:
    found, known = formula(name).facts.steepest, record(name).steepest
    assert near(found.derivative, known.derivative)
    assert near(formula(name).facts.lipschitz, record(name).lipschitz)
    number = re.fullmatch(r"(\+-)?(-?[\d.]+)", known.where)
    # where a whole piece is as steep as its end, either says it
    if number and found.where != "on a whole piece":
        assert near(float(found.where.removeprefix("+-")), float(number[2]), 1e-11)
        assert found.where.startswith("+-") == bool(number[1])


@defaults
@pytest.mark.sampled(3)
def test_stationary_points(name: str) -> None:
    found, known = formula(name).facts.stationary, record(name).stationary
    assert [point.kind for point in found] == [point.kind for point in known]
    for point, other in zip(found, known, strict=True):
        assert abs(point.x - other.x) <= 1e-13 * max(1, abs(other.x))
        assert near(point.value, other.value)
        assert bool(point.where) == bool(other.where)


@defaults
def test_symmetry(name: str) -> None:
    assert formula(name).facts.symmetry == record(name).symmetry


@defaults
@pytest.mark.sampled(3)
def test_smoothness(name: str) -> None:
    assert formula(name).facts.smoothness == record(name).smoothness


#: A parameter makes both pieces one, or leaves 0/0 of the definition.
DEGENERATE = ("isrlu:alpha=0.0", "selu:scale=0.0", "star_relu:scale=0.0", "sinc:omega=0.0")

whole = pytest.mark.parametrize("specification", [s for s in EVERY if s not in DEGENERATE])


@whole
@pytest.mark.sampled(11)
def test_breakpoints(specification: str) -> None:
    bound = formula(specification)
    found, known = bound.breakpoints, EVERY[specification].breakpoints
    assert len(found) == len(known)
    for point, other in zip(found, known, strict=True):
        for one, two in zip(point, other, strict=True):
            if not near(float(one), float(two), 1e-15):
                # no float64 lies on the breakpoint: the value is that at the nearest one
                x = np.array([point.x])
                columns = evaluate(EVERY[specification], x, (0, 1), DTYPES["float64"])
                assert [float(column[0]) for column in columns] == [point.value, point.derivative]


@whole
@pytest.mark.sampled(3)
def test_limits(specification: str) -> None:
    for found, known in zip(
        formula(specification).limits, EVERY[specification].limits, strict=True
    ):
        assert all(near(one, two, 1e-15) for one, two in zip(found, known, strict=True))


#: What cannot be certified: 0/0 in every neighbourhood of 0; a slope that touches 0 without end; a
#: second derivative that overflows on the way to next to nothing.
NOT_CERTIFIED = {
    "sinc": {"range", "stationary_points"},
    "snake": {"monotonic"},
    "tanhexp": {"steepest"},
}


@defaults
@pytest.mark.sampled(3)
def test_what_is_certified(name: str) -> None:
    about = formula(name).facts.about
    assert bool(about) == (name in NOT_CERTIFIED)
    assert about >= NOT_CERTIFIED.get(name, set())


@defaults
@pytest.mark.sampled(3)
def test_the_plot_shows_what_happens(name: str) -> None:
    facts = formula(name).facts
    marks = [point.x for point in facts.stationary]
    marks += [point.x for point in formula(name).breakpoints]
    assert all(abs(mark) < facts.view for mark in marks)
    assert 0.2 < facts.view / record(name).view < 2.5
