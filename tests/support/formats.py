"""The six floating-point formats as the standards give them, and rounding by definition."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, nan
from typing import Any

import ml_dtypes
import numpy as np


def wide(values: Any) -> np.ndarray[Any, Any]:
    """Numbers of any format as float64 (without a warning about signalling nans)."""
    with np.errstate(invalid="ignore"):
        return np.asarray(values).astype(np.float64)


@dataclass(frozen=True)
class Format:
    """A binary format: bits after the point, least normal exponent, largest number."""

    name: str
    bits: int
    mantissa_bits: int
    least_exponent: int
    largest: float
    has_infinity: bool = True

    @property
    def numpy(self) -> np.dtype[Any]:
        return np.dtype(getattr(ml_dtypes, self.name, self.name))

    @property
    def pattern(self) -> np.dtype[Any]:
        """The unsigned integer of the same width."""
        return np.dtype(f"u{self.bits // 8}")

    @property
    def smallest(self) -> float:
        """The smallest subnormal."""
        return float(2.0 ** (self.least_exponent - self.mantissa_bits))

    @property
    def least_normal(self) -> float:
        return float(2.0**self.least_exponent)

    @property
    def overflow(self) -> float:
        """What a number too large for the format becomes."""
        return inf if self.has_infinity else nan

    def step_exponent(self, exponent: Any) -> Any:
        """The exponent of the distance between neighbours at 2**exponent: one ulp there."""
        return np.maximum(exponent, self.least_exponent) - self.mantissa_bits

    def all_inputs(self) -> np.ndarray[Any, Any]:
        """Every number of an 8- or 16-bit format, infinities and nans included."""
        return np.arange(2**self.bits, dtype=np.uint32).astype(self.pattern).view(self.numpy)


FORMATS = {
    form.name: form
    for form in (
        Format("float16", 16, 10, -14, 65504.0),
        Format("bfloat16", 16, 7, -126, (2 - 2.0**-7) * 2.0**127),
        Format("float32", 32, 23, -126, (2 - 2.0**-23) * 2.0**127),
        Format("float64", 64, 52, -1022, (2 - 2.0**-52) * 2.0**1023),
        Format("float8_e4m3fn", 8, 3, -6, 448.0, has_infinity=False),
        Format("float8_e5m2", 8, 2, -14, 57344.0),
    )
}


def exponent_of(value: Fraction) -> int:
    """floor(log2(abs(value))) of a number other than 0."""
    top, bottom = abs(value.numerator), value.denominator
    exponent = top.bit_length() - bottom.bit_length()
    scaled = top if exponent < 0 else bottom
    return exponent - (
        (scaled << abs(exponent)) < bottom if exponent < 0 else top < (scaled << exponent)
    )


def round_fraction(value: Fraction, form: Format) -> float:
    """The number of the format nearest to `value`, the even one of two, in whole-number arithmetic.

    The answer is returned as the float64 that equals it; beyond the format it is inf or nan.
    """
    if value == 0:
        return 0.0
    step = max(exponent_of(value), form.least_exponent) - form.mantissa_bits
    top, bottom = abs(value.numerator), value.denominator
    if step < 0:
        top <<= -step
    else:
        bottom <<= step
    units, rest = divmod(top, bottom)
    units += 2 * rest > bottom or (2 * rest == bottom and units % 2)
    rounded = units * Fraction(2) ** step
    if rounded > Fraction(form.largest):
        return form.overflow if value > 0 else -form.overflow
    return float(rounded) if value > 0 else -float(rounded)


def ordinals(values: Any, form: Format) -> np.ndarray[Any, Any]:
    """Numbers of a format as whole numbers in their order: neighbours differ by 1, 0 is 0."""
    array = np.atleast_1d(np.asarray(values, dtype=form.numpy))
    bits = array.view(form.pattern).astype(np.int64)
    sign = np.int64(-1 << 63) if form.bits == 64 else np.int64(1) << (form.bits - 1)
    return np.where((bits & sign) != 0, -(bits & ~sign), bits)


def from_ordinals(places: Any, form: Format) -> np.ndarray[Any, Any]:
    """The numbers that stand at these places."""
    places = np.asarray(places, dtype=np.int64)
    sign = np.int64(-1 << 63) if form.bits == 64 else np.int64(1) << (form.bits - 1)
    bits = np.where(places < 0, -places | sign, places)
    return np.asarray(bits.astype(np.uint64).astype(form.pattern).view(form.numpy))


def neighbours(values: Any, form: Format, reach: int = 3) -> np.ndarray[Any, Any]:
    """Numbers of the format nearest to `values` and the `reach` next to each on either side."""
    largest = ordinals(form.largest, form)[0]
    places = ordinals(values, form)[:, None] + np.arange(-reach, reach + 1)
    return from_ordinals(np.clip(places.ravel(), -largest, largest), form)
