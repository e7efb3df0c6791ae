"""A panel of errors in ulp, below the curves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from actcli.analysis.measured import MeasuredColumn
from actcli.plotting.figure import labels
from actcli.plotting.figure.marks import CURVE, DOTTED, HAIR
from actcli.plotting.figure.measured_marks import EDGE, INFINITE, NOT_A_NUMBER, mark
from actcli.plotting.figure.style import Style

#: The largest error of correct rounding.
ROUNDING = 0.5
#: Beyond this error the axis is logarithmic, so that small errors stay visible.
LINEAR = 20.0
#: Many points are small dots, few are larger.
FEW_POINTS = 200
SMALL_DOT, LARGE_DOT = 1.3, 2.6
#: The shapes for functions, so that colour is never the only difference.
DOTS = ("o", "^", "s", "D", "v", "P")
AIR = 1.15


def draw(axes: Axes, shown: Sequence[tuple[MeasuredColumn, str]], order: int, style: Style) -> None:
    """The errors of one order, of one function or of several in their colours."""
    largest = 1.0
    for (column, colour), dot in zip(shown, DOTS, strict=False):
        errors = column.errors
        finite = np.isfinite(errors)
        size = LARGE_DOT if len(errors) <= FEW_POINTS else SMALL_DOT
        axes.plot(
            column.x[finite],
            errors[finite],
            color=colour,
            marker=dot,
            markersize=size,
            markeredgewidth=0.0,
            linestyle="none",
            zorder=CURVE,
        )
        largest = max(largest, float(np.abs(errors[finite]).max(initial=0.0)))
        for kind, chosen, y, marker in (
            (NOT_A_NUMBER, np.isnan(errors), EDGE, "x"),
            (INFINITE, np.isposinf(errors), 1 - EDGE, "^"),
            (INFINITE, np.isneginf(errors), EDGE, "v"),
        ):
            mark(axes, column.x[chosen], y, kind, marker, colour, style)
    if largest > LINEAR:
        axes.set_yscale("symlog", linthresh=1.0, linscale=0.6)
        _powers(axes, largest)
        largest *= 2.0
    axes.set_ylim(-largest * AIR, largest * AIR)
    for level, dash in ((-ROUNDING, DOTTED), (0.0, "solid"), (ROUNDING, DOTTED)):
        axes.axhline(level, color=style.palette.faint, lw=style.hair, ls=dash, zorder=HAIR)
    axes.set_ylabel(f"error of ${labels.SYMBOLS[order]}$\n(ulp)")
    _tell_largest(axes, [column for column, _ in shown], style)


def _powers(axes: Axes, largest: float) -> None:
    """Ticks at a few powers of ten, the same up and down."""
    top = math.floor(math.log10(largest))
    step = max(1, math.ceil(top / 2))
    powers = [10.0**power for power in range(top, 0, -step)]
    axes.set_yticks([*(-p for p in powers), 0.0, *reversed(powers)])
    axes.yaxis.set_minor_locator(NullLocator())


def _tell_largest(axes: Axes, columns: Sequence[MeasuredColumn], style: Style) -> None:
    """Write the largest error of all, and its place, above the panel at the right."""
    x = np.concatenate([column.x for column in columns])
    errors = np.concatenate([column.errors for column in columns])
    sizes = np.where(np.isfinite(errors), np.abs(errors), -1.0)
    at = int(np.argmax(sizes))
    if sizes[at] >= 0:
        most, where = (labels.number(float(f"{value:.3g}")) for value in (sizes[at], x[at]))
        words = f"at most ${most}$ ulp, at $x = {where}$" if sizes[at] else "no error"
        axes.set_title(words, loc="right", fontsize=style.small, color=style.palette.remark, pad=2)
