"""The default backend: this package's own numeric core."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from actcli.backends.base import Dependence
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DTYPES, DType


class Core:
    """True values, correctly rounded; every function, order and dtype."""

    name = "actcli"
    dependence = Dependence.NOTHING
    dtypes = tuple(DTYPES)
    rare_dtypes = ()
    orders = (0, 1, 2)
    install = ""

    @property
    def version(self) -> str:
        from actcli import __version__

        return __version__

    @property
    def functions(self) -> Sequence[str]:
        from actcli.catalogue.registry import elementwise

        return tuple(elementwise())

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
        from actcli.numerics.truth import TrueValues, rounded

        true_values = TrueValues(bound, (1,), dtype, upstream)
        (product,) = true_values(x.reshape(-1))
        return rounded(product, dtype).reshape(x.shape)


BACKEND = Core()
