"""The default backend: the true values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actcli.backends.base import Backend
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Core(Backend):
    """True values, correctly rounded; every function, order and dtype."""

    name = "actcli"
    takes_upstream = True

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
        from actcli.evaluating.evaluate import evaluate

        return evaluate(bound, x, orders, dtype, saturate)

    def backward(
        self,
        bound: BoundActivation,
        x: NDArray[Any],
        upstream: float,
        dtype: DType,
        *,
        offset: int = 0,
        total: int | None = None,
    ) -> NDArray[Any]:
        from actcli.evaluating.truth import TrueValues, rounded

        true_values = TrueValues(bound, (1,), dtype, upstream)
        (product,) = true_values(x.reshape(-1))
        return rounded(product, dtype).reshape(x.shape)


BACKEND = Core()
