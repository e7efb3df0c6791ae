"""Numbers as they are written and read, and those that float64 cannot hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction


class Real(float):
    """A real constant: the nearest float64 and, in `low`, the float64 nearest to the difference.

    `text` is the formula of constants with this value, if there is one, and `tree` the same parsed.

    >>> Real(0.1).low, Real(3.141592653589793, 1.2246467991473532e-16, "pi") == 3.141592653589793
    (0.0, False)
    """

    __slots__ = ("low", "text", "tree")

    low: float
    text: str
    tree: object

    def __new__(cls, high: float, low: float = 0.0, text: str = "", tree: object = None) -> Real:
        number = super().__new__(cls, high)
        number.low = low
        number.text = text
        number.tree = tree
        return number

    def __eq__(self, other: object) -> bool:
        if not float.__eq__(self, other):
            return False
        if isinstance(other, Real):
            return self.low == other.low and self.text == other.text
        return not self.text and self.low == 0

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = float.__hash__


class Ratio(float):
    """A quotient of two whole numbers, exactly; as a float, the nearest float64.

    >>> third = Ratio(1, 3)
    >>> third == 1 / 3, third == Ratio(2, 6), Ratio(1, 4) == 0.25, third.numerator_over
    (False, True, True, (1.0, 3.0))
    """

    __slots__ = ("numerator_over",)

    numerator_over: tuple[float, float]

    def __new__(cls, numerator: int, denominator: int) -> Ratio:
        number = super().__new__(cls, numerator / denominator)
        number.numerator_over = (float(numerator), float(denominator))
        return number

    def __eq__(self, other: object) -> bool:
        if not float.__eq__(self, other):
            return False
        return not isinstance(other, Real) and as_fraction(self) == as_fraction(other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = float.__hash__


Number = float | Ratio | Real


def key(number: Number) -> tuple[Any, ...]:
    """A key that two numbers share only if they are the same, signs of zero and nan included.

    >>> key(Ratio(1, 6)) == key(1 / 6), key(0.0) == key(-0.0), key(Ratio(1, 4)) == key(0.25)
    (False, False, True)
    """
    text = written(number)
    return (float(number).hex(), number.low if isinstance(number, Real) else 0.0, text or "")


def written(number: Number) -> str | None:
    """The formula of constants with exactly this value; None if the float itself is exact.

    >>> written(Ratio(1, 6)), written(Ratio(1, 4)), written(0.2)
    ('1/6', None, None)
    """
    if isinstance(number, Ratio):
        numerator, denominator = as_fraction(number).as_integer_ratio()
        return f"{numerator}/{denominator}" if denominator & (denominator - 1) else None
    if isinstance(number, Real) and number.text:
        return number.text
    return None


def as_fraction(number: Number) -> Fraction:
    """The number exactly; of a `Real`, the sum of its two floats."""
    from fractions import Fraction

    if isinstance(number, Ratio):
        numerator, denominator = number.numerator_over
        return Fraction(numerator) / Fraction(denominator)
    if isinstance(number, Real):
        return Fraction(float(number)) + Fraction(number.low)
    return Fraction(number)


def from_fraction(value: Fraction) -> Number:
    """`value` as a float if that is exact, else as a `Ratio` of float64 integers, else a `Real`."""
    from fractions import Fraction

    high = float(value)
    if Fraction(high) == value:
        return high
    if value.denominator < 2**53 and abs(value.numerator) < 2**53:
        return Ratio(value.numerator, value.denominator)
    return Real(high, float(value - Fraction(high)), f"{value.numerator}/{value.denominator}")


def numerator_over(number: Number) -> tuple[Number, float]:
    """Numerator and denominator, so that a product with the number is rounded only once more.

    >>> numerator_over(Ratio(11, 48)), numerator_over(0.25)
    ((11.0, 48.0), (0.25, 1.0))
    """
    return number.numerator_over if isinstance(number, Ratio) else (number, 1.0)


def nearest_float(value: Fraction) -> float:
    """The nearest float64, infinite beyond the largest.

    >>> from fractions import Fraction
    >>> nearest_float(Fraction(10) ** 400)
    inf
    """
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


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
