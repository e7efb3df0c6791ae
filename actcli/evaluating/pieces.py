"""Large arrays of any smooth program by Taylor polynomials, each with a proven error.

The numbers of a dtype are divided into pieces by their leading bits: sign, exponent and the first
bits of the mantissa. A piece with many numbers gets the Taylor polynomial at its middle, from a
power series of balls; the series over the whole piece, a wide ball, bounds the remainder and proves
that there is no breakpoint. Pieces are wide at first, and halved where the error is too large.
A result is used if its error cannot change its rounding (Ziv, 1991); the rest is returned to be
computed by balls. So the choice of method never changes a number.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from actcli.language import balls
from actcli.language.program import Program
from actcli.language.straight import straight
from actcli.numerics.dtypes import Array, DType

Floats = Array
Wide = NDArray[np.float64]

#: Leading bits of the mantissa that distinguish the narrowest pieces.
LEADING = 10
#: The same for the first pieces: few near 0, further out enough for pieces of this width.
FEWEST, WIDTH = 0, 2.0**-4
#: How many numbers make a piece worth its polynomial, and how many pieces are made at once.
WORTH_A_PIECE = 10
AT_ONCE = 512
#: The largest relative error of a polynomial that is used, by the bits of the dtype; the same over
#: one of the narrowest pieces; and the degree.
ERROR = {32: 2.0**-38, 64: 2.0**-63}
NARROWEST_ERROR = {32: 2.0**-38, 64: 2.0**-57}
DEGREE = {32: 6, 64: 9}
#: The bits of the balls, and more of them for series that lose too many.
BITS = (110, 330)
SPLIT = 2.0**27 + 1


class Workspace:
    """The intermediate arrays of one thread, reused for every block."""

    def __init__(self, size: int) -> None:
        self.offset, self.total, self.part, self.other, self.low = np.empty((5, size))
        self.first, self.second, self.third = np.empty((3, size))
        self.row = np.empty(size, np.intp)
        self.key = np.empty(size, np.intp)
        self.differs = np.empty(size, bool)


class Column(NamedTuple):
    """The coefficients of one order by piece, the first two in two parts, and the relative errors.

    A piece that cannot be used has nan.
    """

    highs: Wide  # (degree + 1, pieces)
    lows: Wide  # (2, pieces)
    error: Wide


class Taylor(NamedTuple):
    """The same for one piece."""

    highs: list[float]
    lows: list[float]
    error: float


class Pieces:
    """Columns of a program by polynomials that are made when enough numbers need them."""

    workspace = Workspace

    def __init__(self, program: Program, orders: Sequence[int], dtype: DType) -> None:
        self.program = program
        self.orders = tuple(orders)
        self.dtype = dtype
        self.degree = DEGREE[dtype.bits]
        self.shift = dtype.mantissa_bits - LEADING
        self.rows = np.zeros(1 << (dtype.bits - self.shift), np.intp)  # row 0: there is no piece
        self.wanted = np.zeros(self.rows.size, np.int32)  # numbers seen before there was a piece
        # the number of last bits of a key that do not matter to the first pieces, by sign and
        # exponent; each halving takes one off
        exponents = np.arange(1 << dtype.exponent_bits) - (1 << dtype.exponent_bits - 1) + 1
        bits = np.clip(exponents - math.log2(WIDTH), FEWEST, LEADING)
        self.widest = np.tile(LEADING - bits.astype(np.int8), 2)
        self.halvings = np.zeros(self.rows.size, np.int8)
        self.middles = np.zeros(1)
        self.columns = [self._empty() for _ in self.orders]
        self.lock = threading.Lock()

    def _empty(self) -> Column:
        highs = np.zeros((self.degree + 1, 1))
        highs[0] = np.nan
        return Column(highs, np.zeros((2, 1)), np.zeros(1))

    def evaluate(
        self, x: Floats, results: Sequence[Floats], work: Workspace
    ) -> list[NDArray[np.intp]]:
        """Fill the results at x; for each, the places where it must be computed otherwise."""
        n = x.size
        key, row = work.key[:n], work.row[:n]
        np.copyto(key, x.view(self.dtype.unsigned) >> self.shift, casting="unsafe")
        np.take(self.rows, key, out=row, mode="clip")
        unknown = key[row == 0]
        if unknown.size and self._prepare(unknown):
            np.take(self.rows, key, out=row, mode="clip")
        offset = work.offset[:n]
        np.take(self.middles, row, out=offset, mode="clip")
        np.subtract(x, offset, out=offset)
        evaluate = self._single if self.dtype.bits == 32 else self._double
        return [
            evaluate(column, row, offset, result, work)
            for column, result in zip(self.columns, results, strict=True)
        ]

    def _prepare(self, unknown: NDArray[np.intp]) -> bool:
        """Make the pieces that hold enough of these numbers, and say whether there are new ones."""
        known = self.middles.size
        keys, counts = np.unique(unknown, return_counts=True)
        with self.lock:
            while keys.size:
                merged = self._merged(keys)
                firsts, places = np.unique(keys >> merged << merged, return_inverse=True)
                self.wanted[firsts] += np.bincount(places, counts).astype(np.int32)
                wanted = firsts[(self.wanted[firsts] >= WORTH_A_PIECE) & (self.rows[firsts] == 0)]
                for start in range(0, wanted.size, AT_ONCE):
                    self._make(wanted[start : start + AT_ONCE])
                halved = (self.rows[keys] == 0) & (self._merged(keys) < merged)
                keys, counts = keys[halved], counts[halved]
        return self.middles.size > known

    def _merged(self, keys: NDArray[np.intp]) -> NDArray[np.int8]:
        """How many last bits of each key do not matter to its piece."""
        return np.asarray(self.widest[keys >> LEADING] - self.halvings[keys])

    def _make(self, keys: NDArray[np.intp]) -> None:
        """Make the pieces that begin at these keys, or halve them."""
        widths = np.left_shift(1, self._merged(keys).astype(np.intp))
        lows, highs = (
            (ends << self.shift).astype(self.dtype.unsigned).view(self.dtype.numpy).astype(float)
            for ends in (keys, keys + widths)
        )
        middles = np.where(np.isfinite(highs), (lows + highs) / 2, lows)
        halves = np.abs(highs - lows) / 2
        made: list[list[Taylor]] = [[] for _ in self.orders]
        kept: list[int] = []
        with balls.LOCK:
            for place, (middle, half) in enumerate(
                zip(middles.tolist(), halves.tolist(), strict=True)
            ):
                narrowest = bool(widths[place] == 1)
                most = (NARROWEST_ERROR if narrowest else ERROR)[self.dtype.bits]
                found = self._coefficients(middle, half, most)
                if not narrowest and any(math.isnan(taylor.error) for taylor in found):
                    self.halvings[keys[place] : keys[place] + widths[place]] += 1
                    continue
                kept.append(place)
                for column, coefficients in zip(made, found, strict=True):
                    column.append(coefficients)
        if not kept:
            return
        columns = [
            Column(
                np.concatenate([column.highs, np.array([one.highs for one in new]).T], axis=1),
                np.concatenate([column.lows, np.array([one.lows for one in new]).T], axis=1),
                np.concatenate([column.error, [one.error for one in new]]),
            )
            for column, new in zip(self.columns, made, strict=True)
        ]
        # rows are written last, so that other threads find the pieces that rows refer to
        first = self.middles.size
        self.middles = np.concatenate([self.middles, middles[kept]])
        self.columns = columns
        for row, place in enumerate(kept, start=first):
            self.rows[keys[place] : keys[place] + widths[place]] = row

    def _coefficients(self, middle: float, half: float, most: float) -> list[Taylor]:
        """The coefficients of each order; unusable unless their error is proven to be <= most."""
        if not math.isfinite(half) or middle == 0:
            return [self._nothing()] * len(self.orders)
        found: list[Taylor | None] = []
        for bits in BITS:
            length = self.degree + 1 + max(self.orders)
            series = straight(self.program, length + 1, bits)
            if series is None:
                break
            flint.ctx.prec = bits
            there, over = series(arb(middle)), series(arb(middle, half))
            if there is None or over is None:
                break
            found = [self._column(there, over, order, half, most) for order in self.orders]
            if None not in found:
                break
        found = found or [None] * len(self.orders)
        return [self._nothing() if column is None else column for column in found]

    def _nothing(self) -> Taylor:
        return Taylor([math.nan, *[0.0] * self.degree], [0.0, 0.0], math.nan)

    def _column(
        self, there: list[Any], over: list[Any], order: int, half: float, most: float
    ) -> Taylor | None:
        """The coefficients of one order; None if more bits may give better ones."""
        highs: list[float] = []
        lows: list[float] = []
        unknown = 0.0
        for j in range(self.degree + 1):
            ball = there[j + order] * math.perm(j + order, order)
            if not ball.is_finite():
                return self._nothing()
            high = float(ball.mid())
            highs.append(high)
            if j < 2:
                lows.append(float((ball - high).mid()))
            unknown += float(ball.rad().upper()) * half**j
        rest = over[self.degree + 1 + order] * math.perm(self.degree + 1 + order, order)
        if not rest.is_finite():
            return self._nothing()
        terms = [abs(c) * half**j for j, c in enumerate(highs)]
        left_out = float(abs(rest).upper()) * half ** (self.degree + 1)
        # roundings of each coefficient, product and sum; in float64 the first two terms have few
        inexact = terms[0] + terms[1] if self.dtype.bits == 32 else 2.0**-50 * (terms[0] + terms[1])
        lost = 2.0**-52 * (inexact + 4 * sum(terms[2:])) + left_out + unknown
        least = terms[0] - sum(terms[1:]) - left_out
        largest = sum(terms) + left_out
        if unknown > most * terms[0] / 16:  # digits were lost to cancellation
            return None
        if not (math.isfinite(largest) and least > 0):
            # 0 on the whole piece, as the derivative of a constant, but not by underflow
            nothing = rest == 0 and all(c == 0 for c in there[order : order + self.degree + 1])
            return Taylor([0.0] * (self.degree + 1), [0.0] * 2, 0.0) if nothing else self._nothing()
        if self.dtype.bits == 32 and largest < 2.0**-151:
            small = math.copysign(2.0**-1000, highs[0])
            return Taylor([small, *[0.0] * self.degree], [0.0, 0.0], 0.0)
        limits = (2.0**-200, 2.0**126) if self.dtype.bits == 32 else (2.0**-900, 2.0**900)
        error = 1.01 * lost / least
        good = error <= most and least > limits[0] and largest < limits[1]
        return Taylor(highs, lows, error) if good else self._nothing()

    def _single(
        self, column: Column, row: NDArray[np.intp], t: Wide, result: Floats, work: Workspace
    ) -> NDArray[np.intp]:
        n = row.size
        total, part = work.total[:n], work.part[:n]
        np.take(column.highs[-1], row, out=total, mode="clip")
        for coefficients in column.highs[-2::-1]:
            np.multiply(total, t, out=total)
            np.take(coefficients, row, out=part, mode="clip")
            np.add(total, part, out=total)
        np.multiply(total, NARROWEST_ERROR[32], out=part)
        np.subtract(total, part, out=work.low[:n])
        np.add(total, part, out=total)
        np.copyto(result, total, casting="unsafe")
        differs = work.differs[:n]
        np.not_equal(result, work.low[:n].astype(np.float32), out=differs)
        return np.flatnonzero(differs)

    def _double(
        self, column: Column, row: NDArray[np.intp], t: Wide, result: Floats, work: Workspace
    ) -> NDArray[np.intp]:
        """The polynomial with its first two terms in two parts each."""
        n = row.size
        low, part = work.total[:n], work.part[:n]
        first, second, third, other = (
            work.first[:n], work.second[:n], work.third[:n], work.other[:n],
        )  # fmt: skip
        np.take(column.highs[-1], row, out=low, mode="clip")
        for coefficients in (*column.highs[-2:1:-1], column.lows[1]):
            np.multiply(low, t, out=low)
            np.take(coefficients, row, out=part, mode="clip")
            np.add(low, part, out=low)
        np.multiply(low, t, out=low)
        np.take(column.lows[0], row, out=part, mode="clip")
        np.add(low, part, out=low)
        # the product of the second coefficient with t, and its rounding error (Dekker)
        np.take(column.highs[1], row, out=part, mode="clip")
        np.multiply(part, t, out=first)
        _split(part, second, other)
        _split(t, third, work.low[:n])
        np.multiply(second, third, out=part)
        np.subtract(part, first, out=part)
        np.multiply(second, work.low[:n], out=second)
        np.add(part, second, out=part)
        np.multiply(other, third, out=third)
        np.add(part, third, out=part)
        np.multiply(other, work.low[:n], out=other)
        np.add(part, other, out=part)
        np.add(low, part, out=low)
        # the first term is the larger, as fast_two_sum requires (Dekker)
        np.take(column.highs[0], row, out=part, mode="clip")
        np.add(part, first, out=second)
        np.subtract(second, part, out=part)
        np.subtract(first, part, out=first)
        np.add(low, first, out=low)
        np.take(column.error, row, out=part, mode="clip")
        np.multiply(second, part, out=part)
        np.subtract(low, part, out=first)
        np.add(second, first, out=first)
        np.add(low, part, out=low)
        np.add(second, low, out=result)
        differs = work.differs[:n]
        np.not_equal(result, first, out=differs)
        return np.flatnonzero(differs)


def _split(a: Wide, high: Wide, low: Wide) -> None:
    """The halves of a number, of 26 bits each (Veltkamp)."""
    np.multiply(a, SPLIT, out=high)
    np.subtract(high, a, out=low)
    np.subtract(high, low, out=high)
    np.subtract(a, high, out=low)
