"""Pictures of activations as matplotlib figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from actcli.analysis import extents
from actcli.analysis.exhibit import Exhibit
from actcli.analysis.extents import Reach
from actcli.analysis.interval import AxisRange
from actcli.analysis.view import View
from actcli.errors import UsageError
from actcli.plotting.figure import (
    bands,
    error_panel,
    heading,
    labels,
    line_names,
    marks,
    measured_marks,
)
from actcli.plotting.figure.figure_layout import FigureLayout
from actcli.plotting.figure.placement import Surroundings
from actcli.plotting.figure.ruler import Ruler
from actcli.plotting.figure.style import DASHES, ORDER_DASHES, Dash, Style

#: More functions than this are drawn separately.
MOST_TOGETHER = len(DASHES)
#: Curves of several functions are thinner by this factor.
CROWDED = 0.85
#: Small multiples are at least this wide, in inches.
NARROWEST = 0.75


def draw(exhibits: Sequence[Exhibit], style: Style, view: View | None = None) -> Figure:
    """One function with its derivatives, several in panels, many in small multiples."""
    view = view or View()
    with style.applied():
        if len(exhibits) == 1:
            return single(exhibits[0], style, view)
        return (stacked if len(exhibits) <= MOST_TOGETHER else multiples)(exhibits, style, view)


def single(exhibit: Exhibit, style: Style, view: View) -> Figure:
    """f and f' in the same axes, each with its name beside it."""
    orders = list(exhibit.curves.columns)
    layout = FigureLayout(
        style, max(2.5, style.width * 2 / 3), 1, len(orders) if view.errors else 0, view.equal
    )
    ruler, axes = layout.ruler, layout.panels[0]
    limits = _reach(exhibit, view)
    if exhibit.saturation:
        bands.draw(axes, exhibit.saturation, style)
    lines = _orders(axes, exhibit, _across(exhibit, view), limits, style, 1.0)
    marks.round_ticks(layout.figure, axes, style)
    for order, panel in zip(orders, layout.error_panels, strict=False):
        _errors(panel, [(exhibit, style.palette.orders[order])], order, style)
    layout.bottom.set_xlabel("$x$")
    if limits.cut:
        marks.remark(layout.bottom, labels.cut_off(limits), style)
    layout.heading = _heading(ruler, heading.of_one(exhibit), style, view)
    layout.execute()
    extra = _extra_entries(layout, [exhibit], style)
    if extra:
        line_names.legend_above(ruler, axes, extra)
        layout.execute()
    taken = line_names.name_lines(ruler, axes, exhibit, style)
    if taken is None:
        for order, line in lines.items():
            line.set_label(labels.symbol(order))
        line_names.legend_above(ruler, axes, [*lines.values(), *extra])
        layout.execute()
    if exhibit.saturation:
        drawn = [line_names.drawn(ruler, axes, exhibit, order) for order in orders]
        drawn.append(line_names.dots(ruler, axes, exhibit.curves))
        around = Surroundings(drawn, ruler.thin_lines(axes, marks.HAIR), taken or [])
        unnamed = bands.name(ruler, axes, exhibit.saturation, around, style)
        if unnamed:
            words = f"grey: {', '.join(unnamed)}"
            marks.remark(layout.bottom, words, style, right=True)
    return layout.finished()


def stacked(exhibits: Sequence[Exhibit], style: Style, view: View) -> Figure:
    """Several exhibits: f above, f' below, a colour and a dash pattern for each in both panels."""
    orders = list(exhibits[0].curves.columns)
    height = len(orders) * (0.9 + style.width / 3)
    layout = FigureLayout(style, height, len(orders), len(orders) if view.errors else 0, view.equal)
    across = _across(exhibits[0], view)
    looks = list(zip(exhibits, style.palette.functions, DASHES, strict=False))
    lines: list[Line2D] = []
    for axes, order in zip(layout.panels, orders, strict=True):
        columns = [extents.drawn(exhibit, order) for exhibit in exhibits]
        reach = extents.reach_of_all(columns)
        if view.y_limits:
            reach = Reach(view.y_limits.start, view.y_limits.stop)
        elif view.equal:
            reach = extents.square(extents.extent(columns), across)
        marks.frame(axes, across, reach, style)
        marks.asymptotes(axes, [(exhibit.curves, order) for exhibit in exhibits], style)
        width = style.lines[order] * CROWDED
        lines = [_line(axes, one, order, colour, dash, width, style) for one, colour, dash in looks]
        marks.round_ticks(layout.figure, axes, style)
        axes.set_ylabel(f"${labels.SYMBOLS[order]}(x)$")
    for panel, order in zip(layout.error_panels, orders, strict=False):
        _errors(panel, [(exhibit, colour) for exhibit, colour, _ in looks], order, style)
    layout.bottom.set_xlabel("$x$")
    layout.figure.align_ylabels()
    layout.heading = _heading(layout.ruler, heading.of_several(exhibits), style, view)
    layout.execute()
    names = labels.differences([exhibit.bound for exhibit in exhibits])
    for line, name in zip(lines, names, strict=True):
        line.set_label(name)
    extra = _extra_entries(layout, exhibits, style)
    line_names.legend(layout.ruler, layout.panels[0], [*lines, *extra], exhibits, orders[0])
    layout.execute()
    return layout.finished()


def multiples(exhibits: Sequence[Exhibit], style: Style, view: View) -> Figure:
    """Many exhibits: small axes for each with f and f', all at one scale."""
    if view.errors:
        raise UsageError(
            f"errors can be drawn for at most {MOST_TOGETHER} functions, not {len(exhibits)}"
        )
    fitting = max(2, int(style.width / NARROWEST))
    across = min(6, fitting, math.ceil(math.sqrt(len(exhibits))))
    down = math.ceil(len(exhibits) / across)
    side = style.width / across
    layout = FigureLayout(style, 0.35 + down * (0.8 * side + 0.16), 0)
    figure = layout.figure
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    reach = extents.reach_of_panels(exhibits)
    if view.y_limits:
        reach = Reach(view.y_limits.start, view.y_limits.stop)
    names = labels.differences([exhibit.bound for exhibit in exhibits])
    lines: dict[int, Line2D] = {}
    titles = []
    for axes, exhibit, name in zip(grid.flat, exhibits, names, strict=False):
        lines = _orders(axes, exhibit, _across(exhibit, view), reach, style, 0.7)
        titles.append(axes.set_title(name, loc="left", fontsize=style.small, pad=3))
        marks.round_ticks(figure, axes, style)
        axes.tick_params(labelsize=style.small - 1)
        if view.equal:
            axes.set_aspect("equal")
    for spare in range(len(exhibits), across * down):
        grid.flat[spare].set_visible(False)
        grid.flat[spare - across].tick_params(labelbottom=True)
    for order, line in lines.items():
        line.set_label(labels.symbol(order))
    layout.panels = list(grid.flat)
    entries = [*lines.values(), *_extra_entries(layout, exhibits, style)]
    line_names.legend_of_all(layout.ruler, entries)
    layout.heading = _heading(layout.ruler, [], style, view)
    layout.execute()
    line_names.fit_titles(layout.ruler, layout.panels[: len(exhibits)], titles)
    layout.execute()
    return layout.finished()


def _across(exhibit: Exhibit, view: View) -> AxisRange:
    return view.x_limits or exhibit.curves.interval


def _reach(exhibit: Exhibit, view: View) -> Reach:
    if view.y_limits:
        return Reach(view.y_limits.start, view.y_limits.stop)
    if view.equal:
        return extents.square(extents.uncut(exhibit), _across(exhibit, view))
    return extents.reach(exhibit)


def _heading(
    ruler: Ruler, phrases: list[heading.Phrase], style: Style, view: View
) -> heading.Heading:
    if view.title is not None:
        phrases = heading.of_title(ruler, view.title, style)
    return heading.write(ruler, phrases, style)


def _orders(
    axes: Axes, exhibit: Exhibit, across: AxisRange, reach: Reach, style: Style, scale: float
) -> dict[int, Line2D]:
    """Draw all columns of a function in the same axes, and return their lines."""
    marks.frame(axes, across, reach, style)
    marks.asymptotes(axes, [(exhibit.curves, order) for order in exhibit.curves.columns], style)
    return {
        order: _line(
            axes,
            exhibit,
            order,
            style.palette.orders[order],
            ORDER_DASHES[order],
            style.lines[order] * scale,
            style,
        )
        for order in exhibit.curves.columns
    }


def _line(
    axes: Axes, exhibit: Exhibit, order: int, colour: str, dash: Dash, width: float, style: Style
) -> Line2D:
    """A true curve with its jumps, or measured results over the true curve."""
    if exhibit.measured is None:
        line = marks.line(axes, exhibit.curves, order, colour, dash, width)
        marks.breaks(axes, exhibit.curves, order, colour, width, style)
        return line
    marks.line(axes, exhibit.curves, order, style.palette.ink, "solid", measured_marks.TRUE)
    column = exhibit.measured.columns[order]
    return measured_marks.draw(axes, column, order, colour, dash, width, style)


def _errors(panel: Axes, shown: Sequence[tuple[Exhibit, str]], order: int, style: Style) -> None:
    columns = [
        (exhibit.measured.columns[order], colour) for exhibit, colour in shown if exhibit.measured
    ]
    error_panel.draw(panel, columns, order, style)


def _extra_entries(layout: FigureLayout, exhibits: Sequence[Exhibit], style: Style) -> list[Line2D]:
    measured = exhibits[0].measured
    if measured is None:
        return []
    return measured_marks.legend_entries([*layout.panels, *layout.error_panels], measured, style)
