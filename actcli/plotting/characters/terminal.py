"""Pictures in characters: curves in braille (or plain ASCII) with axes, ticks and a legend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from actcli.plotting.characters.canvas import Floats
from actcli.plotting.characters.legend import legend
from actcli.plotting.characters.panel import Curve, Limits, margin, panel
from actcli.plotting.characters.runs import Picture


def draw(
    curves: Sequence[Curve],
    *,
    width: int = 72,
    height: int = 16,
    y_limits: tuple[float, float] | None = None,
    unicode: bool = True,
) -> Picture:
    """Draw columns: a legend, then `height` rows of canvas, then the x axis.

    `width` is that of the whole picture. The curves' x are sorted and have the same ends.

    >>> x = np.linspace(-1, 1, 101)
    >>> print("\\n".join(draw([Curve("x", x, x)], width=20, height=5, unicode=False).plain()))
        **** x
     1 +        :     **
       |        : ****
     0 +------****------
       |  ****  :
    -1 +**      :
       ++-------+------+
       -1       0      1
    """
    x = curves[0].x
    y_low, y_high = y_limits or limits([curve.y for curve in curves])
    frame = Limits(float(x[0]), float(x[-1]), y_low, y_high)
    left = margin(frame, width, height)
    return Picture.of(
        legend(curves, left, width, unicode)
        + panel(curves, frame, width=width, height=height, left=left, unicode=unicode)
    )


def limits(columns: Sequence[Floats]) -> tuple[float, float]:
    """The least and the greatest finite value, a little apart at least.

    >>> limits([np.array([0.0, 3.0, np.inf])])
    (0.0, 3.0)
    """
    values = np.concatenate([np.ravel(column) for column in columns])
    values = values[np.isfinite(values)]
    if not values.size:
        return -1.0, 1.0
    return apart(float(values.min()), float(values.max()))


def apart(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis, moved apart if nothing is between them.

    >>> apart(5.0, 5.0)
    (0.0, 10.0)
    """
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        around = abs(low) or 1.0
        return low - around, high + around
    return low, high
