"""Columns as JAX prints them by default, without JAX."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import numpy as np

from actcli.columns import THRESHOLD
from actcli.formats.numpy import LINE_WIDTH, column_values, default_options, stand_in

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array

PREFIX = "Array("


def write(columns: Columns, out: TextIO) -> None:
    """Write `y = Array(...)` for each column."""
    columns = columns.whole()
    for name, values in zip(columns.names, column_values(columns), strict=True):
        out.write(f"{name} = {array_text(values, columns.shape_of(name))}\n")


def array_text(values: Array, shape: tuple[int, ...]) -> str:
    """The repr of an array of that shape; of a long one-dimensional one `values` are the ends.

    >>> array_text(np.array([0.0, 0.5], "float32"), (2,))
    'Array([0. , 0.5], dtype=float32)'
    """
    if len(shape) == 1 and shape[0] > THRESHOLD:
        values = stand_in(values)
    elif len(shape) < 2:
        values = values.reshape(shape)
    kind = f"dtype={values.dtype.name}"
    if not values.size:
        return f"{PREFIX}[], shape={shape}, {kind})"
    with default_options(), np.errstate(invalid="ignore"):  # for a signalling nan
        text = np.array2string(values, prefix=PREFIX, suffix=",", separator=", ")
    last_line = len(text) - text.rfind("\n") + 1
    # if the dtype does not fit, JAX leaves spaces on the same line
    full = last_line + len(kind) + 2 > LINE_WIDTH
    return f"{PREFIX}{text},{' ' * len(PREFIX) if full else ' '}{kind})"
