"""What `actcli eval` does with a vector function: the numbers of a range or of a line are one x."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from actcli.backends import DEFAULT
from actcli.columns import ORDERS
from actcli.commands.assignments import assignments
from actcli.errors import DataError, UsageError
from actcli.formats import FORMATS, lines
from actcli.numerics.vectors import check_orders
from actcli.output import open_text
from actcli.sources.arrays import ArraySource
from actcli.sources.lines import line_blocks
from actcli.sources.text import TextSource
from actcli.vector_evaluation import VectorColumns, columns_of

if TYPE_CHECKING:
    from actcli.catalogue.vector import BoundVector
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source

#: The longest range that is made a vector: all of its numbers are in memory, several times over.
LONGEST = 1 << 23
#: Formats that print one array after another, so that columns may differ in length.
ARRAYS = ("tf", "numpy")


class VectorRequest:
    """What to show of a vector function, and how."""

    def __init__(
        self,
        bound: BoundVector,
        names: tuple[str, ...],
        dtype: DType,
        axis: int | None,
        saturate: bool,
    ) -> None:
        self.bound = bound
        self.names = names
        self.dtype = dtype
        # All vectors here have one axis: an axis that fits is that one.
        self.axis = axis
        self.saturate = saturate

    def check(self, backend: str) -> None:
        """Raise UsageError for what vector functions, or vectors of one axis, do not have."""
        if backend != DEFAULT:
            raise UsageError(f"backend {backend} has no {self.bound.name}; --backend {DEFAULT} has")
        check_orders(self.bound, [ORDERS[name] for name in self.names if name in ORDERS])
        self.bound.axis_of(self.axis, 1)

    def write(self, source: Source, format_name: str, path: str | None) -> None:
        """Write the columns of a range or point, or of each line of text."""
        if isinstance(source, TextSource):
            _write_lines(self, source, format_name, path)
        else:
            _write_vector(self, source, format_name, path)

    def columns(self, x: Array) -> dict[str, Array]:
        """The columns at one vector, or at rows of equal length."""
        axis = self.axis if x.ndim == 1 else -1
        return columns_of(self.bound, x, self.names, self.dtype, axis, self.saturate)


def _write_vector(
    request: VectorRequest, source: Source, format_name: str, path: str | None
) -> None:
    """Write the columns of a range or point, which is one vector."""
    assert source.count is not None
    if source.count > LONGEST:
        raise UsageError(
            f"{request.bound.name} needs all numbers of its vector at once: "
            f"NUM must be at most {LONGEST}, not {source.count}"
        )
    x = source.part(0, source.count)
    expression = ArraySource(x).expression if source.scalar else source.expression
    headings = {"x": f"a = {expression}", **assignments(request.bound)}
    columns = VectorColumns(request.columns(x), request.dtype, headings)
    if format_name not in (*ARRAYS, "json"):
        columns.check_rows(
            request.bound.specification, "show one of them (--show y), or write tf, numpy or json"
        )
    with open_text(path) as out:
        for part in columns.single() if format_name in ARRAYS else (columns,):
            FORMATS[format_name].write(part, out)


def _write_lines(
    request: VectorRequest, source: TextSource, format_name: str, path: str | None
) -> None:
    """Write a row of columns for each line, which is a vector."""
    if format_name not in lines.FORMATS:
        known = ", ".join(lines.FORMATS)
        raise UsageError(f"format {format_name} shows one vector, lines are many; write {known}")
    with open_text(path) as out:
        lines.write(_blocks(request, source), request.names, request.dtype, format_name, out)


def _blocks(request: VectorRequest, source: TextSource) -> Iterator[dict[str, Array]]:
    for number, rows in line_blocks(source):
        try:
            yield request.columns(rows)
        except DataError as error:
            raise DataError(f"{source.name}, line {number}: {error}") from error
