"""The three kinds of audit: one function of a backend, all of them, numbers from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from actcli.auditing.audit import Amount, Audit, audit_backend, audit_samples
from actcli.auditing.audit_facts import facts, input_text
from actcli.auditing.baseline import Baseline, Change
from actcli.auditing.every_error import recording
from actcli.auditing.run import Report
from actcli.auditing.vectors import audit_vectors
from actcli.columns import ORDERS
from actcli.console import progress
from actcli.errors import ActcliError, DataError, LackingError, UsageError
from actcli.executors import connected

if TYPE_CHECKING:
    from actcli.auditing.judge import Rules
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.commands.audit_outputs import Target
    from actcli.numerics.dtypes import DType
    from actcli.sources.samples import SampleFiles


#: What to say of an option that functions of vectors do not take.
ONE_NUMBER = "{} is for functions of one number, and {} takes vectors"


class Request(NamedTuple):
    """What is judged, by which rules, where the findings go, and who works; None is not given."""

    dtype: DType | None
    out_dtype: DType | None
    default: DType
    rules: Rules
    show: Sequence[str] | None
    amount: Amount | None
    limit: float | None
    target: Target
    cluster: str | None
    quiet: bool
    all_errors: str | None = None
    baseline: Baseline | None = None
    lengths: Sequence[int] | None = None

    def bar(self, stack: ExitStack) -> Callable[[int], Report]:
        """A progress bar that lasts as long as the stack."""
        return lambda total: stack.enter_context(progress(total, self.quiet, "inputs"))


def audit_one(make: Callable[[], Backend], spec: BoundActivation, request: Request) -> None:
    """Audit one function of the backend that is made, and write what was found."""
    dtype, rules, show, amount = request.dtype, request.rules, request.show, request.amount
    more: dict[str, object] = {}
    if request.lengths is not None and not spec.activation.vector:
        from actcli.auditing.lengths import study

        more = study(make, spec, dtype or request.default, rules, show, request.lengths)
    with ExitStack() as stack:
        cluster = stack.enter_context(connected(request.cluster))
        if spec.activation.vector:
            audit = _audit_vectors(make(), spec, request, stack)
        else:
            record = stack.enter_context(recording(request.all_errors))
            audit = audit_backend(
                make(), spec, dtype or request.default, rules, show, amount, request.bar(stack),
                cluster=cluster, record=record,
            )  # fmt: skip
    _finish(audit, request, more)


def _audit_vectors(
    backend: Backend, spec: BoundActivation, request: Request, stack: ExitStack
) -> Audit:
    """An audit of a function of vectors, of which --lengths are the lengths."""
    for given, option in ((request.amount, "--sample"), (request.all_errors, "--all-errors")):
        if given is not None:
            raise UsageError(ONE_NUMBER.format(option, spec.name))
    dtype = request.dtype or request.default
    bar = request.bar(stack)
    return audit_vectors(backend, spec, dtype, request.rules, request.show, request.lengths, bar)


def audit_file(files: SampleFiles, spec: BoundActivation, request: Request) -> None:
    """Audit the numbers of a file, or of standard input for `-`."""
    from actcli.sources.samples import Form, reading_samples

    form = Form(request.dtype, request.out_dtype or request.dtype, request.default)
    if spec.activation.vector:
        from actcli.auditing.vectors import audit_vector_samples
        from actcli.sources.sample_arrays import read_arrays

        if request.all_errors is not None:
            raise UsageError(ONE_NUMBER.format("--all-errors", spec.name))
        arrays = read_arrays(files, form, [name for name in ORDERS if name in (files.show or "y")])
        _finish(audit_vector_samples(arrays, spec, request.rules, files.label), request)
        return
    with reading_samples(files, form) as samples, ExitStack() as stack:
        record = stack.enter_context(recording(request.all_errors))
        audit = audit_samples(samples, spec, request.rules, files.label, request.bar(stack), record)
    _finish(audit, request)


def audit_all(backend: Backend, request: Request) -> None:
    """Audit every function of the catalogue, and say which the backend lacks or fails at."""
    from actcli.catalogue.bound import bind
    from actcli.catalogue.registry import elementwise

    rules, show, amount, limit = request.rules, request.show, request.amount, request.limit
    dtype = request.dtype or request.default
    if dtype.name not in backend.dtypes:
        raise UsageError(f"no {dtype.name} in {backend.name}: it has {', '.join(backend.dtypes)}")
    rows: list[dict[str, object]] = []
    over, far, failed, worse = [], [], [], []
    bar = progress(len(elementwise()), request.quiet, "functions")
    with connected(request.cluster) as cluster, bar as report:
        for name, activation in sorted(elementwise().items()):
            row: dict[str, object] = {"function": name, "audit": None, "remark": ""}
            try:
                bound = bind(activation, {})
                audit = audit_backend(
                    backend, bound, dtype, rules, show, amount, partial=True, cluster=cluster
                )
            except (UsageError, LackingError) as error:
                row["remark"] = f"missing: {error}"
            except ActcliError as error:
                row["remark"] = f"failed: {error}"
                failed.append(name)
            else:
                row["audit"] = found = facts(audit.request, audit.columns)
                if request.baseline is not None:
                    changes = request.baseline.compared_function(name, found)
                    found["baseline"] = _compared(request.baseline, changes)
                    if any(change.is_worse for change in changes):
                        worse.append(name)
                if limit is not None and audit.over(limit):
                    over.append(name)
                if audit.not_close():
                    far.append(name)
            rows.append(row)
            report(1)
    request.target.write_all(backend, dtype, rows)
    if failed:
        raise DataError(f"{backend.name} failed at {_counted(failed)}")
    wrong = [f"more than {limit:g} ulp off in {_counted(over)}"] if over else []
    wrong += [f"beyond {_tolerance(rules)} in {_counted(far)}"] if far else []
    if worse:
        assert request.baseline is not None
        wrong.append(f"worse than {request.baseline.path!r} in {_counted(worse)}")
    if wrong:
        raise DataError("; ".join(wrong))


def _counted(names: Sequence[str]) -> str:
    return f"{len(names)} function{'s' if len(names) > 1 else ''}: {', '.join(names)}"


def _finish(audit: Audit, request: Request, more: Mapping[str, object] = {}) -> None:
    found = {**facts(audit.request, audit.columns), **more}
    wrong = [*_over(audit, request.limit), *_not_close(audit)]
    if request.baseline is not None:
        changes = request.baseline.compared(found)
        found["baseline"] = _compared(request.baseline, changes)
        wrong += _worse(request.baseline, changes)
    request.target.write(audit, found)
    if wrong:
        raise DataError("; ".join(wrong))


def _compared(baseline: Baseline, changes: Sequence[Change]) -> dict[str, object]:
    return {
        "source": baseline.path,
        "worse": [change.facts() for change in changes if change.is_worse],
        "better": [change.facts() for change in changes if not change.is_worse],
    }


def _worse(baseline: Baseline, changes: Sequence[Change]) -> Iterator[str]:
    worse = [change for change in changes if change.is_worse]
    if worse:
        first, more = worse[0], len(worse) - 1
        yield (
            f"worse than {baseline.path!r}: {first.figure.replace('_', ' ')} of {first.column} was "
            f"{first.was} and is {first.now}{f'; {_figures(more)} worse' if more else ''}"
        )


def _figures(count: int) -> str:
    return "1 more figure is" if count == 1 else f"{count:,} more figures are"


def _over(audit: Audit, limit: float | None) -> Iterator[str]:
    if limit is not None and (over := audit.over(limit)):
        found = audit.columns[over[0]]
        size = (
            f"{found.wrong:,} result{'s' if found.wrong > 1 else ''} whose error ulp cannot express"
            if found.wrong
            else f"an error of {found.whole.ulp.largest:.6g} ulp"
        )
        yield f"{over[0]} has {size}, more than --max-ulp {limit:g}"


def _not_close(audit: Audit) -> Iterator[str]:
    for name in audit.not_close():
        found = audit.columns[name].not_close
        results = "1 result" if found.count == 1 else f"{found.count:,} results"
        assert found.first is not None
        yield (
            f"{name} has {results} beyond {_tolerance(audit.request.rules)}, "
            f"the first at x = {input_text(found.first, audit.request.inputs_dtype)}"
        )


def _tolerance(rules: Rules) -> str:
    assert rules.close is not None
    return f"--atol {rules.close.absolute:g} --rtol {rules.close.relative:g}"
