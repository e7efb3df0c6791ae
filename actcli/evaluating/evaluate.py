"""Evaluating an activation on an array: blocks, special values, the final rounding."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.truth import TrueValues, rounded
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.memory import Memory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from actcli.evaluating.direct import Direct
    from actcli.evaluating.pieces import Pieces

    #: computes some orders at x into the given arrays
    Formulas = Callable[[Sequence[int], Array, Sequence[Array]], None]
    #: ... in the blocks that a range describes
    Fill = Callable[[Sequence[int], Array, Sequence[Array], range], None]


#: elements processed at once, so that intermediate arrays stay in the cache: of methods with few
#: such arrays, and of formulas that bound their errors, which have many
BLOCK = 1 << 16
FORMULA_BLOCK = 1 << 13
#: threads for large arrays, and the number of elements that is worth another one
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
WORTH_A_THREAD = 1 << 18
#: values of one activation after which a table of its polynomials pays
WORTH_A_TABLE = {"float32": 1 << 17, "float64": 1 << 18}
WORTH_PIECES = 1 << 13
#: ... if this many are asked for at once, or a grid leaves this many
LEAST = 1 << 12
MUCH = 1 << 14
#: values at once for which computing in the dtype itself is tried
WORTH_DIRECT = 1 << 12
#: the share of a block that polynomials may leave to the formulas, and how often they may exceed it
LEFT_AT_MOST = 1 / 2
TRIALS = 2


class Polynomials(Protocol):
    """Columns tabulated as polynomials: `Cubics`, `Sextics` or `Pieces`."""

    @property
    def workspace(self) -> Callable[[int], Any]:
        """Makes the arrays of one thread for `evaluate` on up to so many numbers."""

    def evaluate(self, x: Array, results: Sequence[Array], work: Any) -> list[NDArray[np.intp]]:
        """Fill the results at x; for each, the places where it must be computed otherwise."""


def evaluate(
    bound: BoundActivation,
    x: Array,
    orders: Sequence[int],
    dtype: DType,
    saturate: bool = False,
    threads: int = THREADS,
) -> list[Array]:
    """The orders asked for (0 value, 1 derivative, 2 second derivative) at x, each shaped like x.

    x holds numbers of `dtype`, in any shape and layout, and is not changed. Results have the same
    dtype and are correctly rounded. Large arrays are divided among `threads`.
    """
    flat = np.ascontiguousarray(x, dtype=dtype.numpy).reshape(-1)
    orders = tuple(orders)
    columns = [np.empty(flat.shape, dtype.numpy) for _ in orders]
    formulas = functools.partial(_block, bound, dtype, saturate)
    by_formulas = functools.partial(_fill, formulas)
    block = BLOCK
    fill: Callable[[range], None]
    if dtype.bits <= 16 and flat.size > 1 << dtype.bits:
        tables = [_all_inputs(bound, order, dtype, saturate) for order in orders]
        fill = functools.partial(_fill_by_lookup, tables, flat, columns)
    elif flat.size >= WORTH_DIRECT and (plan := _direct(bound, orders, dtype)):
        in_the_dtype = functools.partial(_in_the_dtype, plan, formulas)
        fill = functools.partial(_fill, in_the_dtype, orders, flat, columns)
    elif seen := _seen(bound, orders, flat.size, dtype):
        by_polynomials = _by_polynomials(bound, orders, dtype, seen, by_formulas)
        fill = functools.partial(by_polynomials, orders, flat, columns)
    else:
        fill = functools.partial(by_formulas, orders, flat, columns)
        block = FORMULA_BLOCK
    spans = _spans(flat.size, block, threads)
    if len(spans) == 1:
        _quietly(fill, spans[0])
    else:
        from actcli.workers.threads import Threads

        with Threads(len(spans)) as pool:
            list(pool.map(functools.partial(_quietly, fill), spans))
    return [column.reshape(x.shape) for column in columns]


def _quietly(fill: Callable[[range], None], span: range) -> None:
    with np.errstate(all="ignore"):  # of this thread alone
        fill(span)


def _fill_by_lookup(tables: list[Array], x: Array, columns: list[Array], span: range) -> None:
    unsigned = f"u{x.itemsize}"
    patterns = x.view(unsigned)
    # bits are copied faster than numbers of a dtype that is not numpy's own
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
    formulas: Formulas, orders: Sequence[int], x: Array, columns: Sequence[Array], span: range
) -> None:
    for start in span:
        part = slice(start, min(start + span.step, span.stop))
        formulas(orders, x[part], [column[part] for column in columns])


def _fill_by_polynomials(
    polynomials: Callable[[Sequence[int]], Polynomials],
    otherwise: Fill,
    least: int,
    orders: Sequence[int],
    x: Array,
    columns: Sequence[Array],
    span: range,
) -> None:
    """Fill the columns by polynomials; what they leave is gathered and computed at the end.

    Fewer than `least` numbers are not worth them.
    """
    if span.stop - span.start < least:
        otherwise(orders, x, columns, range(span.start, span.stop, FORMULA_BLOCK))
        return
    found = polynomials(orders)
    work = found.workspace(min(BLOCK, span.stop - span.start))
    left: list[list[NDArray[np.intp]]] = [[] for _ in columns]
    given_up = 0
    for start in range(span.start, span.stop, BLOCK):
        stop = min(start + BLOCK, span.stop)
        results = [column[start:stop] for column in columns]
        rest = found.evaluate(x[start:stop], results, work)
        if sum(places.size for places in rest) > LEFT_AT_MOST * (stop - start) * len(columns):
            # the polynomials were not made for these numbers, nor perhaps for those that follow
            given_up += 1
            stop = stop if given_up < TRIALS else span.stop
            otherwise(orders, x, columns, range(start, stop, FORMULA_BLOCK))
            if stop == span.stop:
                break
            found = polynomials(orders)
            continue
        for gathered, places in zip(left, rest, strict=True):
            gathered.append(places + start)
    for order, column, gathered in zip(orders, columns, left, strict=True):
        places = np.concatenate([np.empty(0, np.intp), *gathered])
        if places.size:
            result = np.empty(places.size, x.dtype)
            otherwise((order,), x[places], [result], range(0, places.size, FORMULA_BLOCK))
            column[places] = result


_DIRECT: Memory[Direct | None] = Memory(256)


def _direct(bound: BoundActivation, orders: tuple[int, ...], dtype: DType) -> Direct | None:
    """The columns computed in the dtype itself, if that has at most one rounding."""
    if dtype.bits < 32 or (not bound.activation.typed and bound.facts.smooth):
        return None  # a smooth function is not a choice between lines
    from actcli.evaluating.direct import direct

    key = (bound.key, orders, dtype.name)
    return _DIRECT.get(key, lambda: direct(bound.program, orders, dtype))


def _in_the_dtype(
    plan: Direct, formulas: Formulas, orders: Sequence[int], x: Array, results: Sequence[Array]
) -> None:
    plan(orders, x, results)
    places = plan.special(x)
    if places.size:
        found = [np.empty(places.size, x.dtype) for _ in orders]
        formulas(orders, x[places], found)
        for result, column in zip(results, found, strict=True):
            result[places] = column


def _spans(size: int, block: int, threads: int) -> list[range]:
    """The starts of the blocks of each thread (numpy releases the interpreter in its loops)."""
    threads = min(threads, size // WORTH_A_THREAD)
    if threads < 2:
        return [range(0, size, block)]
    length = -(-size // threads)
    return [range(start, min(start + length, size), block) for start in range(0, size, length)]


#: The number of values asked for so far, and the polynomials, by function, orders and dtype.
_SEEN: Memory[int] = Memory(256)
_POLYNOMIALS: Memory[Polynomials] = Memory(32)


def _seen(bound: BoundActivation, orders: tuple[int, ...], size: int, dtype: DType) -> int:
    """The number of values asked for so far if that makes polynomials worthwhile, else 0."""
    if dtype.name not in WORTH_A_TABLE:
        return 0
    key = (bound.key, orders, dtype.name)
    seen = _SEEN.get(key, int) + size
    _SEEN.put(key, seen)
    worth = WORTH_PIECES if bound.activation.formulas is None else WORTH_A_TABLE[dtype.name]
    return seen if seen >= worth else 0


def _by_polynomials(
    bound: BoundActivation, orders: tuple[int, ...], dtype: DType, seen: int, formulas: Fill
) -> Fill:
    """Columns by polynomials, with the same numbers as the formulas.

    Functions of the catalogue begin with a grid made from their formulas; a float64 grid leaves
    many numbers, for which pieces are faster. Typed formulas begin with pieces, which are made
    where the numbers are; a float32 grid is made from these once there are many.
    """

    def kept(kind: object, orders: Sequence[int], make: Callable[[], Polynomials]) -> Polynomials:
        return _POLYNOMIALS.get((kind, bound.key, tuple(orders), dtype.name), make)

    def pieces(orders: Sequence[int]) -> Pieces:
        from actcli.evaluating.pieces import Pieces

        made = kept("pieces", orders, lambda: Pieces(bound.program, orders, dtype))
        return cast("Pieces", made)

    def cubics(orders: Sequence[int]) -> Polynomials:
        from actcli.evaluating.cubics import of_formulas

        return kept("cubics", orders, lambda: of_formulas(bound, orders))

    def cubics_of_pieces(orders: Sequence[int]) -> Polynomials:
        from actcli.evaluating.cubics import of_pieces

        found = pieces(orders)
        doublings = found.middles.size.bit_length()  # a better grid each time the pieces double
        return kept(("cubics", doublings), orders, lambda: of_pieces(found))

    def sextics(orders: Sequence[int]) -> Polynomials:
        from actcli.evaluating.sextics import Sextics

        return kept("sextics", orders, lambda: Sextics(bound, orders))

    def first(
        polynomials: Callable[[Sequence[int]], Polynomials], otherwise: Fill, least: int = LEAST
    ) -> Fill:
        return functools.partial(_fill_by_polynomials, polynomials, otherwise, least)

    if bound.activation.formulas is None:
        if dtype.bits == 64 or seen < WORTH_A_TABLE[dtype.name]:
            return first(pieces, formulas)
        return first(cubics_of_pieces, first(pieces, formulas, 1))
    if dtype.bits == 32:
        return first(cubics, formulas)
    return first(sextics, first(pieces, formulas, MUCH))


_TABLES: Memory[Array] = Memory(24)


def _all_inputs(bound: BoundActivation, order: int, dtype: DType, saturate: bool) -> Array:
    """Results for every bit pattern of a small dtype, indexed by the pattern."""

    def compute() -> Array:
        inputs = np.arange(1 << dtype.bits, dtype=dtype.unsigned).view(dtype.numpy)
        return evaluate(bound, inputs, (order,), dtype, saturate)[0]

    return _TABLES.get((bound.key, order, dtype.name, saturate), compute)


def _block(
    bound: BoundActivation,
    dtype: DType,
    saturate: bool,
    orders: Sequence[int],
    x: Array,
    results: Sequence[Array],
) -> None:
    if bound.activation.formulas is None:
        from actcli.numerics.certified import certified

        found = certified(bound.program, x.astype(np.float64), orders, dtype, saturate)
    else:
        truths = TrueValues(bound, orders, dtype)(x)
        found = [rounded(truth, dtype, saturate) for truth in truths]
    for column, result in zip(found, results, strict=True):
        result[...] = column
