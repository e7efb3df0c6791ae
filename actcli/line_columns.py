"""A vector function at many vectors, each a line that is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

from actcli.columns import Columns, with_x
from actcli.errors import DataError
from actcli.evaluating.vectors import evaluate

if TYPE_CHECKING:
    from actcli.elementwise_columns import Task
    from actcli.numerics.dtypes import Array


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
        function, given, names, _, _, saturate, report = self.task
        source, done = given.source, 0
        for number, rows in source.vectors():
            try:
                compute = partial(
                    evaluate, function, rows, dtype=self.dtype, axis=-1, saturate=saturate
                )
                yield with_x(rows, names, compute)
            except DataError as error:
                raise DataError(f"{source.name}, line {number}: {error}") from error
            position = source.position() if source.size is not None else done + rows.nbytes
            if report is not None:
                report(position - done)
            done = position
