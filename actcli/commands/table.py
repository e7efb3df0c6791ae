"""`actcli table`: all results of a small dtype, as text, code or an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from actcli.columns import ORDERS
from actcli.commands.operands import NumberCommand
from actcli.commands.options import (
    any_dtype_option,
    out_dtype_option,
    output_option,
    round_option,
    saturate_option,
)
from actcli.commands.types import NamedType, SpecificationType
from actcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.quantised_dtypes import Unscaled
    from actcli.numerics.quantised import AnyDType


def _forms() -> Iterable[str]:
    from actcli.tabulating.writing import FORMS

    return FORMS


@click.command("table", cls=NumberCommand)
@click.argument("spec", type=SpecificationType())
@any_dtype_option
@out_dtype_option
@click.option(
    "--show",
    "column",
    type=click.Choice(tuple(ORDERS)),
    default="y",
    help="The value y, or the derivative dy or d2y (default y).",
)
@click.option(
    "--half",
    is_flag=True,
    help="The results at 0 and above alone, with the rule for the others, if every one follows it.",
)
@click.option("--name", metavar="NAME", help="What the table is called in code.")
@round_option
@saturate_option
@click.option(
    "--format",
    "format_name",
    type=NamedType("format", _forms),
    metavar="[text|c|cuda|verilog|json|npy]",
    help="How to write (default text, or what the suffix of FILE says).",
)
@output_option
def command(
    spec: BoundActivation,
    dtype: AnyDType | Unscaled | None,
    out_dtype: AnyDType | Unscaled | None,
    column: str,
    half: bool,
    name: str | None,
    rounding: str,
    saturate: bool,
    format_name: str | None,
    output: str | None,
) -> None:
    """Write a table of all results of a dtype of 8 or 16 bits: in the order of the bit patterns of
    floats, rising for whole numbers. Each is the true value, rounded once. A comment says how the
    table is read, what rounds how, and the SHA-256 of its entries.

    \b
    Examples:
      actcli table gelu --dtype bfloat16 -o gelu.h
      actcli table tanh --dtype float16 --half --format cuda
      actcli table sigmoid --dtype int8:scale=1/16 --out-dtype int8:scale=1/256,zero_point=-128
      actcli table silu --dtype float8_e4m3fn --show dy -o silu_dy.mem     for $readmemh
    """
    from actcli.commands.quantised import scaled
    from actcli.output import open_binary
    from actcli.reports.c_code import c_name, checked_name
    from actcli.tabulating.table import Request, Table
    from actcli.tabulating.writing import FORMS, form_of

    if dtype is None:
        raise UsageError(
            "a table needs a dtype of 8 or 16 bits; for example: actcli table gelu --dtype bfloat16"
        )
    form = FORMS[form_of(output, format_name)]
    given, out = scaled(spec, dtype, out_dtype, (ORDERS[column],))
    table = Table(Request(spec, column, given, out, rounding, saturate, half))
    said = spec.file_name if column == "y" else f"{spec.file_name}_{column}"
    base = given.name.partition(":")[0]
    written = checked_name(name) if name else c_name(f"{said}_{base}")
    data = form.write(table, written)
    with open_binary(output) as out_file:
        out_file.write(data)
