"""Sign changes of the derivatives of a smooth piece, found by intervals and refined by balls."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from actcli.language import balls
from actcli.language.intervals import Interval, enclosures
from actcli.language.program import Program
from actcli.language.uncancelled import uncancelled

Floats = NDArray[np.float64]
#: The powers of 2 of the first intervals, and the octaves around 1 that are divided further.
FINEST, FURTHEST = -40, 128
PER_OCTAVE, AROUND = 8, 6
#: The limit on intervals times steps in all, and on the intervals halved at once.
WORK, WAITING = 250_000, 512
#: Intervals this short (relatively, absolutely) are not halved further.
SHORT, SHORTEST = 2.0**-18, 2.0**-60
#: Smaller values count as 0.
NOTHING = 2.0**-500
#: The most sign changes that are located.
MOST = 16
#: The number of points at which signs in a tail are sampled.
SAMPLES = 24
BITS = (128, 1024, balls.LAST)


#: A program, and its form for intervals.
Both = tuple[Program, Program]


class Turn(NamedTuple):
    """A change of sign of an order, from `before` to -before; `proven` if it was isolated."""

    x: float
    before: int
    proven: bool


class Changes(NamedTuple):
    """The sign changes of one order.

    All changes are known up to the distance `reach` from 0, which may be infinite; `signs` are the
    signs of the order there (-1, 0, 1).
    """

    turns: tuple[Turn, ...]
    reach: float
    signs: frozenset[int]
    proven: bool


class Scan(NamedTuple):
    """Intervals that cover a piece, the orders on them, and their sign changes."""

    places: Interval
    orders: tuple[Interval, ...]
    first: Changes
    second: Changes


def scan(program: Program, low: float, high: float) -> Scan:
    """Scan a smooth program between two numbers."""
    smooth = uncancelled(program)
    edges = _first_edges(low, high)
    done: list[tuple[Floats, ...]] = []
    left, right = edges[:-1], edges[1:]
    work = WORK // (len(smooth.steps) + 4)
    while len(left):
        work -= len(left)
        found = enclosures(smooth, left, right, 4)
        packed = (left, right, *(end for part in found for end in part))
        empty = np.isnan(found[0].low)
        open_ = ~empty & ~(_settled(found, 1) & _settled(found, 2)) & _long(left, right)
        if work < 0:
            open_[:] = False
        elif open_.sum() > WAITING:
            near = np.minimum(abs(left), abs(right))
            near[~open_] = np.inf
            limit = np.partition(near, WAITING)[WAITING]
            open_ &= near < limit
        keep = ~open_ & ~empty
        done.append(tuple(part[keep] for part in packed))
        left, right = left[open_], right[open_]
        middle = _middle(left, right)
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
    columns = [np.concatenate(parts) for parts in zip(*done, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    columns = [column[order] for column in columns]
    parts = [Interval(columns[k], columns[k + 1]) for k in range(0, 10, 2)]
    places, orders = parts[0], tuple(parts[1:])
    first, second = (_turns((program, smooth), places, orders, order) for order in (1, 2))
    return Scan(places, orders, first, second)


def _first_edges(low: float, high: float) -> Floats:
    exponents = np.arange(FINEST, FURTHEST + 1.0)
    fine = np.arange(-AROUND, AROUND, 1 / PER_OCTAVE)
    powers = 2.0 ** np.unique(np.concatenate([exponents, fine]))
    every = np.concatenate([-powers, [0.0], powers])
    return np.unique([low, *every[(every > low) & (every < high)], high])


def _signed(part: Interval) -> Any:
    """Where an order has one sign, or is negligible."""
    return (part.low >= 0) | (part.high <= 0) | _nothing(part)


def _nothing(part: Interval) -> Any:
    return (part.low >= -NOTHING) & (part.high <= NOTHING)


def _settled(found: Any, order: int) -> Any:
    """Where the order has one sign, or is monotonic."""
    return _signed(found[order]) | _signed(found[order + 1])


def _long(left: Floats, right: Floats) -> Any:
    size = np.maximum(abs(left), abs(right))
    return right - left > np.maximum(size * SHORT, SHORTEST)


def _middle(left: Floats, right: Floats) -> Floats:
    """The arithmetic mean, or the geometric mean where the ends are far apart."""
    with np.errstate(all="ignore"):
        middle = left / 2 + right / 2
        size = np.sqrt(abs(left)) * np.sqrt(abs(right))
        apart = (left * right > 0) & (
            np.maximum(abs(left), abs(right)) / 4 > np.minimum(abs(left), abs(right))
        )
    return np.where(apart, np.copysign(size, left), middle)


def _turns(both: Both, places: Interval, orders: tuple[Interval, ...], order: int) -> Changes:
    program, _ = both
    part = orders[order]
    zero = _nothing(part)
    sure = _signed(part)
    monotone = _signed(orders[order + 1]) & ~sure
    short = ~_long(*places) & ~sure & ~monotone
    far = ~sure & ~monotone & ~short
    signs = np.where(zero, 0, np.where(part.low >= 0, 1, -1))
    reach, tails, proven = _far_signs(program, places, far, order)
    #: numbers in order, the sign of the order there, and whether all is known up to there
    known: list[tuple[float, int, bool]] = []
    ends = _ends(both, places, monotone | short, order)
    for k in np.flatnonzero(np.minimum(abs(places.low), abs(places.high)) < reach).tolist():
        a, b = float(places.low[k]), float(places.high[k])
        if sure[k]:
            known += [(a, int(signs[k]), True), (b, int(signs[k]), True)]
        elif far[k]:
            known += [(a, tails[k], True), (b, tails[k], True)]
        else:
            first, last = ends[k]
            known += [(a, first, True), (b, last, bool(monotone[k]))]
    taken = frozenset(sign for _, sign, _ in known)
    gaps: list[tuple[float, float, int, bool]] = []
    since, before, clear = 0.0, 0, True
    for x, sign, certain in known:
        clear = clear and certain
        if sign == 0:
            continue
        if before and sign != before:
            gaps.append((since, x, before, clear))
        since, before, clear = x, sign, True
    nearest = sorted(gaps, key=lambda gap: min(abs(gap[0]), abs(gap[1])))
    if len(gaps) > MOST:
        reach = min(reach, max(abs(nearest[MOST - 1][0]), abs(nearest[MOST - 1][1])))
    turns = (
        Turn(_closed(program, low, high, order), before, clear)
        for low, high, before, clear in sorted(nearest[:MOST])
    )
    kept = tuple(turn for turn in turns if _finite(program, turn.x))
    return Changes(kept, reach, taken, proven and not short.any())


def _far_signs(
    program: Program, places: Interval, far: Any, order: int
) -> tuple[float, dict[int, int], bool]:
    """The signs on intervals that were given up, from samples; 0 where they change.

    Also how far from 0 the order does not oscillate, and whether all such intervals are in tails.
    """
    signs: dict[int, int] = {}
    reach, proven = math.inf, True
    runs = np.flatnonzero(far)
    for run in np.split(runs, np.flatnonzero(np.diff(runs) > 1) + 1):
        if not len(run):
            continue
        low, high = float(places.low[run[0]]), float(places.high[run[-1]])
        seen = {s for s in (sign_at(program, x, order) for x in _samples(low, high)) if s}
        if len(seen) > 1:
            reach = min(reach, min(abs(low), abs(high)) if low * high > 0 else 0.0)
        proven = proven and (run[0] == 0 or run[-1] == len(far) - 1)
        signs.update(dict.fromkeys(run.tolist(), seen.pop() if len(seen) == 1 else 0))
    return reach, signs, proven


def _samples(low: float, high: float) -> list[float]:
    """Irregular numbers between two, denser towards 0."""
    if low < 0 < high:
        return [*_samples(low, -1e-30), *_samples(1e-30, high)]
    near, far = sorted((abs(low), abs(high)))
    near = max(near, 1e-30)
    ratio = (far / near) ** (1 / SAMPLES)
    sign = -1 if low < 0 else 1
    return [sign * near * ratio ** (k + (k * 0.618) % 1) for k in range(SAMPLES)]


def _ends(both: Both, places: Interval, wanted: Any, order: int) -> dict[int, tuple[int, int]]:
    chosen = np.flatnonzero(wanted)
    x = np.unique(np.concatenate([places.low[chosen], places.high[chosen]]))
    if not len(x):
        return {}
    found = enclosures(both[1], x, x, order + 1)[order]
    sign = np.where(found.low > 0, 1, np.where(found.high < 0, -1, 0))
    signs = {
        float(a): int(s) or sign_at(both[0], float(a), order) for a, s in zip(x, sign, strict=True)
    }
    return {k: (signs[float(places.low[k])], signs[float(places.high[k])]) for k in chosen.tolist()}


def sign_at(program: Program, x: Any, order: int) -> int:
    """The certain sign of an order at a number or ball; 0 also if it is unknown."""
    return _sign_and_size(program, x, order)[0]


def _sign_and_size(program: Program, x: Any, order: int) -> tuple[int, float]:
    """The certain sign of an order, and its approximate value."""
    with balls.LOCK:
        for bits in BITS:
            found = balls.evaluate(program, arb(x), order + 1, bits)
            if isinstance(found, balls.Trouble):
                if found is balls.Trouble.UNDECIDED:
                    continue
                break
            if len(found) <= order or found[order].is_zero():
                break
            for sign, holds in ((1, found[order] > 0), (-1, found[order] < 0)):
                if holds:
                    return sign, float(found[order].mid())
    return 0, 0.0


def _closed(program: Program, low: float, high: float, order: int) -> float:
    """The float64 nearest to the sign change between two numbers, by false position."""
    if low == high:
        return low
    before, first = _sign_and_size(program, low, order)
    after, last = _sign_and_size(program, high, order)
    step = 0
    while before * after < 0:
        step += 1
        middle = high - last * (high - low) / (last - first) if first != last else math.nan
        if step % 4 == 0 or not low < middle < high:
            middle = float(_middle(np.array(low), np.array(high)))
        if not low < middle < high:
            break
        sign, size = _sign_and_size(program, middle, order)
        if sign == 0:
            return middle
        if sign == before:
            low, first, last = middle, size, last / 2
        else:
            high, last, first = middle, size, first / 2
    if before * after >= 0:
        return high if after == 0 else low
    with balls.LOCK:
        flint.ctx.prec = 64
        halfway = (arb(low) + arb(high)) / 2
    return high if sign_at(program, halfway, order) == before else low


def _finite(program: Program, x: float) -> bool:
    """Whether there is a finite value, so not a pole."""
    with balls.LOCK:
        found = balls.evaluate(program, arb(x), 1, BITS[1])
        if not isinstance(found, balls.Trouble):
            return bool(found[0].is_finite()) and bool(abs(found[0]) < arb((1, 40)))
    from actcli.features.breakpoints import nearest_value

    return math.isfinite(nearest_value(program, x, 0))
