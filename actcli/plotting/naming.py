"""Names beside the lines they name, and legends where several functions share the axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from actcli.plotting import labels
from actcli.plotting.marks import HAIR
from actcli.plotting.placement import Box, Floats, clearance, dense, find_spot
from actcli.plotting.ruler import Ruler
from actcli.plotting.sampling import Curves, sides
from actcli.plotting.style import Style

#: How far outside the axes a curve still matters to what stands inside.
OUTSIDE = 20.0
#: How far a legend keeps from curves.
FREE = 2.0
CORNERS: tuple[Literal["upper left", "upper right", "lower right", "lower left"], ...] = (
    "upper left",
    "upper right",
    "lower right",
    "lower left",
)


def name_lines(ruler: Ruler, axes: Axes, curves: Curves, style: Style) -> bool:
    """Write f and f' beside their lines; False, and nothing written, if one finds no spot."""
    lines = {order: _line(ruler, axes, curves, order) for order in curves.columns}
    dots = _dots(ruler, axes, curves)
    hair = ruler.thin_lines(axes, HAIR)
    texts: list[Text] = []
    taken: list[Box] = []
    for order, own in lines.items():
        colour, size = style.palette.orders[order], style.font + 1.5
        text = axes.text(0, 0, labels.symbol(order), color=colour, fontsize=size, va="bottom")
        text.set_in_layout(False)
        texts.append(text)
        box = ruler.extent(text)
        others = [line for other, line in lines.items() if other != order]
        spot = find_spot(own, [*others, dots], hair, box.size, ruler.inside(axes), taken)
        if spot is None:
            for written in texts:
                written.remove()
            return False
        taken.append(spot)
        text.set_position(ruler.data(axes, (spot.left, spot.bottom)))
    return True


def legend(
    ruler: Ruler,
    axes: Axes,
    lines: Sequence[Line2D],
    names: Sequence[str],
    functions: Sequence[Curves],
    order: int,
) -> None:
    """A frameless legend in a corner that is free, the upper left first; else above the axes."""
    drawn = [_line(ruler, axes, curves, order) for curves in functions]
    drawn += ruler.thin_lines(axes, HAIR)
    for corner in CORNERS:
        inside = axes.legend(lines, names, loc=corner, borderaxespad=0.3)
        inside.set_in_layout(False)
        if clearance(ruler.extent(inside), drawn) >= FREE:
            return
    legend_above(ruler, axes, lines, names)


def legend_above(ruler: Ruler, axes: Axes, lines: Sequence[Line2D], names: Sequence[str]) -> None:
    """A frameless legend between the heading and the axes, in as many columns as fit."""
    # The power of ten of the y axis, if it has one, stands at the left.
    power = axes.yaxis.get_offset_text().get_text()
    for columns in range(len(names), 0, -1):
        above = axes.legend(
            lines,
            names,
            loc="lower right" if power else "lower left",
            bbox_to_anchor=(1.0 if power else 0.0, 1.0),
            ncols=columns,
            borderaxespad=0.2,
            columnspacing=1.4,
        )
        if ruler.extent(above).size[0] <= ruler.inside(axes).size[0]:
            break


def _line(ruler: Ruler, axes: Axes, curves: Curves, order: int) -> Floats:
    """A curve as dense points, as far as it is seen."""
    places = ruler.places(axes, curves.x, curves.columns[order])
    frame = ruler.inside(axes)
    hidden = (places[:, 1] < frame.bottom - OUTSIDE) | (places[:, 1] > frame.top + OUTSIDE)
    places[hidden] = np.nan
    return dense(places)


def _dots(ruler: Ruler, axes: Axes, curves: Curves) -> Floats:
    """The dots of jumps, and the risers between them."""
    rows = [
        (point.x, y)
        for point in curves.breakpoints
        for order in curves.columns
        for y in np.linspace(min(sides(point, order)), max(sides(point, order)), 40)
    ]
    x, y = np.array(rows).reshape(-1, 2).T
    return ruler.places(axes, x, y)
