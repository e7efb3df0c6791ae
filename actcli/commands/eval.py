"""`actcli eval`: a function and its derivatives on a point, a range, or numbers that are read."""

from __future__ import annotations

import gc
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from actcli.columns import ORDERS
from actcli.commands.number_command import NumberCommand
from actcli.commands.options import axis_option, evaluation_options, output_options
from actcli.commands.request import Request, read_request
from actcli.commands.types import SpecificationType
from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.vector import BoundVector
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The backend whose tensors are numbered, and the id that the first one of a session has.
NUMBERED_BACKEND = "tensorflow-2.0"
FIRST_ID = 17


@click.command("eval", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(vectors=True), required=False)
@click.argument("words", nargs=-1, metavar="[START [STOP [NUM]] | PATH]")
@evaluation_options
@axis_option
@output_options
def command(
    spec: BoundActivation | BoundVector | None,
    words: tuple[str, ...],
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

    SPEC is NAME[:PARAM=VALUE,...]; NAME may be a framework's, as tf.nn.leaky_relu.
    One number is a point, two are a range of 50 points, a third is their NUM.
    Without numbers they are read from PATH or from standard input.
    A vector function (softmax) takes all points of a range, or each line of text, as one vector.
    """
    if spec is None:
        raise UsageError(f"no function is named; {EXAMPLE}")
    request = read_request(words)
    format_name = format_name or _format_name(request, output)
    show = show or (("x", "y", "dy") if _is_range_or_point(request) else ("y",))
    first_id = _first_id(first_id, backend)

    from actcli.backends import get_backend
    from actcli.catalogue.vector import BoundVector
    from actcli.commands.assignments import assignments
    from actcli.evaluation import Evaluation
    from actcli.formats import FORMATS
    from actcli.numerics.dtypes import get_dtype
    from actcli.output import open_text

    dtype = dtype or get_dtype("float32")
    computing = get_backend(backend)
    if isinstance(spec, BoundVector):
        from actcli.commands.vector_eval import VectorRequest

        wanted = VectorRequest(spec, show, dtype, axis, saturate)
        wanted.check(backend)
        with _source(request, dtype, computing) as source:
            wanted.write(source, format_name, output)
        return
    if axis is not None:
        raise UsageError(
            f"{spec.name} works on each number alone; --axis is for vector functions as softmax"
        )
    computing.check(spec, [ORDERS[name] for name in show if name in ORDERS], dtype)
    with _source(request, dtype, computing) as source:
        columns = Evaluation(
            spec, source, computing, show, dtype, assignments(spec), saturate, first_id
        )
        with open_text(output) as out:
            # Start-up is over; what it made stays, and a stream may be long.
            gc.freeze()
            gc.enable()
            FORMATS[format_name].write(columns, out)


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


def _source(request: Request, dtype: DType, backend: Backend) -> AbstractContextManager[Source]:
    """The source that a request means, open as long as it is needed."""
    if request.start is None:
        from actcli.sources.text import open_text_source

        if request.path is None and is_terminal(sys.stdin):
            raise UsageError(f"no numbers to evaluate on; {EXAMPLE}")
        return open_text_source(request.path or "-", dtype)
    from actcli.sources.ranges import PointSource, range_source

    if request.stop is None:
        return nullcontext(PointSource(request.start, dtype))
    return nullcontext(range_source(request.start, request.stop, request.count, dtype, backend))
