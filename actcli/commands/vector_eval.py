"""`actcli eval` of a vector function: all numbers of a range or of a line are one vector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from actcli.axis_columns import AxisColumns
from actcli.backends import DEFAULT
from actcli.columns import ORDERS
from actcli.commands.outputs import open_output
from actcli.errors import DataError, UsageError
from actcli.evaluating.vectors import check_orders
from actcli.formats import FORMATS, vectors
from actcli.output import open_text
from actcli.vector_columns import VectorColumns, check_rows, columns_of

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Input, Layout
    from actcli.sources.json_source import JsonSource
    from actcli.sources.text import TextSource

#: The longest range that is a vector: all its numbers are in memory, several times over.
LONGEST = 1 << 23
#: Formats that print one array after another, so that columns may differ in length.
ARRAYS = ("tf", "numpy")


class VectorRequest(NamedTuple):
    """What to show of a vector function, and how."""

    bound: BoundActivation
    names: tuple[str, ...]
    axis: int | None
    saturate: bool

    def check(self, backend: str) -> None:
        """Raise UsageError for what vector functions lack."""
        if backend != DEFAULT:
            raise UsageError(f"backend {backend} has no {self.bound.name}; use --backend {DEFAULT}")
        check_orders(self.bound, [ORDERS[name] for name in self.names if name in ORDERS])

    def write(
        self, given: Input, format_name: str, path: str | None, report: Callable[[int], None]
    ) -> None:
        """Write the columns of a range or point, of each line of text, or along an array's axis.

        `report` is told how many bytes of an array, or of a file of text, are done.
        """
        if given.layout is not None:
            _write_array(self, given, given.layout, format_name, path, report)
            return
        self.bound.axis_of(self.axis, 1)  # UsageError for an axis that a single vector lacks
        if given.kind == "table":
            raise UsageError(
                f"--column is for functions of one number, but {self.bound.name} takes a vector"
            )
        if given.kind == "text":
            source = cast("TextSource | JsonSource", given.source)
            _write_lines(self, source, format_name, path, report)
        else:
            _write_vector(self, given, format_name, path)

    def columns(self, x: Array, dtype: DType, axis: int | None) -> dict[str, Array]:
        """The columns at an array, along one of its axes."""
        return columns_of(self.bound, x, self.names, dtype, axis, self.saturate)


def _write_array(
    request: VectorRequest,
    given: Input,
    layout: Layout,
    format_name: str,
    path: str | None,
    report: Callable[[int], None],
) -> None:
    """Write one array shaped like x, except for the length of the value along the axis."""
    form = FORMATS[format_name]
    if not form.binary:
        known = ", ".join(name for name, known in FORMATS.items() if known.binary)
        raise UsageError(
            f"{request.bound.name} of an array is an array; write {known}, not {format_name}"
        )
    columns = AxisColumns(
        request.bound, given.source, request.names, given.dtype, layout, request.axis,
        request.saturate, report,
    )  # fmt: skip
    with open_output(form, path) as out:
        form.write(columns, out)


def _write_vector(request: VectorRequest, given: Input, format_name: str, path: str | None) -> None:
    """Write the columns of one vector: a range, a point, or bare numbers."""
    source = given.source.held()
    if source.count > LONGEST:
        raise UsageError(
            f"{request.bound.name} needs all numbers of its vector at once; "
            f"NUM must be at most {LONGEST}, not {source.count}"
        )
    x = source.part(0, source.count)
    columns = VectorColumns(
        request.bound,
        request.columns(x, given.dtype, request.axis),
        given.dtype,
        None if source.scalar else source.origin,
    )
    form = FORMATS[format_name]
    if format_name not in (*ARRAYS, "json"):
        check_rows(
            columns.lengths,
            request.bound.specification,
            "show one of them (--show y), or write tf, numpy or json",
        )
    with open_output(form, path) as out:
        for part in columns.single() if format_name in ARRAYS else (columns,):
            form.write(part, out)


def _write_lines(
    request: VectorRequest,
    source: TextSource | JsonSource,
    format_name: str,
    path: str | None,
    report: Callable[[int], None],
) -> None:
    """Write a row for each line, which is a vector."""
    if format_name not in vectors.FORMATS:
        known = ", ".join(vectors.FORMATS)
        raise UsageError(f"format {format_name} shows one vector, not a line each; write {known}")
    with open_text(path) as out:
        blocks = _blocks(request, source, report)
        vectors.write(blocks, request.names, source.dtype, format_name, out)


def _blocks(
    request: VectorRequest, source: TextSource | JsonSource, report: Callable[[int], None]
) -> Iterator[dict[str, Array]]:
    done = 0
    for number, rows in source.vectors():
        try:
            yield request.columns(rows, source.dtype, -1)
        except DataError as error:
            raise DataError(f"{source.name}, line {number}: {error}") from error
        position = source.position() if source.size is not None else done + rows.nbytes
        report(position - done)
        done = position
