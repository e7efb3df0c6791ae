"""A picture of signals and gradients in deep networks: theory as lines, simulation as points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator

from actcli.plotting.figure import heading, labels
from actcli.plotting.figure.figure_layout import FigureLayout
from actcli.plotting.figure.heading import Phrase
from actcli.plotting.figure.ruler import Ruler
from actcli.plotting.figure.style import DASHES, MARKERS, Dash, Style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from actcli.flow.study import Study
    from actcli.flow.training import Trained
    from actcli.numerics.dtypes import Array

#: Points per inch of width.
POINTS_AN_INCH = 2.6
BAND = 0.16
THEORY, POINTS = 1.3, 3.2
#: The ends of logarithmic axes.
FURTHEST = 1e30
#: The end of the axis of losses.
HIGHEST_LOSS = 2.0
TITLE = "Gradients on their way back"
KEY = "lines: theory; points, bands: simulation"


def draw(
    studies: Sequence[Study], trained: Sequence[Trained], words: Sequence[str], style: Style
) -> Figure:
    """Gradient norms above the variances of activations, and losses if networks were trained.

    `words` are phrases that say what was simulated. Bands contain the middle four fifths of the
    repeats, and points are their medians.
    """
    with style.applied():
        panels = 3 if trained else 2
        layout = FigureLayout(style, panels * (1.45 + 0.17 * style.width), 0)
        figure = layout.figure
        axes: list[Axes] = list(figure.subplots(panels, squeeze=False)[:, 0])
        many = zip(studies, cycle(style.palette.functions), cycle(DASHES), cycle(MARKERS))
        looks = [
            _Look(colour, style.tint(BAND, colour), dash, marker)
            for _, colour, dash, marker in many
        ]
        lines = []
        for number, (study, look) in enumerate(zip(studies, looks, strict=True)):
            bands = study.simulated.bands
            variance = np.array([layer.variance for layer in study.layers])
            with np.errstate(all="ignore"):
                gradient = np.exp(study.gradient)
            count = max(2, round(POINTS_AN_INCH * style.width))
            places = _places(len(variance), count, number / max(1, len(studies)))
            lines.append(_quantity(axes[0], gradient, bands["gradient"], look, places))
            _quantity(axes[1], variance, bands["variance"], look, places)
        for panel, name in zip(axes, ("gradient norm", "activation variance"), strict=False):
            _logarithmic(panel, name, len(studies[0].layers))
        axes[0].tick_params(labelbottom=False)
        axes[1].set_xlabel("layer")
        if trained:
            _losses(axes[2], trained, looks)
        figure.align_ylabels()
        phrases = [Phrase(TITLE, name=True), *map(Phrase, words), Phrase(KEY)]
        layout.heading = heading.write(layout.ruler, phrases, style)
        layout.execute()
        names = labels.differences([study.case.bound for study in studies])
        _legend(layout.ruler, axes[0], lines, names)
        layout.execute()
        return layout.finished()


def _legend(ruler: Ruler, axes: Axes, lines: Sequence[Line2D], names: Sequence[str]) -> None:
    """Names above the axes, in as few rows of equal length as fit."""
    for rows in range(1, len(names) + 1):
        legend = axes.legend(
            lines, names, loc="lower left", bbox_to_anchor=(0.0, 1.0),
            ncols=math.ceil(len(names) / rows), borderaxespad=0.2, columnspacing=1.1,
            handlelength=2.6, handletextpad=0.5,
        )  # fmt: skip
        if ruler.extent(legend).size[0] <= ruler.inside(axes).size[0]:
            break


class _Look(NamedTuple):
    colour: str
    band: Any
    dash: Dash
    marker: str


def _places(depth: int, count: int, shift: float) -> NDArray[np.intp]:
    """Some layers, different ones for each function."""
    step = max(1.0, (depth - 1) / count)
    places = np.arange(0, depth - 1 + 1e-9, step) + shift * step * (step > 2)
    return np.unique(np.minimum(depth - 1, np.rint(places)).astype(np.intp))


def _quantity(
    axes: Axes, theory: Array, band: Any, look: _Look, places: NDArray[np.intp]
) -> Line2D:
    """Draw theory, band and points of a function, and return its line for a legend."""
    layer = np.arange(1, len(theory) + 1)
    low, middle, high = (_seen(values) for values in (band.low, band.middle, band.high))
    axes.fill_between(layer, low, high, color=look.band, linewidth=0)
    axes.plot(layer, _seen(theory), color=look.colour, linestyle=look.dash, linewidth=THEORY)
    points: dict[str, Any] = {
        "marker": look.marker, "markersize": POINTS, "color": look.colour, "linestyle": "none",
    }  # fmt: skip
    axes.plot(layer[places], middle[places], **points, clip_on=False, zorder=3)
    line = Line2D([], [], color=look.colour, linewidth=THEORY, marker=look.marker)
    line.set(linestyle=look.dash, markersize=POINTS)
    return line


def _seen(values: Array) -> Array:
    """The values within a logarithmic axis, nan for others."""
    seen: Array = np.where((values >= 1 / FURTHEST) & (values <= FURTHEST), values, np.nan)
    return seen


def _logarithmic(axes: Axes, name: str, depth: int) -> None:
    axes.set_yscale("log")
    axes.set_ylabel(name)
    axes.set_xlim(1, max(2, depth))
    axes.margins(y=0.08)
    low, high = axes.get_ylim()
    if high / low < 100:  # room for two powers of ten
        middle = math.sqrt(low * high)
        axes.set_ylim(middle / 10, middle * 10)
    axes.yaxis.set_major_locator(LogLocator(numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_locator(_whole(depth))
    axes.tick_params(length=3)


def _whole(last: int) -> MaxNLocator:
    return MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True, min_n_ticks=min(2, last))


def _losses(axes: Axes, trained: Sequence[Trained], looks: Sequence[_Look]) -> None:
    steps = len(trained[0].loss) - 1
    for result, look in zip(trained, looks, strict=True):
        loss = result.loss
        marked = np.linspace(0, steps, 9).astype(int)[1:-1]
        axes.plot(
            loss, color=look.colour, linestyle=look.dash, linewidth=THEORY, marker=look.marker,
            markersize=POINTS, markevery=list(marked),
        )  # fmt: skip
    axes.set_xlim(0, steps)
    top = max((float(np.nanmax(result.loss)) for result in trained), default=1.0)
    axes.set_ylim(0, min(top * 1.05, HIGHEST_LOSS))
    axes.set_xlabel("step of gradient descent")
    axes.set_ylabel("loss")
    axes.xaxis.set_major_locator(_whole(steps))
    axes.tick_params(length=3)
