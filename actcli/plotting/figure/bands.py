"""Bands over the stretches of x on which a function saturates, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from actcli.analysis.saturation import Saturation, Stretch
from actcli.plotting.figure import labels
from actcli.plotting.figure.placement import Box, Surroundings, find_room
from actcli.plotting.figure.ruler import Ruler
from actcli.plotting.figure.style import BAND, Style

BELOW = 0.2  # bands are below the grid
#: More bands than this are drawn together, without looking for room for their names.
MANY = 64
ZERO_SLOPE = "zero gradient"


def draw(axes: Axes, saturation: Saturation, style: Style) -> None:
    """The bands, as high as the axes."""
    look: dict[str, Any] = {
        "color": style.tint(BAND), "lw": 0.0, "zorder": BELOW, "gid": "saturation",
    }  # fmt: skip
    if len(saturation.stretches) > MANY:
        corners = [
            [(one.start, 0), (one.start, 1), (one.stop, 1), (one.stop, 0)]
            for one in saturation.stretches
        ]
        across = axes.get_xaxis_transform()
        axes.add_collection(PolyCollection(corners, transform=across, **look), autolim=False)
        return
    for band in saturation.stretches:
        axes.axvspan(band.start, band.stop, **look)


def name(
    ruler: Ruler, axes: Axes, saturation: Saturation, around: Surroundings, style: Style
) -> list[str]:
    """Write the name of each kind into one of its bands, and return the names without room."""
    left_over = []
    for flat, words in ((False, labels.small_slope(saturation.epsilon)), (True, ZERO_SLOPE)):
        bands = [band for band in saturation.stretches if band.flat == flat]
        if not bands:
            continue
        spot = _written(ruler, axes, bands, words, around, style)
        if spot is None:
            left_over.append(words)
        else:
            around = around.with_label(spot)
    return left_over


def _written(
    ruler: Ruler,
    axes: Axes,
    bands: Sequence[Stretch],
    words: str,
    around: Surroundings,
    style: Style,
) -> Box | None:
    """Write the words into the widest band with room, upright if necessary."""
    text = axes.text(
        0, 0, words, va="bottom", ha="left", fontsize=style.small, color=style.palette.remark
    )
    text.set_in_layout(False)
    frame = ruler.inside(axes)
    # Upright text beside thin lines is easier to read than horizontal text across one.
    for clear_of_hair, rotation in product((True, False), (0, 90)):
        text.set_rotation(rotation)
        size = ruler.extent(text).size
        for band in sorted(bands, key=lambda one: one.start - one.stop)[:MANY]:
            left, right = (ruler.place(axes, x) for x in (band.start, band.stop))
            room = Box(max(left, frame.left), frame.bottom, min(right, frame.right), frame.top)
            spot = find_room(room, size, around, clear_of_hair)
            if spot is not None:
                text.set_position(ruler.data(axes, (spot.left, spot.bottom)))
                return spot
    text.remove()
    return None
