"""Pictures of activations: columns in, a matplotlib Figure out. Nothing here knows a command."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from actcli.plotting import heading, labels, marks, naming, ranges
from actcli.plotting.ranges import Reach
from actcli.plotting.ruler import Ruler
from actcli.plotting.sampling import Curves
from actcli.plotting.style import DASHES, ORDER_DASHES, Style

#: More functions than this are drawn in axes of their own.
MOST_TOGETHER = len(DASHES)
#: Curves are thinner where they share a picture with others.
CROWDED = 0.85


def draw(functions: Sequence[Curves], style: Style) -> Figure:
    """One function with its derivative, several in two panels, many in small multiples."""
    if len(functions) == 1:
        return single(functions[0], style)
    return (stacked if len(functions) <= MOST_TOGETHER else multiples)(functions, style)


def single(curves: Curves, style: Style) -> Figure:
    """f and f' in one set of axes, each with its name beside it."""
    with style.applied():
        figure, ruler = _new(style.width, max(2.5, style.width * 2 / 3), style)
        axes = figure.subplots()
        limits = ranges.reach(curves)
        lines = _orders(axes, curves, limits, style, 1.0)
        marks.round_ticks(figure, axes, style)
        axes.set_xlabel("$x$")
        if limits.cut:
            marks.remark(axes, labels.cut_off(limits), style)
        room = heading.write(ruler, heading.of_one(curves), style)
        _lay_out(figure, room)
        if not naming.name_lines(ruler, axes, curves, style):
            names = [labels.symbol(order) for order in lines]
            naming.legend_above(ruler, axes, list(lines.values()), names)
            _lay_out(figure, room)
        return _finished(figure)


def stacked(functions: Sequence[Curves], style: Style) -> Figure:
    """Several functions: f above, f' below, a colour and a dash pattern for each in both panels."""
    with style.applied():
        orders = list(functions[0].columns)
        height = len(orders) * (0.9 + style.width / 3)
        figure, ruler = _new(style.width, height, style)
        panels = figure.subplots(len(orders), sharex=True, squeeze=False)[:, 0]
        looks = list(zip(functions, style.palette.functions, DASHES, strict=False))
        lines: list[Line2D] = []
        for axes, order in zip(panels, orders, strict=True):
            reach = ranges.reach_of_all([curves.columns[order] for curves in functions])
            marks.frame(axes, functions[0].interval, reach, style)
            marks.asymptotes(axes, [(curves, order) for curves in functions], style)
            width = style.lines[order] * CROWDED
            lines = [
                marks.line(axes, curves, order, colour, dash, width)
                for curves, colour, dash in looks
            ]
            for curves, colour, _ in looks:
                marks.breaks(axes, curves, order, colour, width, style)
            marks.round_ticks(figure, axes, style)
            axes.set_ylabel(f"${labels.SYMBOLS[order]}(x)$")
        panels[-1].set_xlabel("$x$")
        figure.align_ylabels()
        room = heading.write(ruler, heading.of_several(functions), style)
        _lay_out(figure, room)
        names = labels.differences([curves.bound for curves in functions])
        naming.legend(ruler, panels[0], lines, names, functions, orders[0])
        _lay_out(figure, room)
        return _finished(figure)


def multiples(functions: Sequence[Curves], style: Style) -> Figure:
    """Many functions: small axes for each with f and f', all at one scale."""
    with style.applied():
        across = min(6, math.ceil(math.sqrt(len(functions))))
        down = math.ceil(len(functions) / across)
        side = style.width / across
        figure, _ = _new(style.width, 0.35 + down * (0.8 * side + 0.16), style)
        grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
        reach = ranges.reach_of_panels(functions)
        names = labels.differences([curves.bound for curves in functions])
        lines: dict[int, Line2D] = {}
        for axes, curves, name in zip(grid.flat, functions, names, strict=False):
            lines = _orders(axes, curves, reach, style, 0.7)
            axes.set_title(name, loc="left", fontsize=style.small, pad=3)
            marks.round_ticks(figure, axes, style)
            axes.tick_params(labelsize=style.small - 1)
        for spare in range(len(functions), across * down):
            grid.flat[spare].set_visible(False)
            grid.flat[spare - across].tick_params(labelbottom=True)
        names = [labels.symbol(order) for order in lines]
        figure.legend(list(lines.values()), names, loc="outside upper left", ncols=len(lines))
        _lay_out(figure, 0.0)
        return _finished(figure)


def _orders(
    axes: Axes, curves: Curves, reach: Reach, style: Style, scale: float
) -> dict[int, Line2D]:
    """All columns of one function in one set of axes; the line of each."""
    marks.frame(axes, curves.interval, reach, style)
    marks.asymptotes(axes, [(curves, order) for order in curves.columns], style)
    lines = {}
    for order in curves.columns:
        colour, width = style.palette.orders[order], style.lines[order] * scale
        lines[order] = marks.line(axes, curves, order, colour, ORDER_DASHES[order], width)
        marks.breaks(axes, curves, order, colour, width, style)
    return lines


def _new(width: float, height: float, style: Style) -> tuple[Figure, Ruler]:
    figure = Figure((width, height), dpi=style.dpi, layout="constrained")
    if style.transparent:
        figure.patch.set_alpha(0.0)
    return figure, Ruler(figure)


def _lay_out(figure: Figure, heading: float) -> None:
    """Place the axes below a heading of that many inches."""
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(rect=(0.0, 0.0, 1.0, 1.0 - heading / figure.get_size_inches()[1]))
    engine.execute(figure)


def _finished(figure: Figure) -> Figure:
    """The figure as it stands: what was placed in free spots would not follow a new layout."""
    figure.set_layout_engine("none")
    return figure
