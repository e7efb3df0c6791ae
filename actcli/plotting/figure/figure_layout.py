"""A figure with panels below a heading."""

from __future__ import annotations

import warnings

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from actcli.errors import UsageError
from actcli.plotting.figure.heading import Heading
from actcli.plotting.figure.ruler import Ruler
from actcli.plotting.figure.style import Style

#: The height of an error panel relative to its width, and to a panel of curves.
ERROR_HEIGHT = 0.26
ERROR_SHARE = 0.5
#: Axes with equal units are at most this many times as high as wide.
TALLEST = 2.0
#: How often the height is fitted, since tick labels change with it.
ROUNDS = 2
#: The largest picture, which takes 400 MB in memory.
MOST_DOTS = 100_000_000


class FigureLayout:
    """A figure with panels for curves, `error_panels` below them, and a heading.

    Its height is that of the style, else `height` inches and those of the error panels.
    """

    def __init__(
        self, style: Style, height: float, panels: int, error_panels: int = 0, equal: bool = False
    ) -> None:
        high = style.height or height + error_panels * (0.25 + ERROR_HEIGHT * style.width)
        dots = style.width * high * style.dpi**2
        if dots > MOST_DOTS:
            raise UsageError(
                f"{style.width:g} by {high:.3g} inches at {style.dpi:g} dots per inch are "
                f"{dots:.2g} dots; a picture has at most {MOST_DOTS:.0e}"
            )
        self.style = style
        self.equal = equal
        self.figure = Figure((style.width, high), dpi=style.dpi, layout="constrained")
        if style.transparent:
            self.figure.patch.set_alpha(0.0)
        self.ruler = Ruler(self.figure)
        self.heading = Heading()
        self.panels: list[Axes] = []
        self.error_panels: list[Axes] = []
        if panels:
            self.shares = [1.0] * panels + [ERROR_SHARE] * error_panels
            every = self.figure.subplots(
                panels + error_panels, sharex=True, squeeze=False, height_ratios=self.shares
            )[:, 0]
            self.panels, self.error_panels = list(every[:panels]), list(every[panels:])

    @property
    def bottom(self) -> Axes:
        """The lowest panel, which has the label of the x axis."""
        return [*self.panels, *self.error_panels][-1]

    def execute(self) -> None:
        """Place the axes below the heading, with `equal` units if asked for."""
        self._execute()
        if self.equal and self.style.height is None:
            for _ in range(ROUNDS):
                self._fit_height()
                self._execute()
        for axes in self.panels if self.equal else ():
            axes.set_aspect("equal", adjustable="box")
            axes.apply_aspect()

    def _execute(self) -> None:
        engine = self.figure.get_layout_engine()
        assert isinstance(engine, ConstrainedLayoutEngine)
        wide, high = map(float, self.figure.get_size_inches())
        self.heading.place(wide, high)
        engine.set(rect=(0.0, 0.0, 1.0, 1.0 - self.heading.height / high))
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "constrained_layout not applied")
            try:
                engine.execute(self.figure)
            except UserWarning as warning:
                raise UsageError(
                    f"{wide:g} by {high:.3g} inches leave no room for the axes; make the picture "
                    "larger"
                ) from warning

    def _fit_height(self) -> None:
        """Make the panels of curves as high as equal units need, and the figure accordingly."""
        wide, high = map(float, self.figure.get_size_inches())
        sizes = [axes.get_position(original=True).size for axes in self.panels]
        wanted = [
            wide * float(size[0]) * min(TALLEST, _slope(axes))
            for axes, size in zip(self.panels, sizes, strict=True)
        ]
        errors = [
            high * float(axes.get_position(original=True).size[1]) for axes in self.error_panels
        ]
        more = sum(wanted) - sum(high * float(size[1]) for size in sizes)
        self.figure.set_size_inches(wide, high + more)
        grid = self.panels[0].get_subplotspec()
        assert grid is not None
        grid.get_gridspec().set_height_ratios([*wanted, *errors])

    def finished(self) -> Figure:
        """The figure with its layout fixed, which labels in free spots need."""
        self.figure.set_layout_engine("none")
        return self.figure


def _slope(axes: Axes) -> float:
    """The height of the limits of axes relative to their width."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    return float((high - low) / (right - left))
