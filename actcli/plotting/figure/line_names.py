"""Names beside lines, and legends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text

from actcli.analysis.curves import Curves, Floats, sides
from actcli.analysis.exhibit import Exhibit
from actcli.analysis.staircase import steps
from actcli.plotting.figure import labels
from actcli.plotting.figure.marks import HAIR
from actcli.plotting.figure.measured_marks import MARKERS
from actcli.plotting.figure.placement import Box, clearance, dense, find_spot
from actcli.plotting.figure.ruler import INCH, Ruler
from actcli.plotting.figure.style import Style

#: How far outside the axes a curve still matters for labels.
OUTSIDE = 20.0
#: The distance between a legend and curves.
FREE = 2.0
#: The distance between titles of panels, and how far they may shrink.
BETWEEN = 4.0
SMALLEST = 0.6
CORNERS: tuple[Literal["upper left", "upper right", "lower right", "lower left"], ...] = (
    "upper left",
    "upper right",
    "lower right",
    "lower left",
)


def name_lines(ruler: Ruler, axes: Axes, exhibit: Exhibit, style: Style) -> list[Box] | None:
    """Write f and f' beside their lines; None, with nothing written, if there is no room."""
    lines = {order: drawn(ruler, axes, exhibit, order) for order in exhibit.curves.columns}
    marks = dots(ruler, axes, exhibit.curves)
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
        spot = find_spot(own, [*others, marks], hair, box.size, ruler.inside(axes), taken)
        if spot is None:
            for written in texts:
                written.remove()
            return None
        taken.append(spot)
        text.set_position(ruler.data(axes, (spot.left, spot.bottom)))
    return taken


def legend(
    ruler: Ruler, axes: Axes, entries: Sequence[Line2D], exhibits: Sequence[Exhibit], order: int
) -> None:
    """A legend in a free corner, the upper left first, else above the axes."""
    there = [drawn(ruler, axes, exhibit, order) for exhibit in exhibits]
    there += [dots(ruler, axes, exhibit.curves) for exhibit in exhibits]
    there += ruler.thin_lines(axes, HAIR)
    for corner in CORNERS:
        inside = axes.legend(handles=entries, loc=corner, borderaxespad=0.3)
        colour_like_lines(inside, entries)
        inside.set_in_layout(False)
        if clearance(ruler.extent(inside), there) >= FREE:
            return
    legend_above(ruler, axes, entries)


def legend_above(ruler: Ruler, axes: Axes, entries: Sequence[Line2D]) -> None:
    """A legend between the heading and the axes, in as many columns as fit."""
    # The power of ten of the y axis, if it has one, is at the left.
    power = axes.yaxis.get_offset_text().get_text()
    for columns in range(len(entries), 0, -1):
        above: Legend = axes.legend(
            handles=entries,
            loc="lower right" if power else "lower left",
            bbox_to_anchor=(1.0 if power else 0.0, 1.0),
            ncols=columns,
            borderaxespad=0.2,
            columnspacing=1.4,
        )
        if ruler.extent(above).size[0] <= ruler.inside(axes).size[0]:
            break
    colour_like_lines(above, entries)


def legend_of_all(ruler: Ruler, entries: Sequence[Line2D]) -> None:
    """A legend above all axes of a figure, in as many columns as fit."""
    room = float(ruler.figure.get_size_inches()[0]) * INCH - 2 * BETWEEN
    for columns in range(len(entries), 0, -1):
        above = ruler.figure.legend(handles=entries, loc="outside upper left", ncols=columns)
        if columns == 1 or ruler.extent(above).size[0] <= room:
            break
        above.remove()
    colour_like_lines(above, entries)


def fit_titles(ruler: Ruler, panels: Sequence[Axes], titles: Sequence[Text]) -> None:
    """Break long titles of panels before their parameters, and shrink those still too long."""
    lefts = sorted({round(ruler.inside(axes).left) for axes in panels})
    room = float(min(np.diff(lefts), default=np.inf)) - BETWEEN
    for title in titles:
        if ruler.extent(title).size[0] > room:
            title.set_text(title.get_text().replace(labels.APART, "\n"))
        width = ruler.extent(title).size[0]
        if width > room:
            title.set_fontsize(float(title.get_fontsize()) * max(SMALLEST, room / width))


def colour_like_lines(legend: Legend, entries: Sequence[Line2D]) -> None:
    """Give each name the colour of its line, also if that is a mark with another face."""
    if rcParams["legend.labelcolor"] == "linecolor":
        for text, line in zip(legend.get_texts(), entries, strict=True):
            text.set_color(line.get_color())


def drawn(ruler: Ruler, axes: Axes, exhibit: Exhibit, order: int) -> Floats:
    """The visible part of a drawn column, as dense points."""
    places = ruler.places(axes, exhibit.curves.x, exhibit.curves.columns[order])
    if exhibit.measured is not None:
        column = exhibit.measured.columns[order]
        given = ruler.places(axes, *steps(column.x, column.values))
        places = np.concatenate([places, [[np.nan, np.nan]], given])
    frame = ruler.inside(axes)
    hidden = (places[:, 1] < frame.bottom - OUTSIDE) | (places[:, 1] > frame.top + OUTSIDE)
    places[hidden] = np.nan
    return dense(places)


def dots(ruler: Ruler, axes: Axes, curves: Curves) -> Floats:
    """The dots and risers of jumps, and the marks of measured results."""
    rows = [
        (point.x, y)
        for point in curves.breakpoints
        for order in curves.columns
        for y in np.linspace(min(sides(point, order)), max(sides(point, order)), 40)
    ]
    x, y = np.array(rows).reshape(-1, 2).T
    places = [ruler.places(axes, x, y)]
    places += [ruler.marks(line) for line in axes.get_lines() if line.get_gid() in MARKERS]
    return np.concatenate(places)
