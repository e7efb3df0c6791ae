"""What a target computes, operation by operation, each rounded as the target rounds it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from actcli.fitting.number_format import Fixed, Floats, NumberFormat, rounded


class Arithmetic(NamedTuple):
    """The operations of Horner's rule in one format.

    Numbers are float64 arrays that hold numbers of the format. fma: whether a product and a sum
    are rounded once, together; for fixed point that is the same. truncate: whether a fixed-point
    product drops its low bits (rounding down) rather than being rounded half up. Fixed-point
    intermediates are as wide as they need to be; only a result saturates.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> Arithmetic(DTYPES["bfloat16"]).add(np.float64(256), np.float64(1))
    array(256.)
    """

    form: NumberFormat
    fma: bool = True
    truncate: bool = True

    def subtract(self, a: Floats, b: Floats) -> Floats:
        """a - b."""
        return self.add(a, -b)

    def add(self, a: Floats, b: Floats) -> Floats:
        """a + b."""
        if isinstance(self.form, Fixed):
            return np.asarray(a + b)
        if self.form.bits == 32:
            return _single(a) + _single(b)
        total, low = _two_sum(a, b)
        return rounded(total, self.form, low)

    def multiply(self, a: Floats, b: Floats) -> Floats:
        """a * b."""
        if isinstance(self.form, Fixed):
            shift = self.form.fraction_bits
            product = _whole(a, shift) * _whole(b, shift)
            if not self.truncate and shift:
                product = product + (1 << (shift - 1))
            return np.asarray((product >> shift) * self.form.step)
        if self.form.bits == 32:
            return _single(a) * _single(b)
        return rounded(np.asarray(a * b), self.form)

    def multiply_add(self, a: Floats, b: Floats, c: Floats) -> Floats:
        """a * b + c."""
        if not self.fma or isinstance(self.form, Fixed):
            return self.add(self.multiply(a, b), c)
        with np.errstate(all="ignore"):
            product = np.asarray(a, np.float64) * np.asarray(b, np.float64)  # exactly
            total, low = _two_sum(product, np.asarray(c, np.float64))
            return rounded(total, self.form, low)


def _single(a: Floats) -> Floats:
    # numpy computes float32 in float32; the result is widened by what comes next
    return np.asarray(a).astype(np.float32)


def _whole(a: Floats, shift: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.asarray(np.ldexp(np.asarray(a, np.float64), shift)).astype(np.int64)


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The sum and its rounding error, exactly (Knuth)."""
    total = np.asarray(a + b)
    part = total - a
    return total, np.asarray((a - (total - part)) + (b - part))
