"""Drawing figures in tests, and finding out what stands where in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from actcli.analysis.exhibit import prepare
from actcli.analysis.interval import AxisRange, default_interval
from actcli.analysis.measured import Implementation
from actcli.analysis.view import View
from actcli.backends import get_backend
from actcli.catalogue.specification import parse
from actcli.plotting.figure import function_picture
from actcli.plotting.figure.style import Style

CORE = get_backend("actcli")
SCREEN = Style(dpi=100)
HALVES = np.array([0.0, 0.5])[:, None, None]


def drawn(
    *specifications: str,
    style: Style = SCREEN,
    view: View | None = None,
    orders: tuple[int, ...] = (0, 1),
    interval: AxisRange | None = None,
    epsilon: float = 0.0,
    implementation: Implementation | None = None,
) -> Figure:
    """The figure of some functions, as the command draws it; no bands unless epsilon is given."""
    bounds = [parse(each) for each in specifications]
    seen = interval or default_interval(bounds)
    exhibits = [
        prepare(bound, seen, orders, epsilon=epsilon, implementation=implementation)
        for bound in bounds
    ]
    return function_picture.draw(exhibits, style, view)


def extent(fig: Figure, artist: Any) -> Any:
    return artist.get_window_extent(FigureCanvasAgg(fig).get_renderer())


def curve_lines(axes: Axes) -> list[Line2D]:
    return [line for line in axes.get_lines() if len(line.get_xdata()) > 100]


def dots(axes: Axes) -> set[tuple[float, float, bool]]:
    """The dots as x, y, and whether they are filled."""
    return {
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]), filled(line))
        for line in axes.get_lines()
        if line.get_marker() == "o"
    }


class _Dashes(RendererBase):
    """Takes note of the dashes that a line is drawn with, in widths of the line."""

    pattern: tuple[float, ...] = ()

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        _, dashes = gc.get_dashes()
        self.pattern = (
            () if dashes is None else tuple(np.round(np.array(dashes) / gc.get_linewidth(), 6))
        )


def dash_pattern(line: Line2D) -> tuple[float, ...]:
    """How much of a line is drawn and left out in turn; nothing of a solid one."""
    renderer = _Dashes()
    line.draw(renderer)
    return renderer.pattern


def title_at_left(axes: Axes) -> Text:
    """The title that stands at the left of axes."""
    words = axes.get_title("left")
    return next(
        child
        for child in axes.get_children()
        if isinstance(child, Text) and child.get_text() == words
    )


def filled(line: Line2D) -> bool:
    return to_hex(line.get_markerfacecolor()) == to_hex(line.get_markeredgecolor())


def heading_texts(fig: Figure) -> list[Text]:
    return [text for text in fig.texts if text.get_text()]


def runs_through(axes: Axes, box: Any) -> bool:
    """Whether a curve, a riser or a dot of the axes runs through a box of pixels."""
    for line in axes.get_lines():
        if line.get_zorder() < 2:  # zero lines and asymptotes may
            continue
        places = axes.transData.transform(line.get_xydata())
        places = places[np.abs(places[:, 1]) < 1e5]
        along = np.linspace(0.0, 1.0, 500)[:, None, None] if len(places) < 3 else HALVES
        if len(places) > 1:
            places = (places[:-1] + along * (places[1:] - places[:-1])).reshape(-1, 2)
        x, y = places.T
        if ((box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)).any():
            return True
    return False
