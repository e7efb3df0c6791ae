"""An open source, and what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source
    from actcli.sources.table_source import TableSource


class Layout(NamedTuple):
    """The shape of an array, and whether its first index runs fastest."""

    shape: tuple[int, ...]
    fortran: bool


class Input(NamedTuple):
    """An open source and the dtype of its numbers.

    `kind` is numbers, text, table, npy or raw; only an array has a layout, only a table rows.
    """

    source: Source
    dtype: DType
    kind: str
    layout: Layout | None = None
    table: TableSource | None = None

    @property
    def bytes(self) -> int | None:
        """The size of all numbers or, of text, of the file, if known."""
        if self.source.count is None:
            return self.source.size
        return self.source.count * self.dtype.bits // 8
