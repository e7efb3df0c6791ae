"""The interface of a backend."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import DType


class Dependence(Enum):
    """What a result depends on beside its own x and the parameters."""

    #: Nothing: any part of x, in any shape, gives the same numbers.
    NOTHING = "nothing"
    #: The place of x in the whole and the size of the whole, which `evaluate` is told.
    PLACE = "place"
    #: The whole array it is computed in: x must be given at once.
    WHOLE = "whole"


class Backend(Protocol):
    """What computes columns.

    `functions`, `dtypes` and `orders` are what it has at all; `check` knows each combination.
    None of that, nor `version`, imports a framework.
    """

    name: str
    dependence: Dependence
    #: The names of the dtypes and the orders of derivatives that some function is computed in; and
    #: those of the dtypes that only a few functions are.
    dtypes: Sequence[str]
    rare_dtypes: Sequence[str]
    orders: Sequence[int]

    @property
    def version(self) -> str | None:
        """The version of what computes; None if that is not installed."""

    @property
    def install(self) -> str:
        """The command that installs what is missing; "" if nothing is."""

    @property
    def functions(self) -> Sequence[str]:
        """The names of the activations that it has, in the catalogue's order."""

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        """Raise UsageError, saying what there is, where the backend lacks what is asked."""

    def points(
        self, start: float, stop: float, num: int, first: int, last: int, dtype: DType
    ) -> NDArray[Any]:
        """Points first to last - 1 of an evenly spaced range, whichever part they are of."""

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
        """The orders at x, each shaped like x and of the dtype.

        x is elements offset, offset + 1, ... of a whole of `total` elements (by default, x itself),
        which matters if results depend on their place. If they depend on the whole, x is all of it.
        DataError, with the framework's reason, if it fails to compute what `check` let pass.
        """


@runtime_checkable
class WithOptions(Protocol):
    """A backend that can be had in other ways, each named by a word behind an @."""

    #: The words.
    options: Sequence[str]

    def option(self, word: str) -> Backend:
        """The backend in the way of that word; UsageError, saying what there is, if it is none."""


@runtime_checkable
class Backward(Protocol):
    """A backend whose backward pass takes an upstream gradient of one's own."""

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
        """What its backward pass gives for x if `upstream`, a number of the dtype, comes from above
        at every element: upstream * f'(x). The rest is as in `evaluate`.
        """
