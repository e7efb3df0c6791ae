"""Evaluating a vector function along one axis of an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double, plain
from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to

#: Computes orders along a place among the axes, as `along` does.
Along = Callable[[BoundActivation, Array, int, Sequence[int], DType, bool], list[Array]]

#: numbers processed at once, in whole vectors, so that intermediate arrays stay in the cache
BLOCK = 1 << 15
#: a float32 tie in the last 29 bits of float64, how near to it float64 results (of a relative error
#: of 2^-36) are unsure, and the least normal and subnormal float32
TIE, UNSURE, LEAST, SUBNORMAL = 1 << 28, 1 << 17, 2.0**-126, 2.0**-149


def check_orders(bound: BoundActivation, orders: Sequence[int]) -> None:
    """Raise UsageError for an order that vector functions do not have."""
    for order in orders:
        if order not in (0, 1):
            raise UsageError(
                f"{bound.name} is a vector function, whose second derivative has three axes; "
                "there are its value y (order 0) and gradient dy (order 1)"
            )


def evaluate(
    bound: BoundActivation,
    x: Array,
    orders: Sequence[int],
    dtype: DType,
    axis: int | None = None,
    saturate: bool = False,
    compute: Along | None = None,
) -> list[Array]:
    """The orders asked for along an axis: 0 the value, 1 the gradient of the sum of the values.

    x holds numbers of `dtype`, in any shape and layout, and is not changed. The gradient is shaped
    like x, and so is the value, except for its length along the axis. The default axis is the
    function's, or that of the framework whose name the user wrote. They are the true ones unless
    something else is to `compute` them.
    Raises UsageError for an invalid order or axis, DataError for a length that the function cannot
    take.
    """
    check_orders(bound, orders)
    shapes = [bound.shape(x.shape, order, axis) for order in orders]
    place = bound.axis_of(axis, x.ndim)
    compute = compute or along
    if place is None:
        columns = compute(bound, x.reshape(-1), 0, orders, dtype, saturate)
        return [column.reshape(shape) for column, shape in zip(columns, shapes, strict=True)]
    return compute(bound, x, place, orders, dtype, saturate)


def along(
    bound: BoundActivation,
    x: Array,
    place: int,
    orders: Sequence[int],
    dtype: DType,
    saturate: bool = False,
) -> list[Array]:
    """As `evaluate`, for valid orders and a valid axis: x may be a part of the array, cut along
    other axes."""
    vectors = np.moveaxis(x, place, -1)
    *outer, length = vectors.shape
    lengths = {0: bound.output_length(length), 1: length}
    rows = np.ascontiguousarray(vectors, dtype=dtype.numpy).reshape(-1 if length else 0, length)
    columns = [np.empty((len(rows), lengths[order]), dtype.numpy) for order in orders]
    if rows.size:
        cells = bound.cells(length)
        shapes = {0: cells.y, 1: cells.x}
        with np.errstate(all="ignore"):
            for column, order in zip(columns, orders, strict=True):
                results = _in_cells(column, shapes[order])
                _fill(bound, _in_cells(rows, cells.x), results, order, dtype, saturate)
    shaped = [column.reshape(*outer, column.shape[1]) for column in columns]
    return [np.ascontiguousarray(np.moveaxis(result, -1, place)) for result in shaped]


def _in_cells(rows: Array, shape: tuple[int, int]) -> Array:
    """A view of vectors as the cells that they divide into, along axis 2."""
    before, behind = shape
    return rows.reshape(len(rows), before, -1, behind)


def _fill(
    bound: BoundActivation, x: Array, results: Array, order: int, dtype: DType, saturate: bool
) -> None:
    few = max(1, BLOCK * x.shape[2] // x[0].size)
    step = max(1, few // x.shape[2])
    left = []
    for row in range(0, len(x), step):
        for cell in range(0, x.shape[2], few):
            part = np.s_[row : row + step, :, cell : cell + few]
            wide = x[part].astype(np.float64)
            found, unsure = _order(bound, wide.reshape(len(wide), -1), order, dtype, saturate)
            shape = results[part].shape
            results[part] = found.reshape(shape)
            if x.shape[2] > 1 and unsure is not None and unsure.any():
                where = np.nonzero(unsure.reshape(shape).any(axis=(1, 3)))
                left.append([where[0] + row, where[1] + cell])
    if left:
        _decide(bound, x, results, np.concatenate(left, axis=1), order, dtype, saturate)


def _decide(
    bound: BoundActivation,
    x: Array,
    results: Array,
    left: NDArray[np.intp],
    order: int,
    dtype: DType,
    saturate: bool,
) -> None:
    """Fill in, by double-double, the cells that float64 leaves unsure."""
    for start in range(0, left.shape[1], BLOCK):
        rows, cells = left[:, start : start + BLOCK]
        wide = x[rows, :, cells].astype(np.float64)
        high, low = true_pairs(bound, wide.reshape(len(wide), -1), order)
        found = round_to(high, dtype, low, saturate)
        results[rows, :, cells] = found.reshape(results[rows, :, cells].shape)


def _order(
    bound: BoundActivation, x: NDArray[np.float64], order: int, dtype: DType, saturate: bool
) -> tuple[Array, NDArray[np.bool_] | None]:
    """One order of some vectors, rounded, and where the rounding is unsure (None if nowhere)."""
    if dtype.name == "float32":
        values = bound.formulas(plain, x)[order]()
        return round_to(values, dtype, saturate=saturate), _unsure(values)
    high, low = true_pairs(bound, x, order)
    return round_to(high, dtype, low, saturate), None


def _unsure(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values are so near a float32 tie that float64 may be on its wrong side."""
    # The 29 digits beyond float32, moved to the top of a word, where they wrap around.
    digits = np.ascontiguousarray(values).view(np.uint64).astype(np.uint32)
    digits *= np.uint32(8)
    digits += np.uint32(8 * (UNSURE - TIE) % 2**32)
    unsure = digits < np.uint32(8 * 2 * UNSURE)
    small = np.abs(values) < LEAST
    if small.any():  # their ties lie elsewhere: between multiples of the least number
        units = np.abs(values[small]) / SUBNORMAL
        beside = np.abs(units - np.floor(units) - 0.5)
        unsure[small] = beside <= units * UNSURE * 2.0**-52
    return unsure


def true_pairs(
    bound: BoundActivation, x: NDArray[np.float64], order: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One order of some vectors, the rows of an array, in double-double: about 2^-100 precise."""
    high, low = bound.formulas(double_double, x)[order]().collapsed()
    zero = high == 0
    if order == 0 and zero.any():
        # Sums of parts lose the sign of zero, plain products keep it.
        high = np.where(zero, np.copysign(0.0, bound.formulas(plain, x)[order]()), high)
    return high, low
