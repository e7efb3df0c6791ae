"""The numbers of a format as integers in the same order: neighbours differ by 1, zero is 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to

Places = NDArray[np.int64]


def places(values: Array, dtype: DType) -> Places:
    """The places of numbers of a dtype: 0 for both zeros, beyond infinity for nan.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> places(np.float32([-1e-45, -0.0, 0.0, 1e-45]), DTYPES["float32"]).tolist()
    [-1, 0, 0, 1]
    """
    patterns = np.ascontiguousarray(values).view(dtype.unsigned)
    sign = np.array(1 << (dtype.bits - 1), dtype.unsigned)
    size = (patterns & ~sign).astype(np.int64)
    found: Places = np.where(patterns & sign != 0, -size, size)
    return found


def numbers(at: ArrayLike, dtype: DType) -> Array:
    """The numbers at these places."""
    wanted = np.asarray(at, np.int64)
    patterns = np.abs(wanted).astype(dtype.unsigned)
    sign = np.array(1 << (dtype.bits - 1), dtype.unsigned)
    found: Array = np.where(wanted < 0, patterns | sign, patterns).view(dtype.numpy)
    return found


def largest_place(dtype: DType) -> int:
    """The place of the largest finite number."""
    return int(places(np.array([dtype.largest]).astype(dtype.numpy), dtype)[0])


def nearest_places(values: ArrayLike, dtype: DType) -> Places:
    """The places of the finite numbers nearest to some values."""
    limited = np.clip(np.asarray(values, np.float64), -dtype.largest, dtype.largest)
    return places(round_to(limited, dtype), dtype)


def distinct(*at: Places) -> Places:
    """The different places among these, sorted.

    np.unique, by hashing, takes many times as long, and imports numpy.ma the first time.
    """
    found: Places = np.sort(np.concatenate(at))
    return found[np.append(True, found[1:] != found[:-1])] if found.size else found


def others(of: Places, taken: Places) -> Places:
    """Those of the places `of` that are not taken; both are sorted and without repetition."""
    if not taken.size:
        return of
    nearest = np.minimum(np.searchsorted(taken, of), taken.size - 1)
    left: Places = of[taken[nearest] != of]
    return left
