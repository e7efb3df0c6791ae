"""Columns of quantised numbers: as codes, or as the real numbers that these stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from actcli.elementwise_columns import ElementwiseColumns, Task
from actcli.numerics.dtypes import DTYPES
from actcli.numerics.quantised import Quantised

if TYPE_CHECKING:
    from actcli.backends.quantised import QuantisedCore
    from actcli.numerics.dtypes import Array
    from actcli.numerics.quantised import AnyDType


class QuantisedColumns(ElementwiseColumns):
    """Columns at the codes or numbers of a source, computed when they are needed.

    With `codes` quantised columns hold codes, else the float64 nearest to what these stand for.
    """

    def __init__(self, task: Task, backend: QuantisedCore, codes: bool) -> None:
        super().__init__(task._replace(backend=backend))
        self.given = backend.given
        self.out = backend.out
        self.codes = codes

    def _stored(self, name: str) -> AnyDType:
        return self.given if name == "x" else self.out

    def dtype_of(self, name: str) -> AnyDType:
        stored = self._stored(name)
        return stored if self.codes or not isinstance(stored, Quantised) else DTYPES["float64"]

    def _shown(self, names: Sequence[str], columns: Sequence[Array]) -> list[Array]:
        if self.codes:
            return list(columns)
        stored = map(self._stored, names)
        return [
            dtype.reals(column) if isinstance(dtype, Quantised) else column
            for dtype, column in zip(stored, columns, strict=True)
        ]

    def _computed(self, names: Sequence[str], size: int) -> Iterator[list[Array]]:
        for columns in super()._computed(names, size):
            yield self._shown(names, columns)

    def shown(self) -> list[Array]:
        return self._shown(self.names, super().shown())
