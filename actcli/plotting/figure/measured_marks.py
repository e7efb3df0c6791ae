"""The results of an implementation as steps, with marks for zeros, nan and infinity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from actcli.analysis.curves import Floats
from actcli.analysis.measured import MeasuredColumn, Measurement
from actcli.analysis.staircase import steps
from actcli.plotting.figure.marks import CURVE, DOT
from actcli.plotting.figure.style import Dash, Style

#: The width of the true curve behind the steps, and the size of marks.
TRUE = 0.7
MARK = 3.4
#: The least distance between marks, relative to the axes.
APART = 1 / 45
#: How far inside the axes the marks of nan and infinity are, and the distance between orders.
EDGE, NEXT = 0.035, 0.05
#: What is marked, and the markers.
LOST, NOT_A_NUMBER, INFINITE = "exactly 0", "nan", "infinity"
MARKERS = {LOST: "o", NOT_A_NUMBER: "x", INFINITE: "^"}


def draw(
    axes: Axes,
    column: MeasuredColumn,
    order: int,
    colour: str,
    dash: Dash,
    width: float,
    style: Style,
) -> Line2D:
    """Draw the values of one order, and marks where a line cannot show them."""
    (drawn,) = axes.plot(
        *steps(column.x, column.values), color=colour, ls=dash, lw=width, zorder=CURVE
    )
    row = order * NEXT
    for kind, chosen, y, marker in (
        (NOT_A_NUMBER, np.isnan(column.values), EDGE + row, MARKERS[NOT_A_NUMBER]),
        (INFINITE, np.isposinf(column.values), 1 - EDGE - row, "^"),
        (INFINITE, np.isneginf(column.values), EDGE + row, "v"),
        (LOST, column.lost, None, MARKERS[LOST]),
    ):
        mark(axes, column.x[chosen], y, kind, marker, colour, style)
    return drawn


def mark(
    axes: Axes, x: Floats, y: float | None, kind: str, marker: str, colour: str, style: Style
) -> None:
    """Marks along x at a height relative to that of the axes, or on the zero line."""
    x = _apart(x, axes.get_xlim())
    if not len(x):
        return
    axes.plot(
        x,
        np.full(len(x), y or 0.0),
        transform=axes.transData if y is None else axes.get_xaxis_transform(),
        color=colour,
        markerfacecolor=style.palette.background if kind == LOST else colour,
        marker=marker,
        markersize=MARK,
        markeredgewidth=0.8,
        linestyle="none",
        zorder=DOT,
        gid=kind,
    )


def _apart(x: Floats, limits: tuple[float, float]) -> Floats:
    """As many places within the limits as keep their distance."""
    chosen: list[float] = []
    least = (limits[1] - limits[0]) * APART
    for place in x[(x >= limits[0]) & (x <= limits[1])].tolist():
        if not chosen or place - chosen[-1] >= least:
            chosen.append(place)
    return np.array(chosen)


def legend_entries(all_axes: Iterable[Axes], measured: Measurement, style: Style) -> list[Line2D]:
    """Legend entries for the implementation, the true values, and each kind of mark."""
    ink, width = style.palette.ink, style.lines[0]
    entries = [
        Line2D([], [], color=ink, lw=width, label=measured.name),
        Line2D([], [], color=ink, lw=TRUE, label="true value"),
    ]
    kinds = {line.get_gid() for axes in all_axes for line in axes.get_lines()}
    for kind, marker in MARKERS.items():
        if kind in kinds:
            face = style.palette.background if kind == LOST else ink
            look: dict[str, Any] = {"markersize": MARK + 0.6, "markerfacecolor": face}
            entries.append(Line2D([], [], color=ink, marker=marker, ls="none", label=kind, **look))
    return entries
