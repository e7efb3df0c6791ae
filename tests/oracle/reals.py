"""Real numbers as formulas need them: exact, or a ball, or one of ±0, ±inf and nan.

What is rational stays a Fraction; the rest is a ball of arb's, whose error is known. What a ball
leaves open is a `DoubtError`: the caller asks again with more bits; at the last precision what is
within 2^-6500 of 0 is 0. Infinities and zeros follow IEEE 754.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import flint
from flint import arb

#: Bits to try, one after the other.
PRECISIONS: tuple[int, ...] = (160, 700, 3000, 12_000)
TINY = 6500
#: Longer fractions go on as balls.
LONGEST = 20_000


class DoubtError(Exception):
    """Not decided with so many bits."""


class State:
    """What the evaluation at hand does: its bits, and what it had to assume.

    `guessed`: a zero was only taken for one, so has no sign. `unsure`: a nan may have a limit.
    """

    bits = PRECISIONS[0]
    guessed = False
    unsure = False


def set_bits(bits: int) -> None:
    State.bits = bits
    flint.ctx.prec = bits


def _is_last() -> bool:
    return State.bits >= PRECISIONS[-1]


def _taken_for_zero(ball: Any) -> bool:
    return bool(_is_last() and ball.contains(0) and abs(ball) < arb((1, -TINY)))


class Real:
    """A number: `value` is a Fraction other than 0, a ball, or a float that is ±0, ±inf or nan."""

    __slots__ = ("value",)
    value: Any

    def __init__(self, value: Any) -> None:
        if isinstance(value, Real):
            value = value.value
        elif isinstance(value, float) and value != 0 and math.isfinite(value):
            value = Fraction(value)
        elif isinstance(value, int | Fraction):
            value = Fraction(value) or 0.0
        if isinstance(value, Fraction) and (
            value.numerator.bit_length() + value.denominator.bit_length() > LONGEST
        ):
            value = arb(flint.fmpq(value.numerator, value.denominator))
        if isinstance(value, arb):
            if not value.is_finite():
                raise DoubtError
            if value.is_zero() or _taken_for_zero(value):
                State.guessed = True
                value = 0.0
        self.value = value

    def __repr__(self) -> str:
        return f"Real({self.value!r})"

    @property
    def special(self) -> bool:
        return isinstance(self.value, float)

    @property
    def is_zero(self) -> bool:
        return self.special and self.value == 0

    @property
    def is_nan(self) -> bool:
        return self.special and math.isnan(self.value)

    @property
    def is_infinite(self) -> bool:
        return self.special and math.isinf(self.value)

    @property
    def rational(self) -> Fraction | None:
        """The number as a Fraction, if it is known to be one."""
        if self.is_zero:
            return Fraction(0)
        return self.value if isinstance(self.value, Fraction) else None

    def ball(self) -> Any:
        if isinstance(self.value, Fraction):
            return arb(flint.fmpq(self.value.numerator, self.value.denominator))
        return arb(self.value) if isinstance(self.value, float) else self.value

    def sign(self) -> int:
        """-1, 0 or 1; not for nan."""
        value = self.value
        if not isinstance(value, arb):
            return (value > 0) - (value < 0)
        if value > 0 or value < 0:
            return 1 if value > 0 else -1
        raise DoubtError

    def negative_sign(self) -> bool:
        """Whether the sign bit is set, for zeros too."""
        if self.special:
            return math.copysign(1, self.value) < 0
        return self.sign() < 0

    def __neg__(self) -> Real:
        return Real(-self.value)

    def __abs__(self) -> Real:
        return -self if self.negative_sign() else self

    def __add__(self, other: Any) -> Real:
        other = Real(other)
        a, b = self.value, other.value
        if self.special and other.special:
            State.unsure = State.unsure or (self.is_infinite and a == -b)
            return Real(a + b)
        if self.special or other.special:
            first, second = (self, other) if self.special else (other, self)
            return second if first.is_zero else first
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return Real(a + b)
        return Real(self.ball() + other.ball())

    __radd__ = __add__

    def __sub__(self, other: Any) -> Real:
        return self + -Real(other)

    def __rsub__(self, other: Any) -> Real:
        return Real(other) + -self

    def __mul__(self, other: Any) -> Real:
        other = Real(other)
        a, b = self.value, other.value
        if self.is_nan or other.is_nan:
            return NAN
        if self.special or other.special:
            if {self.is_zero, other.is_zero} == {True, False} and (
                self.is_infinite or other.is_infinite
            ):
                return NAN
            size = 0.0 if self.is_zero or other.is_zero else math.inf
            return Real(-size if self.negative_sign() != other.negative_sign() else size)
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return Real(a * b)
        return Real(self.ball() * other.ball())

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Real:
        other = Real(other)
        if other.special:
            if other.is_nan:
                return NAN
            turned = 0.0 if other.is_infinite else math.inf
            return self * Real(math.copysign(turned, other.value))
        if isinstance(other.value, Fraction):
            return self * Real(1 / other.value)
        other.sign()
        if self.special:
            return self * other
        return Real(self.ball() / other.ball())

    def __rtruediv__(self, other: Any) -> Real:
        return Real(other) / self

    def __pow__(self, exponent: Any) -> Real:
        exponent = Real(exponent)
        whole = exponent.rational
        if whole is None or whole.denominator != 1:
            raise TypeError("only whole powers are plain ones")
        n = int(whole)
        if n == 0:
            return ONE
        if self.special or n < 0:
            power = ONE
            if abs(n) > 64 and self.special:
                n = math.copysign(2 + n % 2, n).__int__()
            if abs(n) > 64:
                return ONE / self ** (-n)
            for _ in range(abs(n)):
                power = power * self
            return ONE / power if n < 0 else power
        if isinstance(self.value, Fraction):
            size = self.value.numerator.bit_length() + self.value.denominator.bit_length()
            if n * size < LONGEST:
                return Real(self.value**n)
        return Real(self.ball() ** n)

    def compare(self, other: Any) -> int:
        """-1, 0 or 1."""
        other = Real(other)
        if self.special and other.special:
            return int(self.value > other.value) - int(self.value < other.value)
        if self.is_infinite or other.is_infinite:
            return self.sign() if self.is_infinite else -other.sign()
        return (self - other).sign()

    def __lt__(self, other: Any) -> bool:
        return self.compare(other) < 0

    def __le__(self, other: Any) -> bool:
        return self.compare(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self.compare(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self.compare(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self.compare(other) == 0

    def __ne__(self, other: object) -> bool:
        return self.compare(other) != 0

    __hash__ = None  # type: ignore[assignment]


NAN, INFINITY, ONE = Real(math.nan), Real(math.inf), Real(1)


def pi() -> Real:
    return Real(arb.pi())


def root_of(number: Fraction, power: int) -> Fraction | None:
    """The exact root of a rational number, if it is rational."""
    parts = []
    for part in (abs(number.numerator), number.denominator):
        root = int(flint.fmpz(part).root(power))
        if root**power != part:
            return None
        parts.append(root)
    return Fraction(*parts) * (-1 if number < 0 else 1)


def floor(z: Real) -> Fraction:
    """The integer below a finite number."""
    exact = z.rational
    if exact is not None:
        return Fraction(exact.numerator // exact.denominator)
    low, high = (int(end.floor().unique_fmpz()) for end in (z.ball().lower(), z.ball().upper()))
    if low == high:
        return Fraction(low)
    if _is_last() and abs(z.ball() - high) < arb((1, -TINY)):
        return Fraction(high)
    raise DoubtError


class Functions:
    """The functions that the oracle's formulas of the catalogue call, of any `Real`."""

    name = "reals"
    exact = staticmethod(Real)
    real = staticmethod(Real)

    @property
    def pi(self) -> Real:
        return pi()

    def __getattr__(self, name: str) -> Any:
        from tests.oracle.calculus import value_of

        named = {"small_tanh": "tanh", "small_erf": "erf"}.get(name, name)
        if named in ("sin_pi", "cos_pi"):
            return lambda z: value_of(named[:3], pi() * z)
        return lambda z: value_of(named, Real(z))
