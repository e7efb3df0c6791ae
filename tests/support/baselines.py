"""The pictures that are compared with stored ones, and how they are made comparable.

Text is left out and the axes stand in fixed places, since fonts and the room that they take differ
a little between versions of matplotlib. What remains is what the functions look like.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from actcli.analysis.interval import AxisRange
from actcli.analysis.measured import Implementation
from actcli.analysis.view import View
from actcli.backends import get_backend
from actcli.catalogue.registry import names
from actcli.numerics.dtypes import get_dtype
from actcli.plotting.figure.style import Style
from actcli.plotting.palettes import DARK
from tests.support.figures import drawn

FOLDER = Path(__file__).parent.parent / "baseline"
STYLE = Style(dpi=60)


def _given(dtype: str, backend: str = "actcli") -> Implementation:
    return Implementation(get_backend(backend), get_dtype(dtype))


#: A picture of each kind, by the name of its file.
PICTURES: dict[str, Callable[[], Figure]] = {
    "smooth": lambda: drawn("sigmoid", style=STYLE, epsilon=0.01),
    "kink": lambda: drawn("relu", style=STYLE, epsilon=0.01),
    "jumps": lambda: drawn("hard_shrink", style=STYLE, epsilon=0.01),
    "cut-off": lambda: drawn("gelu", style=STYLE, interval=AxisRange(-5.0, 5.0), epsilon=0.01),
    "waves": lambda: drawn("sinc", style=STYLE, interval=AxisRange(-12.0, 12.0)),
    "second-derivative": lambda: drawn("selu", style=STYLE, orders=(0, 1, 2)),
    "together": lambda: drawn(
        "gelu", "silu", "mish", "elu:alpha=0.5", style=STYLE, interval=AxisRange(-6.0, 6.0)
    ),
    "multiples": lambda: drawn(*names()[:12], style=STYLE),
    "limits": lambda: drawn(
        "step", style=STYLE, view=View(AxisRange(-2.0, 1.0), AxisRange(-1.0, 3.0))
    ),
    "dark": lambda: drawn(
        "softplus", style=Style(dpi=60, palette=DARK), interval=AxisRange(-6.0, 6.0), epsilon=0.01
    ),
    "steps": lambda: drawn(
        "exponential",
        style=STYLE,
        interval=AxisRange(-10.0, 10.0),
        implementation=_given("float8_e4m3fn"),
    ),
    "errors": lambda: drawn(
        "tanh",
        style=STYLE,
        interval=AxisRange(-4.0, 4.0),
        implementation=_given("float32", "tensorflow-2.0"),
        view=View(errors=True),
    ),
}


def write(name: str, path: Path) -> None:
    """Draw one of the pictures into a file, without text and with its axes in fixed places."""
    figure = PICTURES[name]()
    shown = [axes for axes in figure.axes if axes.get_visible()]
    across = math.ceil(math.sqrt(len(shown))) if len(shown) > 4 else 1
    down = math.ceil(len(shown) / across)
    figure.set_size_inches(4.8, 1.6 * max(2, down))
    for legend in [*figure.legends, *(axes.get_legend() for axes in shown)]:
        if legend is not None:
            legend.remove()
    for text in figure.findobj(Text):
        text.set_visible(False)
    for index, axes in enumerate(shown):
        axes.tick_params(which="both", labelleft=False, labelbottom=False)
        row, column = divmod(index, across)
        left, bottom = (column + 0.05) / across, (down - row - 0.95) / down
        axes.set_position((left, bottom, 0.9 / across, 0.9 / down))
    style = STYLE if name != "dark" else Style(dpi=60, palette=DARK)
    with style.applied():
        FigureCanvasAgg(figure).print_png(path)
