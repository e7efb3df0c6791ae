"""`actcli eval`: a function and its derivatives on a point, a range, or numbers that are read."""

from __future__ import annotations

import gc
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from actcli.columns import ORDERS
from actcli.commands.number_command import NumberCommand
from actcli.commands.options import evaluation_options, input_options, output_options
from actcli.commands.request import Request, read_request
from actcli.commands.types import SpecificationType
from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source
    from actcli.sources.inputs import Input

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The backend whose tensors are numbered, and the id that the first one of a session has.
NUMBERED_BACKEND = "tensorflow-2.0"
FIRST_ID = 17
#: How the columns of each kind of input are written, unless an option or a suffix says.
DEFAULT_FORMATS = {"numbers": "tf", "text": "text", "npy": "npy", "raw": "raw"}


@click.command("eval", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(), required=False)
@click.argument("words", nargs=-1, metavar="[START [STOP [NUM]] | PATH]")
@evaluation_options
@input_options
@output_options
def command(
    spec: BoundActivation | None,
    words: tuple[str, ...],
    dtype: DType | None,
    show: tuple[str, ...] | None,
    backend: str,
    saturate: bool,
    first_id: int | None,
    raw: DType | None,
    array: str | None,
    quiet: bool,
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
      actcli eval silu acts.npy -o out.npy     an array of any size

    SPEC is NAME[:PARAM=VALUE,...]; NAME may be a framework's, as tf.nn.leaky_relu.
    One number is a point, two are a range of 50 points, a third is their NUM.
    Without numbers they are read from PATH or from standard input: text, .npy, .npz or --raw.
    """
    if spec is None:
        raise UsageError(f"no function is named; {EXAMPLE}")
    request = read_request(words)
    format_name = format_name or _format_of_output(output)
    show = show or (("x", "y", "dy") if _is_range_or_point(request) else ("y",))
    first_id = _first_id(first_id, backend)

    from actcli.backends import get_backend
    from actcli.commands.assignments import assignments
    from actcli.evaluation import Evaluation
    from actcli.formats import FORMATS
    from actcli.numerics.dtypes import get_dtype
    from actcli.output import open_binary, open_text
    from actcli.progress import progress

    computing = get_backend(backend)
    orders = [ORDERS[name] for name in show if name in ORDERS]
    computing.check(spec, orders, dtype or get_dtype("float32"))
    with _input(request, dtype, computing, raw, array) as given:
        computing.check(spec, orders, given.dtype)
        form = FORMATS[format_name or DEFAULT_FORMATS[given.kind]]
        if form.binary and output in (None, "-") and is_terminal(sys.stdout):
            raise UsageError(
                "numbers in bytes are not for a terminal: give -o FILE or --format text"
            )
        with (
            progress(given.bytes, quiet) as report,
            (open_binary if form.binary else open_text)(output) as out,
        ):
            columns = Evaluation(
                spec, given.source, computing, show, given.dtype, assignments(spec), saturate,
                first_id, given.layout, report,
            )  # fmt: skip
            # Start-up is over; what it made stays, and a stream may be long.
            gc.freeze()
            gc.enable()
            form.write(columns, out)


def _is_range_or_point(request: Request) -> bool:
    return request.start is not None


def _format_of_output(output: str | None) -> str | None:
    from actcli.formats import format_of_path
    from actcli.output import is_replaceable

    if output is not None and is_replaceable(output):
        return format_of_path(output)
    return None


def _first_id(first_id: int | None, backend: str) -> int | None:
    if backend == NUMBERED_BACKEND:
        return FIRST_ID if first_id is None else first_id
    if first_id is not None:
        raise UsageError(f"--first-id numbers tensors with --backend {NUMBERED_BACKEND} alone")
    return None


def _input(
    request: Request,
    dtype: DType | None,
    backend: Backend,
    raw: DType | None,
    array: str | None,
) -> AbstractContextManager[Input]:
    """The source that a request means, open as long as it is needed."""
    from actcli.numerics.dtypes import get_dtype
    from actcli.sources.inputs import Input, open_input

    default = get_dtype("float32")
    if request.start is None:
        if request.path is None and is_terminal(sys.stdin):
            raise UsageError(f"no numbers to evaluate on; {EXAMPLE}")
        return open_input(request.path or "-", dtype, default, raw, array)
    if raw is not None or array is not None:
        option = "--raw" if raw is not None else "--array"
        raise UsageError(f"{option} says how a file is read, and numbers were given")
    from actcli.sources.ranges import PointSource, range_source

    dtype = dtype or default
    source: Source
    if request.stop is None:
        source = PointSource(request.start, dtype)
    else:
        source = range_source(request.start, request.stop, request.count, dtype, backend)
    return nullcontext(Input(source, dtype, "numbers"))
