"""Pictures of activations in characters: columns in, lines out. Nothing here knows a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from actcli.plotting import labels, ranges, style
from actcli.plotting.canvas import DASHED, SOLID, Dash
from actcli.plotting.legend import legend
from actcli.plotting.panel import Curve, Limits, margin, panel
from actcli.plotting.runs import Line, Picture, Run, beside, cut
from actcli.plotting.sampling import Curves
from actcli.plotting.terminal import apart

#: Characters are about twice as high as wide, so this is a picture of 2 to 1.
CELLS_PER_ROW = 4
#: The same for each panel where f stands above f'.
CELLS_PER_STACKED_ROW = 6
LEAST_HEIGHT = 5
#: The small panels of many functions, one with its gap at least so wide.
SMALL_WIDTH, SMALL_HEIGHT, SMALL_GAP = 30, 7, 2
NAME_STYLE = "bold"


class Look(NamedTuple):
    """What tells one line from others: in colour, without it, and in plain ASCII."""

    style: str
    dash: Dash
    mark: str


class Colours(NamedTuple):
    """The colours of the lines of one function, and of several."""

    orders: Sequence[str]
    functions: Sequence[str]


#: Of the 256 colours of most terminals: far enough from white and from black for either background.
PLAIN = Colours(
    ("#0087d7", "#d75f00", "#00875f"),
    ("#0087d7", "#d75f00", "#00875f", "#d75faf", "#af8700", "#8787af"),
)
#: Those of dark pictures in files.
DARK = Colours(style.DARK.orders, style.DARK.functions)
#: The colours of terminals that have but 16, which their owners have chosen.
NAMED = Colours(("blue", "red", "green"), ("blue", "red", "green", "magenta", "yellow", "cyan"))


def colours(system: str | None, dark: bool = False) -> Colours:
    """The colours for what Rich calls the colour system of a terminal."""
    if system in (None, "standard", "windows"):
        return NAMED
    return DARK if dark else PLAIN


class Screen(NamedTuple):
    """What a picture is drawn for; `height` is the most lines that are seen at once, if any."""

    width: int
    height: int | None = None
    unicode: bool = True
    colours: Colours = NAMED


#: For each order of one function, and for each of several functions.
ORDER_DASHES: tuple[Dash, ...] = (SOLID, DASHED, (1, 2))
ORDER_MARKS = "*.o"
DASHES: tuple[Dash, ...] = (SOLID, DASHED, (1, 2), (6, 2), (1, 3, 3, 3), (8, 4))
MARKS = "*.ox#%"
#: More functions than this are drawn in panels of their own.
MOST_TOGETHER = len(DASHES)


def draw(
    functions: Sequence[Curves], screen: Screen, y_limits: tuple[float, float] | None = None
) -> Picture:
    """One function with its derivative, several in two panels, many in small multiples."""
    if len(functions) == 1:
        return single(functions[0], screen, y_limits)
    return (stacked if len(functions) <= MOST_TOGETHER else multiples)(functions, screen, y_limits)


def single(curves: Curves, screen: Screen, y_limits: tuple[float, float] | None = None) -> Picture:
    """f and f' in one panel."""
    # No air above and below: in characters every row counts.
    reach = ranges.reach(curves, margin=0.0)
    limits = _limits(curves, y_limits or (reach.low, reach.high))
    lines = _orders(curves, screen, cut_off=reach.cut and y_limits is None)
    height = max(LEAST_HEIGHT, screen.width // CELLS_PER_ROW)
    left = margin(limits, screen.width, height)
    key = legend(lines, left, screen.width, screen.unicode)
    height = _fitting(height, screen, len(key) + 2)
    return Picture.of(
        key
        + panel(lines, limits, width=screen.width, height=height, left=left, unicode=screen.unicode)
    )


def stacked(
    functions: Sequence[Curves], screen: Screen, y_limits: tuple[float, float] | None = None
) -> Picture:
    """Several functions: f above, f' below, a look for each in both panels."""
    orders = list(functions[0].columns)
    names = labels.plain_differences([curves.bound for curves in functions])
    looks = list(map(Look, screen.colours.functions, DASHES, MARKS))
    reaches = [
        ranges.reach_of_all([curves.columns[order] for curves in functions], margin=0.0)
        for order in orders
    ]
    limits = [_limits(functions[0], y_limits or (reach.low, reach.high)) for reach in reaches]
    height = max(LEAST_HEIGHT, screen.width // CELLS_PER_STACKED_ROW)
    left = max(margin(each, screen.width, height) for each in limits)
    lines: list[Line] = []
    for place, (order, limit) in enumerate(zip(orders, limits, strict=True)):
        curves = [
            Curve(name, one.x, one.columns[order], *look)
            for name, one, look in zip(names, functions, looks, strict=False)
        ]
        if not place:
            lines += legend(curves, left, screen.width, screen.unicode)
            # Each panel has a name and a foot, the last one numbers below.
            height = _fitting(height, screen, len(lines) + 2 * len(orders) + 1, len(orders))
        lines.append([Run(" " * left), Run(labels.plain_symbol(order), NAME_STYLE)])
        lines += panel(
            curves,
            limit,
            width=screen.width,
            height=height,
            left=left,
            numbered=place == len(orders) - 1,
            unicode=screen.unicode,
        )
    return Picture.of([cut(line, screen.width, screen.unicode) for line in lines])


def multiples(
    functions: Sequence[Curves], screen: Screen, y_limits: tuple[float, float] | None = None
) -> Picture:
    """Many functions: a small panel for each with f and f', all at one scale."""
    across = max(1, (screen.width + SMALL_GAP) // (SMALL_WIDTH + SMALL_GAP))
    width = (screen.width + SMALL_GAP) // across - SMALL_GAP
    reach = ranges.reach_of_panels(functions)
    limits = _limits(functions[0], y_limits or (reach.low, reach.high))
    names = labels.plain_differences([curves.bound for curves in functions])
    left = margin(limits, width, SMALL_HEIGHT)
    panels: list[list[Line]] = []
    key: list[list[Run]] = []
    for name, one in zip(names, functions, strict=True):
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
    return Picture.of(lines)


def _orders(curves: Curves, screen: Screen, cut_off: bool = False) -> list[Curve]:
    """The lines of all columns of one function."""
    looks = list(map(Look, screen.colours.orders, ORDER_DASHES, ORDER_MARKS))
    names = {order: labels.plain_symbol(order) for order in curves.columns}
    if cut_off and 0 in names:
        names[0] += ", cut off"
    return [
        Curve(names[order], curves.x, column, *looks[order])
        for order, column in curves.columns.items()
    ]


def _limits(curves: Curves, y_limits: tuple[float, float]) -> Limits:
    seen = curves.interval
    return Limits(seen.start, seen.stop, *apart(*y_limits))


def _fitting(height: int, screen: Screen, others: int, panels: int = 1) -> int:
    """The height of a canvas, lower if the lines of all would not be seen at once."""
    if screen.height is None:
        return height
    return max(LEAST_HEIGHT, min(height, (screen.height - others) // panels))
