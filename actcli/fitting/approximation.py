"""A function in pieces, as the code that is written computes it, bit for bit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.fitting.arithmetic import Arithmetic
from actcli.fitting.number_format import Floats, NumberFormat, rounded

#: How pieces are cut: anywhere; at multiples of a power of two, whose number is a shift of x; at
#: powers of two and equal parts of them, whose number is in the upper bits of x.
CUTS = ("free", "uniform", "exponent")


class Piece(NamedTuple):
    """A polynomial in t = x - centre, the lowest power first, from x = start on."""

    start: float
    centre: float
    coefficients: tuple[float, ...]


class Tail(NamedTuple):
    """What lies beyond an end: offset + slope * x, the slope 0 or not."""

    slope: float
    offset: float

    @property
    def words(self) -> str:
        if self.slope == 0:
            return f"{self.offset + 0.0:g}"
        line = "x" if self.slope == 1 else "-x" if self.slope == -1 else f"{self.slope:g}*x"
        return (
            line
            if self.offset == 0
            else f"{line} {'+' if self.offset > 0 else '-'} " + (f"{abs(self.offset):g}")
        )


class Approximation(NamedTuple):
    """Pieces of one column (order 0 the value) from start to stop, and the tails beyond.

    `given` is the format of x, `out` that of results; coefficients and centres are numbers of the
    format of the arithmetic, which holds every x. With uniform cuts, pieces are 2**-width_bits
    wide; with cuts by exponent, there are 2**width_bits in each power of two. A table for
    interpolation has `nodes`, one more than pieces (quadratic: two a piece, and one more), from
    which the coefficients are computed.
    """

    bound: BoundActivation
    order: int
    start: float
    stop: float
    given: NumberFormat
    out: NumberFormat
    arithmetic: Arithmetic
    cuts: str
    pieces: tuple[Piece, ...]
    left: Tail
    right: Tail
    width_bits: int = 0
    coefficients: NumberFormat | None = None
    nodes: tuple[float, ...] = ()

    @property
    def stored(self) -> NumberFormat:
        """The format of coefficients or nodes."""
        return self.coefficients or self.arithmetic.form

    @property
    def degree(self) -> int:
        """The highest degree of a piece."""
        return max(len(piece.coefficients) for piece in self.pieces) - 1

    @property
    def starts(self) -> Floats:
        """Where the pieces begin."""
        return np.array([piece.start for piece in self.pieces])

    @property
    def bits(self) -> int:
        """The bits of the tables: coefficients or nodes, centres, cuts that x is held against."""
        if self.nodes:
            return len(self.nodes) * self.stored.bits
        regular = self.cuts == "uniform" and _are_middles(self)
        plain = regular or all(piece.centre == 0 for piece in self.pieces)
        each = (self.degree + 1) * self.stored.bits + (0 if plain else self.given.bits)
        searched = self.given.bits * (len(self.pieces) - 1) if self.cuts == "free" else 0
        return each * len(self.pieces) + searched

    @property
    def multiplications(self) -> int:
        """For one result, in the arithmetic."""
        return self.degree

    def __call__(self, x: Floats) -> Floats:
        """The results at numbers of the format, as float64; nan gives nan."""
        x = np.asarray(x, np.float64)
        inside = (x >= self.start) & (x <= self.stop)
        places = np.clip(np.searchsorted(self.starts, x, "right") - 1, 0, None)
        rows = np.zeros((len(self.pieces), self.degree + 1))
        for row, piece in zip(rows, self.pieces, strict=True):
            row[: len(piece.coefficients)] = piece.coefficients
        centres = np.array([piece.centre for piece in self.pieces])
        with np.errstate(all="ignore"):
            safe = np.where(inside, x, self.pieces[0].start)
            where = np.where(inside, places, 0)
            y = horner(self.arithmetic, rows.T[:, where], centres[where], safe)
            result = finished(y, self.out)
            for tail, beyond in ((self.left, x < self.start), (self.right, x > self.stop)):
                result = np.where(beyond, tail_values(self, tail, x), result)
            return np.where(np.isnan(x), np.nan, result)


def _are_middles(fit: Approximation) -> bool:
    """Whether the centres follow from the number of a piece."""
    width = 2.0**-fit.width_bits
    return all(
        piece.centre == (np.floor(piece.start / width) + 0.5) * width for piece in fit.pieces
    )


def horner(arithmetic: Arithmetic, coefficients: Floats, centre: Floats, x: Floats) -> Floats:
    """Polynomials by Horner's rule; coefficients[k] are those of t**k.

    Every polynomial starts at its highest coefficient, also where that is 0.
    """
    t = np.where(centre == 0, x, np.asarray(arithmetic.subtract(x, centre), np.float64))
    y: Floats = np.asarray(coefficients[-1], np.float64)
    for coefficient in coefficients[-2::-1]:
        y = np.asarray(arithmetic.multiply_add(y, t, coefficient), np.float64)
    return np.broadcast_to(y, np.broadcast_shapes(np.shape(y), np.shape(t)))


def finished(y: Floats, out: NumberFormat) -> Floats:
    """Results of the arithmetic in the format of results."""
    return rounded(y, out)


def tail_values(fit: Approximation, tail: Tail, x: Floats) -> Floats:
    """What lies beyond an end, computed in the arithmetic."""
    form = fit.arithmetic.form
    if tail.slope == 0:
        return rounded(np.full(x.shape, tail.offset), fit.out)
    slope, offset = (rounded(np.asarray(one), form) for one in (tail.slope, tail.offset))
    if tail.slope in (1, -1) and tail.offset == 0:
        return rounded(tail.slope * x, fit.out)
    if tail.offset == 0:
        return rounded(np.asarray(fit.arithmetic.multiply(slope, x), np.float64), fit.out)
    return rounded(np.asarray(fit.arithmetic.multiply_add(slope, x, offset), np.float64), fit.out)
