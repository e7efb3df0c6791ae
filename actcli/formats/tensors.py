"""Columns as a TensorFlow session shows them, each headed by the assignment that would give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from actcli.formats.arrays import array_text

if TYPE_CHECKING:
    from actcli.columns import Array, Columns

#: How far a session has counted, from the tensor of x, when it makes each column's tensor.
OFFSETS = {"x": 0, "y": 2, "dy": 7}
#: The columns that come from `tape.gradient`, which returns a list.
LISTED = ("dy", "d2y")


def write(columns: Columns, out: TextIO) -> None:
    """Write the heading and the tensor of each column."""
    columns = columns.whole()
    for name, values in zip(columns.names, columns.shown(), strict=True):
        first = columns.first_id
        tensor = _tensor(columns, values, "" if first is None else f"id={first + OFFSETS[name]}, ")
        if name in LISTED:
            # The release that numbered its tensors also indented the tensors of a list.
            tensor = tensor if first is None else tensor.replace("\n", "\n ")
            tensor = f"[{tensor}]"
        out.write(f"{columns.headings[name]}\n{tensor}\n")


def _tensor(columns: Columns, values: Array, label: str) -> str:
    count = columns.count
    assert count is not None
    if columns.scalar:
        text, shape = repr(float(values[0])), "()"
    else:
        text, shape = array_text(values, count), f"({count},)"
    line = "\n" if "\n" in text else ""
    return f"<tf.Tensor: {label}shape={shape}, dtype={columns.dtype.name}, numpy={line}{text}>"
