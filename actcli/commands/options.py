"""The options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

import click

from actcli.commands.types import AnyDTypeType, BackendType, ColumnsType, DTypeType, NamedType
from actcli.errors import UsageError
from actcli.sources.invalid import POLICIES

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def all_of(*decorators: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    """Several decorators as one, the first outermost."""

    def decorate(function: Decorated) -> Decorated:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


class NamesOption(click.Option):
    """An option whose help lists the names of its type, which are looked up only then."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        spelling, words = record
        known: Any = self.type
        return spelling, f"{words}: {', '.join(known.names())}."


class OutputType(click.Path):
    """The path of an output file, which is checked when it is opened; completed like a path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if "\0" in value:
            raise UsageError(f"a path cannot contain a null character, as {value!r} does")
        return value


output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=OutputType(),
    help="Write to FILE (its suffix chooses the format); - is standard output.",
)


def _formats() -> Iterable[str]:
    from actcli.formats import FORMATS

    return FORMATS


format_option = click.option(
    "--format",
    "format_name",
    cls=NamesOption,
    type=NamedType("format", _formats),
    help="How to write",
)
output_options = all_of(format_option, output_option)

dtype_option = click.option(
    "--dtype", cls=NamesOption, type=DTypeType(), metavar="DTYPE", help="The type of the numbers"
)
any_dtype_option = click.option(
    "--dtype", cls=NamesOption, type=AnyDTypeType(), metavar="DTYPE", help="The type of the numbers"
)
out_dtype_option = click.option(
    "--out-dtype",
    cls=NamesOption,
    type=AnyDTypeType(),
    metavar="DTYPE",
    help="The type of the results, if it is not that of x",
)
round_option = click.option(
    "--round",
    "rounding",
    type=click.Choice(("half-even", "half-away", "half-up")),
    default="half-even",
    help="How results become whole numbers of a quantised dtype (default half-even).",
)
show_option = click.option(
    "--show",
    type=ColumnsType(),
    metavar="COLUMNS",
    help="The columns to show, of x,y,dy,d2y (default x,y,dy; for text y).",
)
backend_option = click.option(
    "--backend",
    cls=NamesOption,
    type=BackendType(),
    metavar="BACKEND",
    default="actcli",
    help="Who computes",
)


def kernel_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a kernel of one's own, as one argument `kernel`."""

    @all_of(*KERNEL_OPTIONS)
    @wraps(function)
    def with_kernel(
        *args: Any,
        derivative: str | None,
        cast: bool,
        exchange: str,
        timeout: float | None,
        **given: Any,
    ) -> Any:
        from actcli.backends import Kernel

        return function(*args, kernel=Kernel(derivative, cast, exchange, timeout), **given)

    return with_kernel


KERNEL_OPTIONS = (
    click.option(
        "--derivative",
        metavar="KERNEL",
        help="What gives the derivative of a kernel that has values alone: FILE.py:FUNCTION or "
        "exec:COMMAND, called with x.",
    ),
    click.option(
        "--cast", is_flag=True, help="Round what a Python function returns in another dtype, once."
    ),
    click.option(
        "--exchange",
        type=click.Choice(("raw", "npy", "text")),
        default="raw",
        help="How a program reads and writes numbers (default raw, little-endian).",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="How long a program may neither read nor write (default: for ever).",
    ),
)
saturate_option = click.option(
    "--saturate", is_flag=True, help="Return the largest finite number where the dtype overflows."
)
first_id_option = click.option(
    "--first-id",
    type=click.IntRange(min=0),
    metavar="ID",
    help="The id of the first tensor with --backend tensorflow-2.0 (default 17).",
)
axis_option = click.option(
    "--axis",
    type=int,
    metavar="N",
    help="The axis that a vector function such as softmax works along (default -1, the last). "
    "From file to file any axis is processed in parts; from a pipe, axis 0 (in Fortran's order the "
    "last) needs the array in memory.",
)
invalid_option = click.option(
    "--invalid",
    type=NamedType("policy", lambda: POLICIES),
    metavar="[fail|skip|nan]",
    help="What to do with input that is not a number (default fail).",
)
column_option = click.option(
    "--column",
    metavar="NAME|NUMBER",
    help="Read x from this column of a csv or tsv table, and append the results to its rows; a "
    "name that the table already has is numbered: y_2. In JSON, the key of x.",
)
header_option = click.option(
    "--header/--no-header",
    default=None,
    help="Whether the first row of the table holds names (default: a guess, which is reported if "
    "it may be wrong).",
)
codes_option = click.option(
    "--codes",
    is_flag=True,
    help="Write quantised numbers as codes in text and tables too, where they else stand as real "
    "numbers.",
)
quantised_options = all_of(any_dtype_option, out_dtype_option, round_option, codes_option)
evaluation_options = all_of(
    quantised_options, show_option, backend_option, saturate_option, first_id_option
)

raw_option = click.option(
    "--raw",
    type=AnyDTypeType(),
    metavar="DTYPE",
    help="Read numbers of this dtype without a header, the least significant byte first.",
)
array_option = click.option(
    "--array", metavar="NAME", help="The array of an .npz archive (not needed for a single one)."
)
cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Give the work to the Dask cluster whose scheduler is at ADDRESS, tcp://HOST:PORT.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress bar.")
input_options = all_of(
    column_option, header_option, invalid_option, raw_option, array_option, quiet_option
)
