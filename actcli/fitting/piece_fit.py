"""The best polynomial of one piece: optimised after its coefficients are rounded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from actcli.fitting.approximation import finished, horner
from actcli.fitting.bound import error_bound
from actcli.fitting.goal import Goal, Points
from actcli.fitting.minimax import minimax
from actcli.fitting.number_format import Fixed, Floats, NumberFormat, rounded, ulp

#: Points that candidates are first judged at, and the rounds in which the worst others join.
SOME = 128
ROUNDS = 6
#: How far coefficients are moved from where rounding leaves them, in their ulp, lowest power first.
MOVES: Sequence[Sequence[int]] = ((0, 1, -1, 2, -2), (0, 1, -1, 2, -2), (0, 1, -1))
#: A term that is never larger than this share of the target is left out.
NOISE = 1e-3
#: Centres that are tried near the middle of a piece.
CENTRES = 16


class Found(NamedTuple):
    """A polynomial and its largest error in the measure."""

    centre: float
    coefficients: tuple[float, ...]
    error: float


class Pin(NamedTuple):
    """The point where a piece must meet its neighbour, and the result there."""

    x: float
    y: float


def fit_piece(
    goal: Goal,
    points: Points,
    degree: int,
    target: float,
    zeros: int,
    pin: Pin | None = None,
    before: float | None = None,
) -> Found:
    """The best polynomial found for these points; one with an error up to the target will do.

    before: the result that must not be undone, where results are to rise or fall.
    zeros: how many of the function's lowest coefficients at 0 vanish, where x = 0 needs them to.
    """
    best = Found(0.0, (0.0,), np.inf)
    for centre, fixed in _forms(goal, points, zeros, pin):
        found = _with_centre(goal, points, degree, target, centre, fixed, before)
        if found.error < best.error:
            best = found
        if best.error <= target:
            break
    return best


def _forms(
    goal: Goal, points: Points, zeros: int, pin: Pin | None
) -> list[tuple[float, dict[int, float]]]:
    """The centres to try, each with the coefficients that are given."""
    low, high = float(points.x[0]), float(points.x[-1])
    through_zero: list[tuple[float, dict[int, float]]] = []
    if zeros and goal.measure != "absolute":
        # -0.0 keeps the sign of a zero, since (-0.0) + (-0.0) is -0.0
        through_zero = [(0.0, dict.fromkeys(range(zeros), -0.0))]
    if low <= 0 <= high and through_zero:
        return through_zero
    if pin is not None:
        return [(pin.x, {0: pin.y})]
    if low <= 0 <= high:
        return [(0.0, {})]
    middle = _exact_middle(goal, low, high)
    forms: list[tuple[float, dict[int, float]]] = [(middle, {})]
    if max(abs(low), abs(high)) > 4 * min(abs(low), abs(high)):
        forms.append((0.0, {}))
    return forms + through_zero


def _exact_middle(goal: Goal, low: float, high: float) -> float:
    """A number near the middle from which every difference is exact, if there is one (Sterbenz)."""
    middle = (low + high) / 2
    if not isinstance(goal.arithmetic.form, Fixed):
        nearest = min(abs(low), abs(high))
        middle = np.copysign(min(abs(middle), 2 * nearest), middle)
    return float(rounded(np.asarray(middle), goal.arithmetic.form))


def _with_centre(
    goal: Goal,
    points: Points,
    degree: int,
    target: float,
    centre: float,
    fixed: dict[int, float],
    before: float | None,
) -> Found:
    some = _some(points)
    real = _real(some, degree, centre, fixed)
    largest = goal.stored.largest
    while (beyond := np.flatnonzero(~(np.abs(real) <= largest))).size:
        # so few or so close points do not need the highest powers
        fixed = {**fixed, int(beyond[-1]): _within(real[beyond[-1]], goal.stored)}
        real = _real(some, degree, centre, fixed)
    t = some.x - centre
    for power in range(degree, 0, -1):
        if power in fixed:
            continue
        with np.errstate(all="ignore"):
            share = np.abs(real[power] * t**power) / some.unit
        if not share.max() < NOISE * target:
            break
        fixed = {**fixed, power: 0.0}
        real = _real(some, degree, centre, fixed)
    error = np.abs(np.polyval(real[::-1], t) - some.f) / some.unit
    room = 0.5 if goal.measure == "ulp" and goal.enumerated else 0.0
    if error.max() > target * 1.001 + room:
        return Found(centre, tuple(real), float(error.max()))
    if 0 not in fixed and centre != 0:
        centre = _lucky(goal, real, centre, some)
    best = Found(centre, tuple(real), np.inf)
    for _ in range(ROUNDS):
        candidates = _candidates(goal, some, degree, centre, fixed)
        if before is not None:  # going on as it was is always monotone
            flat = np.zeros((1, degree + 1))
            flat[0, 0] = before
            candidates = np.concatenate([candidates, flat])
        errors = errors_of(goal, candidates, centre, some).max(axis=1)
        if goal.monotone:
            errors[~_rising(goal, candidates, centre, some, before)] = np.inf
        chosen = candidates[int(np.argmin(errors))]
        if errors.min() > target and best.error < np.inf:
            break
        every = errors_of(goal, chosen[None], centre, points)[0]
        worst = float(every.max())
        rises = not goal.monotone or _rising(goal, chosen[None], centre, points, before)[0]
        if not rises:
            worst = np.inf
        if worst < best.error:
            best = Found(centre, tuple(chosen.tolist()), worst)
        if worst <= target or errors.min() > target:
            break
        more = np.argsort(every)[-8:]
        some = points.at(np.unique(np.concatenate([np.searchsorted(points.x, some.x), more])))
    return best


def _within(coefficient: float, form: NumberFormat) -> float:
    """The number of fixed point nearest to a coefficient beyond the format, 0 of others."""
    return float(rounded(np.asarray(coefficient), form)) if isinstance(form, Fixed) else 0.0


def _some(points: Points) -> Points:
    """So many of the points, evenly by their places and by their x."""
    count = points.x.size
    if count <= 2 * SOME:
        return points
    places = np.linspace(0, count - 1, SOME).round().astype(np.intp)
    evenly = np.searchsorted(points.x, np.linspace(points.x[0], points.x[-1], SOME))
    return points.at(np.unique(np.concatenate([places, np.clip(evenly, 0, count - 1)])))


def _real(points: Points, degree: int, centre: float, fixed: dict[int, float]) -> Floats:
    """The coefficients of the best polynomial in real numbers, given some of them."""
    t = points.x - centre
    coefficients = np.zeros(degree + 1)
    rest = points.f.copy()
    for power, value in fixed.items():
        if power <= degree:
            coefficients[power] = value
            rest = rest - value * t**power if value else rest
    powers = [power for power in range(degree + 1) if power not in fixed]
    away = t != 0 if 0 in fixed else np.full(t.shape, True)
    if powers and away.any():
        # the relative error of a polynomial through 0 is that of its quotient by t
        least = min(powers) if 0 in fixed else 0
        divisor = t[away] ** least if least else 1.0
        with np.errstate(all="ignore"):
            unit = points.unit[away] / np.abs(divisor)
            usable = np.isfinite(unit) & (unit > 0) & np.isfinite(rest[away] / divisor)
        if usable.any():
            wanted = (rest[away] / divisor)[usable]
            shifted = [power - least for power in powers]
            coefficients[powers] = minimax(t[away][usable], wanted, unit[usable], shifted)
    return coefficients


def _lucky(goal: Goal, real: Floats, centre: float, some: Points) -> float:
    """A centre near by where the lowest coefficient loses least by rounding."""
    form = goal.arithmetic.form
    step = float(ulp(np.asarray(centre), form))
    reach = max(1.0, np.floor((some.x[-1] - some.x[0]) / 16 / step))
    offsets = np.unique(np.round(np.linspace(-min(reach, 64), min(reach, 64), 2 * CENTRES + 1)))
    centres = rounded(centre + offsets * step, form)
    if not isinstance(form, Fixed):
        nearest = min(abs(some.x[0]), abs(some.x[-1]))
        exact = (np.abs(centres) <= 2 * nearest) & (
            np.abs(centres) >= max(abs(some.x[0]), abs(some.x[-1])) / 2
        )
        centres = centres[exact] if exact.any() else centres
    values = np.polyval(real[::-1], centres - centre)
    lost = np.abs(rounded(values, goal.stored) - values)
    return float(centres[int(np.argmin(lost))])


def _candidates(
    goal: Goal, some: Points, degree: int, centre: float, fixed: dict[int, float]
) -> Floats:
    """Rounded coefficients, the lower ones optimised anew after each rounding, and neighbours."""
    form = goal.stored
    known = dict(fixed)
    for power in range(degree, -1, -1):
        if power not in known:
            known[power] = float(
                rounded(np.asarray(_real(some, degree, centre, known)[power]), form)
            )
    chosen = np.array([known[power] for power in range(degree + 1)])
    steps = ulp(chosen, form)
    moves = [
        (0,) if power in fixed or power >= len(MOVES) else MOVES[power]
        for power in range(degree + 1)
    ]
    moved = np.array(list(product(*moves)), float) * steps
    result = rounded(chosen + moved, form)
    for power, value in fixed.items():
        if power <= degree:
            result[:, power] = value
    return result


def errors_of(goal: Goal, candidates: Floats, centre: float, points: Points) -> Floats:
    """The error of each candidate at each point, exact or, of too many numbers, a bound of it."""
    rows = [candidates[:, power, None] for power in range(candidates.shape[1])]
    if not goal.enumerated:
        return error_bound(goal, rows, centre, points)
    with np.errstate(all="ignore"):
        y = finished(
            horner(goal.arithmetic, np.array(rows), np.asarray(centre), points.x), goal.out
        )
        errors = np.abs(y - points.f) / points.unit
    return np.asarray(np.where(np.isfinite(errors), errors, np.inf))


def _rising(
    goal: Goal, candidates: Floats, centre: float, points: Points, before: float | None
) -> Floats:
    """Whose results rise, or fall, as the function does, from the one before on."""
    rows = np.array([candidates[:, power, None] for power in range(candidates.shape[1])])
    y = finished(horner(goal.arithmetic, rows, np.asarray(centre), points.x), goal.out)
    if before is not None:
        first = finished(np.full((len(candidates), 1), before), goal.out)
        y = np.concatenate([first, y], axis=1)
    steps = -np.diff(y, axis=1) if goal.falls else np.diff(y, axis=1)
    return np.asarray((steps >= 0).all(axis=1))
