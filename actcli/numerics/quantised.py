"""Whole numbers that stand for real ones: value = scale * (code - zero_point)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from actcli.arithmetic.numbers import Number, as_fraction, written
from actcli.numerics.dtypes import Array, DType

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Nans:
    """Counts the numbers that are nan, which no code stands for, to be reported once."""

    count = 0


NANS = Nans()


class Base(NamedTuple):
    """The whole numbers that codes are."""

    name: str
    bits: int
    signed: bool

    @property
    def lowest(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        return self.lowest + (1 << self.bits) - 1


BASES = {
    base.name: base
    for base in (Base("int8", 8, True), Base("uint8", 8, False), Base("int16", 16, True))
}

#: How a real number becomes whole, in float64: exact for numbers below 2^52.
ROUNDINGS: dict[str, Callable[[Any], Any]] = {
    "half-even": lambda a: _numpy().rint(a),
    # a + 0.5 would be rounded itself
    "half-away": lambda a: _numpy().copysign(_half_up(abs(a)), a),
    "half-up": lambda a: _half_up(a),
}


def _numpy() -> Any:
    import numpy

    return numpy


def _half_up(a: Any) -> Any:
    floor = _numpy().floor(a)
    return floor + (a - floor >= 0.5)


class Quantised:
    """A quantised dtype. Two are equal if their codes stand for the same real numbers.

    >>> dtype = Quantised(BASES["int8"], 0.5, 3)
    >>> dtype.name, dtype.real(5), dtype.lowest, dtype.highest
    ('int8:scale=0.5,zero_point=3', 1.0, -128, 127)
    """

    in_numpy = True

    def __init__(self, base: Base, scale: Number, zero_point: int = 0) -> None:
        self.base, self.scale, self.zero_point = base, scale, zero_point

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantised) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Quantised({self.name!r})"

    @property
    def name(self) -> str:
        """Its spelling, as an option takes it."""
        scale = written(self.scale) or repr(float(self.scale))
        zero_point = f",zero_point={self.zero_point}" if self.zero_point else ""
        return f"{self.base.name}:scale={scale}{zero_point}"

    @property
    def bits(self) -> int:
        return self.base.bits

    @property
    def lowest(self) -> int:
        return self.base.lowest

    @property
    def highest(self) -> int:
        return self.base.highest

    @property
    def step(self) -> float:
        """The distance of neighbouring codes' values."""
        return float(self.scale)

    @property
    def numpy(self) -> np.dtype[Any]:
        """The numpy dtype of the codes."""
        return _numpy().dtype(self.base.name)  # type: ignore[no-any-return]

    @property
    def unsigned(self) -> np.dtype[Any]:
        """The numpy dtype of the bit patterns."""
        return _numpy().dtype(f"uint{self.bits}")  # type: ignore[no-any-return]

    def codes(self) -> Array:
        """All codes, rising."""
        np = _numpy()
        return np.arange(self.lowest, self.highest + 1).astype(self.numpy)  # type: ignore[no-any-return]

    def real(self, code: int) -> float:
        """The float64 nearest to what a code stands for."""
        return float(as_fraction(self.scale) * (code - self.zero_point))

    @cached_property
    def _reals(self) -> NDArray[np.float64]:
        values = [self.real(code) for code in range(self.lowest, self.highest + 1)]
        return _numpy().array(values)  # type: ignore[no-any-return]

    def reals(self, codes: Array) -> NDArray[np.float64]:
        """The float64 numbers nearest to what the codes stand for."""
        places = codes.astype(_numpy().int64) - self.lowest
        found: NDArray[np.float64] = self._reals[places]
        return found

    def nearest_codes(
        self,
        values: NDArray[np.float64],
        rounding: str = "half-even",
        exactly: Callable[[int], Fraction] | None = None,
    ) -> Array:
        """The codes of real numbers, rounded once and saturated; nan has the zero point.

        rounding: one of ROUNDINGS, applied to value / scale before the zero point is added.
        exactly: the real numbers by their places, if `values` are only the float64 nearest to them.

        >>> import numpy as np
        >>> Quantised(BASES["int8"], 0.5, 3).nearest_codes(np.array([0.25, 0.75, -np.inf, np.nan]))
        array([   3,    5, -128,    3], dtype=int8)
        """
        np = _numpy()
        with np.errstate(all="ignore"):
            quotients = values / float(self.scale)
            # near a tie, or where the scale is no float64, the quotient is compared exactly
            far = np.abs(quotients) > 1 << 20
            quotients = np.where(far, np.copysign(1 << 20, quotients), quotients)
            doubtful = np.abs(quotients - np.floor(quotients) - 0.5) < 2.0**-24
            whole = ROUNDINGS[rounding](quotients)
        for place in np.flatnonzero(doubtful & ~far & np.isfinite(values)).tolist():
            value = Fraction(float(values[place])) if exactly is None else exactly(place)
            whole[place] = round_fraction(value / as_fraction(self.scale), rounding)
        return self.saturated(whole)

    def saturated(self, quanta: NDArray[np.float64]) -> Array:
        """Codes of whole numbers of quanta, counted from the zero point, which nan becomes."""
        np = _numpy()
        nan = np.isnan(quanta)
        if nan.any():
            NANS.count += int(nan.sum())
            quanta = np.where(nan, 0.0, quanta)
        return np.clip(quanta + self.zero_point, self.lowest, self.highest).astype(self.numpy)  # type: ignore[no-any-return]


AnyDType: TypeAlias = DType | Quantised


def every_input(given: AnyDType) -> Array:
    """Every number of a small dtype: codes rising, floats by their bit patterns."""
    if isinstance(given, Quantised):
        return given.codes()
    np = _numpy()
    return np.arange(1 << given.bits, dtype=given.unsigned).view(given.numpy)  # type: ignore[no-any-return]


def round_fraction(value: Fraction, rounding: str) -> int:
    """A rational number rounded to a whole one.

    >>> [round_fraction(Fraction(-5, 2), name) for name in ROUNDINGS]
    [-2, -3, -2]
    """
    if rounding == "half-even":
        return round(value)
    up = (abs(value) if rounding == "half-away" else value) + Fraction(1, 2)
    whole = up.numerator // up.denominator
    return -whole if rounding == "half-away" and value < 0 else whole
