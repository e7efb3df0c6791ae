"""Reading numbers as this tool accepts them everywhere: strict, in any locale."""

from __future__ import annotations

import re

MINUS = "\N{MINUS SIGN}"
#: No two parts of it can take the same digits: what is no number is seen in one pass.
NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)",
    re.IGNORECASE | re.ASCII,  # or a dotless i would be an i
)


def read_number(text: str) -> float | None:
    """The float64 nearest to a decimal number, inf or nan; None if the text is no number.

    A sign, digits with an optional point and exponent, or inf, infinity, nan in any case; the
    typographic minus of a paper counts as a minus. Underscores, hexadecimal and words do not count.

    >>> read_number("-.5e-3"), read_number("-Inf"), read_number("1_0")
    (-0.0005, -inf, None)
    """
    text = text.replace(MINUS, "-").strip()
    return float(text) if NUMBER.fullmatch(text) else None
