"""What the user has chosen to see in a picture."""

from __future__ import annotations

from dataclasses import dataclass

from actcli.analysis.interval import AxisRange


@dataclass(frozen=True, slots=True)
class View:
    """The limits of the axes, their proportion and the heading; None leaves the choice to the
    picture.

    `equal` makes a unit of x as long as one of y. A `title`, which may be empty, replaces names and
    formulas. With `errors` there are panels of errors.
    """

    x_limits: AxisRange | None = None
    y_limits: AxisRange | None = None
    equal: bool = False
    title: str | None = None
    errors: bool = False


def printable(title: str) -> str:
    """A title without control characters and bytes that are not text.

    >>> printable("a\\x07\\nb")
    'a\\nb'
    """
    return "".join(sign for sign in title if sign == "\n" or sign.isprintable())
