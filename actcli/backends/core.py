"""The default backend: this package's own numeric core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType


class Core:
    """True values, correctly rounded; every function, order and dtype."""

    name = "actcli"

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        """Nothing is missing."""

    def points(
        self, start: float, stop: float, num: int, first: int, last: int, dtype: DType
    ) -> NDArray[Any]:
        from actcli.numerics.linspace import points

        return points(start, stop, num, first, last, dtype)

    def evaluate(
        self,
        bound: BoundActivation,
        x: NDArray[Any],
        orders: Sequence[int],
        dtype: DType,
        *,
        saturate: bool = False,
        offset: int = 0,
        total: int | None = None,
    ) -> list[NDArray[Any]]:
        from actcli.numerics.evaluate import evaluate

        return evaluate(bound, x, orders, dtype, saturate)


BACKEND = Core()
