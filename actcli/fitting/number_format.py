"""The formats that numbers of an approximation have: floating-point dtypes and fixed point."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from actcli.errors import UsageError, clipped, unknown
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.rounding import round_to

#: Numbers held by float64 (float32 where numpy computes in that).
Floats: TypeAlias = NDArray[Any]

#: The most bits of a fixed-point number: products of two fit into 64.
MOST_BITS = 32
FIXED = r"[qQ](\d+)\.(\d+)"


class Fixed(NamedTuple):
    """Two's complement Qm.n: m bits before the point, the sign among them, and n after it.

    >>> Fixed(4, 12).name, Fixed(4, 12).bits, Fixed(4, 12).largest
    ('Q4.12', 16, 7.999755859375)
    """

    integer_bits: int
    fraction_bits: int

    @property
    def name(self) -> str:
        return f"Q{self.integer_bits}.{self.fraction_bits}"

    @property
    def bits(self) -> int:
        return self.integer_bits + self.fraction_bits

    @property
    def step(self) -> float:
        """The distance of neighbouring numbers."""
        return 2.0**-self.fraction_bits

    @property
    def largest(self) -> float:
        return 2.0 ** (self.integer_bits - 1) - self.step

    @property
    def lowest(self) -> float:
        return -(2.0 ** (self.integer_bits - 1))


NumberFormat: TypeAlias = DType | Fixed


def get_format(text: str) -> NumberFormat:
    """The format that a text names; UsageError if there is none.

    >>> get_format("Q4.12").step
    0.000244140625
    """
    found = re.fullmatch(FIXED, text)
    if not found:
        known = [name for name, dtype in DTYPES.items() if dtype.bits <= MOST_BITS]
        if text not in known:
            raise unknown("format", clipped(text), [*known, "Q4.12"])
        return DTYPES[text]
    fixed = Fixed(int(found[1]), int(found[2]))
    if not (fixed.integer_bits >= 1 and 2 <= fixed.bits <= MOST_BITS):
        raise UsageError(
            f"{text} must have 1 bit or more before the point, for the sign, and "
            f"2 to {MOST_BITS} in all; for example Q4.12"
        )
    return fixed


def rounded(values: Floats, form: NumberFormat, low: Floats | None = None) -> Floats:
    """values + low, rounded once to the nearest number of the format; fixed point saturates."""
    if isinstance(form, Fixed):
        steps = np.rint(np.asarray(values if low is None else values + low) / form.step)
        result: Floats = np.clip(steps * form.step, form.lowest, form.largest)
        return result
    return np.asarray(round_to(np.asarray(values, np.float64), form, low).astype(np.float64))


def ulp(values: Floats, form: NumberFormat) -> Floats:
    """The distance of the format's numbers where the values are."""
    if isinstance(form, Fixed):
        return np.full(np.shape(values), form.step)
    exponent = np.frexp(np.asarray(values, np.float64))[1] - 1
    top = int(np.frexp(form.largest)[1]) - 1
    exponent = np.clip(exponent, form.smallest_normal_exponent, top)
    exponent = np.where(np.asarray(values) == 0, form.smallest_normal_exponent, exponent)
    result: Floats = np.ldexp(1.0, (exponent - form.mantissa_bits).astype(np.int32))
    return result


def numbers_between(low: float, high: float, form: NumberFormat) -> Floats:
    """All numbers of a format of up to 16 bits from low to high, rising; 0 once."""
    if isinstance(form, Fixed):
        first, last = np.ceil(low / form.step), np.floor(high / form.step)
        first, last = max(first, form.lowest / form.step), min(last, form.largest / form.step)
        result: Floats = np.arange(first, last + 1) * form.step
        return result
    every = np.arange(1 << form.bits, dtype=form.unsigned).view(form.numpy)
    with np.errstate(invalid="ignore"):
        wide = every.astype(np.float64)
    return np.unique(wide[(wide >= low) & (wide <= high)])


def next_number(value: float, form: NumberFormat) -> float:
    """The next larger number of the format."""
    if isinstance(form, Fixed):
        return min(value + form.step, form.largest)
    unsigned = form.unsigned.type
    at = np.float64(value).astype(form.numpy)
    if at == 0:
        return form.smallest
    pattern = at.view(unsigned)
    pattern = pattern + unsigned(1) if value > 0 else pattern - unsigned(1)
    return float(np.asarray(pattern, unsigned).view(form.numpy).astype(np.float64))
