"""One correct rounding to any of the formats, from double-double and from text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from actcli.arithmetic.numbers import exact_number
from actcli.numerics.dtypes import DTYPES, Array, DType

if TYPE_CHECKING:
    from numpy.typing import NDArray


def round_to(
    high: NDArray[np.float64],
    dtype: DType,
    low: NDArray[np.float64] | None = None,
    saturate: bool = False,
) -> Array:
    """high + low, rounded once (to nearest, ties to even) to a dtype, in the shape of high.

    `low` is at most half an ulp of high. What overflows is inf, or nan in a dtype without infinity;
    with `saturate` it is the largest finite number.
    """
    with np.errstate(all="ignore"):
        if dtype.name == "float64":
            result: Array = high
        else:
            exact = high if low is None else _to_odd(high, low)
            if not dtype.in_numpy:
                # ml_dtypes rounds float64 twice, by way of float32. So we round to float32 by round
                # to odd, after which a second rounding does no harm (Boldo and Melquiond, 2008).
                single = exact.astype(np.float32)
                exact = _to_odd(single, exact - single.astype(np.float64))
            result = exact.astype(dtype.numpy)
        if saturate:
            wide = result.astype(np.float64)
            lost = ~np.isfinite(wide) & ~np.isnan(high)
            if lost.any():
                limit = np.copysign(dtype.largest, high[lost])
                result = result.copy()
                result[lost] = limit.astype(dtype.numpy)
    return result


def _to_odd(nearest: Array, rest: NDArray[np.float64]) -> Array:
    """nearest + rest rounded to odd: towards zero, with the last bit set if inexact."""
    unsigned = np.dtype(f"uint{8 * nearest.dtype.itemsize}")
    bits = nearest.view(unsigned)
    inexact = np.isfinite(nearest) & np.isfinite(rest) & (rest != 0)
    beyond = inexact & (np.signbit(nearest) != np.signbit(rest)) & (nearest != 0)
    overflow = np.isinf(nearest) & np.isinf(rest)
    odd = (bits - beyond.astype(unsigned)) | inexact.astype(unsigned)
    # what overflowed by rounding becomes the largest finite number, which is odd
    odd = np.where(overflow, bits - np.asarray(1, unsigned), odd)
    result: Array = odd.view(nearest.dtype)
    return result


#: Different decimals of up to this many digits are nearest to different float64 numbers.
DIGITS = 15
#: Multiples of 2^-6 below this have no more digits than that.
LARGEST_SHORT = 1e9


def round_decimals(
    values: NDArray[np.float64], words: Callable[[], Sequence[str]], dtype: DType
) -> Array:
    """The numbers that the words spell, rounded once; `values` are the float64 nearest to them.

    The words, in the order of the values, are only asked for if the float64 does not decide.
    """
    return round_to(off_ties(values, words, dtype), dtype)


def decided(text: str, value: float, dtype: DType) -> float:
    """The same for one number: a float64 that rounds to the dtype as the text does.

    >>> decided("1.00390625000000000000000001", 1.00390625, DTYPES["bfloat16"])
    1.0039062500000002
    """
    return float(off_ties(np.array([value]), lambda: [text], dtype)[0])


def off_ties(
    values: NDArray[np.float64], words: Callable[[], Sequence[str]], dtype: DType
) -> NDArray[np.float64]:
    """Float64 numbers that round to the dtype as the words do, whose nearest float64 is `values`.

    They are the same numbers, except for ties between two numbers of the dtype: where the word is
    above or below the tie, so is the number.
    """
    spots = _ties(values, dtype)
    if not spots.size:
        return values
    spelled = words()
    ties = values[spots]
    with np.errstate(over="ignore"):
        short = (np.abs(ties) < LARGEST_SHORT) & (ties * 64 == np.floor(ties * 64))
    result = values.copy()
    for spot, tie, brief in zip(spots.tolist(), ties.tolist(), short.tolist(), strict=True):
        word = spelled[spot]
        if brief and len(word) <= DIGITS:  # the tie itself
            continue
        exact = exact_number(word)
        if exact != tie:
            result[spot] = np.nextafter(tie, np.inf if exact > tie else -np.inf)
    return result


def _ties(values: NDArray[np.float64], dtype: DType) -> NDArray[np.intp]:
    """Where the numbers may be halfway between two of the dtype, or at its overflow threshold."""
    # a tie has one bit more than the numbers of the dtype
    unused = DTYPES["float64"].mantissa_bits - dtype.mantissa_bits - 1
    if unused <= 0:
        return np.zeros(0, np.intp)
    spots = np.flatnonzero((values.view(np.uint64) << np.uint64(64 - unused)) == 0)
    few = values[spots]
    with np.errstate(all="ignore"):
        inexact = np.isfinite(few) & (round_to(few, dtype).astype(np.float64) != few)
    ties: NDArray[np.intp] = spots[inexact]
    return ties
