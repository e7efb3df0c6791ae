"""The default backend with quantised numbers on either side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actcli.backends.base import Core

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType
    from actcli.numerics.quantised import AnyDType


class QuantisedCore(Core):
    """True values at x of one dtype, each rounded once to another; codes, if that is quantised."""

    def __init__(self, given: AnyDType, out: AnyDType, rounding: str) -> None:
        self.given = given
        self.out = out
        self.rounding = rounding

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        from actcli.evaluating.quantised_results import results

        return results(bound, x, orders, self.given, self.out, self.rounding, saturate)
