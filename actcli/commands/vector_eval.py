"""`actcli eval` of a vector function: all numbers of a range or of a line are one vector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from actcli.errors import UsageError
from actcli.formats import FORMATS
from actcli.sources.arrays import ArraySource
from actcli.sources.base import Layout
from actcli.vector_columns import AxisColumns, LineColumns

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.elementwise_columns import Task

#: The longest range that is a vector: all its numbers are in memory, several times over.
LONGEST = 1 << 23


def vector_columns(task: Task, format_name: str) -> Columns:
    """The columns of a range or point, of each line of text, or along an array's axis.

    UsageError where the format cannot show them.
    """
    function, given = task.function, task.given
    form = FORMATS[format_name]
    if given.layout is not None:
        if not form.binary:
            raise UsageError(
                f"{function.name} of an array is an array; write {_names('binary')}, "
                f"not {format_name}"
            )
        columns = AxisColumns(task, given.layout)
        _check_rows(columns, "show one of them (--show y)")
        return columns
    function.axis_of(task.axis, 1)  # UsageError for an axis that a single vector lacks
    if given.kind == "table":
        raise UsageError(
            f"--column is for functions of one number, but {function.name} takes a vector"
        )
    if given.kind == "text":
        if not form.nested:
            raise UsageError(
                f"format {format_name} shows one vector, not a line each; write {_names('nested')}"
            )
        return LineColumns(task)
    source = given.source.held()
    if source.count > LONGEST:
        raise UsageError(
            f"{function.name} needs all numbers of its vector at once; "
            f"NUM must be at most {LONGEST}, not {source.count}"
        )
    vector = ArraySource(source.part(0, source.count), None if source.scalar else source.origin)
    layout = Layout((source.count,), fortran=False)
    columns = AxisColumns(task._replace(given=given._replace(source=vector)), layout)
    if not form.uneven:
        _check_rows(columns, "show one of them (--show y), or write tf, numpy or json")
    return columns


def _names(kind: str) -> str:
    """The formats of that kind."""
    return ", ".join(name for name, form in FORMATS.items() if getattr(form, kind))


def _check_rows(columns: Columns, advice: str) -> None:
    """Raise UsageError if columns differ in length, so that they form no rows."""
    lengths = {name: math.prod(columns.shape_of(name)) for name in columns.names}
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{length} of {name}" for name, length in lengths.items())
        raise UsageError(
            f"{columns.function.specification} has {words}, which form no rows; {advice}"
        )
