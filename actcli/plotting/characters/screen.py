"""Pictures of activations in characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from actcli.analysis import extents, plain_names
from actcli.analysis.exhibit import Exhibit
from actcli.analysis.extents import Reach
from actcli.analysis.interval import AxisRange
from actcli.analysis.staircase import steps
from actcli.plotting.characters.axis import apart
from actcli.plotting.characters.legend import legend
from actcli.plotting.characters.looks import (
    DASHES,
    MARKS,
    NAMED,
    ORDER_DASHES,
    ORDER_MARKS,
    TRUE,
    Colours,
    Look,
)
from actcli.plotting.characters.panel import Curve, Limits, margin, panel
from actcli.plotting.characters.runs import Drawing, Line, Run, beside, cut

#: Characters are about twice as high as wide, so pictures are twice as wide as high.
CELLS_PER_ROW = 4
#: The same for each of several panels.
CELLS_PER_STACKED_ROW = 6
LEAST_HEIGHT = 5
#: The least size of the small panels of many functions, and the gap between them.
SMALL_WIDTH, SMALL_HEIGHT, SMALL_GAP = 30, 7, 2
NAME_STYLE = "bold"


class Screen(NamedTuple):
    """The screen for a picture of `lines` lines or, if that is None, of at most `most_lines`."""

    width: int
    lines: int | None = None
    most_lines: int | None = None
    unicode: bool = True
    colours: Colours = NAMED


#: More functions than this are drawn in panels of their own.
MOST_TOGETHER = len(DASHES)


def draw(exhibits: Sequence[Exhibit], screen: Screen, y_limits: AxisRange | None = None) -> Drawing:
    """One function with its derivative, several in two panels, many in small multiples."""
    if len(exhibits) == 1:
        return single(exhibits[0], screen, y_limits)
    return (stacked if len(exhibits) <= MOST_TOGETHER else multiples)(exhibits, screen, y_limits)


def single(exhibit: Exhibit, screen: Screen, y_limits: AxisRange | None = None) -> Drawing:
    """f and f' in one panel."""
    # No margin above and below: in characters every row counts.
    reach = extents.reach(exhibit, margin=0.0)
    limits = _limits(exhibit, reach, y_limits)
    lines = _orders(exhibit, screen, cut_off=reach.cut and y_limits is None)
    height = max(LEAST_HEIGHT, screen.width // CELLS_PER_ROW)
    left = margin(limits, screen.width, height)
    key = legend(lines, left, screen.width, screen.unicode)
    height = _fitting(height, screen, len(key) + 2)
    return Drawing.of(
        key
        + panel(lines, limits, width=screen.width, height=height, left=left, unicode=screen.unicode)
    )


def stacked(
    exhibits: Sequence[Exhibit], screen: Screen, y_limits: AxisRange | None = None
) -> Drawing:
    """Several functions: f above, f' below, a look for each in both panels."""
    orders = list(exhibits[0].curves.columns)
    limits = {}
    for order in orders:
        reach = extents.reach_of_all([extents.drawn(one, order) for one in exhibits], margin=0.0)
        limits[order] = _limits(exhibits[0], reach, y_limits)
    height = max(LEAST_HEIGHT, screen.width // CELLS_PER_STACKED_ROW)
    left = max(margin(each, screen.width, height) for each in limits.values())
    lines = legend(_functions(exhibits, orders[0], screen), left, screen.width, screen.unicode)
    # Each panel has a name and an axis, the last one also numbers.
    height = _fitting(height, screen, len(lines) + 2 * len(orders) + 1, len(orders))
    for order in orders:
        lines.append([Run(" " * left), Run(plain_names.symbol(order), NAME_STYLE)])
        lines += panel(
            _functions(exhibits, order, screen),
            limits[order],
            width=screen.width,
            height=height,
            left=left,
            numbered=order == orders[-1],
            unicode=screen.unicode,
        )
    return Drawing.of([cut(line, screen.width, screen.unicode) for line in lines])


def multiples(
    exhibits: Sequence[Exhibit], screen: Screen, y_limits: AxisRange | None = None
) -> Drawing:
    """Many functions: a small panel for each with f and f', all at one scale."""
    across = max(1, (screen.width + SMALL_GAP) // (SMALL_WIDTH + SMALL_GAP))
    width = (screen.width + SMALL_GAP) // across - SMALL_GAP
    reach = extents.reach_of_panels(exhibits)
    limits = _limits(exhibits[0], reach, y_limits)
    names = plain_names.differences([exhibit.bound for exhibit in exhibits])
    left = margin(limits, width, SMALL_HEIGHT)
    panels: list[list[Line]] = []
    key: list[list[Run]] = []
    for name, one in zip(names, exhibits, strict=True):
        curves = _orders(one, screen)
        key = key or legend(curves, left, screen.width, screen.unicode)
        drawn = panel(
            curves, limits, width=width, height=SMALL_HEIGHT, left=left, unicode=screen.unicode
        )
        title = cut([Run(" " * left), Run(name, NAME_STYLE)], width, screen.unicode)
        panels.append([title, *drawn])
    lines: list[Line] = [*key]
    for first in range(0, len(panels), across):
        lines += [[], *beside(panels[first : first + across], width, SMALL_GAP)]
    return Drawing.of(lines)


def _orders(exhibit: Exhibit, screen: Screen, cut_off: bool = False) -> list[Curve]:
    lines = []
    columns = exhibit.curves.columns
    for order in columns:
        name = plain_names.symbol(order) + (", cut off" if cut_off and not order else "")
        look = Look(screen.colours.orders[order], ORDER_DASHES[order], ORDER_MARKS[order])
        lines.append(_line(exhibit, order, name, look))
    return _over_true_values(lines, [exhibit], list(columns))


def _functions(exhibits: Sequence[Exhibit], order: int, screen: Screen) -> list[Curve]:
    names = plain_names.differences([exhibit.bound for exhibit in exhibits])
    looks = map(Look, screen.colours.functions, DASHES, MARKS)
    lines = [
        _line(exhibit, order, name, look)
        for exhibit, name, look in zip(exhibits, names, looks, strict=False)
    ]
    return _over_true_values(lines, exhibits, [order])


def _line(exhibit: Exhibit, order: int, name: str, look: Look) -> Curve:
    """One column, or the results of an implementation for it."""
    x, y = exhibit.curves.x, exhibit.curves.columns[order]
    if exhibit.measured is not None:
        column = exhibit.measured.columns[order]
        name, (x, y) = f"{name} in {exhibit.measured.name}", steps(column.x, column.values)
    return Curve(name, x, y, *look)


def _over_true_values(
    lines: list[Curve], exhibits: Sequence[Exhibit], orders: Sequence[int]
) -> list[Curve]:
    """The lines and, behind results of an implementation, the true curves."""
    measured = [one.curves for one in exhibits if one.measured is not None]
    shown = [(curves, order) for curves in measured for order in orders]
    return lines + [
        Curve("" if place else "true value", curves.x, curves.columns[order], *TRUE)
        for place, (curves, order) in enumerate(shown)
    ]


def _limits(exhibit: Exhibit, reach: Reach, given: AxisRange | None) -> Limits:
    seen = exhibit.curves.interval
    low, high = (given.start, given.stop) if given else apart(reach.low, reach.high)
    return Limits(seen.start, seen.stop, low, high)


def _fitting(height: int, screen: Screen, others: int, panels: int = 1) -> int:
    """The height of a canvas beside `others` lines: as asked for, or as fits on the screen."""
    if screen.lines is not None:
        height = (screen.lines - others) // panels
    elif screen.most_lines is not None:
        height = min(height, (screen.most_lines - others) // panels)
    return max(LEAST_HEIGHT, height)
