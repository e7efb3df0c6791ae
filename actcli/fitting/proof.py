"""The largest error of an approximation: of every input, or enclosed by balls over every piece.

For the balls, a piece is divided. Over each part the function's Taylor series in ball arithmetic,
its last coefficient taken over the whole part (Lagrange's remainder), encloses the distance to the
polynomial; the roundings of the operations are added as `actcli.fitting.bound` has them.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import flint
import numpy as np
from flint import arb, fmpq

from actcli.errors import UsageError
from actcli.fitting.approximation import Approximation, Piece
from actcli.fitting.bound import half_step, last_rounding, rounding_of
from actcli.fitting.goal import Goal, true_values, units
from actcli.fitting.number_format import (
    Fixed,
    Floats,
    NumberFormat,
    next_number,
    numbers_between,
    rounded,
)
from actcli.language.balls import LOCK
from actcli.language.straight import straight

#: Bits of the balls, terms of the series beyond the polynomial's, parts of a piece, and how often
#: a part whose enclosure is wide is halved.
BITS, EXTRA, PARTS, HALVINGS = 320, 3, 16, 40
#: Parts with so few numbers are judged number by number, and so those that are the worst.
VERY_FEW, FEW = 32, 1024
#: How often the worst part is halved at most, and how near to the largest error met is enough.
MOST_HALVED, NEAR = 4000, 1.02
#: A bound that halving leaves larger than this share of it is as good as it gets.
SAME = 0.9995
#: How many numbers are tried where they are too many.
SAMPLES = 100_000
#: All numbers of a wide format are judged so many at a time.
BLOCK = 1 << 20


class Proof(NamedTuple):
    """A bound of the error from start to stop, in the measure.

    `found` is the largest error that was met, at the number `at`: of all inputs, the bound itself.
    `beyond` is the largest absolute error found in the tails, `beyond_at` where.
    """

    max_error: float
    found: float
    at: float
    method: str
    inputs: int
    beyond: float
    beyond_at: float


def prove(
    fit: Approximation,
    goal: Goal,
    every: bool = False,
    aim: float = 0.0,
    report: Callable[[float], None] | None = None,
) -> Proof:
    """The proof for an approximation: by all inputs of small formats or if `every`, else by balls.

    Balls are divided until the bound is within the aim, or near the largest error met.
    """
    beyond, beyond_at = _tails(fit, goal)
    if goal.enumerated or every:
        error, at, count = _by_all_inputs(fit, goal, report)
        return Proof(error, error, at, "all inputs", count, beyond, beyond_at)
    met = _samples(fit, goal)
    errors = errors_at(fit, goal, met)
    place = int(np.argmax(errors))
    found, at = float(errors[place]), float(met[place])
    error, parts = _by_balls(fit, goal, max(aim, NEAR * found), report)
    return Proof(max(error, found), found, at, "balls", parts, beyond, beyond_at)


def _samples(fit: Approximation, goal: Goal) -> Floats:
    """Numbers of the format all over the pieces, their ends among them."""
    ends = np.array([*(piece.start for piece in fit.pieces), goal.stop])
    shares = (1 - np.cos(np.linspace(0, np.pi, SAMPLES // len(fit.pieces) + 8))) / 2
    every = (ends[:-1, None] + (ends[1:] - ends[:-1])[:, None] * shares).reshape(-1)
    before = [-next_number(-start, goal.given) for start in ends[1:-1]]
    every = np.concatenate([every, np.array(before, np.float64)])
    return np.unique(rounded(np.clip(every, goal.start, goal.stop), goal.given))


def errors_at(fit: Approximation, goal: Goal, x: Floats) -> Floats:
    """The error at numbers of the format, in the measure."""
    f = true_values(goal, x)
    with np.errstate(all="ignore"):
        error = np.abs(fit(x) - f) / units(goal, f)
        error = np.where(np.isnan(error), np.inf, error)
    same = (fit(x) == f) | (np.isnan(f) & np.isnan(fit(x)))
    return np.where(same, 0.0, error)


def _blocks(goal: Goal) -> Iterator[tuple[Floats, float]]:
    """All numbers from start to stop, with the share that is done after each block."""
    form = goal.given
    if goal.enumerated:
        yield numbers_between(goal.start, goal.stop, form), 1.0
        return
    if isinstance(form, Fixed):
        first, last = round(goal.start / form.step), round(goal.stop / form.step)
        for begin in range(first, last + 1, BLOCK):
            stop = min(begin + BLOCK, last + 1)
            yield np.arange(begin, stop) * form.step, (stop - first) / (last + 1 - first)
        return
    # the numbers of one sign are in the order of their bit patterns
    sides = [side for side in (_side(goal, -1), _side(goal, 1)) if side is not None]
    total, done = sum(last + 1 - first for first, last, _ in sides), 0
    for first, last, sign in sides:
        for begin in range(first, last + 1, BLOCK):
            stop = min(begin + BLOCK, last + 1)
            patterns = np.arange(begin, stop, dtype=np.uint32)
            done += stop - begin
            yield sign * patterns.view(np.float32).astype(np.float64), done / total


def _side(goal: Goal, sign: int) -> tuple[int, int, int] | None:
    near, far = sorted((sign * goal.start, sign * goal.stop))
    if far < 0 or (far == 0 and sign < 0):
        return None
    ends = [int(np.float32(max(end, 0.0)).view(np.uint32)) for end in (near, far)]
    return ends[0] + (sign < 0 and near <= 0), ends[1], sign


def _by_all_inputs(
    fit: Approximation, goal: Goal, report: Callable[[float], None] | None
) -> tuple[float, float, int]:
    largest, at, count = -1.0, goal.start, 0
    for x, share in _blocks(goal):
        errors = errors_at(fit, goal, x)
        place = int(np.argmax(errors))
        if errors[place] > largest:
            largest, at = float(errors[place]), float(x[place])
        count += x.size
        if report is not None:
            report(share)
    return largest, at, count


def _tails(fit: Approximation, goal: Goal) -> tuple[float, float]:
    """The largest error beyond the ends: of all numbers, or of those at all powers of two."""
    form = goal.given
    if goal.enumerated:
        every = numbers_between(-np.inf, np.inf, form)
        every = every[np.isfinite(every)]
    else:
        limit = form.largest
        out = np.exp2(np.linspace(-10, math.log2(limit), 2000))
        ends = [next_number(goal.stop, form), -next_number(-goal.start, form)]
        around = np.concatenate([goal.stop + out, goal.start - out, -out, out])
        around = np.clip(around, -limit, limit)
        if not isinstance(form, Fixed):
            around = around.astype(np.float32).astype(np.float64)
        else:
            around = np.rint(around / form.step) * form.step
        every = np.concatenate([np.array(ends), around])
    x = every[(every < goal.start) | (every > goal.stop)]
    if not x.size:
        return 0.0, math.nan
    f = true_values(goal, x)
    with np.errstate(all="ignore"):
        errors = np.abs(fit(x) - f)
    errors = np.where(np.isnan(errors), 0.0, errors)
    place = int(np.argmax(errors))
    return float(errors[place]), float(x[place])


class _Enclosed(NamedTuple):
    """Over a part: the function, and the distance to the polynomial, at most."""

    least: float
    most: float
    distance: float


def _by_balls(
    fit: Approximation, goal: Goal, aim: float, report: Callable[[float], None] | None
) -> tuple[float, int]:
    """A bound of the error, and how many parts it is of; the worst parts are halved first."""
    queue: list[tuple[float, float, float, int]] = []
    ends = [*(piece.start for piece in fit.pieces[1:]), math.inf]
    for k, (piece, end) in enumerate(zip(fit.pieces, ends, strict=True)):
        last = goal.stop if end > goal.stop else -next_number(-end, goal.given)
        for low, high in _parts_of(goal, piece.start, last):
            queue.append((-_part(fit, goal, piece, low, high), low, high, k))
        if report is not None:
            report((k + 1) / len(fit.pieces))
    heapq.heapify(queue)
    settled, parts = aim, len(queue)
    for _ in range(MOST_HALVED):
        if not queue or -queue[0][0] <= settled:
            break
        error, low, high, k = heapq.heappop(queue)
        middle = (low + high) / 2
        halves = [
            (-_part(fit, goal, fit.pieces[k], first, last, final=True), first, last, k)
            for first, last in ((low, middle), (middle, high))
            if first < last
        ]
        parts += 1
        stays = min(halves)[0] < error * SAME
        if stays and not _crosses(fit, goal, fit.pieces[k], low, high):
            settled = max(settled, -error)
        else:
            for half in halves:
                heapq.heappush(queue, half)
    largest = max((-item[0] for item in queue), default=0.0)
    return max(largest, settled if settled > aim else 0.0), parts


def _parts_of(goal: Goal, low: float, high: float) -> Iterator[tuple[float, float]]:
    """Parts of a piece, narrower at its ends, where the error of a polynomial changes faster.

    Around 0 they go by powers of two, since an ulp does; breakpoints divide them.
    """
    inside = [mark.x for mark in goal.bound.breakpoints if low < mark.x < high]
    if low < 0 < high and 0.0 not in inside:
        inside.append(0.0)
    edges = [low, *sorted(inside), high]
    for first, last in pairwise(edges):
        if first == last:
            continue
        near, far = sorted((abs(first), abs(last)))
        if far > 4 * near and not isinstance(goal.given, Fixed):
            sizes = far * np.exp2(-np.arange(0, 310, 0.25))
            sizes = np.append(sizes[sizes > max(near, 2.0**-149)], near)
            cuts = np.sort(np.copysign(sizes, last if last > 0 else first))
        else:
            cosines = (1 - np.cos(np.linspace(0, np.pi, PARTS + 1))) / 2
            cuts = first + (last - first) * cosines
        cuts[0], cuts[-1] = first, last
        yield from zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)


def _part(
    fit: Approximation,
    goal: Goal,
    piece: Piece,
    low: float,
    high: float,
    halvings: int = HALVINGS,
    final: bool = False,
) -> float:
    """A bound of the error over a part, in the measure."""
    numbers = _numbers(low, high, goal, FEW if final else VERY_FEW)
    if numbers is not None:
        return float(errors_at(fit, goal, numbers).max())
    found = _enclosed(goal, piece, low, high)
    if found is not None and (found.most <= 2.2 * found.least or found.most == 0):
        error = _with_roundings(fit, goal, piece, low, high, found)
        if math.isfinite(error):
            return error
    if halvings == 0:
        raise UsageError(
            f"the error from x = {low!r} to {high!r} cannot be enclosed; --prove all judges "
            "every number instead"
        )
    middle = (low + high) / 2
    return max(
        _part(fit, goal, piece, low, middle, halvings - 1, True),
        _part(fit, goal, piece, middle, high, halvings - 1, True),
    )


def _numbers(low: float, high: float, goal: Goal, few: int) -> Floats | None:
    """All numbers from one of one sign to another; None if they are many."""
    form = goal.given
    if isinstance(form, Fixed):
        first, last = math.floor(low / form.step), math.ceil(high / form.step)
        return np.arange(first, last + 1) * form.step if last - first < few else None
    sign = 1 if high > 0 else -1
    near, far = sorted((abs(low), abs(high)))
    ends = [int(np.float32(end).view(np.uint32)) for end in (near, far)]
    if ends[1] - ends[0] >= few:
        return None
    patterns = np.arange(ends[0], ends[1] + 1, dtype=np.uint32)
    return np.asarray(sign * patterns.view(np.float32).astype(np.float64))


def _enclosed(goal: Goal, piece: Piece, low: float, high: float) -> _Enclosed | None:
    """The function and its distance to the polynomial over a part; None if there is no ball.

    Through 0 with a zero of the function there, both are divided by x first: see `_with_roundings`.
    """
    order = goal.order
    terms = len(piece.coefficients) + EXTRA
    middle = (low + high) / 2
    radius = max(middle - low, high - middle)
    with LOCK:
        evaluate = straight(goal.bound.program, terms + order + 1, BITS)
        if evaluate is None:
            return None
        flint.ctx.prec = BITS
        near = evaluate(arb(middle))
        wide = evaluate(arb(middle, radius))
        if near is None or wide is None:
            return None
        factor = [math.factorial(k + order) // math.factorial(k) for k in range(terms + 1)]
        series = [near[k + order] * factor[k] for k in range(terms)]
        rest = wide[terms + order] * factor[terms]
        shift = arb(fmpq(*middle.as_integer_ratio()) - fmpq(*piece.centre.as_integer_ratio()))
        moved = _moved([arb(c) for c in piece.coefficients], shift)
        h = arb(0, radius)
        distance, power = arb(0), arb(1)
        value = arb(0)
        for k, term in enumerate(series):
            other = moved[k] if k < len(moved) else arb(0)
            distance += (other - term) * power
            value += term * power
            power *= h
        distance += rest * power
        value += rest * power
        if not (distance.is_finite() and value.is_finite()):
            return None
        size = abs(value)
        return _Enclosed(
            # to nearest: an ulp is that of the true value as a float64
            max(0.0, float(size.lower())),
            _above(size.upper()),
            _above(abs(distance).upper()),
        )


def _above(end: arb) -> float:
    number = float(end)
    return number if arb(number) >= end else math.nextafter(number, math.inf)


def _moved(coefficients: list[arb], shift: arb) -> list[arb]:
    """The coefficients of p(t + shift), by repeated synthetic division."""
    result = list(coefficients)
    for first in range(len(result) - 1):
        for k in range(len(result) - 2, first - 1, -1):
            result[k] += result[k + 1] * shift
    return result


def _with_roundings(
    fit: Approximation, goal: Goal, piece: Piece, low: float, high: float, found: _Enclosed
) -> float:
    """The bound of the error, in the measure, over a part."""
    before, last = _roundings(fit, piece, low, high)
    sizes = np.array([found.least, found.most])
    before = before + found.distance
    size = np.array(_binades(sizes))
    first, final = np.full(size.shape, before), np.full(size.shape, last)
    with np.errstate(all="ignore"):
        results = last_rounding(goal, size, first, final) / units(goal, size)
    return float(results.max())


def _crosses(fit: Approximation, goal: Goal, piece: Piece, low: float, high: float) -> bool:
    """Whether results may cross a power of two, where the numbers of a part decide by how far."""
    found = _enclosed(goal, piece, low, high)
    if found is None or goal.measure != "ulp":
        return found is None
    error = sum(_roundings(fit, piece, low, high)) + found.distance
    return math.frexp(found.least - error)[1] != math.frexp(found.most + error)[1]


def _roundings(fit: Approximation, piece: Piece, low: float, high: float) -> tuple[float, float]:
    """How far all operations but the last move the result over a part, and the last one."""
    arithmetic, form = fit.arithmetic, fit.arithmetic.form
    size = max(abs(low - piece.centre), abs(high - piece.centre)) * (1 + 2.0**-50)
    exact = isinstance(form, Fixed) or piece.centre == 0 or _sterbenz(low, high, piece.centre)
    t_error = 0.0 if exact else _half(size, form)
    error = last = 0.0
    with LOCK:
        flint.ctx.prec = BITS
        ends = [arb(end) - arb(piece.centre) for end in (low, high)]
        t = ends[0].union(ends[1])
        value = arb(piece.coefficients[-1])
        for coefficient in piece.coefficients[-2::-1]:
            lost = error * size + (_size(value) + error) * t_error
            value = value * t
            untouched = lost == 0 and bool(value.is_zero())
            if isinstance(form, Fixed):
                lost += form.step if arithmetic.truncate else form.step / 2
            elif not arithmetic.fma:
                lost += _rounding(_size(value), lost, form)
            value = value + arb(coefficient)
            rounds = not untouched and not isinstance(form, Fixed)
            last = _rounding(_size(value), lost, form) if rounds else 0.0
            error = lost + last
    return (error - last) * (1 + 2.0**-40), last


def _size(value: arb) -> float:
    return float(abs(value).upper()) * (1 + 2.0**-50)


def _rounding(value: float, before: float, form: NumberFormat) -> float:
    return float(rounding_of(np.asarray(value), np.asarray(before), form))


def _half(value: float, form: NumberFormat) -> float:
    return float(half_step(np.asarray(value), form))


def _binades(sizes: Floats) -> list[float]:
    """The ends, and the largest number of each binade between them."""
    least, most = float(sizes[0]), float(sizes[1])
    result = [least, most]
    power = math.ldexp(1.0, math.frexp(least)[1]) if least > 0 else most
    while power <= most and len(result) < 64:
        result.append(math.nextafter(power, 0))
        power *= 2
    return result


def _sterbenz(low: float, high: float, centre: float) -> bool:
    sizes = sorted((abs(low), abs(high)))
    same = (low >= 0) == (high >= 0) == (centre >= 0)
    return same and sizes[1] <= 2 * abs(centre) and abs(centre) <= 2 * sizes[0]
