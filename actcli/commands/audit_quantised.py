"""`actcli audit` with a quantised dtype on either side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from actcli.auditing.audit import Amount, inputs_of, words_of
from actcli.auditing.quanta import QuantaRequest, quanta_facts, real_numbers
from actcli.auditing.subjects import Computed
from actcli.catalogue.quantised_dtypes import Unscaled
from actcli.columns import ORDERS
from actcli.commands.types import SpecificationType, ulp
from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.quantised import every_input
from actcli.reports.writers import form_of, write_json, write_lines, write_rows

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.commands.audit_options import Options
    from actcli.numerics.dtypes import Array
    from actcli.sources.samples import SampleFiles

#: Random inputs of a wide float dtype, each of which takes some ten microseconds.
SAMPLE = Amount(number=1 << 14)
#: Options that have no meaning for codes, by their fields.
FOR_FLOATS = {
    "every": "--all", "raw": "--raw", "atol": "--atol", "rtol": "--rtol", "baseline": "--baseline",
    "allowed": "--allow", "upstream": "--upstream", "flush": "--flush-subnormals",
    "lengths": "--lengths", "all_errors": "--all-errors", "dark": "--dark", "cluster": "--cluster",
}  # fmt: skip


def audit_quantised(first: str, second: str | None, options: Options) -> None:
    """Judge the codes of a file, or of a kernel, and write what was found."""
    for field, option in FOR_FLOATS.items():
        if getattr(options, field) not in (None, False):
            raise UsageError(f"{option} is for floating-point results, not for quantised ones")
    form = options.format_name or form_of(options.output, "an audit in quanta")
    files = options.files()
    word = first if files is not None else second
    spec = SpecificationType().convert(str(word), None, None)
    backend = _kernel(first, options) if files is None else None
    names = list(options.show or ("y", *(["dy"] if options.kernel.derivative else [])))
    names = [name for name in ORDERS if name in names]
    dtype = options.dtype or DTYPES["float32"]
    for one in (dtype, options.out_dtype):
        if isinstance(one, Unscaled):
            raise UsageError(
                f"codes do not tell their scale, which scale=auto would invent; write "
                f"{one.base.name}:scale=S"
            )
    given, out = dtype, options.out_dtype or dtype
    limit = None if options.max_ulp is None else ulp("--max-ulp", options.max_ulp)
    request = QuantaRequest(
        spec, given, out, options.rounding, "", worst=options.worst, between=options.ends(),
        tolerance=1.0 if options.tolerance is None else ulp("--bound", options.tolerance),
    )  # fmt: skip
    if backend is None:
        assert files is not None
        found = _of_file(request, files)
    else:
        found = _of_kernel(request, backend, names, options.amount)
    if form == "json":
        write_json(options.output, found)
    elif form == "csv":
        write_rows(options.output, _rows(found))
    else:
        from actcli.auditing.quanta_card import lay_out

        write_lines(options.output, lambda width, unicode: lay_out(found, width, unicode))
    if limit is not None:
        _check(found, limit)


def _kernel(word: str, options: Options) -> Backend:
    from actcli.backends import get_backend, is_kernel

    if not is_kernel(word):
        raise UsageError(
            f"{word} has no quantised dtypes; audit a kernel with codes in and out "
            "(exec:COMMAND, FILE.py:FUNCTION), or a table, --samples FILE"
        )
    return get_backend(word, options.kernel)


def _of_file(request: QuantaRequest, files: SampleFiles) -> dict[str, Any]:
    from actcli.sources.quantised_samples import read_quantised

    samples = read_quantised(files, request.given, request.out, request.rounding)
    if not samples.x.size:
        raise DataError(f"{files.label} has no rows")
    words = "1 input" if samples.x.size == 1 else f"{samples.x.size:,} inputs"
    request = request._replace(
        words=f"all {words}" if samples.is_table else words,
        source=files.label,
        remarks=samples.remarks,
    )
    return _judged(request, samples.x, dict(samples.columns))


def _of_kernel(
    request: QuantaRequest, backend: Backend, names: Sequence[str], amount: Amount | None
) -> dict[str, Any]:
    given = request.given
    if isinstance(given, DType) and given.bits > 16:
        inputs = inputs_of(request.bound, given, amount or SAMPLE, request.between)
        x = np.concatenate([one.part(0, one.count) for one in inputs])
        words = words_of(inputs, None)
    elif amount is not None:
        raise UsageError(f"--sample is for wide dtypes; of {given.name} every input is judged")
    else:
        x = every_input(given)
        words = f"all {x.size:,} inputs"
    x = x[~np.isnan(real_numbers(x, given))]  # what code nan has is a kernel's own choice
    kernel = backend.giving(request.out)  # type: ignore[arg-type]
    subject = Computed(kernel, request.bound, [ORDERS[name] for name in names], given)  # type: ignore[arg-type]
    columns = dict(zip(names, subject(x, 0, x.size), strict=True))
    request = request._replace(words=words, backend=backend.name, version=backend.version)
    return _judged(request, x, columns)


def _judged(request: QuantaRequest, x: Array, columns: dict[str, Array]) -> dict[str, Any]:
    if request.between is not None:
        low, high = request.between
        real = real_numbers(x, request.given)
        inside = (low <= real) & (real <= high)
        if not inside.any():
            raise DataError(f"there is no x from {low:g} to {high:g}")
        x = x[inside]
        columns = {name: column[inside] for name, column in columns.items()}
        request = request._replace(words=f"{x.size:,} inputs from {low:g} to {high:g}")
    return quanta_facts(request, x, columns)


def _rows(found: dict[str, Any]) -> Iterator[Sequence[object]]:
    """The entries that differ, under a header."""
    keys = ("x", "x_bits", "got", "got_code", "wanted", "wanted_code", "true_code", "error")
    yield ["column", *keys]
    for name, column in found["columns"].items():
        for seen in column["worst"]:
            yield [name, *(seen.get(key, "") for key in keys)]


def _check(found: dict[str, Any], limit: float) -> None:
    """Raise DataError, with the first column that is further off than it may be."""
    from actcli.auditing.quanta_card import steps

    for name, column in found["columns"].items():
        if column["largest_error"] > limit:
            raise DataError(
                f"{name} has an error of {steps(column['largest_error'], found['unit'])}, "
                f"more than --max-ulp {limit:g}"
            )
