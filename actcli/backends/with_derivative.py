"""A backend whose derivative is that of another one: a kernel and its backward kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import tee
from typing import TYPE_CHECKING, Any

from actcli.backends.base import Backend, Dependence, remade
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType


class WithDerivative(Backend):
    """The values of one backend; as derivatives the values of the other, which is called with x."""

    is_kernel = True
    orders = (0, 1)

    def __init__(self, value: Backend, derivative: Backend) -> None:
        self.value = value
        self.derivative = derivative
        self.name = value.name
        self.dtypes = [name for name in value.dtypes if name in derivative.dtypes]
        streams = Dependence.STREAM in (value.dependence, derivative.dependence)
        self.dependence = Dependence.STREAM if streams else Dependence.NOTHING

    def __reduce__(self) -> tuple[Any, ...]:
        return remade, (WithDerivative, (self.value, self.derivative), self.results)

    def giving(self, results: DType) -> WithDerivative:
        chosen = WithDerivative(self.value.giving(results), self.derivative.giving(results))
        chosen.results = results
        return chosen

    @property
    def version(self) -> str | None:
        return self.value.version

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        if 2 in orders:
            raise UsageError(
                f"{self.name} has a derivative by {self.derivative.name}, and no second one; "
                "choose: --show y,dy"
            )
        for order in orders:
            self._of(order).check(bound, (0,), dtype)

    def _of(self, order: int) -> Backend:
        return self.derivative if order else self.value

    def evaluate(
        self,
        bound: BoundActivation,
        x: Array,
        orders: Sequence[int],
        dtype: DType,
        *,
        saturate: bool = False,
        offset: int = 0,
        total: int | None = None,
    ) -> list[Array]:
        self.check(bound, orders, dtype)
        return [
            self._of(order).evaluate(
                bound, x, (0,), dtype, saturate=saturate, offset=offset, total=total
            )[0]
            for order in orders
        ]

    def stream(
        self,
        bound: BoundActivation,
        blocks: Iterator[Array],
        orders: Sequence[int],
        dtype: DType,
        total: int | None,
        *,
        saturate: bool = False,
        more: int | None = None,
    ) -> Iterator[list[Array]]:
        # one of the two may be some blocks ahead, and a block is good until the next is asked for
        copies = tee((x.copy() for x in blocks), len(orders))
        streams = [
            self._of(order).stream(bound, each, (0,), dtype, total, saturate=saturate, more=more)
            for order, each in zip(orders, copies, strict=True)
        ]
        for columns in zip(*streams, strict=True):
            yield [values for (values,) in columns]
