"""`actcli compare`: backends beside the true values, and what frameworks' defaults mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from actcli.commands.operands import NumberCommand, Request, read_request
from actcli.commands.options import dtype_option, kernel_options, output_option
from actcli.commands.types import ColumnsType, ParamType, SpecificationType, items, ulp
from actcli.console import note
from actcli.errors import DataError, UsageError
from actcli.reports.writers import TEXTS, form_of, write_json, write_lines, write_rows

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from actcli.backends import Kernel
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.comparing.comparison import Comparison
    from actcli.numerics.dtypes import Array, DType

#: Nobody looks at more rows.
MOST = 100_000
#: The last number and how many there are of the vector by default.
VECTOR = (3.0, 7)


class BackendsType(ParamType):
    """Backends, separated by commas, read as a tuple of their names."""

    name = "backends"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        from actcli.backends import BACKENDS, PROGRAM, get_backend

        whole = value.startswith(PROGRAM)  # in whose words commas may stand
        names = (value,) if whole else tuple(part.strip() for part in value.split(","))
        for name in names:
            if name not in BACKENDS:
                get_backend(name)
        return names

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from actcli.backends import completions

        head, comma, begun = incomplete.rpartition(",")
        known = [name for name in completions(begun) if name not in head.split(",")]
        return items(known, begun, head + comma)


@click.command("compare", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(vectors=True))
@click.argument("words", nargs=-1, metavar="[START [STOP [NUM]]]")
@dtype_option
@click.option(
    "--show",
    type=ColumnsType(),
    metavar="COLUMNS",
    default="y,dy",
    help="The columns to compare, of y,dy,d2y (default y,dy).",
)
@click.option(
    "--backends",
    type=BackendsType(),
    multiple=True,
    metavar="NAME,...",
    help="The backends to compare (default: all that are installed and have the function); may be "
    "repeated.",
)
@kernel_options
@click.option("--max-ulp", metavar="ULP", help="Exit with status 1 if any error is larger.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(tuple(TEXTS.values())),
    help="How to write: table for people (the default), csv or json with a row for each number.",
)
@output_option
def command(
    spec: BoundActivation,
    words: tuple[str, ...],
    dtype: DType | None,
    show: tuple[str, ...],
    backends: tuple[tuple[str, ...], ...],
    max_ulp: str | None,
    format_name: str | None,
    output: str | None,
    kernel: Kernel,
) -> None:
    """Show the results of backends for a function beside the true values, the differences in ulp,
    and how far the function is from what frameworks compute by default.

    \b
    Examples:
      actcli compare gelu
      actcli compare gelu -6 -5 9 --backends torch,jax
      actcli compare leaky_relu 0 --show dy    the gradients at a kink
      actcli compare tanh --dtype bfloat16 --format csv
      actcli compare silu --max-ulp 8          status 1 if one is further off

    The default range is that of plot. The breakpoints of the function, the infinities and the
    largest finite numbers always get a row, but for a vector function, whose range is one vector.
    At a kink any derivative between the one-sided ones is
    right, and marked `kink` if it is not the one that actcli chooses.
    """
    if "x" in show:
        raise UsageError("--show chooses what is compared, of y,dy,d2y; x is always shown")
    request = _request(words, dtype)
    limit = None if max_ulp is None else ulp("--max-ulp", max_ulp)
    form = format_name or form_of(output, "compare")

    from actcli.columns import ORDERS
    from actcli.comparing.comparison import compare
    from actcli.numerics.dtypes import get_dtype

    dtype = dtype or get_dtype("float32")
    x, low, high = _inputs(spec, request, len(words) == 3, dtype)
    names = [name for name in ORDERS if name in show]
    chosen = [name for several in backends for name in several]
    if twice := [name for place, name in enumerate(chosen) if name in chosen[:place]]:
        raise UsageError(f"backend {twice[0]!r} stands twice in --backends; once is enough")
    comparison = compare(spec, dtype, x, names, chosen or None, kernel)
    _write(comparison, low, high, form, output)
    if comparison.missing:
        note(_installation(comparison.missing))
    if limit is not None:
        from actcli.comparing.comparison_card import exceeding

        if line := exceeding(comparison, limit):
            raise DataError(line)


def _request(words: tuple[str, ...], dtype: DType | None) -> Request:
    request = read_request(words, dtype)
    if request.path is not None:
        raise UsageError(
            f"compare takes numbers, START STOP NUM, not {request.path!r}; for results in a file: "
            "actcli audit --samples FILE SPEC"
        )
    if request.count > MOST:
        raise UsageError(
            f"a table of {request.count:,} rows is too long, the limit is {MOST:,}; "
            "audit judges any number of inputs"
        )
    return request


def _inputs(
    spec: BoundActivation, request: Request, counted: bool, dtype: DType
) -> tuple[Array, float, float]:
    """The inputs, and the ends of the range in which defaults are compared."""
    from actcli.analysis.interval import default_interval
    from actcli.comparing.comparison import modest_count, with_landmarks
    from actcli.sources.ranges import RangeSource, point_source, points

    if spec.activation.vector:
        return _vector(request, dtype)
    start, stop = request.start, request.stop
    interval = default_interval([spec])
    if start is not None and stop is None:
        x = point_source(request.start_in(dtype), dtype).part(0, 1)
        if start - start == 0:  # a finite number
            return with_landmarks(x, spec, dtype), start, start
        return with_landmarks(x, spec, dtype), interval.start, interval.stop
    if start is None or stop is None:
        start, stop = interval.start, interval.stop
    else:
        start, stop = request.start_in(dtype), request.stop_in(dtype)
    count = request.count if counted else modest_count(abs(stop - start))
    x = RangeSource(start, stop, count, dtype, points).part(0, count)
    return with_landmarks(x, spec, dtype), min(start, stop), max(start, stop)


def _vector(request: Request, dtype: DType) -> tuple[Array, float, float]:
    """The range, a vector; by default one of a few numbers around 0."""
    from actcli.sources.ranges import points

    if request.start is None:
        start, stop, count = -VECTOR[0], *VECTOR
    elif request.stop is None:
        start, stop, count = request.start_in(dtype), request.start_in(dtype), 1
    else:
        start, stop, count = request.start_in(dtype), request.stop_in(dtype), request.count
    return points(start, stop, count, 0, count, dtype), start, stop


def _write(comparison: Comparison, low: float, high: float, form: str, output: str | None) -> None:
    from actcli.comparing import comparison_rows

    if form == "json":
        write_json(output, comparison_rows.facts(comparison, low, high))
    elif form == "csv":
        write_rows(output, [comparison_rows.HEADER, *comparison_rows.rows(comparison)])
        for name, error in comparison.failed.items():
            note(f"{name}: {error}")
    else:
        from actcli.comparing.comparison_card import lay_out

        write_lines(output, lambda width, unicode: lay_out(comparison, low, high, width, unicode))


def _installation(missing: Iterable[Backend]) -> str:
    names = ", ".join(backend.name for backend in missing)
    packages: dict[str, None] = {}
    for backend in missing:
        packages.update(dict.fromkeys(backend.install.split()[2:]))
    return f"not installed: {names}; to compare these too: pip install {' '.join(packages)}"
