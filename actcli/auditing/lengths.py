"""Whether results depend on anything but x: the length of the array, its layout, the call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.auditing.judge import Rules
from actcli.auditing.subjects import Computed, Subject
from actcli.backends.base import Backend, Dependence
from actcli.backends.with_derivative import WithDerivative
from actcli.catalogue.bound import BoundActivation
from actcli.columns import ORDERS
from actcli.errors import ActcliError, DataError, LackingError, UsageError
from actcli.evaluating.worth_testing import COUNT, worth_testing
from actcli.numerics.digits import bits, shortest
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.ulp import ulp
from actcli.reference.numerals import plain

#: The frameworks whose arrays can lie in memory in other ways than one after the other.
WITH_STRIDES = ("numpy", "torch", "scipy")
#: So many values are enough for a framework to share them among threads.
MANY = 1 << 16
#: So many calls for one length show whether it matters, and do not take long.
MOST_CALLS = 128
#: What limits the threads of frameworks that are imported later.
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
    ),
    "1",
)  # fmt: skip

#: Makes the backend anew.
Make = Callable[[], Backend]
Layout = Callable[[Any], Any]


class Difference(NamedTuple):
    """How results differ from those of all inputs in one array.

    `different` counts the inputs with another result in any column, `columns` those of each;
    `first` is the one nearest to 0, `ulp` the largest difference, infinite where ulp cannot express
    it.
    """

    inputs: int
    different: int
    columns: Mapping[str, int]
    first: Array | None
    ulp: float

    def facts(self, dtype: DType) -> dict[str, Any]:
        """The same as plain data."""
        text = None if self.first is None else shortest(self.first, dtype)[0]
        return {
            "different": self.different,
            "first": None if text is None else plain(float(text)),
            "first_bits": None if self.first is None else bits(self.first, dtype)[0],
            "ulp": plain(self.ulp),
            "inputs": self.inputs,
            "columns": dict(self.columns),
        }


class Study:
    """The results of a backend at some inputs, in one array, and ways to have them otherwise.

    `make` makes the backend as it is at first, whose first call is that for one array. Columns of
    `show` that it does not have are UsageError; without `show` they are left out.
    """

    def __init__(
        self,
        make: Make,
        bound: BoundActivation,
        dtype: DType,
        rules: Rules,
        show: Sequence[str] | None,
    ) -> None:
        self.make = make
        self.backend = make()
        self.bound = bound
        self.dtype = dtype
        self.rules = rules
        self.x = worth_testing(bound, dtype, COUNT)
        if rules.between is not None:
            wide = self.x.astype(np.float64)
            self.x = self.x[(rules.between[0] <= wide) & (wide <= rules.between[1])]
        self.names: list[str] = []
        self.orders: list[int] = []
        self.wanted: list[Array] = []
        for name, order in ORDERS.items():
            if name not in (show or ORDERS) or (rules.upstream is not None and order > 1):
                continue
            try:
                (column,) = self._subject(self.backend, [order])(self.x, 0, len(self.x))
            except (UsageError, LackingError, DataError):
                if show is not None or (not self.orders and order == max(ORDERS.values())):
                    raise
            else:
                self.names.append(name)
                self.orders.append(order)
                self.wanted.append(column)

    def by_length(self, lengths: Sequence[int]) -> Iterator[tuple[int, Difference]]:
        """In arrays of each length, all inputs or evenly chosen ones; of a program in one array."""
        subject = self._subject(self.backend, self.orders)
        calls = 1 if self.backend.dependence is Dependence.STREAM else MOST_CALLS
        for length in lengths:
            count = min(len(self.x), calls * length)
            spots = np.linspace(0, len(self.x) - 1, count).astype(np.intp)
            at = np.resize(spots, -(-count // length) * length)
            with _saying(f"in arrays of {length:,}"):
                parts = [
                    subject(self.x[at[first : first + length]], 0, length)
                    for first in range(0, len(at), length)
                ]
            got = [np.concatenate(columns)[:count] for columns in zip(*parts, strict=True)]
            yield length, self._difference(spots, got)

    def by_call(self) -> Iterator[tuple[str, Difference]]:
        """In one array as before, but called once more, and lying in memory in other ways."""
        all_of_them = np.arange(len(self.x))
        with _saying("in a second call"):
            got = self._subject(self.backend, self.orders)(self.x, 0, len(self.x))
        yield "second", self._difference(all_of_them, got)
        if self.backend.dependence is Dependence.STREAM:
            return
        for name, layout in LAYOUTS.items():
            backend = _laid_out(self.backend, layout)
            if backend is None:
                continue
            x = self.x if backend is not self.backend else layout(self.x)
            with _saying(f"in a {name} array"):
                got = self._subject(backend, self.orders)(x, 0, len(x))
            yield name, self._difference(all_of_them, got)

    def by_threads(self) -> Iterator[tuple[str, Difference]]:
        """With one thread, in a process of its own, if there are more here."""
        if len(_processors()) < 2 or self.backend.dependence is Dependence.STREAM:
            return
        from actcli.executors.packed import spawned

        at = np.resize(np.arange(len(self.x)), max(MANY, len(self.x)))
        x = self.x[at]
        work = (self.make, self.bound, self.orders, self.dtype, self.rules, x)
        many = self._subject(self.backend, self.orders)(x, 0, len(x))
        with _saying("with one thread"), _one_thread(), spawned(1) as process:
            one = process.submit(_alone, *work).result()
        yield "one thread", self._difference(at, one, many)

    def _subject(self, backend: Backend, orders: Sequence[int]) -> Subject:
        rules = self.rules
        return Computed(backend, self.bound, orders, self.dtype, rules.saturate, rules.upstream)

    def _difference(
        self, at: NDArray[np.intp], got: Sequence[Array], wanted: Sequence[Array] | None = None
    ) -> Difference:
        x = self.x[at]
        wanted = wanted or [column[at] for column in self.wanted]
        unlike = np.zeros(len(x), bool)
        largest = 0.0
        counts = {}
        for name, mine, theirs in zip(self.names, got, wanted, strict=True):
            with np.errstate(invalid="ignore"):
                values, right = mine.astype(np.float64), theirs.astype(np.float64)
            patterns = mine.view(self.dtype.unsigned) != theirs.view(self.dtype.unsigned)
            differ = patterns & ~(np.isnan(values) & np.isnan(right))
            counts[name] = int(np.count_nonzero(differ))
            if counts[name]:
                unlike |= differ
                largest = max(largest, _largest(values[differ], right[differ], self.dtype))
        spots = np.flatnonzero(unlike)
        first = None
        if spots.size:
            with np.errstate(invalid="ignore"):
                far = np.nan_to_num(np.abs(x[spots].astype(np.float64)), nan=np.inf)
            nearest = spots[far.argmin()]
            first = x[nearest : nearest + 1]
        return Difference(len(x), len(spots), counts, first, largest)


def _largest(got: NDArray[np.float64], wanted: NDArray[np.float64], dtype: DType) -> float:
    """The largest difference in ulp; two unlike zeros differ by 0."""
    if not (np.isfinite(got) & np.isfinite(wanted)).all():
        return np.inf
    return float((np.abs(got - wanted) / ulp(wanted, dtype)).max())


def _strided(tensor: Any) -> Any:
    """Every second element of a longer array."""
    room = _room(tensor, 2 * len(tensor))[::2]
    room[:] = tensor
    return room


def _shifted(tensor: Any) -> Any:
    """An array that begins one element later than its memory, and so than vectors of numbers do."""
    room = _room(tensor, len(tensor) + 1)[1:]
    room[:] = tensor
    return room


def _room(tensor: Any, count: int) -> Any:
    if hasattr(tensor, "new_zeros"):  # PyTorch's
        return tensor.new_zeros(count)
    return np.zeros(count, tensor.dtype)


LAYOUTS: Mapping[str, Layout] = {"strided": _strided, "shifted": _shifted}


def _laid_out(backend: Backend, layout: Layout) -> Backend | None:
    """The backend, passing on arrays of another layout; None if its arrays have just one.

    A backend without a framework of its own is returned as it is, for it takes any array.
    """
    if isinstance(backend, WithDerivative):
        value, derivative = (_laid_out(one, layout) for one in (backend.value, backend.derivative))
        return WithDerivative(value, derivative) if value and derivative else None
    to_tensor = getattr(backend, "_tensor", None)
    if to_tensor is None:
        return backend
    engine = getattr(backend, "engine", backend)
    if engine.name.partition("@")[0] not in WITH_STRIDES:
        return None
    chosen = copy(backend)
    chosen._tensor = lambda x, dtype: layout(to_tensor(x, dtype))  # type: ignore[attr-defined]
    return chosen


def _alone(
    make: Make, bound: BoundActivation, orders: Sequence[int], dtype: DType, rules: Rules, x: Array
) -> list[Array]:
    subject = Computed(make(), bound, orders, dtype, rules.saturate, rules.upstream)
    return subject(x, 0, len(x))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes that are started meanwhile have one processor and one thread."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    processors = _processors()
    os.environ.update(ONE_THREAD)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(processors)})
    try:
        yield
    finally:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, processors)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _processors() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


@contextmanager
def _saying(where: str) -> Iterator[None]:
    """Add to an error where it came up."""
    try:
        yield
    except ActcliError as error:
        raise type(error)(f"{error}; this was {where}") from error


def study(
    make: Make,
    bound: BoundActivation,
    dtype: DType,
    rules: Rules,
    show: Sequence[str] | None,
    lengths: Sequence[int],
) -> dict[str, Any]:
    """What results depend on, as plain data: `lengths`, a list, and `calls`, another.

    Each entry says how many inputs have other results than in one array of all of them.
    """
    found = Study(make, bound, dtype, rules, show)
    return {
        "lengths": [
            {"length": length, **difference.facts(dtype)}
            for length, difference in found.by_length(lengths)
        ],
        "calls": [
            {"call": name, **difference.facts(dtype)}
            for ways in (found.by_call, found.by_threads)
            for name, difference in ways()
        ],
    }
