"""`actcli points`: inputs worth testing a kernel with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from actcli.commands.operands import NumberCommand
from actcli.commands.options import any_dtype_option, codes_option, output_options
from actcli.commands.types import SpecificationType, WholeType
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.quantised_dtypes import Unscaled
    from actcli.columns import Columns
    from actcli.elementwise_columns import Task
    from actcli.formats import Format
    from actcli.numerics.dtypes import DType
    from actcli.numerics.quantised import AnyDType, Quantised
    from actcli.sources.base import Source

#: More would not fit into the memory of ordinary machines.
MOST = 100_000_000


@click.command("points", cls=NumberCommand)
@click.argument("spec", type=SpecificationType(vectors=True))
@any_dtype_option
@click.option(
    "--count",
    type=WholeType(5, MOST),
    metavar="N",
    help="How many (default 4096; all of 8 and 16 bits; 256 vectors).",
)
@click.option(
    "--length",
    type=WholeType(1, MOST),
    metavar="N",
    help="How many numbers a vector has, for functions of vectors (default 64).",
)
@codes_option
@output_options
def command(
    spec: BoundActivation,
    dtype: AnyDType | Unscaled | None,
    count: int | None,
    length: int | None,
    codes: bool,
    format_name: str | None,
    output: str | None,
) -> None:
    """Write inputs worth testing an implementation with: zeros, infinities, nan, the ends of the
    dtype, breakpoints, roots, stationary points and where results saturate, over- or underflow,
    all with their neighbours; powers of two, subnormals, tails and a log-uniform spread. Each
    number appears once, sorted, nan last; every run gives the same.

    For functions of vectors (softmax): vectors that are masked, offset, tied, dominated by one
    number, spread over the dtype or hold nan and infinities, a line each or the rows of an array.

    \b
    Examples:
      actcli points gelu                       4,096 float32 numbers as text
      actcli points gelu --dtype bfloat16 --format bits
      actcli points gelu -o x.npy              then: my_kernel x.npy out.npz
      actcli points softmax --length 8         256 vectors, a line each
      actcli audit --samples out.npz gelu
    """
    from actcli.formats import FORMATS, format_of_output, open_output
    from actcli.numerics.dtypes import DType, get_dtype

    chosen = format_name or format_of_output(output) or "text"
    form = FORMATS[chosen]
    dtype = dtype or get_dtype("float32")
    if isinstance(dtype, DType) and codes:
        raise UsageError("--codes is for quantised numbers; add --dtype int8:scale=S")
    if not isinstance(dtype, DType):
        columns = _codes(spec, dtype, count, chosen, codes)
    elif spec.activation.vector:
        columns = _vectors(spec, dtype, length, count, form)
    elif length is None:
        columns = _numbers(spec, dtype, count)
    else:
        raise UsageError(
            f"{spec.name} works on single numbers; --length is for vector functions such as softmax"
        )
    with open_output(form, output) as out:
        form.write(columns, out)


def _codes(
    spec: BoundActivation, dtype: Quantised | Unscaled, count: int | None, form: str, codes: bool
) -> Columns:
    """All codes of a quantised dtype, or the real numbers that they stand for."""
    from actcli.commands.quantised import Choice, scaled
    from actcli.commands.quantised_eval import quantised_columns
    from actcli.numerics.dtypes import get_dtype
    from actcli.numerics.quantised import Quantised
    from actcli.sources.arrays import ArraySource
    from actcli.sources.base import Input

    if spec.activation.vector:
        raise UsageError(f"{spec.name} works on vectors; quantised dtypes are for single numbers")
    if count is not None:
        raise UsageError("--count chooses among floats; of a quantised dtype all codes are points")
    wide = get_dtype("float64")
    given, _ = scaled(spec, dtype, wide, (0,))
    assert isinstance(given, Quantised)
    numbers = Input(ArraySource(given.reals(given.codes())), wide, "numbers")
    return quantised_columns(spec, numbers, Choice(given, wide, codes=codes), ("x",), form, "x")


def _numbers(spec: BoundActivation, dtype: DType, count: int | None) -> Columns:
    from actcli.elementwise_columns import ElementwiseColumns
    from actcli.evaluating.worth_testing import worth_testing
    from actcli.sources.arrays import ArraySource

    return ElementwiseColumns(_task(spec, ArraySource(worth_testing(spec, dtype, count)), dtype))


def _vectors(
    spec: BoundActivation, dtype: DType, length: int | None, count: int | None, form: Format
) -> Columns:
    """The rows of an array in a binary format, else a vector a line; UsageError without either."""
    from actcli.evaluating.vectors_worth_testing import COUNT, LENGTH, vectors_worth_testing
    from actcli.formats import FORMATS
    from actcli.sources.arrays import VectorsSource
    from actcli.sources.base import Layout
    from actcli.vector_columns import AxisColumns, LineColumns

    length, count = length or LENGTH, count or COUNT
    spec.output_length(length)  # an error for a length that the function rejects
    if length * count > MOST:
        raise UsageError(f"{count} vectors of {length} are more than {MOST:,} numbers in all")
    if not form.binary and not form.nested:
        known = ", ".join(name for name, one in FORMATS.items() if one.binary or one.nested)
        raise UsageError(f"vectors need one of the formats {known}")
    rows = vectors_worth_testing(dtype, length, count).rows
    task = _task(spec, VectorsSource(rows), dtype)
    return AxisColumns(task, Layout(rows.shape, False)) if form.binary else LineColumns(task)


def _task(spec: BoundActivation, source: Source, dtype: DType) -> Task:
    from actcli.backends import DEFAULT, get_backend
    from actcli.elementwise_columns import Task
    from actcli.sources.base import Input

    return Task(spec, Input(source, dtype, "numbers"), ("x",), get_backend(DEFAULT))
