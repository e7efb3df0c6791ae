"""The interface of a backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType


class Backend(Protocol):
    """What computes columns. Both methods may be asked for any part of a longer whole."""

    name: str

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        """Raise UsageError, saying what there is, where the backend lacks what is asked."""

    def points(
        self, start: float, stop: float, num: int, first: int, last: int, dtype: DType
    ) -> NDArray[Any]:
        """Points first to last - 1 of an evenly spaced range."""

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
        """The orders at x, each shaped like x.

        x is elements offset, offset + 1, ... of a whole of `total` elements (by default, x itself):
        kernels that work in vectors treat the last few elements of an array differently.
        """
