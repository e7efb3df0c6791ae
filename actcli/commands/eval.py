"""`actcli eval`: a function and its derivatives on a point, a range, or numbers that are read."""

from __future__ import annotations

import gc
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from actcli.columns import ORDERS
from actcli.commands.inputs import EXAMPLE, check_input_options, open_table, open_text
from actcli.commands.number_command import NumberCommand
from actcli.commands.options import evaluation_options, input_options, output_options
from actcli.commands.request import Request, read_request
from actcli.commands.types import SpecificationType
from actcli.console import note
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Columns
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source
    from actcli.sources.invalid import Invalid
    from actcli.sources.table import TableSource

#: The backend whose tensors are numbered, and the id that the first one of a session has.
NUMBERED_BACKEND = "tensorflow-2.0"
FIRST_ID = 17


@click.command("eval", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(), required=False)
@click.argument("words", nargs=-1, metavar="[START [STOP [NUM]] | PATH]")
@input_options
@evaluation_options
@output_options
def command(
    spec: BoundActivation | None,
    words: tuple[str, ...],
    column: str | None,
    invalid: str | None,
    dtype: DType | None,
    show: tuple[str, ...] | None,
    backend: str,
    saturate: bool,
    first_id: int | None,
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

    SPEC is NAME[:PARAM=VALUE,...]; NAME may be a framework's, as tf.nn.leaky_relu.
    One number is a point, two are a range of 50 points, a third is their NUM.
    Without numbers they are read from PATH or from standard input; with --column from
    a table, whose rows are written as they are, the results appended.
    """
    if spec is None:
        raise UsageError(f"no function is named; {EXAMPLE}")
    request = read_request(words)
    check_input_options(request, column, invalid)
    if column is None:
        format_name = format_name or _format_name(request, output)
    show = show or (("x", "y", "dy") if _is_range_or_point(request) else ("y",))
    first_id = _first_id(first_id, backend)

    from actcli.backends import get_backend
    from actcli.commands.assignments import assignments
    from actcli.evaluation import Evaluation
    from actcli.numerics.dtypes import get_dtype
    from actcli.sources.invalid import Invalid

    dtype = dtype or get_dtype("float32")
    computing = get_backend(backend)
    computing.check(spec, [ORDERS[name] for name in show if name in ORDERS], dtype)
    heads = assignments(spec)
    met = Invalid(invalid or "fail")
    if column is not None:
        with open_table(request, column, format_name, dtype, met) as table:
            _append(Evaluation(spec, table, computing, show, dtype, heads, saturate), table, output)
    else:
        assert format_name is not None
        with _source(request, dtype, computing, met) as source:
            _write(
                Evaluation(spec, source, computing, show, dtype, heads, saturate, first_id),
                format_name,
                output,
            )
    if met.summary:
        note(met.summary)


def _write(columns: Columns, format_name: str, output: str | None) -> None:
    from actcli.formats import FORMATS
    from actcli.output import open_text

    with open_text(output) as out:
        _end_start_up()
        FORMATS[format_name].write(columns, out)


def _append(columns: Columns, table: TableSource, output: str | None) -> None:
    from actcli.formats.appended import write
    from actcli.output import open_binary

    with open_binary(output) as out:
        _end_start_up()
        write(columns, table, out)


def _end_start_up() -> None:
    """Collect garbage from now on: what start-up made stays, and a stream may be long."""
    gc.freeze()
    gc.enable()


def _is_range_or_point(request: Request) -> bool:
    return request.start is not None


def _format_name(request: Request, output: str | None) -> str:
    from actcli.formats import format_of_path
    from actcli.output import is_replaceable

    if output is not None and is_replaceable(output):
        return format_of_path(output)
    return "tf" if _is_range_or_point(request) else "text"


def _first_id(first_id: int | None, backend: str) -> int | None:
    if backend == NUMBERED_BACKEND:
        return FIRST_ID if first_id is None else first_id
    if first_id is not None:
        raise UsageError(f"--first-id numbers tensors with --backend {NUMBERED_BACKEND} alone")
    return None


def _source(
    request: Request, dtype: DType, backend: Backend, invalid: Invalid
) -> AbstractContextManager[Source]:
    """The source that a request means, open as long as it is needed."""
    if request.start is None:
        return open_text(request, dtype, invalid)
    from actcli.sources.ranges import PointSource, range_source

    if request.stop is None:
        return nullcontext(PointSource(request.start, dtype))
    return nullcontext(range_source(request.start, request.stop, request.count, dtype, backend))
