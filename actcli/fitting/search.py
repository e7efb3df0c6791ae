"""Finding the pieces: as few as an error allows, or the least error of so many."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from actcli.errors import UsageError
from actcli.fitting.approximation import Piece, horner
from actcli.fitting.goal import Goal, Points, true_values
from actcli.fitting.number_format import Fixed, rounded
from actcli.fitting.piece_fit import Found, Pin, fit_piece

#: The most pieces of a fit.
MOST_PIECES = 4096
#: How many powers of two are cut at, at most.
MOST_EXPONENTS = 40
#: How near a cut between too many numbers comes to the farthest one, as a share of the piece.
SHARE = 1 / 64
#: The least error of so many pieces is found to this factor.
CLOSE = 1.03

Report = Callable[[float], None]


class Pieces(NamedTuple):
    """The pieces of a fit; `width_bits` as `Approximation` has it, and the largest error found."""

    pieces: tuple[Piece, ...]
    width_bits: int
    error: float


class TooManyError(Exception):
    """More pieces than allowed would be needed."""


class ImpossibleError(Exception):
    """A single number that no polynomial gets right enough."""

    def __init__(self, x: float, error: float) -> None:
        super().__init__()
        self.x, self.error = x, error


class Search:
    """The points of a goal and what is known of its function."""

    def __init__(
        self, goal: Goal, points: Points, degree: int, report: Report | None = None
    ) -> None:
        self.goal, self.points, self.degree = goal, points, degree
        self.zeros = _zeros(goal) if goal.start <= 0 <= goal.stop else 0
        self.report = report
        self.kinks = _kinks(goal, points)
        #: What the piece before computes at its end, where results are to rise or fall.
        self.before: float | None = None
        #: With cuts by exponent, the one below which all numbers are one piece.
        self.least = math.ceil(math.log2(max(abs(goal.start), abs(goal.stop)))) - 8

    def fewest(self, target: float, most: int = MOST_PIECES) -> Pieces:
        """The pieces that keep the error within the target.

        Raises TooManyError or ImpossibleError.
        """
        if self.goal.cuts == "free":
            return self._free(target, most)
        return self._regular(target, most)

    def least_error(self, count: int) -> Pieces:
        """The least error of at most so many pieces."""
        if self.goal.cuts != "free":
            return self._finest(count)
        low, high = (0.5, 1.0) if self.goal.measure == "ulp" else (0.0, 1e-7)
        best: Pieces | None = None
        while best is None:
            try:
                best = self.fewest(high, count)
            except (TooManyError, ImpossibleError):
                low, high = high, high * 4
                if not math.isfinite(high):
                    raise
        high = best.error
        while (high > low * CLOSE and low > 0) or (high > 1e-300 and low == 0):
            middle = math.sqrt(low * high) if low else high / 4
            try:
                best = self.fewest(middle, count)
                high = min(best.error, middle)
            except (TooManyError, ImpossibleError):
                low = middle
        return best

    # cut anywhere

    def _free(self, target: float, most: int) -> Pieces:
        size = self.points.x.size
        cells: list[tuple[int, int, Found]] = []
        self.before = None
        if self.goal.continuous:
            return self._continuous(target, most)
        first, length = 0, max(2, size // 64)
        while first < size:
            last, found = self._longest(first, length, target)
            length = last - first + 1
            cells.append((first, last, found))
            if self.goal.monotone:
                self.before = self._pin(found, float(self.points.x[last])).y
            first = last + 1
            self._tell(first / size)
            if len(cells) > most:
                raise TooManyError
        return self._joined(cells)

    def _continuous(self, target: float, most: int) -> Pieces:
        """From the piece that holds 0, or the first one, outwards: each meets the one before."""
        size = self.points.x.size
        zero = int(np.searchsorted(self.points.x, 0.0))
        holds = self.zeros > 0 and self.goal.measure != "absolute" and zero < size
        begun = zero if holds and self.points.x[zero] == 0 else 0
        cells: list[tuple[int, int, Found]] = []
        first, length, pin = begun, max(2, size // 64), None
        while first < size:
            last, found = self._longest(first, length, target, pin)
            cells.append((first, last, found))
            if last == size - 1:
                break
            if last == first:
                raise ImpossibleError(float(self.points.x[first]), found.error)
            # the last point is the next piece's first one too
            first, length = last, last - first + 1
            pin = self._pin(found, float(self.points.x[first]))
            self._tell((first - begun) / size)
            if len(cells) > most:
                raise TooManyError
        before: list[tuple[int, int, Found]] = []
        last = begun - 1
        while last >= 0:
            pin = self._pin((before or cells)[0][2], float(self.points.x[last + 1]))
            first, found = self._longest_before(last, length, target, pin)
            before.insert(0, (first, last, found))
            length, last = last - first + 1, first - 1
            if len(cells) + len(before) > most:
                raise TooManyError
        return self._joined(before + cells)

    def _pin(self, found: Found, x: float) -> Pin:
        """What a piece computes at a point, which its neighbour must have too."""
        rows = np.array(found.coefficients)[:, None]
        centre = np.asarray(found.centre)
        y = horner(self.goal.arithmetic, rows, centre, np.array([x]))
        return Pin(x, float(rounded(y, self.goal.arithmetic.form)[0]))

    def _longest(
        self, first: int, guess: int, target: float, pin: Pin | None = None
    ) -> tuple[int, Found]:
        """The last point of the longest piece from a point on, and its polynomial."""
        length, found = self._grown(
            self._end(first) - first,
            guess,
            lambda n: self._fit(first, first + n - 1, target, pin),
            target,
        )
        if found is None:
            alone = self._fit(first, first, target, pin)
            raise ImpossibleError(float(self.points.x[first]), alone.error)
        return first + length - 1, found

    def _end(self, first: int) -> int:
        """The place up to which a piece may go: that of the next kink, or of the end."""
        later = self.kinks[np.searchsorted(self.kinks, first, "right") :]
        return int(later[0]) if later.size else self.points.x.size

    def _longest_before(self, last: int, guess: int, target: float, pin: Pin) -> tuple[int, Found]:
        length, found = self._grown(
            last + 1 - self._begin(last),
            guess,
            lambda n: self._fit(last - n + 1, last, target, pin),
            target,
        )
        if found is None:
            alone = self._fit(last, last, target, pin)
            raise ImpossibleError(float(self.points.x[last]), alone.error)
        return last - length + 1, found

    def _begin(self, last: int) -> int:
        """The place from which a piece may go to another, likewise."""
        earlier = self.kinks[: np.searchsorted(self.kinks, last, "right")]
        return int(earlier[-1]) if earlier.size else 0

    def _grown(
        self, most: int, guess: int, fit: Callable[[int], Found], target: float
    ) -> tuple[int, Found | None]:
        """The largest length up to `most` that fits, from a guess by doubling and halving."""
        good, found, bad = 0, None, most + 1
        length = min(max(guess, 1), most)
        while good < most:
            tried = fit(length)
            if tried.error <= target:
                good, found = length, tried
                if bad <= most:
                    break
                length = min(2 * length, most)
            else:
                bad = length
                if good or length == 1:
                    break
                length //= 2
        while bad - good > max(1, int(good * (0 if self.goal.enumerated else SHARE))):
            length = (good + bad) // 2
            if length == good:
                break
            tried = fit(length)
            if tried.error <= target:
                good, found = length, tried
            else:
                bad = length
        return good, found

    def _fit(self, first: int, last: int, target: float, pin: Pin | None = None) -> Found:
        if not self.goal.enumerated and last + 1 not in self.kinks:
            last = min(last + 1, self.points.x.size - 1)  # up to where the next piece begins
        part = self.points.part(first, last)
        return fit_piece(self.goal, part, self.degree, target, self.zeros, pin, self.before)

    def _joined(self, cells: list[tuple[int, int, Found]]) -> Pieces:
        pieces = [
            Piece(float(self.points.x[first]), found.centre, found.coefficients)
            for first, _, found in cells
        ]
        return Pieces(tuple(pieces), 0, max(found.error for *_, found in cells))

    # cut at regular places

    def _regular(self, target: float, most: int) -> Pieces:
        hard = 0.5
        if self.goal.cuts == "exponent":
            self.least = self._middle(target)
        for width in self._widths():
            cuts = self._cuts(width)
            if len(cuts) > most:
                raise TooManyError
            # what failed before is likely to fail again
            order = sorted(range(len(cuts)), key=lambda k: abs((k + 0.5) / len(cuts) - hard))
            cells: dict[int, tuple[float, Found]] = {}
            for k in order:
                found = self._cell(cuts, k, target)
                if found is not None and found.error > target:
                    hard = (k + 0.5) / len(cuts)
                    break
                if found is not None:
                    cells[k] = (cuts[k], found)
            else:
                return self._of_cells(cells, width)
            self._tell(0.5)
        raise TooManyError

    def _finest(self, count: int) -> Pieces:
        """The narrowest regular pieces that are at most so many."""
        chosen = None
        for width in self._widths():
            cuts = self._cuts(width)
            if len(cuts) > count:
                break
            chosen = (width, cuts)
        if chosen is None:
            raise TooManyError
        width, cuts = chosen
        cells = {}
        for k in range(len(cuts)):
            found = self._cell(cuts, k, 0.0)
            if found is not None:
                cells[k] = (cuts[k], found)
            self._tell(k / len(cuts))
        return self._of_cells(cells, width)

    def _of_cells(self, cells: dict[int, tuple[float, Found]], width: int) -> Pieces:
        found = [cells[k] for k in sorted(cells)]
        pieces = [Piece(start, one.centre, one.coefficients) for start, one in found]
        return Pieces(tuple(pieces), width, max(one.error for _, one in found))

    def _widths(self) -> range:
        if self.goal.cuts == "exponent":
            return range(13)
        span = self.goal.stop - self.goal.start
        return range(-math.floor(math.log2(span)) - 1, 60)

    def _cuts(self, width: int) -> list[float]:
        """Where regular pieces begin; the first at START."""
        start, stop = self.goal.start, self.goal.stop
        if self.goal.cuts == "uniform":
            first, last = math.floor(math.ldexp(start, width)), math.floor(math.ldexp(stop, width))
            if last - first > MOST_PIECES:
                return [start] * (MOST_PIECES + 1)
            return [max(start, math.ldexp(k, -width)) for k in range(first, last + 1)]
        return exponent_cuts(start, stop, width, self.least)

    def _middle(self, target: float) -> int:
        """The exponent below which all numbers are one piece, as large as the error allows."""
        top = math.ceil(math.log2(max(abs(self.goal.start), abs(self.goal.stop))))
        for least in range(top - 1, top - MOST_EXPONENTS, -1):
            low, high = -math.ldexp(1, least), math.ldexp(1, least)
            first = int(np.searchsorted(self.points.x, max(low, self.goal.start)))
            last = int(np.searchsorted(self.points.x, high)) - 1
            if last < first or self._fit(first, last, target).error <= target:
                return least
        return top - MOST_EXPONENTS

    def _cell(self, cuts: list[float], k: int, target: float) -> Found | None:
        """The polynomial of a piece; None if no point is in it."""
        x = self.points.x
        first = int(np.searchsorted(x, cuts[k]))
        last = int(np.searchsorted(x, cuts[k + 1])) - 1 if k + 1 < len(cuts) else x.size - 1
        if last < first:
            if self.goal.enumerated:
                return None
            last = first = min(first, x.size - 1)
        return self._fit(first, last, target)

    def _tell(self, share: float) -> None:
        if self.report is not None:
            self.report(share)


def exponent_cuts(start: float, stop: float, width: int, least: int) -> list[float]:
    """Cuts at ±2^e (1 + j/2^width) for e from `least` on, and the one below them."""
    count = 1 << width
    top = math.ceil(math.log2(max(abs(start), abs(stop)))) + 1
    sizes = [
        math.ldexp(1 + part / count, exponent)
        for exponent in range(least, top)
        for part in range(count)
    ]
    every = sorted([-size for size in sizes] + sizes)
    return [start, *(cut for cut in every if start < cut <= stop)]


def _zeros(goal: Goal) -> int:
    """How many of the coefficients at 0 vanish, from the value on."""
    count = 0
    for order in range(goal.order, 3):
        value = true_values(goal._replace(order=order), np.zeros(1))[0]
        if value != 0:
            break
        count += 1
        if any(mark.x == 0 for mark in goal.bound.breakpoints):
            break  # each side has slopes of its own
    return count


def _kinks(goal: Goal, points: Points) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """The places of the first points beyond a kink, at which pieces end.

    An absolute error allows a polynomial to go on across one.
    """
    if goal.measure == "absolute":
        return np.zeros(0, np.intp)
    places = []
    for mark in goal.bound.breakpoints:
        place = int(np.searchsorted(points.x, mark.x))
        if 0 < place < points.x.size - 1 and points.x[place] == mark.x:
            before, here, after = points.f[place - 1 : place + 2]
            if not goal.continuous and abs(here - before) < abs(after - here):
                place += 1  # it belongs to the piece on its left
        if 0 < place < points.x.size:
            places.append(place)
    return np.array(sorted(set(places)), np.intp)


def floor_of(goal: Goal) -> float:
    """The error that the last rounding may have, whatever the polynomial."""
    if goal.measure == "ulp":
        return 0.5
    if goal.measure == "relative":
        return 0.0 if isinstance(goal.out, Fixed) else 2.0 ** -(goal.out.mantissa_bits + 2)
    return goal.out.step / 2 if isinstance(goal.out, Fixed) else 0.0


def impossible(goal: Goal, target: float, x: float, error: float) -> UsageError:
    """What to say of a number that no polynomial gets right enough."""
    unit = "ulp" if goal.measure == "ulp" else goal.measure
    return UsageError(
        f"an error of {target:g} {unit} cannot be had: at x = {x!r} the best result in "
        f"{goal.arithmetic.form.name} is off by {error:.3g}; ask for that or more, or evaluate in "
        "a wider format with --evaluate"
    )
