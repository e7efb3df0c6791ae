"""Drawing curves in characters, and reading braille back: dots that are set, and the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from actcli.plotting.characters.axis import limits
from actcli.plotting.characters.canvas import BRAILLE_BITS, BRAILLE_BLANK
from actcli.plotting.characters.legend import legend
from actcli.plotting.characters.panel import Curve, Limits, margin, panel
from actcli.plotting.characters.runs import Drawing


def draw(
    curves: Sequence[Curve],
    *,
    width: int = 72,
    height: int = 16,
    y_limits: tuple[float, float] | None = None,
    unicode: bool = True,
) -> Drawing:
    """A legend, then `height` rows of canvas, then the x axis; `width` is that of all."""
    x = curves[0].x
    frame = Limits(float(x[0]), float(x[-1]), *(y_limits or limits([curve.y for curve in curves])))
    left = margin(frame, width, height)
    return Drawing.of(
        legend(curves, left, width, unicode)
        + panel(curves, frame, width=width, height=height, left=left, unicode=unicode)
    )


def dots(lines: list[str]) -> set[tuple[int, int]]:
    """The dots (column, row) of braille text."""
    found = set()
    for y, line in enumerate(lines):
        for x, character in enumerate(line):
            bits = ord(character) - BRAILLE_BLANK
            if 0 < bits < 256:
                found |= {
                    (2 * x + column, 4 * y + row)
                    for row, pair in enumerate(BRAILLE_BITS)
                    for column, bit in enumerate(pair)
                    if bits & bit
                }
    return found


def canvas_of(picture: list[str]) -> list[str]:
    """The canvas alone: what stands right of the frame's side."""
    return [line[line.index(side) + 1 :] for line in picture for side in "┤│" if side in line]
