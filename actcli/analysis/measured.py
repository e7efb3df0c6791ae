"""The results of an implementation at numbers of its dtype."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from actcli.analysis.curves import Floats
from actcli.analysis.interval import AxisRange
from actcli.analysis.sampling import POINTS, points
from actcli.backends import DEFAULT, get_backend, is_own
from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.evaluating.distances import ulp_errors
from actcli.evaluating.truth import TrueValues
from actcli.numerics.dtypes import Array, DType, get_dtype
from actcli.numerics.rounding import round_to

if TYPE_CHECKING:
    from actcli.backends.base import Backend

#: All numbers of dtypes up to this many bits are measured.
COUNTABLE = 16
#: The number of even points measured in wider dtypes, and of parts of the range; in each part only
#: the extremes are kept.
LOOKED_AT = 1 << 14
PARTS = 600
#: A part with no more points keeps them all.
FEW = 4


@dataclass(frozen=True, slots=True)
class MeasuredColumn:
    """One order at numbers x of a dtype: the results, the true values, and the errors in ulp."""

    x: Floats
    values: Floats
    true: Floats
    errors: Floats

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Where the result is exactly zero, but the true value is not."""
        lost: NDArray[np.bool_] = (self.values == 0) & (self.true != 0)
        return lost


@dataclass(frozen=True, slots=True)
class Measurement:
    """The results of an implementation for a function, a column for each order."""

    name: str
    columns: Mapping[int, MeasuredColumn]
    largest: float  # the largest number of the dtype


@dataclass(frozen=True, slots=True)
class Implementation:
    """A backend that computes in a dtype."""

    backend: Backend
    dtype: DType

    @property
    def name(self) -> str:
        """Its name in a legend."""
        name, version = self.backend.name, self.backend.version
        if name == DEFAULT:
            return self.dtype.name
        if version is not None and version not in name and not is_own(name):
            name = f"{name} {version}"
        return f"{name}, {self.dtype.name}"

    def measure(
        self,
        bound: BoundActivation,
        interval: AxisRange,
        orders: Sequence[int],
        number: int | None = None,
    ) -> Measurement:
        """The columns over an interval, at `number` even points if that is set.

        Otherwise at every number of a dtype of up to 16 bits, or at many of a wider one; where they
        are dense, only those with extreme values or errors are kept. Raises UsageError for what the
        backend lacks, or if the dtype has fewer than two numbers there.
        """
        self.backend.check(bound, orders, self.dtype)
        x = self.numbers(bound, interval, number)
        wide = _wide(x)
        got = self.backend.evaluate(bound, x, orders, self.dtype)
        true = get_backend(DEFAULT).evaluate(bound, wide, orders, get_dtype("float64"))
        unrounded = TrueValues(bound, orders, self.dtype)(x)
        columns = {}
        for order, values, exact, truth in zip(orders, got, true, unrounded, strict=True):
            values = _wide(values)
            column = MeasuredColumn(wide, values, exact, ulp_errors(values, truth, self.dtype))
            columns[order] = column if number else thinned(column, interval)
        return Measurement(self.name, columns, self.dtype.largest)

    def numbers(
        self, bound: BoundActivation, interval: AxisRange, number: int | None = None
    ) -> Array:
        """The numbers of the dtype to measure, in order, each once."""
        if number is None and self.dtype.bits <= COUNTABLE:
            every = np.arange(1 << self.dtype.bits, dtype=self.dtype.unsigned)
            x = every.view(self.dtype.numpy)
        else:
            breakpoints = [point.x for point in bound.breakpoints]
            held = AxisRange(
                max(interval.start, -self.dtype.largest), min(interval.stop, self.dtype.largest)
            )
            x = round_to(points(held, breakpoints, number or LOOKED_AT), self.dtype)
        wide = _wide(x)
        seen = (wide >= interval.start) & (wide <= interval.stop)
        # Of the two zeros the positive one is kept.
        order = np.lexsort((np.signbit(wide[seen]), wide[seen]))
        x, wide = x[seen][order], wide[seen][order]
        x = x[np.concatenate([[True], np.diff(wide) > 0])] if len(x) else x
        if len(x) < 2:
            raise UsageError(
                f"{self.dtype.name} has {'one number' if len(x) else 'no number'} from "
                f"{interval.start!r} to {interval.stop!r}; a picture needs two"
            )
        return x


def _wide(numbers: Array) -> Floats:
    with np.errstate(invalid="ignore"):
        return numbers.astype(np.float64)


def thinned(column: MeasuredColumn, interval: AxisRange) -> MeasuredColumn:
    """The column with only the extreme values and errors of each small part of the range.

    Parts with few points keep them all, and the ends stay.
    """
    if len(column.x) <= 2 * POINTS:
        return column
    part = ((column.x - interval.start) / (interval.stop - interval.start) * PARTS).astype(int)
    kept = np.zeros(len(part), dtype=bool)
    kept[[0, -1]] = True
    few = np.bincount(part, minlength=PARTS + 1) <= FEW
    kept |= few[part]
    for values in (column.values, column.errors):
        # nan sorts last, so one nan of a part is kept as its highest value.
        order = np.lexsort((values, part))
        first = np.flatnonzero(np.diff(part[order], prepend=-1))
        last = np.append(first[1:], len(part)) - 1
        kept[order[first]] = kept[order[last]] = True
        finite = order[np.isfinite(values[order])]
        if len(finite):
            last = np.flatnonzero(np.diff(part[finite], append=PARTS + 2))
            kept[finite[last]] = True
    return MeasuredColumn(
        column.x[kept], column.values[kept], column.true[kept], column.errors[kept]
    )
