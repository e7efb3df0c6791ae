"""How a picture looks: sizes, colours, dashes and the settings matplotlib draws with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

Dash = str | tuple[float, tuple[float, ...]]

#: One an order where one function is drawn.
ORDER_DASHES: tuple[Dash, ...] = ("solid", (0, (4.5, 1.8)), (0, (1.4, 1.2)))
#: One a function where several are drawn, so that colour is never the only difference.
DASHES: tuple[Dash, ...] = (
    "solid",
    (0, (5, 1.6)),
    (0, (1.4, 1.2)),
    (0, (6, 1.4, 1.2, 1.4)),
    (0, (3, 1.2, 1, 1.2, 1, 1.2)),
    (0, (9, 2.5)),
)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture; those of curves tell apart for the colour-blind (Okabe and Ito)."""

    background: str
    ink: str  # text and axes
    grid: str  # ink at 7 %, opaque, since not every format knows transparency
    faint: str  # zero lines, asymptotes, remarks
    orders: tuple[str, ...]  # f, f' and f'', where one function is drawn
    functions: tuple[str, ...]  # a colour a function, where several are


LIGHT = Palette(
    background="#ffffff",
    ink="#222222",
    grid="#f0f0f0",
    faint="#8a8a8a",
    orders=("#0072B2", "#D55E00", "#009E73"),
    functions=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"),
)
DARK = Palette(
    background="#111418",
    ink="#e4e6e8",
    grid="#202327",
    faint="#7f868d",
    orders=("#56B4E9", "#E69F00", "#2CC79A"),
    functions=("#56B4E9", "#E69F00", "#2CC79A", "#CC79A7", "#F0E442", "#F2804D", "#ffffff"),
)


@dataclass(frozen=True, slots=True)
class Style:
    """The choices a picture is drawn with. Lengths are inches, as printed."""

    width: float = 4.8
    dpi: float = 200.0
    palette: Palette = LIGHT
    transparent: bool = False
    math_font: str = "cm"
    growing_brackets: bool = True

    font: float = 9.0
    small: float = 7.5  # remarks, and names in small multiples
    lines: tuple[float, ...] = (2.0, 1.6, 1.4)  # f, f' and f''
    hair: float = 0.6  # zero lines; asymptotes and risers are a little stronger

    def suited_to(self, picture_format: str) -> Style:
        """The same style with the mathematical font that reads well in that format."""
        if picture_format not in ("svg", "svgz"):
            return self
        # The text of an svg is Unicode in this font alone; cm there writes TeX's own codes, and
        # DejaVu's prime is a digit. Its large brackets sit elsewhere where the font is missing.
        return replace(self, math_font="stix", growing_brackets=False)

    def settings(self) -> dict[str, Any]:
        """What differs from matplotlib's own defaults."""
        palette = self.palette
        return {
            "figure.dpi": self.dpi,
            "figure.facecolor": palette.background,
            "savefig.facecolor": "auto",
            "savefig.dpi": "figure",
            "font.size": self.font,
            "mathtext.fontset": self.math_font,
            "text.color": palette.ink,
            "axes.facecolor": "none",
            "axes.edgecolor": palette.ink,
            "axes.labelcolor": palette.ink,
            "axes.labelsize": self.font,
            "axes.linewidth": 0.7,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.grid": True,
            "grid.color": palette.grid,
            "grid.linewidth": 0.7,
            "xtick.color": palette.ink,
            "ytick.color": palette.ink,
            "xtick.labelsize": self.font - 1,
            "ytick.labelsize": self.font - 1,
            "xtick.major.width": 0.7,
            "ytick.major.width": 0.7,
            "lines.dash_capstyle": "butt",
            "lines.solid_capstyle": "butt",
            "legend.frameon": False,
            "legend.fontsize": self.font - 0.5,
            "legend.handlelength": 3.2,
            "legend.labelcolor": "linecolor",
            # Text stays text, and the same picture is the same bytes.
            "svg.fonttype": "none",
            "svg.hashsalt": "actcli",
            "pdf.fonttype": 42,
            "ps.fonttype": 42,
        }

    @contextmanager
    def applied(self) -> Iterator[None]:
        """matplotlib under this style and its own defaults; afterwards as it was before."""
        import matplotlib

        settings: dict[Any, Any] = dict(matplotlib.rcParamsDefault)
        for name in ("backend", "backend_fallback"):  # not a matter of looks
            settings.pop(name, None)
        with matplotlib.rc_context(settings | self.settings()):
            yield
