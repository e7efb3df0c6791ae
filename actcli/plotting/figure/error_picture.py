"""A picture of the largest errors in many bins over x, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from actcli.analysis.curves import Floats
from actcli.arithmetic.numbers import MINUS
from actcli.columns import ORDERS
from actcli.plotting.figure import labels
from actcli.plotting.figure.error_panel import ROUNDING
from actcli.plotting.figure.style import Style

#: Smaller errors are drawn at the bottom.
LEAST = 0.05
#: The most ticks of x on each side.
MOST_TICKS = 5
#: The least range of x, as powers of ten; everything nearer to 0 is one point.
SMALLEST, REACH = -3, 1.5
WRONG_WORDS = "×: wrong about nan or infinity (at an edge: beyond)"


class Errors(NamedTuple):
    """A column: the largest error in each bin, at x, and the bins with results wrong otherwise."""

    x: Floats
    error: Floats
    wrong: Floats


def draw_errors(
    columns: Mapping[str, Errors], title: str, tolerance: float, style: Style
) -> Figure:
    """A panel for each column, one below the other, with a shared x."""
    with style.applied():
        height = 0.75 + len(columns) * (0.35 + style.width / 4)
        figure = Figure((style.width, height), dpi=style.dpi, layout="constrained")
        panels = figure.subplots(len(columns), sharex=True, squeeze=False)[:, 0]
        low, high = _interesting(columns.values(), tolerance)
        for place, (axes, (name, errors)) in enumerate(zip(panels, columns.items(), strict=True)):
            _panel(axes, errors, style.palette.orders[place], (low, high), style)
            axes.set_ylabel(f"error of {labels.symbol(ORDERS[name])} in ulp")
        panels[-1].set_xlabel("$x$")
        _x_axis(panels[-1], low, high)
        figure.align_ylabels()
        figure.suptitle(title, x=0.01, ha="left", fontsize=style.font, fontweight="bold")
        return figure


def _interesting(columns: Iterable[Errors], tolerance: float) -> tuple[float, float]:
    """The powers of ten of x between which errors are worth showing.

    Results that are wrong otherwise are marked at the edge if they are beyond.
    """
    low, high = float(SMALLEST), REACH
    for errors in columns:
        size = np.abs(errors.x)
        wrong = size[(errors.error > max(ROUNDING, tolerance)) & np.isfinite(size) & (size > 0)]
        if wrong.size:
            high = max(high, float(np.log10(wrong.max())))
            low = min(low, float(np.log10(wrong.min())))
    return np.floor(low), np.ceil(2 * high) / 2


def _bent(x: Floats, low: float) -> Floats:
    """x on an axis that is logarithmic in both directions from 10**low."""
    size = np.maximum(np.abs(x), 1e-320)
    return np.asarray(np.sign(x) * np.maximum(np.log10(size) - low, 0.0))


def _panel(
    axes: Axes, errors: Errors, colour: str, reach: tuple[float, float], style: Style
) -> None:
    low, high = reach
    place = _bent(errors.x, low)
    order = np.argsort(errors.x, kind="stable")
    seen = order[np.isfinite(errors.x[order])]
    largest = float(errors.error[seen].max(initial=0.0))
    bottom = LEAST if largest > 1 else 0.0
    size = np.maximum(errors.error[seen], bottom)
    axes.fill_between(place[seen], bottom, size, step="mid", color=colour, alpha=0.25, linewidth=0)
    axes.step(place[seen], size, where="mid", color=colour, linewidth=0.9)
    if bottom:
        axes.set_yscale("log")
    axes.set_ylim(bottom, min(largest * 2, 1e300) if bottom else 1.0)
    axes.set_xlim(low - high, high - low)
    axes.axhline(ROUNDING, color=style.palette.faint, linewidth=style.hair, linestyle="dashed")
    axes.axvline(0.0, color=style.palette.faint, linewidth=style.hair)
    axes.annotate(
        "½", (1.0, ROUNDING), xycoords=("axes fraction", "data"), xytext=(3, 0),
        textcoords="offset points", va="center", fontsize=style.small, color=style.palette.faint,
    )  # fmt: skip
    wrong = errors.wrong[~np.isnan(errors.wrong)]
    if wrong.size:
        at = np.clip(_bent(wrong, low), low - high, high - low)
        axes.plot(
            at, np.full(at.shape, 0.97), linestyle="none", marker="x", markersize=4,
            color=style.palette.ink,
            transform=axes.get_xaxis_transform(), clip_on=False,
        )  # fmt: skip
        axes.annotate(
            WRONG_WORDS,
            (0.0, 1.0),
            xycoords="axes fraction", xytext=(0, 3), textcoords="offset points",
            fontsize=style.small, color=style.palette.faint,
        )  # fmt: skip
    axes.tick_params(length=3)


def _x_axis(axes: Axes, low: float, high: float) -> None:
    step = max(1, int(np.ceil((high - low) / MOST_TICKS)))
    powers = [int(power) for power in np.arange(low + step, high + 0.01, step)]
    places = [-(power - low) for power in reversed(powers)] + [0.0]
    places += [power - low for power in powers]

    def label(place: float, _: object = None) -> str:
        if place == 0:
            return "0"
        power = round(abs(place) + low)
        sign = MINUS if place < 0 else ""
        if -3 <= power <= 3:
            return f"{sign}{10.0**power:g}"
        return f"${'-' if place < 0 else ''}10^{{{power}}}$"

    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(label))
