"""Audits of functions of vectors: softmax and the like, on vectors of several lengths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from actcli.auditing.audit import Audit
from actcli.auditing.audit_facts import AuditRequest
from actcli.auditing.findings import Findings, Place
from actcli.auditing.judge import Judge, Rules
from actcli.auditing.run import Report
from actcli.auditing.subjects import computed_along
from actcli.backends.base import Backend
from actcli.catalogue.bound import BoundActivation
from actcli.columns import ORDERS
from actcli.errors import DataError, UsageError
from actcli.evaluating.truth import Truth
from actcli.evaluating.vectors import check_orders, true_pairs
from actcli.evaluating.vectors_worth_testing import COUNT, KINDS, Vectors, vectors_worth_testing
from actcli.numerics.dtypes import Array, DType, dtype_of

#: The lengths of vectors unless others are asked for: of one, few, many and very many numbers.
LENGTHS = (1, 2, 3, 8, 64, 1000, 32768)
#: About so many numbers of each length, in at most COUNT vectors and at least one of each kind.
NUMBERS = 1 << 17
#: The kinds of vectors from elsewhere.
GIVEN = ("finite", "with infinities or nan")


class VectorJudge(Judge):
    """Judges the columns of a function of vectors, the results of some vectors at a time."""

    def __init__(
        self, bound: BoundActivation, orders: Sequence[int], dtype: DType, rules: Rules,
        x_dtype: DType | None = None,
    ) -> None:  # fmt: skip
        check_orders(bound, orders)
        self._begin(bound, orders, dtype, rules, x_dtype)

    def truths(self, rows: NDArray[np.float64]) -> list[Truth]:
        """The true values of each column at vectors, the rows of an array, one after the other."""
        found = []
        for order in self.orders:
            high, low = true_pairs(self.bound, rows, order)
            known = np.isfinite(high) & np.isfinite(low)
            found.append(Truth(high.ravel(), np.where(known, low, 0.0).ravel()))
        return found

    def of_vectors(self, vectors: Vectors, got: Sequence[Array]) -> list[Findings]:
        """The findings for each column of some vectors."""
        found, length = self.nothing(), vectors.rows.shape[1]
        with np.errstate(all="ignore"):
            wide = vectors.rows.astype(np.float64)
            for place, (column, truth) in enumerate(zip(got, self.truths(wide), strict=True)):
                if not column.size:
                    continue
                # where there are more or fewer results than numbers, that of the same place
                at = np.arange(column.shape[1]) % length
                code = np.repeat(vectors.kinds, column.shape[1])
                x = np.ascontiguousarray(vectors.rows[:, at]).ravel()
                found[place] = self._column(
                    place, x, wide[:, at].ravel(), column.ravel(), truth, code
                )
                found[place].locate(partial(_place, vectors, column.shape[1]))
        return found


def _place(vectors: Vectors, width: int, index: int) -> Place:
    """Where a result is, of vectors with so many results each."""
    vector, at = divmod(index, width)
    kind = vectors.names[vectors.kinds[vector]]
    return Place(kind, vectors.rows.shape[1], vector, at)


def audit_vectors(
    backend: Backend,
    bound: BoundActivation,
    dtype: DType,
    rules: Rules,
    show: Sequence[str] | None = None,
    lengths: Sequence[int] | None = None,
    report: Callable[[int], Report] | None = None,
) -> Audit:
    """Judge a backend on vectors worth testing of some lengths; its values unless `show` says more.

    Without `lengths` these are the LENGTHS that the function takes. UsageError if the backend lacks
    what is asked, DataError if it fails or for a length that the function rejects.
    """
    _refuse(bound, rules)
    names = [name for name in ORDERS if name in (show or ("y",))]
    orders = [ORDERS[name] for name in names]
    results = backend.results or dtype
    judge = VectorJudge(bound, orders, results, rules, dtype)
    backend.check(bound, orders, dtype)
    chosen = list(lengths) if lengths else [one for one in LENGTHS if _takes(bound, one)]
    counts = {length: max(len(KINDS), min(COUNT, NUMBERS // length)) for length in chosen}
    tell = report(sum(length * count for length, count in counts.items())) if report else None
    found = judge.nothing()
    for length, count in counts.items():
        vectors = vectors_worth_testing(dtype, length, count)
        columns = computed_along(backend, bound, vectors.rows, 1, orders, dtype, rules.saturate)
        for mine, new in zip(found, judge.of_vectors(vectors, columns), strict=True):
            mine.add(new)
        if tell:
            tell(vectors.rows.size)
    few = ", ".join(f"{length:,}" for length in chosen)
    request = AuditRequest(
        bound, results, rules, f"{sum(counts.values()):,} vectors of {few} numbers",
        backend.name, backend.version, region_names=tuple(KINDS), x_dtype=dtype,
    )  # fmt: skip
    return Audit(request, dict(zip(names, found, strict=True)))


def _takes(bound: BoundActivation, length: int) -> bool:
    try:
        bound.output_length(length)
    except DataError:
        return False
    return True


def audit_vector_samples(
    arrays: Mapping[str, Array], bound: BoundActivation, rules: Rules, source: str
) -> Audit:
    """Judge vectors computed elsewhere: x and columns, each an array with vectors along its last
    axis. DataError if a column does not have the length that the function gives.
    """
    _refuse(bound, rules)
    x = arrays["x"]
    names = [name for name in ORDERS if name in arrays]
    length = x.shape[-1]
    for name in names:
        wanted = length if ORDERS[name] else bound.output_length(length)
        if arrays[name].shape[-1] != wanted:
            raise DataError(
                f"{bound.name} of {length} numbers has {wanted}, but {name} in {source} has "
                f"{arrays[name].shape[-1]}"
            )
    if not x.size:
        raise DataError(f"{source} has no vectors")
    dtypes = {name: dtype_of(arrays[name]) for name in ("x", *names)}
    results = dtypes[names[0]]
    judge = VectorJudge(bound, [ORDERS[name] for name in names], results, rules, dtypes["x"])
    found = judge.nothing()
    rows = x.reshape(-1, length)
    step = max(1, NUMBERS // length)
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        finite = np.isfinite(some.astype(np.float64)).all(axis=1)
        kinds: NDArray[np.intp] = np.where(finite, 0, 1)
        part = [
            arrays[name].reshape(len(rows), -1)[first : first + step].astype(results.numpy)
            for name in names
        ]
        for mine, new in zip(
            found, judge.of_vectors(Vectors(some, kinds, GIVEN), part), strict=True
        ):
            mine.add(new)
    words = f"{len(rows):,} vector{'s' if len(rows) > 1 else ''} of {length:,} numbers"
    request = AuditRequest(
        bound, results, rules, words, source=source, region_names=GIVEN, x_dtype=dtypes["x"]
    )
    return Audit(request, dict(zip(names, found, strict=True)))


def _refuse(bound: BoundActivation, rules: Rules) -> None:
    """Raise UsageError for rules that are for functions of one number."""
    for given, what in (
        (rules.bins, "a picture shows the error over x; choose json, csv or txt"),
        (rules.between is not None, "--range chooses numbers"),
        (rules.upstream is not None, "--upstream multiplies the derivative at single numbers"),
    ):
        if given:
            raise UsageError(f"{bound.name} is a function of vectors, but {what}")
