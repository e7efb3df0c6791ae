"""The legend of a picture in characters: samples and names of its lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from actcli.plotting.characters.canvas import SOLID, Canvas
from actcli.plotting.characters.panel import Curve
from actcli.plotting.characters.runs import Run, cut, length

#: Cells of a sample; more if there are long dashes.
SAMPLE, LONG_SAMPLE = 4, 6
LONG_DASH = 7
GAP = "   "


def legend(curves: Sequence[Curve], left: int, width: int, unicode: bool) -> list[list[Run]]:
    """Samples and names in as many lines as they need, from the column `left` on if there is room.

    What is wider than a line is cut. Curves without a name are left out.
    """
    curves = [curve for curve in curves if curve.name]
    cells = LONG_SAMPLE if any(sum(curve.dash) > LONG_DASH for curve in curves) else SAMPLE
    entries = [
        Run(f"{_sample(curve, cells, unicode)} {curve.name}", curve.style) for curve in curves
    ]
    if any(left + len(entry.text) > width for entry in entries):
        left = 0
    lines: list[list[Run]] = []
    for entry in entries:
        if lines and length(lines[-1]) + len(GAP) + len(entry.text) <= width:
            lines[-1] += [Run(GAP), entry]
        else:
            lines.append([Run(" " * left), entry])
    return [cut(line, width, unicode) for line in lines]


def _sample(curve: Curve, cells: int, unicode: bool) -> str:
    canvas = Canvas(cells, 1, braille=unicode)
    ends = np.array([0.0, 1.0])
    dash = curve.dash if unicode else SOLID
    canvas.draw(canvas.frame(0, 1, -0.9, 1), ends, ends * 0, 0, dash)
    return "".join(canvas.character((0, cell), curve.mark) or " " for cell in range(cells))
