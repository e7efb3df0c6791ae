"""Measurements in a figure, in points of 1/72 inch."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from actcli.analysis.curves import Floats
from actcli.plotting.figure.placement import Box, dense

INCH = 72.0


class Ruler:
    """Measures the contents of a figure."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        canvas: Any = FigureCanvasAgg(figure)
        self.renderer = canvas.get_renderer()
        self.point = figure.dpi / INCH  # in pixels

    def extent(self, artist: Artist) -> Box:
        """The box around a text or a legend."""
        return self._box(artist.get_window_extent(self.renderer))

    def width(self, text: str, size: float) -> float:
        """The width of a text in that font size; ValueError for an invalid formula."""
        artist = self.figure.text(0, 0, text, fontsize=size)
        try:
            return self.extent(artist).size[0]
        finally:
            artist.remove()

    def inside(self, axes: Axes) -> Box:
        """The box that the curves are drawn in."""
        return self._box(axes.bbox)

    def places(self, axes: Axes, x: Floats, y: Floats) -> Floats:
        """The places of data points, as rows of x, y."""
        return np.asarray(axes.transData.transform(np.column_stack([x, y]))) / self.point

    def place(self, axes: Axes, x: float) -> float:
        """The horizontal place of an x."""
        return float(axes.transData.transform((x, axes.get_ylim()[0]))[0]) / self.point

    def data(self, axes: Axes, place: tuple[float, float]) -> tuple[float, float]:
        """The data point at a place."""
        x, y = axes.transData.inverted().transform(np.array(place) * self.point)
        return float(x), float(y)

    def thin_lines(self, axes: Axes, zorder: float) -> list[Floats]:
        """The lines of that zorder, as dense points."""
        lines = [line for line in axes.get_lines() if line.get_zorder() == zorder]
        return [dense(self.marks(line)) for line in lines]

    def marks(self, line: Line2D) -> Floats:
        """The places of the points of a drawn line."""
        return np.asarray(line.get_transform().transform(line.get_xydata())) / self.point

    def _box(self, pixels: Any) -> Box:
        return Box(*(float(side) / self.point for side in pixels.extents))
