"""What is drawn in axes: frame, curves, jumps and asymptotes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from actcli.analysis.curves import Curves, jumps, sides
from actcli.analysis.extents import Reach
from actcli.analysis.interval import AxisRange
from actcli.plotting.figure.style import Dash, Style

HAIR, CURVE, DOT = 1.0, 2.0, 4.0  # the order from back to front
DOTTED: Dash = (0, (1, 2))
RISER, ASYMPTOTE = 0.7, 0.9
#: The inches for a tick, per point of font size.
X_TICK, Y_TICK = 0.05, 0.036


def frame(axes: Axes, interval: AxisRange, reach: Reach, style: Style) -> None:
    """Limits and zero lines."""
    axes.set_xlim(interval.start, interval.stop)
    axes.set_ylim(reach.low, reach.high)
    zero: dict[str, Any] = {"color": style.palette.faint, "linewidth": style.hair, "zorder": HAIR}
    if interval.start < 0 < interval.stop:
        axes.axvline(0.0, **zero)
    if reach.low < 0 < reach.high:
        axes.axhline(0.0, **zero)


def round_ticks(figure: Figure, axes: Axes, style: Style) -> None:
    """Ticks at round numbers, as many as fit."""
    wide, high = figure.get_size_inches() * axes.get_position().size
    for axis, inches, each in ((axes.xaxis, wide, X_TICK), (axes.yaxis, high, Y_TICK)):
        most = max(4, min(9, int(inches / (each * style.font))))
        axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 5, 10]))


def line(axes: Axes, curves: Curves, order: int, colour: str, dash: Dash, width: float) -> Line2D:
    """The curve of one column."""
    (drawn,) = axes.plot(
        curves.x, curves.columns[order], color=colour, linestyle=dash, linewidth=width, zorder=CURVE
    )
    return drawn


def remark(axes: Axes, text: str, style: Style, right: bool = False) -> None:
    """A small remark at the left (or right), level with the label of the x axis."""
    axes.annotate(
        text,
        (float(right), 0.5),
        xycoords=("axes fraction", axes.xaxis.label),
        ha="right" if right else "left",
        va="center",
        fontsize=style.small,
        color=style.palette.remark,
    )


def breaks(axes: Axes, curves: Curves, order: int, colour: str, width: float, style: Style) -> None:
    """Draw jumps: a filled dot at the value, open ones at other limits, a dotted riser."""
    low, high = axes.get_ylim()
    dot: dict[str, Any] = {
        "marker": "o",
        "linestyle": "none",
        "color": colour,
        "markersize": 1.9 * width,
        "markeredgewidth": 0.5 * width,
        "zorder": DOT,
        "clip_on": False,
    }
    for point in curves.breakpoints:
        at, left, right = sides(point, order)
        if not jumps(point, order) or not all(map(math.isfinite, (at, left, right))):
            continue
        ends = min(at, left, right), max(at, left, right)
        x = (point.x, point.x)
        axes.plot(x, ends, color=colour, ls=DOTTED, lw=RISER, zorder=CURVE)
        for end in sorted({left, right} - {at}):
            if low <= end <= high:
                axes.plot(point.x, end, markerfacecolor=style.palette.background, **dot)
        if low <= at <= high:
            axes.plot(point.x, at, **dot)


def asymptotes(axes: Axes, shown: Iterable[tuple[Curves, int]], style: Style) -> None:
    """Dotted lines at the finite limits of the columns, each on its side."""
    start, stop = axes.get_xlim()
    middle = 0.0 if start < 0 < stop else (start + stop) / 2
    done = set()
    for curves, order in shown:
        for side, ends in zip(((start, middle), (middle, stop)), curves.bound.limits, strict=True):
            limit = ends[order]
            # The zero line is there already.
            if not math.isfinite(limit) or limit == 0.0 or (side, limit) in done:
                continue
            done.add((side, limit))
            faint = style.palette.faint
            axes.plot(side, (limit, limit), color=faint, ls=DOTTED, lw=ASYMPTOTE, zorder=HAIR)
