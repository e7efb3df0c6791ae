"""The formula taken literally: what a kernel gives that computes it operation by operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from actcli.backends.base import Dependence
from actcli.catalogue.bound import BoundActivation
from actcli.errors import UsageError
from actcli.numerics.dtypes import DTYPES, DType, get_dtype


class AsWritten:
    """Each operation of a definition or formula rounded to the dtype, or to the one of `between`,
    and the result then once to the dtype. Derivatives by forward differentiation.
    """

    dependence = Dependence.NOTHING
    dtypes = tuple(DTYPES)
    rare_dtypes = ()
    orders = (0, 1, 2)
    install = ""
    #: What may follow the name.
    options = tuple(DTYPES)

    def __init__(self, between: DType | None = None) -> None:
        self.between = between
        self.name = "as-written" + (f"@{between.name}" if between else "")

    def option(self, word: str) -> AsWritten:
        """The same with intermediate results in the dtype of that name."""
        if not word:
            raise UsageError(
                "as-written@ lacks the dtype of its intermediate results; "
                f"write one of {', '.join(self.options)} behind it"
            )
        return AsWritten(get_dtype(word))

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
        from actcli.numerics.stepwise import evaluate

        return evaluate(bound.program, x, orders, dtype, self.between or dtype, saturate)

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
        from actcli.numerics.stepwise import evaluate

        between = self.between or dtype
        return evaluate(bound.program, x, (1,), dtype, between, upstream=upstream)[0]


BACKEND = AsWritten()
