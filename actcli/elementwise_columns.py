"""A function evaluated by a backend on a source: columns for a format to write."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from itertools import tee
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from actcli.backends.base import Dependence
from actcli.columns import EDGE, ORDERS, THRESHOLD, Columns, ends
from actcli.sources.base import BLOCK

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import WriteRows
    from actcli.numerics.dtypes import Array
    from actcli.sources.base import Held, Input

#: Rows whose texts, a Python object each, take little memory.
TEXT_ROWS = 1 << 13
#: Numbers computed at a time if they become text, which takes far longer: larger blocks would take
#: more memory for the same time. Enough for 16 bits to come from a table.
TEXT_BLOCK = 1 << 17
#: From this many bytes on, another process is worth its start...
WORTH_SHARING = 8 << 20
#: ... and computes parts of this many bytes...
PART_BYTES = 4 << 20
#: ... in blocks of this many numbers: enough for the hard cases to be evaluated together, too few
#: for threads.
SHARED_BLOCK = 1 << 18


class Task(NamedTuple):
    """What is to be computed: columns of a function at the numbers of an input.

    `report` is told how many bytes are done: of x or, for text of a known size, of the text.
    """

    function: BoundActivation
    given: Input
    names: tuple[str, ...]
    backend: Backend
    axis: int | None = None
    saturate: bool = False
    report: Callable[[int], None] | None = None


class ElementwiseColumns(Columns):
    """Columns of a function of one number, computed when they are needed."""

    def __init__(self, task: Task) -> None:
        self.function, given, self.names, self.backend, _, self.saturate, self.report = task
        self.dtype = given.dtype
        self.layout = given.layout
        self.source = given.source
        self.count = self.source.count
        self.scalar = self.source.scalar
        self.origin = self.source.origin
        self.fortran = self.layout is not None and self.layout.fortran
        self.size = self.source.size
        self.done = 0.0
        self.reported = 0

    def shape_of(self, name: str) -> tuple[int, ...]:
        if self.layout is not None:
            return self.layout.shape
        assert self.count is not None, "columns are made whole before they have a shape"
        return () if self.scalar else (self.count,)

    @property
    def _undivided(self) -> bool:
        return self.backend.dependence is Dependence.WHOLE

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        for columns in self._computed(self.names if names is None else names, TEXT_BLOCK):
            for first in range(0, len(columns[0]), TEXT_ROWS):
                yield [column[first : first + TEXT_ROWS] for column in columns]

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        return self._computed(names, BLOCK)

    def _computed(self, names: Sequence[str], size: int) -> Iterator[list[Array]]:
        """Blocks of that size, if the source can choose."""
        # Results that depend on their place need to know how many there are.
        placed = self.backend.dependence is Dependence.PLACE and self.source.count is None
        source = self.source.held() if placed else self.source
        if self._undivided:
            blocks = self._at_once(source.held(), names)
        else:
            blocks = self._blocks(source.blocks(size), source.count, names)
            if (
                source.worth_a_process is not None
                and self.backend.dependence is not Dependence.STREAM
            ):
                from actcli.sources.relay import relayed

                blocks = relayed(blocks, source.worth_a_process, source.invalid)
        for columns in blocks:
            yield columns
            self._advance(len(names) * len(columns[0]))

    def _blocks(
        self, blocks: Iterator[Array], count: int | None, names: Sequence[str]
    ) -> Iterator[list[Array]]:
        orders = [ORDERS[name] for name in names if name in ORDERS]
        if not orders:
            yield from ([x] * len(names) for x in blocks if len(x))
            return
        if self.backend.dependence is Dependence.STREAM:
            if "x" in names:
                blocks = (x.copy() for x in blocks)  # it may be some blocks ahead
        else:
            blocks = filter(len, blocks)
        given, shown = tee(blocks) if "x" in names else (blocks, blocks)
        shown = filter(len, shown)
        computed = self.backend.stream(
            self.function, given, orders, self.dtype, count, saturate=self.saturate,
            more=self.source.descriptor,
        )  # fmt: skip
        for values in computed:
            found = iter(values)
            yield [next(shown) if name == "x" else next(found) for name in names]

    def scatter(self, name: str, write: WriteRows) -> bool:
        """Let several processes compute and write parts of a long column."""
        width = self.dtype_of(name).bits // 8
        source, count = self.source.parts, self.count or 0
        alone = self.backend.dependence in (Dependence.WHOLE, Dependence.STREAM)
        if count * width < WORTH_SHARING or alone or source is None:
            return False
        from actcli.workers.child import worth_sharing

        processes = worth_sharing()
        if processes == 1:
            return False
        from actcli.workers.copies import MOST_TASKS, Copies

        step = max(PART_BYTES // width, math.ceil(count / MOST_TASKS))

        def work(first: int) -> int:
            last = min(first + step, count)
            for x in source.between(first, last, SHARED_BLOCK):
                (values,) = self._columns(x, first, count, (name,))
                write(values[None], first, 0)
                first += len(values)
            return last

        with Copies(processes) as copies:
            for part, last in enumerate(copies.map(work, range(0, count, step))):
                self._advance(last - part * step)
        return True

    def _advance(self, rows: int) -> None:
        self.done += rows / len(self.names)
        if self.report is not None:
            done = self._bytes_done()
            self.report(done - self.reported)
            self.reported = done

    def _bytes_done(self) -> int:
        if self.size is None:
            return int(self.done * self.dtype.bits / 8)
        if self.source.size is not None:
            return self.source.position()
        # it was read into memory
        return int(self.size * self.done / (self.count or 1))

    def shown(self) -> list[Array]:
        source = self.source.held()
        if self._undivided:
            (columns,) = self._at_once(source, self.names)
            return [ends(column) for column in columns]
        count = source.count
        parts = ((0, count),) if count <= THRESHOLD else ((0, EDGE), (count - EDGE, count))
        if self.backend.dependence is Dependence.STREAM:  # all of them in one go
            x = np.concatenate([source.part(*ends) for ends in parts])
            return self._columns(x, 0, count, self.names)
        computed = [
            self._columns(source.part(first, last), first, count, self.names)
            for first, last in parts
        ]
        return [np.concatenate(pieces) for pieces in zip(*computed, strict=True)]

    def whole(self) -> ElementwiseColumns:
        source = self.source.held()
        if source is self.source:
            return self
        held = copy(self)
        held.source, held.count = source, source.count
        return held

    def _at_once(self, source: Held, names: Sequence[str]) -> Iterator[list[Array]]:
        x = source.part(0, source.count)
        columns = self._columns(x.reshape(()) if self.scalar else x, 0, source.count, names)
        yield [column.reshape(-1) for column in columns]

    def _columns(
        self, x: Array, offset: int, total: int | None, names: Sequence[str]
    ) -> list[Array]:
        compute = partial(
            self.backend.evaluate, self.function, x, dtype=self.dtype, saturate=self.saturate,
            offset=offset, total=total,
        )  # fmt: skip
        return with_x(x, names, compute)


def with_x(
    x: Array, names: Sequence[str], compute: Callable[[list[int]], list[Array]]
) -> list[Array]:
    """The named columns at x; `compute` gives those that are orders of a function."""
    computed = [name for name in names if name in ORDERS]
    columns = {"x": x}
    if computed:
        values = compute([ORDERS[name] for name in computed])
        columns.update(zip(computed, values, strict=True))
    return [columns[name] for name in names]
