"""The interface of a backend."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from actcli.errors import UsageError
from actcli.numerics.dtypes import DTYPES

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType


class Dependence(Enum):
    """What a result depends on beside its own x and the parameters."""

    #: Nothing: any part of x, in any shape, gives the same numbers.
    NOTHING = "nothing"
    #: The place of x in the whole and the size of the whole, which `evaluate` is told.
    PLACE = "place"
    #: The whole array it is computed in: x must be given at once.
    WHOLE = "whole"


class Backend:
    """What computes columns; by default, as this package's own core does, every function in each
    dtype.

    `functions`, `dtypes` and `orders` are what it has at all; `check` knows each combination.
    None of that, nor `version`, imports a framework.
    """

    name = ""
    #: What the catalogue's symbols call what it computes with; "" if that is no framework.
    framework = ""
    dependence = Dependence.NOTHING
    #: The names of the dtypes and the orders of derivatives that some function is computed in; and
    #: those of the dtypes that only a few functions are.
    dtypes: Sequence[str] = tuple(DTYPES)
    rare_dtypes: Sequence[str] = ()
    orders: Sequence[int] = (0, 1, 2)
    #: What may follow the name behind an @.
    options: Sequence[str] = ()
    #: The id that the first tensor of a session has, where tensors are numbered.
    first_id: int | None = None
    #: Whether its backward pass takes an upstream gradient of one's own.
    takes_upstream = False

    @property
    def version(self) -> str | None:
        """The version of what computes; None if that is not installed."""
        from actcli import __version__

        return __version__

    @property
    def install(self) -> str:
        """The command that installs what is missing; "" if nothing is."""
        return ""

    @property
    def functions(self) -> Sequence[str]:
        """The names of the activations that it has, in the catalogue's order."""
        from actcli.catalogue.registry import elementwise

        return tuple(elementwise())

    def option(self, word: str) -> Backend:
        """The backend in the way of that word; UsageError, saying what there is, if it is none."""
        raise UsageError(
            f"backend {self.name} has no options, so nothing follows @ in '{self.name}@{word}'"
        )

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        """Raise UsageError, saying what there is, where the backend lacks what is asked."""

    def intermediate(self, dtype: DType) -> DType | None:
        """What it rounds each operation of the formula to; None if it computes in another way."""
        return None

    def points(
        self, start: float, stop: float, num: int, first: int, last: int, dtype: DType
    ) -> Array:
        """Points first to last - 1 of an evenly spaced range, whichever part they are of."""
        from actcli.numerics.linspace import points

        return points(start, stop, num, first, last, dtype)

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        """The orders at x, each shaped like x and of the dtype.

        x is elements offset, offset + 1, ... of a whole of `total` elements (by default, x itself),
        which matters if results depend on their place. If they depend on the whole, x is all of it.
        DataError, with the framework's reason, if it fails to compute what `check` let pass.
        """
        raise NotImplementedError

    def backward(self, bound: BoundActivation, x: Array, upstream: float, dtype: DType) -> Array:
        """What its backward pass gives for x if `upstream`, a number of the dtype, comes from above
        at every element: upstream * f'(x). DataError as in `evaluate`.
        """
        raise NotImplementedError
