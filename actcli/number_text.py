"""Numbers as this tool reads them everywhere: strictly, in any locale."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

MINUS = "\N{MINUS SIGN}"
#: No two parts of it match the same digits, so that one pass suffices.
NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)",
    re.IGNORECASE | re.ASCII,  # or a dotless i would be an i
)
#: A hexadecimal float of C; rare, so it is compiled only when needed.
HEXADECIMAL = r"(?i)([+-]?)0x(?=\.?[0-9a-f])([0-9a-f]*)(?:\.([0-9a-f]*))?p([+-]?[0-9]+)"

#: The beginning of a hexadecimal float or a bit pattern.
LIKE_HEXADECIMAL = rf"[+{MINUS}-]?0[xX][0-9a-fA-F.]"


def read_number(text: str) -> float | None:
    """The float64 nearest to a decimal number, inf or nan; None if the text is not a number.

    A number is a sign, digits with an optional point and exponent, or inf, infinity, nan in any
    case; the typographic minus counts as a minus. Underscores and hexadecimal are not allowed.

    >>> read_number("-.5e-3"), read_number("-Inf"), read_number("1_0")
    (-0.0005, -inf, None)
    """
    text = text.replace(MINUS, "-").strip()
    return float(text) if NUMBER.fullmatch(text) else None


def read_hexadecimal(text: str) -> float | None:
    """The float64 nearest to a hexadecimal float of C; None for any other text.

    >>> read_hexadecimal("-0x1.8p+1"), read_hexadecimal("0x10")
    (-3.0, None)
    """
    text = text.replace(MINUS, "-").strip()
    if not re.fullmatch(HEXADECIMAL, text):
        return None
    try:
        return float.fromhex(text)
    except OverflowError:
        return float("-inf" if text.startswith("-") else "inf")


def exact_number(text: str) -> Decimal | Fraction:
    """The finite number, decimal or hexadecimal, that a text spells; both compare with floats.

    >>> exact_number("0.1") > 0.1, exact_number("0x1.8p1") == 3
    (False, True)
    """
    text = text.replace(MINUS, "-").strip()
    if found := re.fullmatch(HEXADECIMAL, text):
        from fractions import Fraction

        sign, whole, part, exponent = found.groups(default="")
        # through float: int() takes only some thousand digits, even if they are zeros
        return int(f"{sign}{whole}{part}", 16) * Fraction(2) ** (
            int(float(exponent)) - 4 * len(part)
        )
    from decimal import Decimal

    return Decimal(text)
