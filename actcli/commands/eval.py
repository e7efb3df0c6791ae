"""`actcli eval`: a function and its derivatives at a point, on a range, or on numbers it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from actcli.columns import ORDERS
from actcli.commands.input_options import EXAMPLE, Options, check_input_options, input_of
from actcli.commands.number_command import NumberCommand
from actcli.commands.options import (
    axis_option,
    evaluation_options,
    input_options,
    kernel_options,
    output_options,
)
from actcli.commands.request import read_request
from actcli.commands.types import SpecificationType
from actcli.console import note
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Columns
    from actcli.sources.table_source import TableSource

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
    from actcli.commands.outputs import format_of_output
    from actcli.elementwise_columns import ElementwiseColumns, Task
    from actcli.progress import progress
    from actcli.sources.invalid import Invalid

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
        from actcli.commands.vector_eval import check_vector, vector_columns

        check_vector(spec, show, backend)
    else:
        backend.check(spec, orders, options.expected_dtype)
    met = Invalid(options.invalid or "fail")
    with (
        input_of(request, options, form, backend, met) as numbers,
        progress(numbers.bytes, options.quiet) as report,
    ):
        task = Task(spec, numbers, show, backend, options.axis, options.saturate, report)
        chosen = form or DEFAULT_FORMATS[numbers.kind]
        if spec.activation.vector:
            _write(vector_columns(task, chosen), chosen, options.output, first_id)
        else:
            if numbers.dtype != options.expected_dtype:  # that of an array
                backend.check(spec, orders, numbers.dtype)
            if numbers.table:
                _append(ElementwiseColumns(task), numbers.table, form, options.output)
            else:
                _write(ElementwiseColumns(task), chosen, options.output, first_id)
    if met.summary:
        note(met.summary)


def _write(columns: Columns, format_name: str, output: str | None, first_id: int | None) -> None:
    from actcli.commands.outputs import open_output
    from actcli.formats import FORMATS

    form = FORMATS[format_name]
    with open_output(form, output) as out:
        form.write(columns, out, **({"first_id": first_id} if form.numbered else {}))


def _append(
    columns: Columns, table: TableSource, format_name: str | None, output: str | None
) -> None:
    from actcli.formats.appended import write
    from actcli.output import open_binary
    from actcli.sources.opening import SEPARATORS

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
