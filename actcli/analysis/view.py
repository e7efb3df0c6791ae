"""What of its functions a picture shows, where it is told."""

from __future__ import annotations

import math
from dataclasses import dataclass

from actcli.analysis.sampling import LARGEST, Interval, distinct
from actcli.errors import UsageError


@dataclass(frozen=True, slots=True)
class View:
    """The limits of the axes, their proportion and the heading; None where the picture decides.

    `equal` makes a unit of x as long as one of y. A `title` takes the place of names and formulas;
    an empty one leaves none. With `errors` those of what was measured get panels of their own.
    """

    x_limits: Interval | None = None
    y_limits: Interval | None = None
    equal: bool = False
    title: str | None = None
    errors: bool = False


def printable(title: str) -> str:
    """A title without what no font can show: control characters, bytes that are no text.

    >>> printable("a\\x07\\nb")
    'a\\nb'
    """
    return "".join(sign for sign in title if sign == "\n" or sign.isprintable())


def limits(name: str, ends: tuple[float, float]) -> Interval:
    """The two ends of an axis, the lower one first; UsageError, which names them, for others.

    >>> limits("--ylim", (-1.0, 2.0))
    Interval(start=-1.0, stop=2.0)
    """
    low, high = ends
    for end in ends:
        if not math.isfinite(end) or abs(end) > LARGEST:
            raise UsageError(f"{name} takes two numbers within ±{LARGEST:g}, not {end!r}")
    if low > high:
        raise UsageError(f"{name} takes the lower end first, so not {low!r} {high!r}")
    if not distinct(low, high):
        raise UsageError(f"{name} {low!r} {high!r} leaves no room; set its ends further apart")
    return Interval(low, high)
