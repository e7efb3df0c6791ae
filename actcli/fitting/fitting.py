"""From a goal to a proven approximation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from actcli.errors import UsageError
from actcli.fitting.approximation import Approximation
from actcli.fitting.goal import Goal, Points, points_of
from actcli.fitting.interpolation import table_of, table_within
from actcli.fitting.proof import Proof, prove
from actcli.fitting.search import (
    MOST_PIECES,
    ImpossibleError,
    Pieces,
    Search,
    TooManyError,
    floor_of,
    impossible,
)
from actcli.fitting.tails import tail

Report = Callable[[float], None]

#: The degree to begin with where none is asked for, of small and of large formats, and the highest.
FIRST_DEGREE = {True: 2, False: 6}
MOST_DEGREE = 12
#: A degree is better if its tables have at most this share of the bits.
CHEAPER = 0.95
#: How often the search is made anew with a smaller target, if the proof is above the aim.
TRIES = 4
#: A bound so many times the aim is that of a pole or a jump, which no smaller aim mends.
FAR_OFF = 50


class Wanted(NamedTuple):
    """What is asked of a fit: an error, of a degree or the cheapest; or else so many pieces."""

    max_error: float | None
    pieces: int | None
    degree: int | None
    interpolation: str | None = None
    prove_all: bool = False


class Fit(NamedTuple):
    """A goal, what was asked, the approximation and its proof."""

    goal: Goal
    wanted: Wanted
    approximation: Approximation
    proof: Proof


def fit(goal: Goal, wanted: Wanted, report: Report | None = None) -> Fit:
    """The approximation that the goal asks for, with its proof.

    Raises UsageError for what cannot be had, with what can.
    """
    target = wanted.max_error
    if target is not None and target < floor_of(goal):
        raise UsageError(_floor(goal, target))
    points = points_of(goal)
    aim = target
    for _ in range(TRIES):
        found = _pieces(goal, points, wanted, aim, report)
        proof = prove(found, goal, wanted.prove_all, target or 0.0, report)
        if target is None or aim is None or proof.max_error <= target:
            return Fit(goal, wanted, found, proof)
        if proof.max_error > FAR_OFF * target:
            break
        aim *= min(0.97, target / proof.max_error)
    raise UsageError(
        f"an error of {target:g} {goal.measure} cannot be proven, the nearest is "
        f"{proof.max_error:.4g}; ask for that, choose an interval without a pole, or evaluate in a "
        "wider format with --evaluate"
    )


def _floor(goal: Goal, target: float) -> str:
    floor, unit = floor_of(goal), goal.measure
    named = "ulp" if unit == "ulp" else f"{unit} error"
    return (
        f"an error of {target:g} {named} cannot be had: rounding the result to {goal.out.name} "
        f"alone may be off by {floor:g}; ask for more than that"
    )


def _pieces(
    goal: Goal, points: Points, wanted: Wanted, target: float | None, report: Report | None
) -> Approximation:
    """The cheapest approximation found, not yet proven."""
    try:
        if wanted.interpolation is not None:
            made = (
                table_within(goal, points, wanted.interpolation, target, report)
                if target is not None
                else table_of(goal, points, wanted.interpolation, wanted.pieces or MOST_PIECES)
            )
            pieces = Pieces(made.pieces(), made.width, made.error)
            regular = goal._replace(cuts="uniform")
            return _approximation(regular, pieces)._replace(nodes=tuple(made.nodes.tolist()))
        if wanted.degree is not None or target is None:
            degree = wanted.degree or FIRST_DEGREE[goal.enumerated]
            return _of_degree(goal, points, degree, wanted.pieces, target, report)
        return _cheapest(goal, points, wanted, target, report)
    except ImpossibleError as found:
        raise impossible(goal, wanted.max_error or 0.0, found.x, found.error) from None
    except TooManyError:
        raise UsageError(_too_many(goal, points, wanted, target)) from None


def _of_degree(
    goal: Goal,
    points: Points,
    degree: int,
    count: int | None,
    target: float | None,
    report: Report | None,
) -> Approximation:
    search = Search(goal, points, degree, report)
    if target is not None:
        return _approximation(goal, search.fewest(target, count or MOST_PIECES))
    return _approximation(goal, search.least_error(count or 1))


def _cheapest(
    goal: Goal, points: Points, wanted: Wanted, target: float | None, report: Report | None
) -> Approximation:
    """The degree whose tables have the fewest bits, found uphill and downhill from a first one."""
    first = FIRST_DEGREE[goal.enumerated]
    failed: Exception | None = None
    best: Approximation | None = None
    for step in (1, -1):
        degree = first if step == 1 else first - 1
        while 1 <= degree <= MOST_DEGREE:
            try:
                found = _of_degree(goal, points, degree, wanted.pieces, target, report)
            except (TooManyError, ImpossibleError) as error:
                failed = error
                break
            if best is not None and found.bits >= best.bits * CHEAPER:
                break
            best = found
            degree += step
        if best is not None and best.degree > first:
            break
    if best is None:
        assert failed is not None
        raise failed
    return best


def _approximation(goal: Goal, found: Pieces) -> Approximation:
    return Approximation(
        goal.bound, goal.order, goal.start, goal.stop, goal.given, goal.out, goal.arithmetic,
        goal.cuts, found.pieces, tail(goal, -1), tail(goal, 1), found.width_bits,
        goal.coefficients,
    )  # fmt: skip


def _too_many(goal: Goal, points: Points, wanted: Wanted, target: float | None) -> str:
    """What to say where more pieces would be needed than may be, with an error that can be had."""
    count = wanted.pieces or MOST_PIECES
    degree = wanted.degree or FIRST_DEGREE[goal.enumerated]
    asked = f"an error of {target:g} {goal.measure}" if target is not None else "such a fit"
    said = f"{asked} needs more than {count:,} pieces"
    larger = (target or 1.0) * 2
    for _ in range(24):
        try:
            if wanted.interpolation is not None:
                made = table_of(goal, points, wanted.interpolation, count)
                return f"{said}; {made.count:,} have {made.error:.4g}"
            if goal.cuts != "free":
                pieces = Search(goal, points, degree).least_error(count)
            else:
                pieces = Search(goal, points, degree).fewest(larger, count)
            return f"{said}; {len(pieces.pieces):,} of degree {degree} have {pieces.error:.4g}"
        except (TooManyError, ImpossibleError):
            larger *= 4
            if not math.isfinite(larger):
                break
    return f"{said}; ask for a larger error"
