"""The known-wrong variants of a function: results that a good test does not let pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.comparing.defaults import other_defaults
from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import Array, DType, get_dtype
from actcli.numerics.rounding import round_to
from actcli.tolerance.case import Case, Limits
from actcli.tolerance.relatives import relatives

Floats = NDArray[np.float64]

#: The entries of a table of a dtype of more than 16 bits.
ENTRIES = 4096
#: The inputs at which the factor is chosen whose absence is noticed least.
FEW = 256
#: What is added to the name of a variant, by the order of the derivative.
SUFFIXES = ("", "_derivative", "_second_derivative")


class Variant(NamedTuple):
    """A wrong column: its name, in words what is wrong, and its numbers."""

    name: str
    words: str
    values: Callable[[], Array]


def variants(case: Case) -> Iterator[Variant]:
    """The variants that apply to a function."""
    for kind in KINDS:
        for variant in kind(case):
            yield variant._replace(name=variant.name + SUFFIXES[case.order])


def zeros(case: Case) -> Iterator[Variant]:
    """A kernel that writes nothing."""
    yield Variant("zeros", "0 everywhere", lambda: np.zeros_like(case.x))


def other_functions(case: Case) -> Iterator[Variant]:
    """Another function, or another framework's idea of this one."""
    told = {case.bound.key}
    frameworks = {symbol.framework for symbol in case.bound.activation.symbols}
    named = [(one.name, one, f"{one.specification} instead") for one in relatives(case.bound)]
    named += [
        (default.symbol.name, default.bound, f"the default of {default.symbol.name}, "
         f"{default.words}")
        for default in other_defaults(case.bound, frameworks)
    ]  # fmt: skip
    for name, other, words in named:
        if other.key not in told:
            told.add(other.key)
            yield Variant(name, words, partial(_of, other, case))


def cut_tail(case: Case) -> Iterator[Variant]:
    """Small results taken for 0 where the function approaches 0."""
    reach = case.bound.facts.view
    beside = np.array([-reach, reach]).astype(case.dtype.numpy)
    (there,) = evaluate(case.bound, beside, (case.order,), case.dtype)
    ends = [end[case.order] for end in case.bound.limits]
    sides = [end == 0 and value != 0 for end, value in zip(ends, there.tolist(), strict=True)]
    if not any(sides):
        return
    small = 2.0**-case.dtype.mantissa_bits

    def values() -> Array:
        side = np.where(np.signbit(case.wide), sides[0], sides[1])
        cut = side & (np.abs(case.wide) >= 1) & (np.abs(case.correct.astype(np.float64)) < small)
        return _where(cut, np.zeros_like(case.x), case.correct)

    yield Variant("cut_tail", f"0 in a tail below 2^-{case.dtype.mantissa_bits}", values)


def flushed(case: Case) -> Iterator[Variant]:
    """Subnormal numbers flushed to 0, among inputs and results."""
    least = 2.0**case.dtype.smallest_normal_exponent

    def flush(column: Array) -> Array:
        wide = column.astype(np.float64)
        return _where(np.abs(wide) < least, np.copysign(0.0, wide).astype(column.dtype), column)

    def values() -> Array:
        (column,) = evaluate(case.bound, flush(case.x), (case.order,), case.dtype)
        return flush(column)

    yield Variant("flushed_subnormals", "subnormal inputs and results taken for 0", values)


def narrow(case: Case) -> Iterator[Variant]:
    """The formula computed literally in float16."""
    if case.dtype.bits < 16:
        return

    def values() -> Array:
        from actcli.numerics.stepwise import evaluate

        between = get_dtype("float16")
        (column,) = evaluate(case.bound.program, case.x, (case.order,), case.dtype, between)
        return column

    yield Variant("float16_intermediates", "the formula step by step in float16", values)


def shifted_table(case: Case) -> Iterator[Variant]:
    """A table read one entry too far."""
    if case.dtype.bits <= 16:
        yield Variant(
            "shifted_table",
            "a table of all inputs, read one entry too far",
            lambda: _of(case.bound, case, _next(case.x, case.dtype)),
        )
        return
    reach = case.bound.facts.view
    step = 2 * reach / ENTRIES

    def values() -> Array:
        inside = np.abs(case.wide) <= reach
        moved = round_to(np.where(inside, case.wide + step, case.wide), case.dtype)
        return _of(case.bound, case, moved)

    words = f"a table of {ENTRIES:,} entries from {-reach:g} to {reach:g}, read one too far"
    yield Variant("shifted_table", words, values)


def kink(case: Case) -> Iterator[Variant]:
    """At kinks the derivative of the other side."""
    if case.order != 1:
        return
    points = [
        (float(point.x), float(point.derivative), float(point.left_derivative),
         float(point.right_derivative))
        for point in case.bound.breakpoints
        if point.left_derivative != point.right_derivative
    ]  # fmt: skip
    if not points:
        return

    def values() -> Array:
        wide = case.correct.astype(np.float64)
        for x, own, left, right in points:
            wide = np.where(case.wide == x, left if own == right else right, wide)
        return round_to(wide, case.dtype)

    yield Variant("other_side_of_kink", "at a kink the derivative of the other side", values)


def missing_factor(case: Case) -> Iterator[Variant]:
    """The derivative's formula without one of its factors, the one that is missed least."""
    if case.order != 1:
        return
    from actcli.tolerance.factors import without_a_factor

    few = np.linspace(0, len(case.x) - 1, min(FEW, len(case.x))).astype(np.intp)
    trial = Case(case.bound, 1, case.x[few], case.dtype)
    found = []
    for place, (missing, wrong) in enumerate(without_a_factor(case.bound)):
        seen = trial.measured(_value(wrong, trial), Limits(1.0, 1.0))
        if seen.differ:
            found.append((seen.needs, place, missing, wrong))
    if found:
        _, _, missing, wrong = min(found)
        yield Variant("missing_factor", f"without {missing}", partial(_value, wrong, case))


#: Every kind of variant; each yields nothing for a function that it does not apply to.
KINDS: tuple[Callable[[Case], Iterator[Variant]], ...] = (
    zeros, other_functions, cut_tail, flushed, narrow, shifted_table, kink, missing_factor,
)  # fmt: skip


def _of(other: BoundActivation, case: Case, x: Array | None = None) -> Array:
    """The column of a function, at the inputs or others."""
    (column,) = evaluate(other, case.x if x is None else x, (case.order,), case.dtype)
    return column


def _value(other: BoundActivation, case: Case) -> Array:
    """The value of a function at the inputs."""
    return evaluate(other, case.x, (0,), case.dtype)[0]


def _next(x: Array, dtype: DType) -> Array:
    """The next larger number at each place, of the largest itself."""
    from actcli.numerics.places import largest_place, numbers, places

    wide = x.astype(np.float64)
    finite = np.isfinite(wide)
    at = places(np.where(finite, wide, 0.0).astype(dtype.numpy), dtype)
    moved = numbers(np.minimum(at + 1, largest_place(dtype)), dtype)
    return _where(finite, moved, x)


def _where(chosen: NDArray[np.bool_], first: Array, second: Array) -> Array:
    """numpy.where for arrays of any dtype."""
    result = second.copy()
    result[chosen] = first[chosen]
    return result
