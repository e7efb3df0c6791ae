"""The looks of a picture: sizes, colours, dashes and matplotlib's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from actcli.plotting.palettes import LIGHT, Palette

Dash = str | tuple[float, tuple[float, ...]]

#: The dashes for orders, if one function is drawn.
ORDER_DASHES: tuple[Dash, ...] = ("solid", (0, (4.5, 1.8)), (0, (1.4, 1.2)))
#: The dashes for functions, so that colour is never the only difference.
DASHES: tuple[Dash, ...] = (
    "solid",
    (0, (5, 1.6)),
    (0, (1.4, 1.2)),
    (0, (6, 1.4, 1.2, 1.4)),
    (0, (3, 1.2, 1, 1.2, 1, 1.2)),
    (0, (9, 2.5)),
)
#: The markers for functions.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
#: The opacity of the grid and the bands of saturation.
GRID, BAND = 0.07, 0.06
#: Formats in which text can be text or outlines, and formats without transparency.
WITH_TEXT = ("svg", "svgz")
OPAQUE = ("eps", "ps")
#: Formats made of dots; in others the resolution is only for measuring.
DOTS = ("png", "jpg", "jpeg", "tif", "tiff", "webp", "avif", "gif", "raw", "rgba")
MEASURING = 100.0


@dataclass(frozen=True, slots=True)
class Style:
    """The looks of a picture. Lengths are inches.

    A `height` of None is as high as needed. `theirs` are matplotlib settings of a user's style,
    which override the ones made here.
    """

    width: float = 4.8
    height: float | None = None
    dpi: float = 200.0
    palette: Palette = LIGHT
    transparent: bool = False
    outlined: bool = False  # the text of an svg as outlines
    compact: bool = False  # a png in few colours, less than half as large
    math_font: str = "cm"
    growing_brackets: bool = True
    translucent: bool = True
    theirs: Mapping[str, Any] = field(default_factory=dict)

    font: float = 9.0
    small: float = 7.5  # remarks, and names in small multiples
    lines: tuple[float, ...] = (2.0, 1.6, 1.4)  # f, f' and f''
    hair: float = 0.6  # zero lines; asymptotes and risers are a little stronger

    def suited_to(self, picture_format: str) -> Style:
        """The style with the mathematical font, tints and resolution for that format."""
        style = self
        if picture_format not in DOTS:
            style = replace(style, dpi=MEASURING)
        if picture_format in OPAQUE:
            style = replace(style, translucent=False)
        if picture_format in WITH_TEXT and not self.outlined:
            # Only with this font is the text of an svg Unicode: cm writes TeX's own codes, and
            # DejaVu's prime is a digit. Without the font, large brackets would be misplaced.
            style = replace(style, math_font="stix", growing_brackets=False)
        return style

    def tint(self, amount: float, colour: str | None = None) -> Any:
        """A little ink over whatever is below, or over the background without transparency."""
        from matplotlib.colors import to_rgb

        ink, paper = to_rgb(colour or self.palette.ink), to_rgb(self.palette.background)
        if self.translucent:
            return (*ink, amount)
        return tuple(amount * i + (1 - amount) * p for i, p in zip(ink, paper, strict=True))

    def settings(self) -> dict[str, Any]:
        """The settings that differ from matplotlib's defaults."""
        palette = self.palette
        chosen = {
            "figure.facecolor": palette.background,
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
            "grid.color": palette.ink if self.translucent else self.tint(GRID),
            "grid.alpha": GRID if self.translucent else 1.0,
            "grid.linewidth": 0.7,
            "xtick.color": palette.ink,
            "ytick.color": palette.ink,
            "xtick.labelsize": self.font - 1,
            "ytick.labelsize": self.font - 1,
            "xtick.major.width": 0.7,
            "ytick.major.width": 0.7,
            "xtick.major.size": 3.0,
            "ytick.major.size": 3.0,
            "lines.dash_capstyle": "butt",
            "lines.solid_capstyle": "butt",
            "legend.frameon": False,
            "legend.fontsize": self.font - 0.5,
            "legend.handlelength": 3.2,
            "legend.labelcolor": "linecolor",
        }
        return {**chosen, **self.theirs, **self._fixed()}

    def _fixed(self) -> dict[str, Any]:
        """Settings that no style may change, for sizes, text and reproducible bytes."""
        fixed: dict[str, Any] = {
            "figure.dpi": self.dpi,
            "savefig.dpi": "figure",
            "savefig.facecolor": "auto",
            "savefig.edgecolor": "auto",
            "savefig.bbox": None,
            "text.usetex": False,
            "svg.fonttype": "path" if self.outlined else "none",
            "svg.hashsalt": "actcli",
            "pdf.fonttype": 42,
            "ps.fonttype": 42,
        }
        if self.math_font == "stix":
            fixed["mathtext.fontset"] = "stix"
        return fixed

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Use this style and matplotlib's defaults temporarily."""
        import matplotlib

        settings: dict[Any, Any] = dict(matplotlib.rcParamsDefault)
        for name in ("backend", "backend_fallback"):  # unrelated to looks
            settings.pop(name, None)
        with matplotlib.rc_context(settings | self.settings()):
            yield
