"""A vector function evaluated on one vector: columns that may differ in length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from actcli.columns import EDGE, ORDERS, THRESHOLD
from actcli.errors import UsageError
from actcli.numerics.vectors import evaluate

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType


class VectorColumns:
    """The columns of one vector, computed once; see `actcli.columns.Columns`."""

    scalar = False
    first_id = None
    fortran = False
    divisible = False

    def __init__(
        self, values: Mapping[str, Array], dtype: DType, headings: Mapping[str, str]
    ) -> None:
        self.values = values
        self.dtype = dtype
        self.headings = headings

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.values)

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = next(iter(self.values.values())).shape
        return shape

    @property
    def count(self) -> int:
        return max(values.size for values in self.values.values())

    def blocks(self, names: Sequence[str] | None = None) -> Iterator[list[Array]]:
        yield [self.values[name].reshape(-1) for name in names or self.names]

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        return self.blocks(names)

    def between(self, first: int, last: int, names: Sequence[str]) -> Iterator[list[Array]]:
        for columns in self.blocks(names):
            yield [column[first:last] for column in columns]

    def advance(self, rows: int) -> None:
        """All was computed before it is written."""

    def shown(self) -> list[Array]:
        if self.count <= THRESHOLD:
            return list(self.values.values())
        return [np.concatenate([v[:EDGE], v[-EDGE:]]) for v in self.values.values()]

    def whole(self) -> VectorColumns:
        return self

    @property
    def lengths(self) -> dict[str, int]:
        """How many numbers each column has."""
        return {name: values.size for name, values in self.values.items()}

    def single(self) -> Iterator[VectorColumns]:
        """Each column as columns of its own, for formats that print one array after another."""
        for name, values in self.values.items():
            alone = copy(self)
            alone.values = {name: values}
            yield alone


def check_rows(lengths: Mapping[str, int], specification: str, advice: str) -> None:
    """Raise UsageError where columns differ in length, so that they make no rows."""
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{length} of {name}" for name, length in lengths.items())
        raise UsageError(f"{specification} gives {words}, which make no rows; {advice}")


def columns_of(
    bound: BoundActivation,
    x: Array,
    names: Sequence[str],
    dtype: DType,
    axis: int | None = None,
    saturate: bool = False,
) -> dict[str, Array]:
    """The named columns at an array x: of one vector, or of several of equal length."""
    computed = [name for name in names if name in ORDERS]
    orders = [ORDERS[name] for name in computed]
    values = evaluate(bound, x, orders, dtype, axis, saturate)
    columns = {"x": x, **dict(zip(computed, values, strict=True))}
    return {name: columns[name] for name in names}
