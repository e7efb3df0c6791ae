"""What `actcli eval` does with a vector function: the numbers of a range or of a line are one x."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from actcli.axis_evaluation import AxisEvaluation
from actcli.backends import DEFAULT
from actcli.columns import ORDERS
from actcli.errors import UsageError
from actcli.formats import FORMATS
from actcli.line_evaluation import LineEvaluation
from actcli.numerics.vectors import check_orders
from actcli.sources.arrays import ArraySource
from actcli.sources.input import Layout

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.evaluation import Task

#: The longest range that is made a vector: all of its numbers are in memory, several times over.
LONGEST = 1 << 23


def vector_columns(task: Task, format_name: str) -> Columns:
    """The columns of a range or point, of each line of text, or along an array's axis.

    UsageError for what vector functions do not have, or where the format cannot show them.
    """
    function, given = task.function, task.given
    if task.backend.name != DEFAULT:
        raise UsageError(
            f"backend {task.backend.name} has no {function.name}; --backend {DEFAULT} has"
        )
    check_orders(function, [ORDERS[name] for name in task.names if name in ORDERS])
    form = FORMATS[format_name]
    if given.layout is not None:
        if not form.binary:
            known = ", ".join(name for name, known in FORMATS.items() if known.binary)
            raise UsageError(
                f"{function.name} of an array is one; write {known}, not {format_name}"
            )
        columns = AxisEvaluation(task, given.layout)
        _check_rows(columns, "show one of them (--show y)")
        return columns
    # Every vector has one axis: an axis that fits is that one.
    function.axis_of(task.axis, 1)
    if given.kind == "table":
        raise UsageError(f"--column is for functions of one number, {function.name} is of many")
    if given.kind == "text":
        if not form.nested:
            raise UsageError(
                f"format {format_name} shows one vector, lines are many; write {_names('nested')}"
            )
        return LineEvaluation(task)
    source = given.source.held()
    if source.count > LONGEST:
        raise UsageError(
            f"{function.name} needs all numbers of its vector at once: "
            f"NUM must be at most {LONGEST}, not {source.count}"
        )
    vector = ArraySource(source.part(0, source.count), None if source.scalar else source.origin)
    layout = Layout((source.count,), fortran=False)
    columns = AxisEvaluation(task._replace(given=given._replace(source=vector)), layout)
    if not form.uneven:
        _check_rows(columns, "show one of them (--show y), or write tf, numpy or json")
    return columns


def _names(kind: str) -> str:
    """The formats of that kind."""
    return ", ".join(name for name, form in FORMATS.items() if getattr(form, kind))


def _check_rows(columns: Columns, advice: str) -> None:
    """Raise UsageError where columns differ in length, so that they make no rows."""
    lengths = {name: math.prod(columns.shape_of(name)) for name in columns.names}
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{length} of {name}" for name, length in lengths.items())
        raise UsageError(
            f"{columns.function.specification} gives {words}, which make no rows; {advice}"
        )
