"""The range of y that a picture shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from actcli.analysis.curves import Curves, Floats
from actcli.analysis.exhibit import Exhibit
from actcli.analysis.interval import AxisRange

#: The space above and below the curves, relative to the largest size there.
MARGIN = 0.15
#: The same if several functions share the axis.
SHARED_MARGIN = 0.08
#: An unbounded f is shown up to this many times the largest slope, so that f' stays readable...
SLOPES = 3.0
#: ... unless this hides more than all but this part of it.
SEEN = 0.2
#: A curve is cut off only if it exceeds the limit by this factor.
WORTH = 1.2
#: An axis shared by all functions reaches up to this many times what half of them need.
OUTGROWN = 3.0
#: At a pole, values are shown up to this many times the median of their sizes.
POLES = 10.0


@dataclass(frozen=True, slots=True)
class Reach:
    """The limits of a y axis, and whether f is cut off at them."""

    low: float
    high: float
    cut_low: bool = False
    cut_high: bool = False

    @property
    def cut(self) -> bool:
        return self.cut_low or self.cut_high


def reach(exhibit: Exhibit, margin: float = MARGIN) -> Reach:
    """The y axis for a function and its derivatives, with a `margin` beyond them."""
    curves = exhibit.curves
    value = finite(drawn(exhibit, 0)) if 0 in curves.columns else np.array([])
    slopes = [finite(drawn(exhibit, order)) for order in curves.columns if order > 0]
    low, high = uncut(exhibit)
    steepest = max((float(np.abs(column).max()) for column in slopes if len(column)), default=0.0)
    if curves.bound.facts.poles and 0 in curves.columns:
        padded, all_low, all_high = _padded(low, high, margin), *extent([curves.columns[0]])
        return Reach(padded.low, padded.high, all_low < padded.low, all_high > padded.high)
    unbounded = any(math.isinf(ends.value) for ends in curves.bound.limits)
    if not unbounded or steepest == 0.0:
        return _padded(low, high, margin)
    flat_low, flat_high = _span(slopes)
    cap = float(f"{SLOPES * steepest:.2g}")
    if np.count_nonzero(np.abs(value) <= cap) < SEEN * len(value):
        return _padded(low, high, margin)
    cut_low, cut_high = low < -cap * WORTH, high > cap * WORTH
    low = min(-cap, flat_low) if cut_low else low
    high = max(cap, flat_high) if cut_high else high
    padded = _padded(low, high, margin)
    # A curve that is cut off leaves through the frame; a margin would look like its end.
    return Reach(
        low if cut_low else padded.low, high if cut_high else padded.high, cut_low, cut_high
    )


def uncut(exhibit: Exhibit) -> tuple[float, float]:
    """The extent of all columns, zero and the asymptotes that are near."""
    curves = exhibit.curves
    columns = [finite(drawn(exhibit, order)) for order in curves.columns]
    return _with_limits(curves, *_span(columns))


def drawn(exhibit: Exhibit, order: int) -> Floats:
    """All numbers that are drawn of one column."""
    column, measured = exhibit.curves.columns[order], exhibit.measured
    bound = exhibit.bound
    if bound.facts.poles or (bound.activation.typed and np.isnan(column).any()):
        sizes = np.abs(finite(column))
        usual = float(np.median(sizes)) if len(sizes) else 0.0
        column = column[np.abs(column) <= POLES * usual] if usual else column
    if measured is None:
        return column
    # True values beyond the dtype would flatten everything else.
    within = column[np.abs(column) <= measured.largest]
    return np.concatenate([within, measured.columns[order].values])


def extent(columns: Iterable[Floats]) -> tuple[float, float]:
    """The least and the greatest finite numbers."""
    return _span([finite(column) for column in columns])


def square(span: tuple[float, float], across: AxisRange) -> Reach:
    """A y axis with units as long as those of x, between half as long as the x axis and as long."""
    low, high = span
    width = across.stop - across.start
    cut_low = cut_high = False
    if high - low > width:
        # The same part as that of x, unless little is seen there.
        inner_low, inner_high = max(low, across.start), min(high, across.stop)
        if inner_high - inner_low < width / 2:
            inner_low, inner_high = low, low + width
        cut_low, cut_high = inner_low > low, inner_high < high
        low, high = inner_low, inner_high
    padded = _padded(low, high)
    air = min(padded.high - high, (width - (high - low)) / 2)
    air = max(air, (width / 2 - (high - low)) / 2)
    return Reach(low if cut_low else low - air, high if cut_high else high + air, cut_low, cut_high)


def reach_of_all(columns: Iterable[Floats], margin: float = SHARED_MARGIN) -> Reach:
    """The y axis for the same column of several functions."""
    return _padded(*_span([finite(column) for column in columns]), margin)


def reach_of_panels(exhibits: Sequence[Exhibit]) -> Reach:
    """One y axis for all functions and their derivatives; what outgrows the others is cut off."""
    each = [reach(exhibit) for exhibit in exhibits]
    lows, highs = [one.low for one in each], [one.high for one in each]
    return Reach(
        max(min(lows), OUTGROWN * float(np.median(lows))),
        min(max(highs), OUTGROWN * float(np.median(highs))),
    )


def finite(column: Floats) -> Floats:
    """The finite numbers of a column."""
    return column[np.isfinite(column)]


def _span(columns: Sequence[Floats]) -> tuple[float, float]:
    """The extent of columns, and zero if they are all near it on one side."""
    columns = [column for column in columns if len(column)]
    if not columns:
        return 0.0, 0.0
    low = min(float(column.min()) for column in columns)
    high = max(float(column.max()) for column in columns)
    if low > 0 and low < high - low:
        low = 0.0
    if high < 0 and -high < high - low:
        high = 0.0
    return low, high


def _with_limits(curves: Curves, low: float, high: float) -> tuple[float, float]:
    """Include the asymptotes that the curves come near."""
    span = high - low
    for ends in curves.bound.limits:
        for order in curves.columns:
            limit = ends[order]
            if low - span / 4 < limit < high + span / 4:
                low, high = min(low, limit), max(high, limit)
    return low, high


def _padded(low: float, high: float, margin: float = MARGIN) -> Reach:
    largest = max(abs(low), abs(high))
    # For a curve far from zero, its own extent counts.
    air = margin * min(largest, high - low) if high > low else (margin or MARGIN) * largest or 1.0
    return Reach(low - air, high + air)
