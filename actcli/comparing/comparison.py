"""The results of several backends at the same inputs, judged against the true values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from actcli.auditing.judge import Judge, Rules, Verdict
from actcli.auditing.subjects import Computed, computed_along
from actcli.auditing.vectors import VectorJudge
from actcli.backends import BACKENDS, DEFAULT, LITERAL, Kernel, get_backend, is_kernel, is_own
from actcli.backends.base import Backend
from actcli.catalogue.bound import BoundActivation, framework_call
from actcli.columns import ORDERS
from actcli.comparing.defaults import Default, other_defaults
from actcli.errors import ActcliError, UsageError
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.rounding import round_to


class Compared(NamedTuple):
    """The results and verdicts of one backend by column, and why it lacks others.

    `call` is what it calls. `default` is set if that is what the framework's name means by default,
    which is another function.
    """

    backend: Backend
    call: str
    columns: Mapping[str, tuple[Array, Verdict]]
    lacking: Mapping[str, ActcliError]
    default: Default | None = None


class Comparison(NamedTuple):
    """The inputs, the true values by column, and what is compared with them.

    `others` are the differing defaults of all frameworks that have the function; `failed` says why
    a backend has no results, `missing` are those not installed; `alone` means that no framework has
    the function.
    """

    bound: BoundActivation
    dtype: DType
    x: Array
    true: Mapping[str, Array]
    compared: Sequence[Compared]
    by_default: Sequence[Compared]
    others: Sequence[Default]
    failed: Mapping[str, ActcliError]
    missing: Sequence[Backend]
    alone: bool


def chosen_backends(
    names: Sequence[str] | None, bound: BoundActivation, kernel: Kernel | None = None
) -> tuple[list[Backend], list[Backend]]:
    """The backends to compare, and those that could be compared if they were installed.

    Without names these are all that have the function, Keras only once or, if none has it, its
    formula taken literally. UsageError for a name that is unknown or not installed.
    """
    if names is not None:
        kernels = [name for name in names if is_kernel(name)]
        named = [
            # without a kernel what is said of one has no sense, which is said of the first
            get_backend(name, kernel if name in (kernels or names[:1]) else None)
            for name in names
        ]
        for backend in named:
            if backend.version is None:
                raise UsageError(f"backend {backend.name} is not installed; {backend.install}")
        return named, []
    having = [get_backend(name) for name in BACKENDS if not is_own(name) and "@" not in name]
    having = [backend for backend in having if bound.name in backend.functions]
    having = having or [get_backend(LITERAL)]
    return (
        [backend for backend in having if backend.version is not None],
        [backend for backend in having if backend.version is None],
    )


def compare(
    bound: BoundActivation,
    dtype: DType,
    x: Array,
    names: Sequence[str],
    backends: Sequence[str] | None = None,
    kernel: Kernel | None = None,
) -> Comparison:
    """Compare backends of these names, or all that have the function, at some x.

    UsageError if a named backend is not installed; an error if none of them has results.
    """
    chosen, missing = chosen_backends(backends, bound, kernel)
    frameworks = {backend.framework for backend in [*chosen, *missing]}
    others = [] if bound.activation.vector else other_defaults(bound, frameworks)
    table = _TrueColumns(bound, dtype, x, names)
    compared: list[Compared] = []
    by_default: list[Compared] = []
    failed: dict[str, ActcliError] = {}
    for backend in chosen:
        found = table.compared(backend, bound)
        if not found.columns:
            failed[backend.name] = next(iter(found.lacking.values()))
            continue
        compared.append(found)
        for default in others:
            if backend.framework == default.symbol.framework:
                one = table.compared(backend, default.bound, default)
                if one.columns:
                    by_default.append(one)
    if backends and not compared:
        raise next(iter(failed.values()))
    true = {name: table.true[name] for name in names}
    alone = backends is None and [backend.name for backend in chosen] == [LITERAL]
    return Comparison(bound, dtype, x, true, compared, by_default, others, failed, missing, alone)


class _TrueColumns:
    """The true columns at x, beside which those of backends are judged."""

    def __init__(
        self, bound: BoundActivation, dtype: DType, x: Array, names: Sequence[str]
    ) -> None:
        self.dtype = dtype
        self.x = x
        self.names = names
        orders = [ORDERS[name] for name in names]
        with np.errstate(all="ignore"):
            self.wide = x.astype(np.float64)
        self.judge: Judge
        if bound.activation.vector:
            if bound.output_length(len(x)) != len(x):
                raise UsageError(
                    f"compare shows a result beside each number, but {bound.name} of {len(x)} has "
                    f"{bound.output_length(len(x))}; audit judges it"
                )
            self.judge = VectorJudge(bound, orders, dtype, Rules())
            self.truths = self.judge.truths(self.wide[None])
        else:
            self.judge = Judge(bound, orders, dtype, Rules())
            self.truths = self.judge.true_values(x)
        core = get_backend(DEFAULT)
        self.true = {name: self._results(core, bound, ORDERS[name]) for name in names}

    def _results(self, backend: Backend, bound: BoundActivation, order: int) -> Array:
        if not bound.activation.vector:
            return Computed(backend, bound, [order], self.dtype)(self.x, 0, len(self.x))[0]
        return computed_along(backend, bound, self.x, 0, [order], self.dtype)[0]

    def compared(
        self, backend: Backend, bound: BoundActivation, default: Default | None = None
    ) -> Compared:
        columns: dict[str, tuple[Array, Verdict]] = {}
        lacking: dict[str, ActcliError] = {}
        for place, name in enumerate(self.names):
            if ORDERS[name] not in backend.orders:
                lacking[name] = UsageError(f"{backend.name} has no {name}")
                continue
            with np.errstate(all="ignore"):
                try:
                    column = self._results(backend, bound, ORDERS[name])
                except ActcliError as error:
                    lacking[name] = error
                    continue
                verdict = self.judge.verdict(place, self.wide, column, self.truths[place])
            columns[name] = (column, verdict)
        call = f"{bound.specification}(x)"
        if (framework := backend.framework) and columns:
            call = framework_call(bound, framework).written("x")
        return Compared(backend, call, columns, lacking, default)


#: Possible distances between points, the smallest first, and the largest number of points.
STEPS = (0.5, 1.0, 2.0)
MODEST = 13


def modest_count(width: float) -> int:
    """The number of points for an interval around 0 that makes them round numbers.

    >>> modest_count(6.0), modest_count(10.0), modest_count(18.0)
    (13, 11, 13)
    """
    for step in STEPS:
        count = width / step
        if count < MODEST and count % 2 == 0:
            return int(count) + 1
    return MODEST


def with_landmarks(asked: Array, bound: BoundActivation, dtype: DType) -> Array:
    """The given numbers, breakpoints, infinities and largest finite numbers, sorted, nan last.

    >>> from actcli.catalogue.specification import parse
    >>> from actcli.numerics.dtypes import DTYPES
    >>> with_landmarks(np.float16([2, 1]), parse("relu"), DTYPES["float16"]).tolist()
    [-inf, -65504.0, 0.0, 1.0, 2.0, 65504.0, inf]
    """
    marks = [float(point.x) for point in bound.breakpoints if np.isfinite(float(point.x))]
    marks += [-dtype.largest, dtype.largest]
    if dtype.has_infinity:
        marks += [-np.inf, np.inf]
    every = np.concatenate([asked, round_to(np.array(marks), dtype)])
    _, first = np.unique(every.astype(np.float64), return_index=True)
    chosen: Array = every[first]
    return chosen
