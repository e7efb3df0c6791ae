"""An activation evaluated on a source by a backend: columns for a format to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from actcli.backends import DEFAULT
from actcli.columns import EDGE, ORDERS, THRESHOLD

if TYPE_CHECKING:
    from actcli.backends.base import Backend
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source


class Evaluation:
    """Columns of an activation, computed when they are asked for.

    `assignments` are the headings of the columns other than x.
    """

    def __init__(
        self,
        bound: BoundActivation,
        source: Source,
        backend: Backend,
        names: tuple[str, ...],
        dtype: DType,
        assignments: Mapping[str, str],
        saturate: bool = False,
        first_id: int | None = None,
    ) -> None:
        self.bound = bound
        self.source = source
        self.backend = backend
        self.names = names
        self.dtype = dtype
        self.assignments = assignments
        self.saturate = saturate
        self.first_id = first_id

    @property
    def count(self) -> int | None:
        return self.source.count

    @property
    def headings(self) -> Mapping[str, str]:
        return {"x": f"a = {self.source.expression}", **self.assignments}

    @property
    def scalar(self) -> bool:
        return self.source.scalar

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        # The default backend alone promises that a value does not depend on its place among others;
        # what does needs to know how many there are.
        source = self.source if self.backend.name == DEFAULT else self.source.held()
        offset = 0
        for x in source.blocks():
            yield self._columns(x, offset, source.count, self.names if names is None else names)
            offset += len(x)

    def shown(self) -> list[Array]:
        count = self.source.count
        assert count is not None, "columns are made whole before they are shown"
        if count <= THRESHOLD:
            return self._part(0, count)
        ends = zip(self._part(0, EDGE), self._part(count - EDGE, count), strict=True)
        return [np.concatenate(pair) for pair in ends]

    def whole(self) -> Evaluation:
        if self.count is not None:
            return self
        held = copy(self)
        held.source = self.source.held()
        return held

    def _part(self, first: int, last: int) -> list[Array]:
        return self._columns(self.source.part(first, last), first, self.source.count, self.names)

    def _columns(
        self, x: Array, offset: int, total: int | None, names: Sequence[str]
    ) -> list[Array]:
        computed = [name for name in names if name in ORDERS]
        columns = {"x": x}
        if computed:
            orders = [ORDERS[name] for name in computed]
            values = self.backend.evaluate(
                self.bound,
                x,
                orders,
                self.dtype,
                saturate=self.saturate,
                offset=offset,
                total=total,
            )
            columns.update(zip(computed, values, strict=True))
        return [columns[name] for name in names]
