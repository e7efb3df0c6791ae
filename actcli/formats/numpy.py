"""Arrays as numpy prints them by default, computed only from the values printed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from actcli.columns import EDGE, THRESHOLD

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array

#: The width at which numpy breaks lines.
LINE_WIDTH = 75


def write(columns: Columns, out: TextIO) -> None:
    """Write `y = array(...)` for each column."""
    columns = columns.whole()
    for name, values in zip(columns.names, column_values(columns), strict=True):
        count = math.prod(columns.shape_of(name))
        out.write(f"{name} = {array_text(values, count, columns.scalar)}\n")


def column_values(columns: Columns) -> Iterator[Array]:
    """What a repr needs: in one dimension the values shown, in more the whole array."""
    if len(columns.shape_of(columns.names[0])) < 2:
        yield from columns.shown()
        return
    for name in columns.names:
        # The corners that are shown are all over such an array.
        values = columns.column(name)
        yield values.reshape(columns.shape_of(name), order="F" if columns.fortran else "C")


def array_text(values: Array, count: int, scalar: bool = False) -> str:
    """The repr of an array of `count` values; of a long one-dimensional one `values` are the ends.

    >>> array_text(np.array([0.0, 0.5, 1.0]), 3)
    'array([0. , 0.5, 1. ])'
    """
    if scalar:
        values = values.reshape(())
    if values.ndim > 1 or count <= THRESHOLD:
        return _default_repr(values)
    long = stand_in(values)
    body, _, rest = _default_repr(long).rpartition(f"shape={long.shape}")
    body, facts = body.rstrip(), f"shape={(count,)}{rest}"
    # Whether the shape fits on the last line depends on the length of the count.
    last_line = len(body) - (body.rfind("\n") + 1)
    space = " " if last_line + 1 + len(facts) <= LINE_WIDTH else "\n" + " " * len("array(")
    return f"{body}{space}{facts}"


def stand_in(ends: Array) -> Array:
    """A long array that numpy prints like any other with these ends."""
    long = np.zeros(THRESHOLD + 1, ends.dtype)
    long[:EDGE], long[-EDGE:] = ends[:EDGE], ends[-EDGE:]
    return long


def _default_repr(values: Array) -> str:
    with default_options():
        return repr(values)


def default_options() -> AbstractContextManager[Any]:
    """numpy's default print options, whatever the user's are."""
    return np.printoptions(
        edgeitems=EDGE,
        threshold=THRESHOLD,
        floatmode="maxprec",
        precision=8,
        suppress=False,
        linewidth=LINE_WIDTH,
        nanstr="nan",
        infstr="inf",
        sign="-",
        formatter=None,
        legacy=False,
        override_repr=None,
    )
