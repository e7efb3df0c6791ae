"""A vector function evaluated on one vector; its columns may differ in length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from actcli.columns import ORDERS, Columns
from actcli.errors import UsageError
from actcli.evaluating.vectors import evaluate

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.columns import Array, Origin
    from actcli.numerics.dtypes import DType


class VectorColumns(Columns):
    """The columns of one vector, computed once."""

    def __init__(
        self,
        function: BoundActivation,
        values: Mapping[str, Array],
        dtype: DType,
        origin: Origin,
    ) -> None:
        self.function = function
        self.values = values
        self.dtype = dtype
        self.origin = origin
        self.names = tuple(values)
        self.count = max(column.size for column in values.values())

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = next(iter(self.values.values())).shape
        return shape

    def large_blocks(self, names: Sequence[str]) -> Iterator[list[Array]]:
        yield [self.values[name].reshape(-1) for name in names]

    @property
    def lengths(self) -> dict[str, int]:
        """The length of each column."""
        return {name: values.size for name, values in self.values.items()}

    def single(self) -> Iterator[VectorColumns]:
        """Each column separately, for formats that print one array after another."""
        for name, values in self.values.items():
            yield VectorColumns(self.function, {name: values}, self.dtype, self.origin)


def check_rows(lengths: Mapping[str, int], specification: str, advice: str) -> None:
    """Raise UsageError if columns differ in length, so that they form no rows."""
    if len(set(lengths.values())) > 1:
        words = ", ".join(f"{length} of {name}" for name, length in lengths.items())
        raise UsageError(f"{specification} has {words}, which form no rows; {advice}")


def columns_of(
    bound: BoundActivation,
    x: Array,
    names: Sequence[str],
    dtype: DType,
    axis: int | None = None,
    saturate: bool = False,
) -> dict[str, Array]:
    """The named columns at an array x of one or more vectors of equal length."""
    computed = [name for name in names if name in ORDERS]
    orders = [ORDERS[name] for name in computed]
    values = evaluate(bound, x, orders, dtype, axis, saturate)
    columns = {"x": x, **dict(zip(computed, values, strict=True))}
    return {name: columns[name] for name in names}
