"""Evaluating a vector function on an array, along one axis of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double, plain
from actcli.catalogue.vector import BoundVector
from actcli.errors import UsageError
from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_to

#: numbers worked on at once, in whole vectors, so that the intermediate arrays stay in the cache
BLOCK = 1 << 13


def check_orders(bound: BoundVector, orders: Sequence[int]) -> None:
    """Raise UsageError for an order that vector functions do not have."""
    for order in orders:
        if order not in (0, 1):
            raise UsageError(
                f"{bound.name} is a vector function, whose second derivative has three axes; "
                "there are its value y (order 0) and gradient dy (order 1)"
            )


def evaluate(
    bound: BoundVector,
    x: NDArray[Any],
    orders: Sequence[int],
    dtype: DType,
    axis: int | None = None,
    saturate: bool = False,
) -> list[NDArray[Any]]:
    """The asked orders along an axis: 0 the value, 1 the gradient of the sum of the values.

    x holds numbers of `dtype`, in any shape and layout, and is not changed. The gradient is shaped
    like x, and so is the value but for its length along the axis. Without an axis the function's
    default is taken, or that of the framework whose name it was asked for by.
    Raises UsageError for an order or axis that there is none of, DataError for a length that the
    function cannot take.
    """
    check_orders(bound, orders)
    shapes = [bound.shape(x.shape, order, axis) for order in orders]
    place = bound.axis_of(axis, x.ndim)
    if place is None:
        columns = along(bound, x.reshape(-1), -1, orders, dtype, saturate)
        return [column.reshape(shape) for column, shape in zip(columns, shapes, strict=True)]
    return along(bound, x, place, orders, dtype, saturate)


def along(
    bound: BoundVector,
    x: NDArray[Any],
    place: int,
    orders: Sequence[int],
    dtype: DType,
    saturate: bool = False,
) -> list[NDArray[Any]]:
    """What `evaluate` gives, for orders there are and an axis that nobody need check: x may be a
    part of the array that the function was asked for, in other axes."""
    vectors = np.moveaxis(x, place, -1)
    *outer, length = vectors.shape
    lengths = {0: bound.output_length(length), 1: length}
    rows = np.ascontiguousarray(vectors, dtype=dtype.numpy).reshape(-1 if length else 0, length)
    columns = [np.empty((len(rows), lengths[order]), dtype.numpy) for order in orders]
    step = max(1, BLOCK // max(length, 1))
    with np.errstate(all="ignore"):
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            wide = rows[part].astype(np.float64)
            for column, order in zip(columns, orders, strict=True):
                column[part] = _order(bound, wide, order, dtype, saturate)
    shaped = [column.reshape(*outer, column.shape[1]) for column in columns]
    return [np.ascontiguousarray(np.moveaxis(result, -1, place)) for result in shaped]


def _order(
    bound: BoundVector, x: NDArray[np.float64], order: int, dtype: DType, saturate: bool
) -> NDArray[Any]:
    """One order of some vectors, rounded. Values in float32 need no more than float64; gradients
    do, which are differences of sums."""
    if dtype.name == "float32" and order == 0:
        return round_to(bound.formulas(plain, x)[order](), dtype, saturate=saturate)
    high, low = bound.formulas(double_double, x)[order]().collapsed()
    zero = high == 0
    if order == 0 and zero.any():
        # Sums of parts lose the sign of zero, plain products keep it.
        high = np.where(zero, np.copysign(0.0, bound.formulas(plain, x)[order]()), high)
    return round_to(high, dtype, low, saturate)
