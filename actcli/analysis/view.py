"""What of its functions a picture shows, where it is told."""

from __future__ import annotations

from dataclasses import dataclass

from actcli.analysis.interval import Interval


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
