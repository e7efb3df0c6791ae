"""Columns as a TensorFlow session shows them, each headed by the assignment that would give it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from actcli.formats.arrays import column_texts

if TYPE_CHECKING:
    from actcli.columns import Columns

#: How far a session has counted, from the tensor of x, when it makes each column's tensor.
OFFSETS = {"x": 0, "y": 2, "dy": 7}
#: The columns that come from `tape.gradient`, which returns a list.
LISTED = ("dy", "d2y")


def write(columns: Columns, out: TextIO) -> None:
    """Write the heading and the tensor of each column."""
    columns = columns.whole()
    for name, text in zip(columns.names, _texts(columns), strict=True):
        first = columns.first_id
        tensor = _tensor(columns, text, "" if first is None else f"id={first + OFFSETS[name]}, ")
        if name in LISTED:
            # The release that numbered its tensors also indented the tensors of a list.
            tensor = tensor if first is None else tensor.replace("\n", "\n ")
            tensor = f"[{tensor}]"
        out.write(f"{columns.headings[name]}\n{tensor}\n")


def _texts(columns: Columns) -> Iterable[str]:
    if columns.scalar:
        return [repr(float(values[0])) for values in columns.shown()]
    return column_texts(columns)


def _tensor(columns: Columns, text: str, label: str) -> str:
    line = "\n" if "\n" in text else ""
    facts = f"shape={columns.shape}, dtype={columns.dtype.name}"
    return f"<tf.Tensor: {label}{facts}, numpy={line}{text}>"
