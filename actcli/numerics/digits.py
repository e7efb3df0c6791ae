"""Numbers as text: the shortest digits that read back, hexadecimal floats, bit patterns."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType
    from actcli.numerics.quantised import AnyDType

Spelling = Callable[["Array", "AnyDType"], list[str]]


def shortest(values: Array, dtype: AnyDType) -> list[str]:
    """The fewest digits that read back to each number, laid out like Python's.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> shortest(np.array([0.1, 16777216.0, -np.inf], np.float32), DTYPES["float32"])
    ['0.1', '16777216.0', '-inf']
    """
    if values.dtype.kind in "iu":  # codes of a quantised dtype
        return list(map(str, values.tolist()))
    if dtype.name == "float64":
        return list(map(repr, values.tolist()))
    if dtype.name == "float32":
        # numpy finds the digits; a Python float of so few digits prints in Python's layout.
        with np.printoptions(legacy=False):
            return list(map(repr, map(float, map(str, values))))
    return list(map(_shortest_texts(dtype).__getitem__, _patterns(values, dtype).tolist()))


def hexadecimal(values: Array, dtype: AnyDType) -> list[str]:
    """Each number exactly, as C99 writes floats: `0x1.8p-3`, with only the digits it needs.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> hexadecimal(np.array([0.1875, -0.0], np.float32), DTYPES["float32"])
    ['0x1.8p-3', '-0x0p+0']
    """
    with np.errstate(invalid="ignore"):  # a signalling nan is only printed
        wide = values.astype(np.float64)
    return list(map(_hexadecimal, wide.tolist()))


def _hexadecimal(value: float) -> str:
    if not math.isfinite(value):
        return repr(value)
    fraction, exponent = math.frexp(value)  # Python's own hex() does not normalise subnormals
    mantissa = (2 * fraction).hex().partition("p")[0]
    return f"{mantissa.rstrip('0').rstrip('.')}p{exponent - 1 if value else 0:+d}"


def bits(values: Array, dtype: AnyDType) -> list[str]:
    """The bit pattern of each number, in as many hexadecimal digits as the dtype has.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> bits(np.array([1.0], np.float32), DTYPES["float32"])
    ['0x3f800000']
    """
    return list(map(f"0x%0{dtype.bits // 4}x".__mod__, _patterns(values, dtype).tolist()))


def _patterns(values: Array, dtype: AnyDType) -> Array:
    return np.ascontiguousarray(values).view(dtype.unsigned)


class _ShortestTexts(dict[int, str]):
    """The shortest text of each bit pattern of a small dtype, found when first needed."""

    def __init__(self, dtype: DType) -> None:
        super().__init__()
        self.dtype = dtype

    def __missing__(self, pattern: int) -> str:
        text = self[pattern] = self._find(pattern)
        return text

    def _value(self, pattern: int) -> float:
        return float(np.array(pattern, self.dtype.unsigned).view(self.dtype.numpy))

    def _find(self, pattern: int) -> str:
        value = self._value(pattern)
        if not math.isfinite(value) or value == 0.0:
            return repr(value)
        # The mantissa follows the exponent, so a neighbour's pattern is the next integer.
        magnitude = pattern & ~(1 << (self.dtype.bits - 1))
        below, above = self._value(magnitude - 1), self._value(magnitude + 1)
        text = _shortest_between(abs(value), below, above, inclusive=magnitude % 2 == 0)
        return f"-{text}" if value < 0 else text


def _shortest_between(value: float, below: float, above: float, inclusive: bool) -> str:
    """The shortest decimal closer to `value` than to its neighbours, or as close if inclusive.

    float64 holds numbers of a small dtype and the middles between them with many bits to spare.
    """
    low = (value + below) / 2
    # Beyond the largest number the next step would be as wide as the last one.
    high = (value + above) / 2 if math.isfinite(above) else value + (value - low)
    for places in range(17):
        mantissa, _, exponent = f"{value:.{places}e}".partition("e")
        nearest = int(mantissa.replace(".", ""))
        # The nearest decimal with this many digits or, where numbers are further apart above than
        # below, the next one.
        for digits in (nearest, nearest + 1):
            decimal = float(f"{digits}e{int(exponent) - places}")
            if low < decimal < high or (inclusive and decimal in (low, high)):
                return repr(decimal)
    return repr(value)


_shortest_texts = cache(_ShortestTexts)
