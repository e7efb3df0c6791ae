"""Evaluating an activation on an array: blocks, special values, the final rounding."""

from __future__ import annotations

import collections
import functools
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import plain
from actcli.catalogue.bound import BoundActivation
from actcli.numerics import piecewise
from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_into

#: elements worked on at once, so that the intermediate arrays stay in the cache
PLAIN_BLOCK = 1 << 16
PAIR_BLOCK = 1 << 12
#: threads for large arrays, and the elements that are worth another one
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WORTH_A_THREAD = 1 << 18
#: float32 values of one activation after which its cubics are made, and values to try them on
WORTH_CUBICS = 1 << 20
TRIAL = 1 << 15
#: share of a block that cubics may leave to the formulas
LEFT_AT_MOST = 1 / 4


#: computes the columns at x into the arrays given
Formulas = Callable[[NDArray[Any], Sequence[NDArray[Any]]], None]


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
    single = dtype.name == "float32"
    spans = _spans(flat.size, PLAIN_BLOCK if single else PAIR_BLOCK, threads)
    formulas = functools.partial(_block, bound, orders, dtype, saturate)
    cubics = _cubics(bound, orders, flat, formulas) if single else None

    def fill(span: range) -> None:
        with np.errstate(all="ignore"):
            if cubics:
                _fill_by_cubics(cubics, formulas, flat, columns, span)
            else:
                _fill(formulas, flat, columns, span)

    if len(spans) == 1:
        fill(spans[0])
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(spans)) as pool:
            list(pool.map(fill, spans))
    return [column.reshape(x.shape) for column in columns]


def _fill(
    formulas: Formulas,
    x: NDArray[Any],
    columns: list[NDArray[Any]],
    span: range,
) -> None:
    for start in span:
        part = slice(start, min(start + span.step, span.stop))
        formulas(x[part], [column[part] for column in columns])


def _fill_by_cubics(
    cubics: list[piecewise.Cubics],
    formulas: Formulas,
    x: NDArray[Any],
    columns: list[NDArray[Any]],
    span: range,
) -> None:
    """What the cubics leave is gathered, and computed by the formulas in one go at the end."""
    work = piecewise.Workspace(span.step)
    left: list[list[NDArray[np.intp]]] = [[] for _ in columns]
    for start in span:
        stop = min(start + span.step, span.stop)
        results = [column[start:stop] for column in columns]
        rest = piecewise.evaluate(cubics, x[start:stop], results, work)
        if sum(places.size for places in rest) > LEFT_AT_MOST * (stop - start) * len(columns):
            # numbers for which the grid was not made, and so may be those that follow
            _fill(formulas, x, columns, range(start, span.stop, span.step))
            break
        for gathered, places in zip(left, rest, strict=True):
            gathered.append(places + start)
    for order, (column, gathered) in enumerate(zip(columns, left, strict=True)):
        places = np.concatenate([np.empty(0, np.intp), *gathered])
        results = [np.empty(places.size, np.float32) for _ in columns]
        _fill(formulas, x[places], results, range(0, places.size, span.step))
        column[places] = results[order]


def _spans(size: int, block: int, threads: int) -> list[range]:
    """The starts of the blocks of each thread: numpy lets go of the interpreter in its loops."""
    threads = min(threads, size // WORTH_A_THREAD)
    if threads < 2:
        return [range(0, size, block)]
    length = -(-size // threads)
    return [range(start, min(start + length, size), block) for start in range(0, size, length)]


_SEEN: collections.Counter[tuple[Any, ...]] = collections.Counter()
_CUBICS: dict[tuple[Any, ...], list[piecewise.Cubics] | None] = {}


def _cubics(
    bound: BoundActivation,
    orders: tuple[int, ...],
    x: NDArray[Any],
    formulas: Formulas,
) -> list[piecewise.Cubics] | None:
    """The cubics of these columns if so many values were asked for that they pay.

    They give the same numbers as the formulas, so they are tried on one block beside them, and kept
    if they take less time.
    """
    key = *_key(bound), orders
    _SEEN[key] += x.size
    if _SEEN[key] < WORTH_CUBICS or x.size < TRIAL:
        return None
    if key not in _CUBICS:
        cubics = piecewise.tabulate(bound, orders)
        sample, times = x[:TRIAL], []
        columns = [np.empty(sample.shape, np.float32) for _ in orders]
        span = range(0, sample.size, sample.size)
        with np.errstate(all="ignore"):
            for way in (
                functools.partial(_fill_by_cubics, cubics, formulas),
                functools.partial(_fill, formulas),
            ):
                times.append(min(_seconds(way, sample, columns, span) for _ in range(4)))
        _CUBICS[key] = cubics if times[0] < times[1] else None
    return _CUBICS[key]


def _seconds(function: Callable[..., None], *arguments: Any) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


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
    orders: tuple[int, ...],
    dtype: DType,
    saturate: bool,
    x: NDArray[Any],
    results: Sequence[NDArray[Any]],
) -> None:
    wide = x.astype(np.float64)
    finite = np.isfinite(x)
    every = bool(finite.all())
    inside = wide if every else np.where(finite, wide, 0.0)
    highs, lows = _compute(bound, inside, orders, dtype)
    odd = bound.activation.symmetry == "odd" and 0 in orders and not x.all()
    for order, high, low, result in zip(orders, highs, lows, results, strict=True):
        if odd and order == 0:
            high = np.where((inside == 0) & (high == 0), inside, high)
        if not every:
            high = high.copy()
            left, right = bound.limits
            high[wide == -np.inf] = left[order]
            high[wide == np.inf] = right[order]
            high[np.isnan(wide)] = np.nan
            low = None if low is None else np.where(finite, low, 0.0)
        round_into(result, high, dtype, low, saturate)


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
