"""Evaluating an activation on an array: blocks, special values, the final rounding."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import plain
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_to

#: elements worked on at once, so that the intermediate arrays stay in the cache
PLAIN_BLOCK = 1 << 16
PAIR_BLOCK = 1 << 12
#: threads for large arrays, and the elements that are worth another one
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WORTH_A_THREAD = 1 << 18


def evaluate(
    bound: BoundActivation,
    x: NDArray[Any],
    orders: Sequence[int],
    dtype: DType,
    saturate: bool = False,
    threads: int = THREADS,
) -> list[NDArray[Any]]:
    """The asked orders (0 value, 1 derivative, 2 second derivative) at x, each shaped like x.

    x holds numbers of `dtype`, in any shape and layout, and is not changed. Results are of that
    dtype; their error bounds are those of `bounds`. Large arrays are shared among `threads`.
    """
    flat = np.ascontiguousarray(x, dtype=dtype.numpy).reshape(-1)
    orders = tuple(orders)
    if dtype.bits <= 16 and flat.size > 1 << dtype.bits:
        index = flat.view(dtype.unsigned)
        table = _all_inputs(_key(bound), bound, orders, dtype, saturate)
        return [column.take(index).reshape(x.shape) for column in table]
    columns = [np.empty(flat.shape, dtype.numpy) for _ in orders]

    def fill(span: range) -> None:
        step = span.step
        with np.errstate(all="ignore"):
            for start in span:
                part = slice(start, min(start + step, span.stop))
                results = _block(bound, flat[part], orders, dtype, saturate)
                for column, result in zip(columns, results, strict=True):
                    column[part] = result

    spans = _spans(flat.size, PLAIN_BLOCK if dtype.name == "float32" else PAIR_BLOCK, threads)
    if len(spans) == 1:
        fill(spans[0])
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(spans)) as pool:
            list(pool.map(fill, spans))
    return [column.reshape(x.shape) for column in columns]


def _spans(size: int, block: int, threads: int) -> list[range]:
    """The starts of the blocks of each thread: numpy lets go of the interpreter in its loops."""
    threads = min(threads, size // WORTH_A_THREAD)
    if threads < 2:
        return [range(0, size, block)]
    length = -(-size // threads)
    return [range(start, min(start + length, size), block) for start in range(0, size, length)]


def _key(bound: BoundActivation) -> tuple[Any, ...]:
    return bound.name, *bound.parameters.items()


_TABLES: dict[tuple[Any, ...], NDArray[Any]] = {}


def _all_inputs(
    key: tuple[Any, ...],
    bound: BoundActivation,
    orders: tuple[int, ...],
    dtype: DType,
    saturate: bool,
) -> list[NDArray[Any]]:
    """Results for every bit pattern of a small dtype, indexed by the pattern."""
    result = []
    for order in orders:
        entry = (*key, order, dtype.name, saturate)
        if entry not in _TABLES:
            inputs = np.arange(1 << dtype.bits, dtype=dtype.unsigned).view(dtype.numpy)
            (_TABLES[entry],) = evaluate(bound, inputs, (order,), dtype, saturate)
        result.append(_TABLES[entry])
    return result


def _block(
    bound: BoundActivation,
    x: NDArray[Any],
    orders: tuple[int, ...],
    dtype: DType,
    saturate: bool,
) -> list[NDArray[Any]]:
    wide = x.astype(np.float64)
    finite = np.isfinite(x)
    every = bool(finite.all())
    inside = wide if every else np.where(finite, wide, 0.0)
    highs, lows = _compute(bound, inside, orders, dtype)
    odd = bound.activation.symmetry == "odd" and bool((x == 0).any())
    results = []
    for order, high, low in zip(orders, highs, lows, strict=True):
        if odd and order == 0:
            high = np.where((inside == 0) & (high == 0), inside, high)
        if not every:
            high = high.copy()
            left, right = bound.limits
            high[wide == -np.inf] = left[order]
            high[wide == np.inf] = right[order]
            high[np.isnan(wide)] = np.nan
            low = None if low is None else np.where(finite, low, 0.0)
        results.append(round_to(high, dtype, low, saturate))
    return results


def _compute(
    bound: BoundActivation, x: NDArray[np.float64], orders: tuple[int, ...], dtype: DType
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64] | None]]:
    """High and low parts of the orders: float32 needs no low part, the others are double-double."""
    if dtype.name == "float32":
        formulas = bound.formulas(plain, x)
        return [formulas[order]() for order in orders], [None] * len(orders)
    from actcli.arithmetic import double_double
    from actcli.arithmetic.pair import Pair

    wide = bound.formulas(double_double, Pair.exactly(x))
    pairs = [wide[order]().collapsed() for order in orders]
    highs = [high for high, _ in pairs]
    zero = x == 0
    if zero.any():
        # Sums of parts lose the sign of zero, plain products keep it.
        signed = bound.formulas(plain, x[zero])
        for order, high in zip(orders, highs, strict=True):
            high[zero] = np.where(high[zero] == 0, signed[order](), high[zero])
    return highs, [low for _, low in pairs]
