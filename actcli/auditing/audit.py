"""Audits of a backend or of samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import NamedTuple

import numpy as np

from actcli.auditing.audit_facts import AuditRequest
from actcli.auditing.every_error import Record
from actcli.auditing.findings import Findings
from actcli.auditing.inputs import Between, Every, Numbers, Sample
from actcli.auditing.judge import Judge, Rules
from actcli.auditing.run import Report, run
from actcli.auditing.subjects import Computed, Subject, of_columns
from actcli.backends.base import Backend
from actcli.catalogue.bound import BoundActivation
from actcli.columns import COLUMNS, ORDERS
from actcli.errors import ActcliError, DataError, LackingError, UsageError
from actcli.evaluating.worth_testing import COUNT, worth_testing
from actcli.numerics.dtypes import DType
from actcli.reference.numerals import full
from actcli.sources.arrays import ArraySource
from actcli.sources.base import Held
from actcli.sources.samples import Samples

#: How many inputs of a wide dtype are chosen at random by default.
QUICK = {32: 1 << 20, 64: 1 << 17}
#: Inputs that show whether a backend computes a column: enough for a vector register.
PROBE = np.linspace(-1.0, 1.0, 8)
#: The most inputs of an audit.
MOST = 1 << 32


class Amount(NamedTuple):
    """How many inputs to choose at random: a count, or a share of all (1.0 for every one)."""

    number: int | None = None
    share: float | None = None

    def of(self, whole: Numbers) -> int:
        """The count of some numbers; UsageError if it is too large."""
        if self.share is not None and whole.count > MOST:
            raise UsageError(
                f"a share of the {_power(whole.count)} inputs of {whole.dtype.name} would never "
                "end; give --sample a count"
            )
        count = self.number if self.share is None else max(1, round(self.share * whole.count))
        assert count is not None
        if count > MOST:
            raise UsageError(f"--sample takes a count of at most 2^32, not {count}")
        return min(count, whole.count)


class Audit(NamedTuple):
    """What was audited, and the findings for each column."""

    request: AuditRequest
    columns: Mapping[str, Findings]

    def over(self, ulp: float) -> list[str]:
        """The columns with an error of more than `ulp`, or one that ulp cannot express."""
        return [name for name, found in self.columns.items() if found.exceeds(ulp)]

    def not_close(self) -> list[str]:
        """The columns with results that are not as close as the rules say."""
        return [name for name, found in self.columns.items() if found.not_close.count]


def audit_backend(
    backend: Backend,
    bound: BoundActivation,
    dtype: DType,
    rules: Rules,
    show: Sequence[str] | None = None,
    amount: Amount | None = None,
    report: Callable[[int], Report] | None = None,
    partial: bool = False,
    cluster: Executor | None = None,
    in_turn: bool = False,
    record: Record | None = None,
) -> Audit:
    """Judge the results of a backend, in the columns of `show` or, without it, all that it has.

    With `partial` it need not have all columns of `show`. The inputs are all of 8 and 16 bits, a
    sample and those worth testing of wider dtypes, unless `amount` says otherwise. `report` is
    given their number, and returns a function to call with how many more are done. With `in_turn`
    all results are computed here, one after the other. `record` is given every error, if the rules
    ask for them. UsageError if the backend has none of the columns, DataError if it fails.
    """
    names, lacking = _available(backend, bound, dtype, show, rules, partial)
    orders = [ORDERS[name] for name in names]
    subject = Computed(backend, bound, orders, dtype, rules.saturate, rules.upstream)
    judge = Judge(bound, orders, subject.results, rules, dtype)
    inputs = inputs_of(bound, dtype, amount, rules.between)
    sampled = inputs[-1].count if isinstance(inputs[-1], Sample) else 0
    chosen = inputs[0].count if len(inputs) > 1 else 0
    request = AuditRequest(
        bound, subject.results, rules, words_of(inputs, rules.between),
        backend.name, backend.version, chosen=chosen, sampled=sampled, lacking=lacking,
        remarks=_remarks(backend, bound, dtype) if "y" in names else (), x_dtype=dtype,
    )  # fmt: skip
    return _audit(request, judge, subject, inputs, names, report, in_turn, cluster, record)


def audit_samples(
    samples: Samples,
    bound: BoundActivation,
    rules: Rules,
    source: str,
    report: Callable[[int], Report] | None = None,
    record: Record | None = None,
) -> Audit:
    """Judge numbers computed elsewhere."""
    names = [name for name in samples.columns if name in ORDERS]
    inputs = samples.columns["x"]
    if not inputs.count:
        raise DataError(f"{source} has no rows")
    dtypes = samples.dtypes
    judge = Judge(bound, [ORDERS[name] for name in names], dtypes.results, rules, dtypes.x)
    request = AuditRequest(bound, dtypes.results, rules, "", source=source, x_dtype=dtypes.x)
    subject = of_columns([samples.columns[name] for name in names])
    audit = _audit(request, judge, subject, [inputs], names, report, samples.in_turn, record=record)
    count = audit.columns[names[0]].whole.inputs
    if not count:
        raise DataError(f"{source} has no x{_ends(rules.between)}")
    words = f"{'1 input' if count == 1 else f'{count:,} inputs'}{_ends(rules.between)}"
    remarks = tuple(samples.remarks())
    return audit._replace(request=request._replace(inputs=words, remarks=remarks))


def _audit(
    request: AuditRequest,
    judge: Judge,
    subject: Subject,
    inputs: Sequence[Held],
    names: Sequence[str],
    report: Callable[[int], Report] | None,
    in_turn: bool = False,
    cluster: Executor | None = None,
    record: Record | None = None,
) -> Audit:
    tell = report(sum(one.count for one in inputs)) if report else None
    write = partial(record, names) if record else None
    found = run(judge, subject, inputs, tell, in_turn, cluster, write)
    return Audit(request, dict(zip(names, found, strict=True)))


def _available(
    backend: Backend,
    bound: BoundActivation,
    dtype: DType,
    show: Sequence[str] | None,
    rules: Rules,
    partial: bool,
) -> tuple[list[str], dict[str, str]]:
    """The columns to judge, and why the others are not."""
    if show is not None and not partial:
        names = [name for name in COLUMNS if name in show]
        backend.check(bound, [ORDERS[name] for name in names], dtype)
        return names, {}
    names, lacking = [], {}
    refused: ActcliError | None = None
    for name, order in ORDERS.items():
        if (rules.upstream is not None and order > 1) or name not in (show or ORDERS):
            continue
        try:
            subject = Computed(backend, bound, [order], dtype, rules.saturate, rules.upstream)
            if not subject.streams:  # some failures show only in a computation
                subject(PROBE.astype(dtype.numpy), 0, len(PROBE))
            names.append(name)
        except (UsageError, DataError) as error:
            asked = order == 0 or (order == 1 and 1 in backend.orders)
            if backend.is_kernel and asked and not isinstance(error, LackingError):
                raise  # a fault, which no limit of errors would notice
            lacking[name] = str(error)
            refused = refused or error
    if not names and refused is not None:
        raise refused
    return names, lacking


def _remarks(backend: Backend, bound: BoundActivation, dtype: DType) -> Sequence[str]:
    """What is known of a backend's way to its results."""
    between = backend.intermediate(dtype)
    if between is None:
        return ()
    from actcli.auditing.literal import remarks

    return remarks(bound, dtype, between)


def inputs_of(
    bound: BoundActivation, dtype: DType, amount: Amount | None, between: tuple[float, float] | None
) -> list[Held]:
    """Every input of the dtype or the range; or those that are worth testing, and a sample."""
    whole = Every(dtype) if between is None else Between(between, dtype)
    if not whole.count:
        raise UsageError(f"there is no {dtype.name} number{_ends(between)}")
    count = amount.of(whole) if amount else QUICK.get(dtype.bits, whole.count)
    if count >= whole.count:
        return [whole]
    chosen = worth_testing(bound, dtype, COUNT)
    if between is not None:
        wide = chosen.astype(np.float64)
        chosen = chosen[(between[0] <= wide) & (wide <= between[1])]
        ends = whole.at(np.array([0, whole.count - 1], np.uint64))
        new = ~np.isin(ends.view(dtype.unsigned), chosen.view(dtype.unsigned))
        chosen = np.concatenate([chosen, ends[new]])
    return [ArraySource(chosen), Sample(whole, count)]


def words_of(inputs: Sequence[Held], between: tuple[float, float] | None) -> str:
    """How many inputs there are, in words."""
    if isinstance(whole := inputs[-1], Sample):
        sampled = f"{whole.count:,} of all {_power(whole.whole.count)}"
        return f"{inputs[0].count:,} inputs worth testing and {sampled}{_ends(between)}"
    return f"all {whole.count:,} inputs{_ends(between)}"


def _power(count: int) -> str:
    """A count in its digits, or a large power of two as one."""
    power = count.bit_length() - 1
    return f"2^{power}" if power > 16 and count == 1 << power else f"{count:,}"


def _ends(between: tuple[float, float] | None) -> str:
    """Between which ends, in words that follow others."""
    return f" from {full(between[0])} to {full(between[1])}" if between else ""
