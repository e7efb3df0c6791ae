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
    from actcli.columns import Columns
    from actcli.commands.operands import Request
    from actcli.elementwise_columns import ElementwiseColumns
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Input, Source

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The dtype of numbers that have none of their own.
DEFAULT_DTYPE = "float32"


class Options(NamedTuple):
    """The options of `eval`."""

    column: str | None
    header: bool | None
    invalid: str | None
    raw: DType | None
    array: str | None
    quiet: bool
    dtype: DType | None
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
        """The dtype of numbers that have none of their own."""
        from actcli.numerics.dtypes import get_dtype

        return self.dtype or get_dtype(DEFAULT_DTYPE)


def check_input_options(request: Request, options: Options) -> None:
    """Raise UsageError for options that contradict each other, or if nothing would ever be read."""
    column, header, invalid, raw, array, *_ = options
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
        with open_input(path, options.dtype, dtype, met, raw, array, column) as numbers:
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
    request = read_request(words, options.dtype)
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
    backend.check(spec, orders, options.expected_dtype)
    with (
        input_of(request, options, form, backend) as numbers,
        progress(numbers.bytes, options.quiet) as report,
    ):
        task = Task(spec, numbers, show, backend, options.axis, options.saturate, report)
        chosen = form or DEFAULT_FORMATS[numbers.kind]
        if numbers.dtype != options.expected_dtype:  # that of an array
            backend.check(spec, orders, numbers.dtype)
        if spec.activation.vector:
            _write(vector_columns(task, chosen), chosen, options.output, first_id)
        elif numbers.kind == "table":
            _append(ElementwiseColumns(task), form, options.output)
        else:
            _write(ElementwiseColumns(task), chosen, options.output, first_id)


def _write(columns: Columns, format_name: str, output: str | None, first_id: int | None) -> None:
    from actcli.formats import FORMATS, open_output

    form = FORMATS[format_name]
    with open_output(form, output) as out:
        form.write(columns, out, **({"first_id": first_id} if form.numbered else {}))


def _append(columns: ElementwiseColumns, format_name: str | None, output: str | None) -> None:
    from actcli.formats.appended import write
    from actcli.output import open_binary
    from actcli.sources.opening import SEPARATORS
    from actcli.sources.table_source import TableSource

    table = columns.source
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
