"""Numbers for JSON, as people write them, and in a few digits."""

from __future__ import annotations

import math
from typing import Any

from actcli.arithmetic.numbers import Number, Ratio
from actcli.catalogue.activation import Range


def plain(number: Number) -> float | str:
    """A number as JSON can hold it.

    >>> plain(math.inf), plain(Ratio(1, 2))
    ('inf', 0.5)
    """
    return float(number) if math.isfinite(number) else str(float(number))


def exact(number: Number) -> str:
    """A number as people write it: a ratio, pi, or the shortest digits.

    >>> exact(Ratio(1, 6)), exact(0.2), exact(3.0)
    ('1/6', '0.2', '3')
    """
    if isinstance(number, Ratio):
        numerator, denominator = number.numerator_over
        return f"{numerator:g}/{denominator:g}"
    if number == math.pi:
        return "pi"
    return full(number)


def short(number: float | str) -> str:
    """A number in at most six digits.

    >>> short(0.1699712), short("-inf"), short(-0.0)
    ('0.169971', '-inf', '0')
    """
    return f"{float(number) + 0.0:.6g}"


def full(number: float | str) -> str:
    """A number in all its digits, an integer without a point."""
    return repr(float(number)).removesuffix(".0")


def range_facts(bounds: Range) -> dict[str, Any]:
    """The range of the values."""
    return {**bounds._asdict(), "low": plain(bounds.low), "high": plain(bounds.high)}
