"""`actcli eval`: a function and its derivatives at a point, on a range, or on numbers it reads."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.columns import ORDERS
from actcli.commands.operands import NumberCommand, read_request
from actcli.commands.options import (
    axis_option,
    evaluation_options,
    input_options,
    kernel_options,
    output_options,
)
from actcli.commands.types import SpecificationType
from actcli.console import is_terminal, note
from actcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actcli.backends import Kernel
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.quantised_dtypes import Unscaled
    from actcli.columns import Columns
    from actcli.commands.operands import Request
    from actcli.elementwise_columns import ElementwiseColumns
    from actcli.numerics.dtypes import DType
    from actcli.numerics.quantised import AnyDType
    from actcli.sources.base import Input, Source

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The dtype of numbers that have none of their own.
DEFAULT_DTYPE = "float32"


class Options(NamedTuple):
    """The options of `eval`."""

    column: str | None
    header: bool | None
    invalid: str | None
    raw: AnyDType | None
    array: str | None
    quiet: bool
    dtype: AnyDType | Unscaled | None
    out_dtype: AnyDType | Unscaled | None
    rounding: str
    codes: bool
    show: tuple[str, ...] | None
    backend: str
    saturate: bool
    first_id: int | None
    axis: int | None
    format_name: str | None
    output: str | None
    kernel: Kernel

    @property
    def expected_dtype(self) -> DType:
        """The dtype in which numbers that have none of their own are read."""
        from actcli.numerics.dtypes import DType, get_dtype

        if self.dtype is None or isinstance(self.dtype, DType):
            return self.dtype or get_dtype(DEFAULT_DTYPE)
        return get_dtype("float64")  # to become codes

    @property
    def wanted_dtype(self) -> DType | None:
        """The dtype in which all numbers are read; None for their own."""
        return None if self.dtype is None else self.expected_dtype

    @property
    def quantised(self) -> bool:
        """Whether x or the results have a dtype that only the default backend knows."""
        from actcli.numerics.dtypes import DType

        return self.out_dtype is not None or not isinstance(self.dtype, DType | None)


def check_input_options(request: Request, options: Options) -> None:
    """Raise UsageError for options that contradict each other, or if nothing would ever be read."""
    column, header, invalid, raw, array, *_ = options
    if options.codes and not options.quantised:
        raise UsageError("--codes is for quantised numbers; add --dtype int8:scale=S")
    if options.rounding != "half-even" and not options.quantised:
        raise UsageError("--round is for quantised results; add --out-dtype int8:scale=S")
    if request.start is not None:
        reading = {"--column": column, "--invalid": invalid, "--raw": raw, "--array": array}
        for option, value in reading.items():
            if value is not None:
                raise UsageError(f"{option} is for numbers from a file, not on the command line")
    if column is None and header is not None:
        option = "--header" if header else "--no-header"
        raise UsageError(f"{option} is for tables; add --column NAME")
    if request.start is None and request.path is None and is_terminal(sys.stdin):
        raise UsageError(f"no numbers to evaluate on; {EXAMPLE}")
    if column is not None and (raw is not None or array is not None):
        option = "--raw" if raw is not None else "--array"
        raise UsageError(f"--column is for tables and {option} for arrays; give one of them")


@contextmanager
def input_of(
    request: Request, options: Options, format_name: str | None, backend: Backend
) -> Iterator[Input]:
    """The source that a request asks for; it tells at the end what was not a number."""
    dtype = options.expected_dtype
    if request.start is None:
        from actcli.sources.invalid import Invalid
        from actcli.sources.opening import ColumnChoice, open_input

        met = Invalid(options.invalid or "fail")
        name, header, _, raw, array, *_ = options
        column = None if name is None else ColumnChoice(name, header, format_name)
        path = request.path or "-"
        with open_input(path, options.wanted_dtype, dtype, met, raw, array, column) as numbers:
            yield numbers
        if met.summary:
            note(met.summary)
        return
    from actcli.sources.base import Input
    from actcli.sources.ranges import RangeSource, point_source

    source: Source
    if request.stop is None:
        source = point_source(request.start_in(dtype), dtype)
    else:
        start, stop = request.start_in(dtype), request.stop_in(dtype)
        source = RangeSource(start, stop, request.count, dtype, backend.points)
    yield Input(source, dtype, "numbers")


#: The default format for each kind of input.
DEFAULT_FORMATS = {"numbers": "tf", "text": "text", "table": "csv", "npy": "npy", "raw": "raw"}


@click.command("eval", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(vectors=True), required=False)
@click.argument("words", nargs=-1, metavar="[START [STOP [NUM]] | PATH]")
@input_options
@evaluation_options
@axis_option
@output_options
@kernel_options
def command(spec: BoundActivation | None, words: tuple[str, ...], **given: Any) -> None:
    """Evaluate a function and its derivatives.

    \b
    Examples:
      actcli eval sigmoid -10 10 10            a range of 10 points
      actcli eval gelu 0.5                     one point
      actcli eval elu:alpha=1.5 -3 3 --format csv
      seq -5 5 | actcli eval tanh              numbers from another program
      actcli eval sigmoid scores.csv --column logit
      actcli eval silu acts.npy -o out.npy     an array of any size
      actcli eval relu -3 3 --dtype int8:scale=1/16      quantised numbers

    SPEC is NAME[:PARAM=VALUE,...]; NAME may be a framework's, such as tf.nn.leaky_relu.
    One number is a point, two are a range of 50 points, a third is the NUM of points.
    Otherwise numbers are read from PATH or standard input: text, JSON, .npy, .npz or --raw;
    with --column from a table, whose rows are written unchanged with the results appended.
    A vector function (softmax) takes all points of a range, each line of text or the --axis
    of an array as one vector.
    """
    if spec is None:
        raise UsageError(f"no function is named; {EXAMPLE}")
    options = Options(**given)
    options = _with_raw_codes(options)
    request = read_request(words, options.wanted_dtype)
    check_input_options(request, options)

    from actcli.backends import get_backend
    from actcli.console import progress
    from actcli.elementwise_columns import ElementwiseColumns, Task
    from actcli.formats import format_of_output

    form = options.format_name or format_of_output(options.output)
    show = options.show or (("y",) if request.start is None else ("x", "y", "dy"))
    backend = get_backend(options.backend, options.kernel)
    first_id = _first_id(options.first_id, backend)
    if options.axis is not None and not spec.activation.vector:
        raise UsageError(
            f"{spec.name} works on single numbers; --axis is for vector functions such as softmax"
        )
    orders = [ORDERS[name] for name in show if name in ORDERS]
    if spec.activation.vector:
        from actcli.commands.vector_eval import vector_columns
        from actcli.evaluating.vectors import check_orders

        check_orders(spec, orders)
    if options.quantised:
        _check_quantised(spec, options)
    backend.check(spec, orders, options.expected_dtype)
    with (
        input_of(request, options, form, backend) as numbers,
        progress(numbers.bytes, options.quiet) as report,
    ):
        task = Task(spec, numbers, show, backend, options.axis, options.saturate, report)
        chosen = form or DEFAULT_FORMATS[numbers.kind]
        columns: ElementwiseColumns
        if options.quantised:
            from actcli.commands.quantised import Choice
            from actcli.commands.quantised_eval import quantised_columns

            choice = Choice(options.dtype, options.out_dtype, options.rounding, options.codes)
            columns = quantised_columns(
                spec, numbers, choice, show, chosen, request.path or "standard input",
                options.saturate, report,
            )  # fmt: skip
            if numbers.kind == "table":
                _append(columns, numbers.source, form, options.output)
            else:
                _write(columns, chosen, options.output, first_id)
            return
        if numbers.dtype != options.expected_dtype:  # that of an array
            backend.check(spec, orders, numbers.dtype)
        if spec.activation.vector:
            _write(vector_columns(task, chosen), chosen, options.output, first_id)
        elif numbers.kind == "table":
            _append(ElementwiseColumns(task), numbers.source, form, options.output)
        else:
            _write(ElementwiseColumns(task), chosen, options.output, first_id)


def _write(columns: Columns, format_name: str, output: str | None, first_id: int | None) -> None:
    from actcli.formats import FORMATS, open_output

    form = FORMATS[format_name]
    with open_output(form, output) as out:
        form.write(columns, out, **({"first_id": first_id} if form.numbered else {}))


def _with_raw_codes(options: Options) -> Options:
    """The options with what --raw says of codes; UsageError where --dtype says otherwise."""
    from actcli.numerics.dtypes import DType

    raw = options.raw
    if isinstance(raw, DType | None):
        return options
    if options.dtype not in (None, raw):
        raise UsageError(
            "--raw says which codes x is; leave --dtype out, or choose the dtype of the results "
            "with --out-dtype"
        )
    return options._replace(dtype=raw)


def _check_quantised(spec: BoundActivation, options: Options) -> None:
    """Raise UsageError for what has no quantised results."""
    from actcli.backends import DEFAULT

    if spec.activation.vector:
        raise UsageError(f"{spec.name} works on vectors; quantised dtypes are for single numbers")
    if options.backend != DEFAULT:
        raise UsageError(
            f"backend {options.backend} has no quantised dtypes, nor --out-dtype; "
            "audit judges kernels with codes"
        )


def _append(
    columns: ElementwiseColumns, table: Source, format_name: str | None, output: str | None
) -> None:
    from actcli.formats.appended import write
    from actcli.output import open_binary
    from actcli.sources.opening import SEPARATORS
    from actcli.sources.table_source import TableSource

    assert isinstance(table, TableSource)
    if format_name is not None and format_name not in SEPARATORS:
        raise UsageError(
            "with --column the rows of a table are written as they were read, csv or tsv, not as "
            f"{format_name}"
        )
    if table.remark:
        note(table.remark)
    with open_binary(output) as out:
        write(columns, table, out)


def _first_id(asked: int | None, backend: Backend) -> int | None:
    if asked is not None and backend.first_id is None:
        from actcli.backends import NUMBERED

        raise UsageError(f"--first-id is only for --backend {NUMBERED}")
    return backend.first_id if asked is None else asked
