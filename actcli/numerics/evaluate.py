"""Evaluating an activation on an array: blocks, special values, the final rounding."""

from __future__ import annotations

import collections
import functools
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import plain
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType
from actcli.numerics.rounding import round_into

#: elements worked on at once, so that the intermediate arrays stay in the cache
PLAIN_BLOCK = 1 << 16
PAIR_BLOCK = 1 << 12
#: threads for large arrays, and the elements that are worth another one
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WORTH_A_THREAD = 1 << 18
#: values of one activation after which a table of its polynomials pays, and those to try it on
WORTH_A_TABLE = {"float32": 1 << 20, "float64": 1 << 17}
TRIAL = range(1 << 12, 1 << 17)
#: share of a block that polynomials may leave to the formulas
LEFT_AT_MOST = 1 / 2


class Polynomials(Protocol):
    """Columns tabulated as polynomials: `Cubics` or `Sextics`."""

    def workspace(self, size: int) -> Any:
        """What `evaluate` needs for so many numbers; of its own for each thread."""

    def evaluate(
        self, x: NDArray[Any], results: Sequence[NDArray[Any]], work: Any
    ) -> list[NDArray[np.intp]]:
        """Fill the results at x; for each, the places where it must be computed otherwise."""


#: computes some orders at x into the arrays given
Formulas = Callable[[Sequence[int], NDArray[Any], Sequence[NDArray[Any]]], None]


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
    columns = [np.empty(flat.shape, dtype.numpy) for _ in orders]
    formulas = functools.partial(_block, bound, dtype, saturate)
    block = PLAIN_BLOCK
    fill: Callable[[range], None]
    if dtype.bits <= 16 and flat.size > 1 << dtype.bits:
        tables = _all_inputs(_key(bound), bound, orders, dtype, saturate)
        fill = functools.partial(_fill_by_lookup, tables, flat, columns)
    elif polynomials := _polynomials(bound, orders, flat, dtype, formulas):
        fill = functools.partial(_fill_by_polynomials, polynomials, formulas, orders, flat, columns)
    else:
        fill = functools.partial(_fill, formulas, orders, flat, columns)
        block = _formula_block(dtype.numpy)
    spans = _spans(flat.size, block, threads)
    if len(spans) == 1:
        _quietly(fill, spans[0])
    else:
        from actcli.threads import Threads

        with Threads(len(spans)) as pool:
            list(pool.map(functools.partial(_quietly, fill), spans))
    return [column.reshape(x.shape) for column in columns]


def _formula_block(dtype: np.dtype[Any]) -> int:
    return PLAIN_BLOCK if dtype == np.float32 else PAIR_BLOCK


def _quietly(fill: Callable[[range], None], span: range) -> None:
    with np.errstate(all="ignore"):  # of this thread alone
        fill(span)


def _fill_by_lookup(
    tables: list[NDArray[Any]], x: NDArray[Any], columns: list[NDArray[Any]], span: range
) -> None:
    unsigned = f"u{x.itemsize}"
    patterns = x.view(unsigned)
    # bits are copied sooner than numbers of a dtype that numpy only borrows
    pairs = [
        (table.view(unsigned), column.view(unsigned))
        for table, column in zip(tables, columns, strict=True)
    ]
    index = np.empty(min(span.step, span.stop - span.start), np.intp)
    for start in span:
        part = slice(start, min(start + span.step, span.stop))
        places = index[: part.stop - start]
        np.copyto(places, patterns[part])
        for table, column in pairs:
            table.take(places, out=column[part], mode="clip")


def _fill(
    formulas: Formulas,
    orders: Sequence[int],
    x: NDArray[Any],
    columns: list[NDArray[Any]],
    span: range,
) -> None:
    for start in span:
        part = slice(start, min(start + span.step, span.stop))
        formulas(orders, x[part], [column[part] for column in columns])


def _fill_by_polynomials(
    polynomials: Polynomials,
    formulas: Formulas,
    orders: Sequence[int],
    x: NDArray[Any],
    columns: list[NDArray[Any]],
    span: range,
) -> None:
    """What the polynomials leave is gathered, and computed by the formulas at the end."""
    work = polynomials.workspace(min(span.step, span.stop - span.start))
    block = _formula_block(x.dtype)
    left: list[list[NDArray[np.intp]]] = [[] for _ in columns]
    for start in span:
        stop = min(start + span.step, span.stop)
        results = [column[start:stop] for column in columns]
        rest = polynomials.evaluate(x[start:stop], results, work)
        if sum(places.size for places in rest) > LEFT_AT_MOST * (stop - start) * len(columns):
            # numbers for which the grid was not made, and so may be those that follow
            _fill(formulas, orders, x, columns, range(start, span.stop, block))
            break
        for gathered, places in zip(left, rest, strict=True):
            gathered.append(places + start)
    for order, column, gathered in zip(orders, columns, left, strict=True):
        places = np.concatenate([np.empty(0, np.intp), *gathered])
        result = np.empty(places.size, x.dtype)
        _fill(formulas, (order,), x[places], [result], range(0, places.size, block))
        column[places] = result


def _spans(size: int, block: int, threads: int) -> list[range]:
    """The starts of the blocks of each thread: numpy lets go of the interpreter in its loops."""
    threads = min(threads, size // WORTH_A_THREAD)
    if threads < 2:
        return [range(0, size, block)]
    length = -(-size // threads)
    return [range(start, min(start + length, size), block) for start in range(0, size, length)]


_SEEN: collections.Counter[tuple[Any, ...]] = collections.Counter()
_POLYNOMIALS: dict[tuple[Any, ...], Polynomials | None] = {}


def _polynomials(
    bound: BoundActivation,
    orders: tuple[int, ...],
    x: NDArray[Any],
    dtype: DType,
    formulas: Formulas,
) -> Polynomials | None:
    """Tabulated polynomials of these columns, if so many values were asked for that they pay.

    They give the same numbers as the formulas, so they are tried on one block beside them, and kept
    if they take less time.
    """
    worth = WORTH_A_TABLE.get(dtype.name)
    if worth is None:
        return None
    key = *_key(bound), orders, dtype.name
    _SEEN[key] += x.size
    if _SEEN[key] < worth or x.size < TRIAL.start:
        return None
    if key not in _POLYNOMIALS:
        polynomials = _tabulate(bound, orders, dtype)
        sample, times = x[: TRIAL.stop], []
        columns = [np.empty(sample.shape, x.dtype) for _ in orders]
        ways: list[tuple[Callable[..., None], int]] = [
            (functools.partial(_fill_by_polynomials, polynomials, formulas, orders), PLAIN_BLOCK),
            (functools.partial(_fill, formulas, orders), _formula_block(x.dtype)),
        ]
        with np.errstate(all="ignore"):
            for way, block in ways:
                span = range(0, sample.size, block)
                times.append(min(_seconds(way, sample, columns, span) for _ in range(3)))
        _POLYNOMIALS[key] = polynomials if times[0] < times[1] else None
    return _POLYNOMIALS[key]


def _tabulate(bound: BoundActivation, orders: tuple[int, ...], dtype: DType) -> Polynomials:
    if dtype.name == "float32":
        from actcli.numerics.cubics import Cubics

        return Cubics(bound, orders)
    from actcli.numerics.sextics import Sextics

    return Sextics(bound, orders)


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
    dtype: DType,
    saturate: bool,
    orders: Sequence[int],
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
    bound: BoundActivation, x: NDArray[np.float64], orders: Sequence[int], dtype: DType
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
