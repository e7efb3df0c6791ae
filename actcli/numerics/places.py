"""The numbers of a format as whole numbers in their order: neighbours differ by 1, zero is 0."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_to

Places = NDArray[np.int64]


def places(values: NDArray[Any], dtype: DType) -> Places:
    """Where numbers of a dtype stand. Both zeros stand at 0; a nan stands beyond infinity.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> places(np.float32([-1e-45, -0.0, 0.0, 1e-45]), DTYPES["float32"]).tolist()
    [-1, 0, 0, 1]
    """
    patterns = np.ascontiguousarray(values).view(dtype.unsigned)
    sign = np.array(1 << (dtype.bits - 1), dtype.unsigned)
    size = (patterns & ~sign).astype(np.int64)
    found: Places = np.where(patterns & sign != 0, -size, size)
    return found


def numbers(at: ArrayLike, dtype: DType) -> NDArray[Any]:
    """The numbers that stand at these places."""
    wanted = np.asarray(at, np.int64)
    patterns = np.abs(wanted).astype(dtype.unsigned)
    sign = np.array(1 << (dtype.bits - 1), dtype.unsigned)
    found: NDArray[Any] = np.where(wanted < 0, patterns | sign, patterns).view(dtype.numpy)
    return found


def largest_place(dtype: DType) -> int:
    """Where the largest finite number stands."""
    return int(places(np.array([dtype.largest]).astype(dtype.numpy), dtype)[0])


def nearest_places(values: ArrayLike, dtype: DType) -> Places:
    """Where the finite numbers of the dtype nearest to some values stand."""
    limited = np.clip(np.asarray(values, np.float64), -dtype.largest, dtype.largest)
    return places(round_to(limited, dtype), dtype)


def distinct(*at: Places) -> Places:
    """All different ones of some places, in their order: numpy's own way, by hashing, takes many
    times as long, and the first time it imports numpy.ma."""
    found: Places = np.sort(np.concatenate(at))
    return found[np.append(True, found[1:] != found[:-1])] if found.size else found


def others(of: Places, taken: Places) -> Places:
    """Those of some different places in their order that are not taken, which are so too."""
    if not taken.size:
        return of
    nearest = np.minimum(np.searchsorted(taken, of), taken.size - 1)
    left: Places = of[taken[nearest] != of]
    return left
