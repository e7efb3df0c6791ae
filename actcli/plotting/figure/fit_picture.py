"""The error of an approximation over x, piece by piece."""

from __future__ import annotations

from matplotlib.figure import Figure

from actcli.analysis.curves import Floats
from actcli.plotting.figure.style import Style

#: More cuts than this would be a grey field.
MOST_CUTS = 80


def draw_fit(
    x: Floats, error: Floats, cuts: Floats, bound: float, unit: str, title: str, style: Style
) -> Figure:
    """Signed errors at points x, the pieces' ends, and the proven bound on either side."""
    with style.applied():
        figure = Figure(
            (style.width, 0.75 + style.width * 0.45), dpi=style.dpi, layout="constrained"
        )
        axes = figure.subplots()
        palette = style.palette
        if len(cuts) <= MOST_CUTS:
            for cut in cuts:
                axes.axvline(cut, color=palette.faint, alpha=0.4, linewidth=0.6, zorder=0)
        for side in (bound, -bound):
            axes.axhline(side, color=palette.orders[1], linewidth=1.0, linestyle="--")
        axes.plot(x, error, ".", markersize=1.2, color=palette.orders[0], rasterized=True)
        axes.set_xlim(float(x[0]), float(x[-1]))
        axes.set_ylim(-1.15 * bound or -1, 1.15 * bound or 1)
        axes.set_xlabel("$x$")
        axes.set_ylabel(unit)
        axes.annotate(
            f"proven: {bound:.4g}", (1, bound), xycoords=("axes fraction", "data"),
            xytext=(-4, 3), textcoords="offset points", ha="right", color=palette.orders[1],
        )  # fmt: skip
        figure.suptitle(title, x=0.01, ha="left", fontsize=style.font, fontweight="bold")
        return figure
