"""The interface of a backend, and the default one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from enum import Enum
from typing import TYPE_CHECKING, Any

from actcli.errors import UsageError
from actcli.numerics.dtypes import DTYPES

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType


class Dependence(Enum):
    """What a result depends on besides its own x and the parameters."""

    #: Any part of x, in any shape, has the same results.
    NOTHING = "nothing"
    #: The place of x in the whole array and the size of that, which `evaluate` is told.
    PLACE = "place"
    #: The whole array: x must be passed at once.
    WHOLE = "whole"
    #: Nothing, but all of x goes through it in turn: `stream` costs less than each block alone.
    STREAM = "stream"


class Backend:
    """Computes columns; by default every function in each dtype.

    `functions`, `dtypes` and `orders` are all that it has; `check` knows each combination. Nothing
    but computing imports a framework.
    """

    name = ""
    #: The catalogue's name for its framework, "" if it has none.
    framework = ""
    dependence = Dependence.NOTHING
    #: The dtypes and orders of derivatives of at least one function, and the dtypes of only a few.
    dtypes: Sequence[str] = tuple(DTYPES)
    rare_dtypes: Sequence[str] = ()
    orders: Sequence[int] = (0, 1, 2)
    #: What may follow the name after an @.
    options: Sequence[str] = ()
    #: The id of the first tensor of a session, where tensors are numbered.
    first_id: int | None = None
    #: Whether its backward pass takes an upstream gradient.
    takes_upstream = False
    #: Whether it has functions of vectors.
    takes_vectors = False
    #: Whether it is a kernel of the user's own.
    is_kernel = False
    #: The dtype of its results where that is not x's.
    results: DType | None = None

    @property
    def version(self) -> str | None:
        """The version of the framework; None if it is not installed."""
        from actcli.version import __version__

        return __version__

    @property
    def install(self) -> str:
        """The command that installs what is missing, or ""."""
        return ""

    @property
    def functions(self) -> Sequence[str]:
        """The activations that it has, in the catalogue's order."""
        if self.is_kernel:
            return ()
        from actcli.catalogue.registry import elementwise, functions

        return tuple(functions() if self.takes_vectors else elementwise())

    def option(self, word: str) -> Backend:
        """The backend with that option; UsageError, with the valid ones, if there is none."""
        raise UsageError(f"backend {self.name} has no options; leave out @{word}")

    def giving(self, results: DType) -> Backend:
        """The backend with results of another dtype than x; UsageError if it has none."""
        if not self.is_kernel:
            raise UsageError(
                "--out-dtype is for --samples FILE and for kernels of one's own; "
                f"{self.name} computes in the dtype of x"
            )
        chosen = copy(self)
        chosen.results = results
        return chosen

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        """Raise UsageError, with what there is, if the backend lacks something."""
        if bound.activation.vector and not self.takes_vectors:
            raise UsageError(
                f"backend {self.name} has no {bound.name}, nor another function of vectors"
            )

    def intermediate(self, dtype: DType) -> DType | None:
        """The dtype that each operation of the formula is rounded to, if it computes so."""
        return None

    def points(
        self, start: float, stop: float, num: int, first: int, last: int, dtype: DType
    ) -> Array:
        """Points first to last - 1 of an evenly spaced range."""
        from actcli.sources.ranges import points

        return points(start, stop, num, first, last, dtype)

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        """The orders at x, each shaped like x and of the dtype.

        x is elements offset, offset + 1, ... of an array of `total` elements (by default x itself),
        which matters if results depend on their place. If they depend on the array, x is all of it.
        DataError, with the framework's reason, if it fails to compute what `check` allowed.
        """
        raise NotImplementedError

    def stream(
        self,
        bound: BoundActivation,
        blocks: Iterator[Array],
        orders: Sequence[int],
        dtype: DType,
        total: int | None,
        *,
        saturate: bool = False,
        more: int | None = None,
    ) -> Iterator[list[Array]]:
        """The same for each of the blocks of x, which are one after the other; `total` is how many
        values they have together, None where only the end tells.

        An empty block, which has no results, says that the next one is waited for, until the
        descriptor `more` can be read.
        """
        offset = 0
        for x in filter(len, blocks):
            yield self.evaluate(
                bound, x, orders, dtype, saturate=saturate, offset=offset, total=total
            )
            offset += len(x)

    def along(
        self, bound: BoundActivation, x: Array, place: int, orders: Sequence[int], dtype: DType,
        saturate: bool = False,
    ) -> list[Array]:  # fmt: skip
        """The orders of a function of vectors along an axis of x, as `evaluating.vectors.along`.

        DataError as in `evaluate`.
        """
        raise NotImplementedError

    def backward(self, bound: BoundActivation, x: Array, upstream: float, dtype: DType) -> Array:
        """The backward pass at x, upstream * f'(x); the upstream gradient is a number of the dtype.

        DataError as in `evaluate`.
        """
        raise NotImplementedError


def remade(kind: type[Backend], arguments: tuple[Any, ...], results: DType | None) -> Backend:
    """A kernel of the user's own, made anew in another process."""
    backend = kind(*arguments)
    backend.results = results
    return backend


class Core(Backend):
    """True values, correctly rounded; every function, order and dtype."""

    name = "actcli"
    takes_upstream = True
    takes_vectors = True

    def evaluate(
        self, bound: BoundActivation, x: Array, orders: Sequence[int], dtype: DType,
        *, saturate: bool = False, offset: int = 0, total: int | None = None,
    ) -> list[Array]:  # fmt: skip
        from actcli.evaluating.evaluate import evaluate

        return evaluate(bound, x, orders, dtype, saturate)

    def along(
        self, bound: BoundActivation, x: Array, place: int, orders: Sequence[int], dtype: DType,
        saturate: bool = False,
    ) -> list[Array]:  # fmt: skip
        from actcli.evaluating.vectors import along

        return along(bound, x, place, orders, dtype, saturate)

    def backward(self, bound: BoundActivation, x: Array, upstream: float, dtype: DType) -> Array:
        from actcli.evaluating.truth import TrueValues, rounded

        true_values = TrueValues(bound, (1,), dtype, upstream)
        (product,) = true_values(x.reshape(-1))
        return rounded(product, dtype).reshape(x.shape)


ACTCLI = Core()
