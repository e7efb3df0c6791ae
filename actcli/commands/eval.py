"""`actcli eval`: a function and its derivatives at a point, on a range, or on numbers it reads."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from actcli.columns import ORDERS
from actcli.commands.number_command import NumberCommand
from actcli.commands.options import axis_option, evaluation_options, input_options, output_options
from actcli.commands.request import Request, read_request
from actcli.commands.types import SpecificationType
from actcli.console import is_terminal, note
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Columns
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Input, Source
    from actcli.sources.invalid import Invalid
    from actcli.sources.opening import ColumnChoice

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The backend whose tensors are numbered, and the id of the first one of a session.
NUMBERED_BACKEND = "tensorflow-2.0"
FIRST_ID = 17
#: The default format for each kind of input.
DEFAULT_FORMATS = {"numbers": "tf", "text": "text", "table": "csv", "npy": "npy", "raw": "raw"}


@click.command("eval", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(vectors=True), required=False)
@click.argument("words", nargs=-1, metavar="[START [STOP [NUM]] | PATH]")
@input_options
@evaluation_options
@axis_option
@output_options
def command(
    spec: BoundActivation | None,
    words: tuple[str, ...],
    column: str | None,
    header: bool | None,
    invalid: str | None,
    raw: DType | None,
    array: str | None,
    quiet: bool,
    dtype: DType | None,
    show: tuple[str, ...] | None,
    backend: str,
    saturate: bool,
    first_id: int | None,
    axis: int | None,
    format_name: str | None,
    output: str | None,
) -> None:
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
    request = read_request(words, dtype)
    _check_input_options(request, column, header, invalid, raw, array)
    format_name = format_name or format_of_output(output)
    show = show or (("x", "y", "dy") if _is_range_or_point(request) else ("y",))
    first_id = _first_id(first_id, backend)

    from actcli.backends import get_backend
    from actcli.elementwise_columns import ElementwiseColumns
    from actcli.numerics.dtypes import get_dtype
    from actcli.progress import progress
    from actcli.sources.invalid import Invalid

    default = get_dtype("float32")
    computing = get_backend(backend)
    met = Invalid(invalid or "fail")
    chosen = None if column is None else _column(column, header, format_name)
    if spec.activation.vector:
        from actcli.commands.vector_eval import VectorRequest

        wanted = VectorRequest(spec, show, axis, saturate)
        wanted.check(backend)
        with (
            _input(request, dtype, default, computing, met, raw, array, chosen) as given,
            progress(given.bytes, quiet) as report,
        ):
            wanted.write(given, format_name or DEFAULT_FORMATS[given.kind], output, report)
        _tell(met)
        return
    if axis is not None:
        raise UsageError(
            f"{spec.name} works on single numbers; --axis is for vector functions such as softmax"
        )
    orders = [ORDERS[name] for name in show if name in ORDERS]
    computing.check(spec, orders, dtype or default)
    with (
        _input(request, dtype, default, computing, met, raw, array, chosen) as given,
        progress(given.bytes, quiet) as report,
    ):
        computing.check(spec, orders, given.dtype)
        columns = ElementwiseColumns(
            spec, given.source, computing, show, given.dtype, saturate, given.layout, report
        )
        if given.kind == "table":
            _append(columns, given.source, format_name, output)
        else:
            _write(columns, format_name or DEFAULT_FORMATS[given.kind], output, first_id)
    _tell(met)


def _check_input_options(
    request: Request,
    column: str | None,
    header: bool | None,
    invalid: str | None,
    raw: DType | None,
    array: str | None,
) -> None:
    """Raise UsageError for options that contradict each other, or if nothing would ever be read."""
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


def _tell(met: Invalid) -> None:
    if met.summary:
        note(met.summary)


def _write(columns: Columns, format_name: str, output: str | None, first_id: int | None) -> None:
    from actcli.commands.outputs import open_output
    from actcli.formats import FORMATS

    form = FORMATS[format_name]
    with open_output(form, output) as out:
        if format_name == "tf":
            form.write(columns, out, first_id=first_id)
        else:
            form.write(columns, out)


def _append(columns: Columns, source: Source, format_name: str | None, output: str | None) -> None:
    from actcli.formats.appended import write
    from actcli.output import open_binary
    from actcli.sources.opening import SEPARATORS
    from actcli.sources.table_source import TableSource

    if format_name is not None and format_name not in SEPARATORS:
        raise UsageError(
            "with --column the rows of a table are written as they were read, csv or tsv, not as "
            f"{format_name}"
        )
    assert isinstance(source, TableSource)
    if source.remark:
        note(source.remark)
    with open_binary(output) as out:
        write(columns, source, out)


def _is_range_or_point(request: Request) -> bool:
    return request.start is not None


def format_of_output(output: str | None) -> str | None:
    """The format that the suffix of an output file stands for."""
    from actcli.formats import format_of_path
    from actcli.output import is_replaceable

    if output is not None and is_replaceable(output):
        return format_of_path(output)
    return None


def _first_id(first_id: int | None, backend: str) -> int | None:
    if backend == NUMBERED_BACKEND:
        return FIRST_ID if first_id is None else first_id
    if first_id is not None:
        raise UsageError(f"--first-id is only for --backend {NUMBERED_BACKEND}")
    return None


def _column(name: str, header: bool | None, format_name: str | None) -> ColumnChoice:
    from actcli.sources.opening import ColumnChoice

    return ColumnChoice(name, header, format_name)


def _input(
    request: Request,
    dtype: DType | None,
    default: DType,
    backend: Backend,
    invalid: Invalid,
    raw: DType | None,
    array: str | None,
    column: ColumnChoice | None,
) -> AbstractContextManager[Input]:
    """The source that a request asks for, open as long as it is needed."""
    if request.start is None:
        from actcli.sources.opening import open_input

        return open_input(request.path or "-", dtype, default, invalid, raw, array, column)
    from actcli.sources.base import Input
    from actcli.sources.ranges import RangeSource, point_source

    dtype = dtype or default
    source: Source
    if request.stop is None:
        source = point_source(request.start_in(dtype), dtype)
    else:
        start, stop = request.start_in(dtype), request.stop_in(dtype)
        source = RangeSource(start, stop, request.count, dtype, backend.points)
    return nullcontext(Input(source, dtype, "numbers"))
