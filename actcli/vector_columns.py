"""Columns of a vector function: along one axis of an array of any size, or of a vector a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from actcli.columns import ORDERS, Columns
from actcli.elementwise_columns import with_x
from actcli.errors import DataError
from actcli.evaluating.vectors import evaluate

if TYPE_CHECKING:
    from actcli.columns import WriteRows
    from actcli.elementwise_columns import Task
    from actcli.numerics.dtypes import Array
    from actcli.sources.base import Held, Layout


#: How many bytes of x are computed at a time, unless one vector is longer...
GROUP_BYTES = 1 << 20
#: ... and how many bytes of parts of rows are read and written at a time.
STRIP_BYTES = 8 << 20


class Grid(NamedTuple):
    """An array in memory order: slabs of `length` rows of `inner` numbers each.

    The numbers in the same place of all rows of a slab are a vector.
    """

    length: int
    inner: int

    @classmethod
    def along(cls, place: int, layout: Layout) -> Grid:
        """The grid with its vectors along an axis."""
        shape = layout.shape[::-1] if layout.fortran else layout.shape
        place = len(shape) - 1 - place if layout.fortran else place
        return cls(shape[place], math.prod(shape[place + 1 :]))

    @property
    def slab(self) -> int:
        """The number of numbers in a slab."""
        return self.length * self.inner


class AxisColumns(Columns):
    """The columns of a vector function along an axis of an array.

    A column is shaped like x except for its length along the axis.
    """

    def __init__(self, task: Task, layout: Layout) -> None:
        self.function, given, self.names, backend, self.axis, self.saturate, self.report = task
        self.along = backend.along
        self.dtype = given.dtype
        self.source = given.source
        self.origin = self.source.origin
        self.layout = layout
        self.place = self.function.axis_of(self.axis, len(layout.shape))
        self.count = max(math.prod(self.shape_of(name)) for name in self.names)
        self.fortran = layout.fortran

    @property
    def _together(self) -> int:
        """How many numbers are computed at once."""
        return GROUP_BYTES * 8 // self.dtype.bits

    def shape_of(self, name: str) -> tuple[int, ...]:
        order = ORDERS.get(name)
        shape = self.layout.shape
        return shape if order is None else self.function.shape(shape, order, self.axis)

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        if self.place is None or not math.prod(self.layout.shape):
            yield self._all_at_once(names)
            return
        grid = Grid.along(self.place, self.layout)
        for block in self.source.blocks(max(1, self._together // grid.slab) * grid.slab):
            # a stream that ends early reports that itself
            x = block[: len(block) - len(block) % grid.slab]
            slabs = x.reshape(-1, grid.length, grid.inner)
            yield [column.reshape(-1) for column in self._of_slabs(slabs, names)]
            self._advance(len(x), names)

    def scatter(self, name: str, write: WriteRows) -> bool:
        """Write strips out of order where that takes less memory."""
        source = self.source.parts
        if self.place is None or source is None:
            return False
        grid = Grid.along(self.place, self.layout)
        if grid.inner == 1 or grid.slab <= self._together:
            return False
        self._write_strips(source, grid, name, write)
        return True

    def whole(self) -> AxisColumns:
        held = copy(self)
        held.source = self.source.held()
        return held

    def _all_at_once(self, names: Sequence[str]) -> list[Array]:
        order: Literal["C", "F"] = "F" if self.fortran else "C"
        size = math.prod(self.layout.shape)
        x = self.source.held().part(0, size).reshape(self.layout.shape, order=order)
        compute = partial(
            evaluate, self.function, x, dtype=self.dtype, axis=self.axis, saturate=self.saturate,
            compute=self.along,
        )  # fmt: skip
        columns = with_x(x, names, compute)
        self._advance(size, names)
        return [column.ravel(order=order) for column in columns]

    def _of_slabs(self, slabs: Array, names: Sequence[str]) -> list[Array]:
        """The columns of slabs, computed with small temporaries."""
        if slabs.size <= self._together or slabs.shape[-1] == 1:
            return self._columns(slabs, names)
        count, length, inner = slabs.shape
        sizes = [self._length(name, length) for name in names]
        columns = [np.empty((count, size, inner), self.dtype.numpy) for size in sizes]
        self._fill(columns, slabs, names)
        return columns

    def _write_strips(self, source: Held, grid: Grid, name: str, write: WriteRows) -> None:
        length = self._length(name, grid.length)
        in_place = length == grid.length
        numbers = grid.length + (0 if in_place else length)
        width = max(1, STRIP_BYTES // (numbers * self.dtype.bits // 8))
        width = min(width, grid.inner)
        room = np.empty(grid.length * width, self.dtype.numpy)
        more = room if in_place else np.empty(length * width, self.dtype.numpy)
        for slab in range(math.prod(self.layout.shape) // grid.slab):
            for first in range(0, grid.inner, width):
                part = min(width, grid.inner - first)
                x = room[: grid.length * part].reshape(grid.length, part)
                source.strip(x, slab * grid.slab + first, grid.inner)
                column = more[: length * part].reshape(length, part)
                self._fill([column[None]], x[None], (name,))
                write(column, slab * length * grid.inner + first, grid.inner)
                self._advance(x.size, (name,))

    def _fill(self, columns: list[Array], x: Array, names: Sequence[str]) -> None:
        """Fill in the columns of x, one of which may be x itself, a few vectors at a time."""
        count, length, inner = x.shape
        width = max(1, self._together // (count * length))
        for first in range(0, inner, width):
            few = np.s_[:, :, first : first + width]
            for column, part in zip(columns, self._columns(x[few], names), strict=True):
                column[few] = part

    def _length(self, name: str, length: int) -> int:
        return self.function.output_length(length) if name == "y" else length

    def _columns(self, x: Array, names: Sequence[str]) -> list[Array]:
        """The columns of vectors along axis 1."""
        compute = partial(self.along, self.function, x, 1, dtype=self.dtype, saturate=self.saturate)
        return with_x(x, names, compute)

    def _advance(self, numbers: int, names: Sequence[str]) -> None:
        if self.report is not None:
            self.report(numbers * len(names) * self.dtype.bits // 8 // len(self.names))


class LineColumns(Columns):
    """The columns of vectors: blocks are arrays of two dimensions, whose rows are the vectors."""

    count = None

    def __init__(self, task: Task) -> None:
        self.task = task
        self.function = task.function
        self.names = task.names
        self.dtype = task.given.dtype
        self.held: list[list[Array]] | None = None

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        places = [self.names.index(name) for name in names or self.names]
        for columns in self._computed() if self.held is None else self.held:
            yield [columns[place] for place in places]

    def whole(self) -> LineColumns:
        held = copy(self)
        held.held = list(self._computed())
        return held

    def _computed(self) -> Iterator[list[Array]]:
        """The columns of lines that follow each other and are equally long."""
        function, given, names, backend, _, saturate, report = self.task
        source, done = given.source, 0
        for number, rows in source.vectors():
            try:
                compute = partial(
                    evaluate, function, rows, dtype=self.dtype, axis=-1, saturate=saturate,
                    compute=backend.along,
                )  # fmt: skip
                yield with_x(rows, names, compute)
            except DataError as error:
                raise DataError(f"{source.name}, line {number}: {error}") from error
            position = source.position() if source.size is not None else done + rows.nbytes
            if report is not None:
                report(position - done)
            done = position
