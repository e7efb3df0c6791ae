"""The formula taken literally, like a kernel that computes it operation by operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actcli.backends.base import Backend
from actcli.errors import UsageError
from actcli.numerics.dtypes import DTYPES, get_dtype

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType


class AsWritten(Backend):
    """Rounds each operation of a formula to the dtype, or to `between` and only the result to the
    dtype. Derivatives are by forward differentiation.
    """

    takes_upstream = True
    options = tuple(DTYPES)

    def __init__(self, between: DType | None = None) -> None:
        self.between = between
        self.name = "as-written" + (f"@{between.name}" if between else "")

    def option(self, word: str) -> AsWritten:
        """The same backend with intermediate results in the dtype of that name."""
        if not word:
            raise UsageError(
                "as-written@ lacks the dtype of its intermediate results; "
                f"add one of {', '.join(self.options)}"
            )
        return AsWritten(get_dtype(word))

    def intermediate(self, dtype: DType) -> DType:
        return self.between or dtype

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        from actcli.numerics.stepwise import evaluate

        return evaluate(bound.program, x, orders, dtype, self.intermediate(dtype), saturate)

    def backward(self, bound: BoundActivation, x: Array, upstream: float, dtype: DType) -> Array:
        from actcli.numerics.stepwise import evaluate

        between = self.intermediate(dtype)
        return evaluate(bound.program, x, (1,), dtype, between, upstream=upstream)[0]


BACKEND = AsWritten()
