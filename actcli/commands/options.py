"""The options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from actcli.commands.types import (
    BackendType,
    ColumnsType,
    DTypeType,
    FormatType,
    NamedType,
    PolicyType,
)
from actcli.errors import UsageError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def all_of(*decorators: Callable[[Any], Any]) -> Callable[[Decorated], Decorated]:
    """One decorator that does what several do, the first one outermost."""

    def decorate(function: Decorated) -> Decorated:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


class Names(click.Option):
    """An option whose help lists the names of its type, looked up when help is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        if record is None:
            return None
        spelling, words = record
        return spelling, f"{words}: {', '.join(cast(NamedType, self.type).names())}."


class OutputType(click.Path):
    """The path of a file to write, which is looked at when it is opened; completed as paths are."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if "\0" in value:
            raise UsageError(f"no path can hold the null character of {value!r}")
        return value


output_option = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=OutputType(),
    help="Write to FILE (its suffix chooses the format); - is standard output.",
)
format_option = click.option(
    "--format", "format_name", cls=Names, type=FormatType(), help="How to write"
)
#: Where the columns go, and how they are written.
output_options = all_of(format_option, output_option)

dtype_option = click.option(
    "--dtype", cls=Names, type=DTypeType(), metavar="DTYPE", help="The numbers computed with"
)
show_option = click.option(
    "--show",
    type=ColumnsType(),
    metavar="COLUMNS",
    help="The columns to show, of x,y,dy,d2y (default x,y,dy; for text y).",
)
backend_option = click.option(
    "--backend",
    cls=Names,
    type=BackendType(),
    metavar="BACKEND",
    default="actcli",
    help="Who computes",
)
saturate_option = click.option(
    "--saturate", is_flag=True, help="Give the largest finite number where the dtype overflows."
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
    "Between files any is taken in parts of whole vectors; through a pipe, axis 0 (the last one of "
    "an array in Fortran's order) is held in memory.",
)
invalid_option = click.option(
    "--invalid",
    type=PolicyType(),
    metavar="[fail|skip|nan]",
    help="What becomes of input that is no number (default fail).",
)
column_option = click.option(
    "--column",
    metavar="NAME|NUMBER",
    help="Read x from this column of a csv or tsv table, and append to its rows; a name that the "
    "table has already is numbered: y_2. Of JSON, the key that is x.",
)
header_option = click.option(
    "--header/--no-header",
    default=None,
    help="Whether the first row of the table holds names (default: guessed, and said where that "
    "may be wrong; never for a --column by its name).",
)
#: What is computed, and by whom.
evaluation_options = all_of(
    dtype_option, show_option, backend_option, saturate_option, first_id_option
)

raw_option = click.option(
    "--raw",
    type=DTypeType(),
    metavar="DTYPE",
    help="Read numbers of that dtype without a header, the least significant byte first.",
)
array_option = click.option(
    "--array", metavar="NAME", help="The array of an .npz archive (needless if it has but one)."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress bar.")
#: What is read, and whether somebody watches.
input_options = all_of(
    column_option, header_option, invalid_option, raw_option, array_option, quiet_option
)
