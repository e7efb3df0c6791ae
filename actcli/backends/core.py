"""The default backend: the true values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actcli.backends.base import Backend

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType


class Core(Backend):
    """True values, correctly rounded; every function, order and dtype."""

    name = "actcli"
    takes_upstream = True

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        from actcli.evaluating.evaluate import evaluate

        return evaluate(bound, x, orders, dtype, saturate)

    def backward(self, bound: BoundActivation, x: Array, upstream: float, dtype: DType) -> Array:
        from actcli.evaluating.truth import TrueValues, rounded

        true_values = TrueValues(bound, (1,), dtype, upstream)
        (product,) = true_values(x.reshape(-1))
        return rounded(product, dtype).reshape(x.shape)


BACKEND = Core()
