"""`actcli points`: inputs worth testing a kernel with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from actcli.commands.operands import NumberCommand
from actcli.commands.options import dtype_option, output_options
from actcli.commands.types import SpecificationType, WholeType

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import DType

#: More would not fit into the memory of ordinary machines.
MOST = 100_000_000


@click.command("points", cls=NumberCommand)
@click.argument("spec", type=SpecificationType())
@dtype_option
@click.option(
    "--count",
    type=WholeType(5, MOST),
    metavar="N",
    help="How many (default 4096; all of 8 and 16 bits).",
)
@output_options
def command(
    spec: BoundActivation,
    dtype: DType | None,
    count: int | None,
    format_name: str | None,
    output: str | None,
) -> None:
    """Write inputs worth testing an implementation with: zeros, infinities, nan, the ends of the
    dtype, breakpoints, roots, stationary points and where results saturate, over- or underflow,
    all with their neighbours; powers of two, subnormals, tails and a log-uniform spread. Each
    number appears once, sorted, nan last; every run gives the same.

    \b
    Examples:
      actcli points gelu                       4,096 float32 numbers as text
      actcli points gelu --dtype bfloat16 --format bits
      actcli points gelu -o x.npy              then: my_kernel x.npy out.npz
      actcli audit --samples out.npz gelu
    """
    from actcli.backends import DEFAULT, get_backend
    from actcli.elementwise_columns import ElementwiseColumns, Task
    from actcli.evaluating.worth_testing import worth_testing
    from actcli.formats import FORMATS, format_of_output, open_output
    from actcli.numerics.dtypes import get_dtype
    from actcli.sources.arrays import ArraySource
    from actcli.sources.base import Input

    form = FORMATS[format_name or format_of_output(output) or "text"]
    dtype = dtype or get_dtype("float32")
    source = ArraySource(worth_testing(spec, dtype, count))
    columns = ElementwiseColumns(
        Task(spec, Input(source, dtype, "numbers"), ("x",), get_backend(DEFAULT))
    )
    with open_output(form, output) as out:
        form.write(columns, out)
