"""The results to judge: those of a backend, or numbers from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from actcli.backends.base import Backend, Dependence
from actcli.catalogue.bound import BoundActivation
from actcli.errors import ActcliError, DataError, UsageError
from actcli.numerics.dtypes import Array, DType
from actcli.sources.base import Held

#: Returns the results for given inputs, which are number offset, offset + 1, ... of a total.
Subject = Callable[[Array, int, int], list[Array]]


def of_columns(columns: Sequence[Held]) -> Subject:
    """Given results, in the order of their inputs."""
    return lambda x, offset, total: [column.part(offset, offset + len(x)) for column in columns]


class Computed:
    """The results of a backend; with `upstream` the derivative is that of its backward pass.

    Raises UsageError if the backend lacks something, DataError if it fails to compute.
    """

    def __init__(
        self,
        backend: Backend,
        bound: BoundActivation,
        orders: Sequence[int],
        dtype: DType,
        saturate: bool = False,
        upstream: float | None = None,
    ) -> None:
        backend.check(bound, orders, dtype)
        if upstream is not None and not backend.takes_upstream:
            raise UsageError(
                f"the backward pass of {backend.name} takes no upstream gradient; "
                "leave out --upstream"
            )
        self.backend = backend
        self.bound = bound
        self.orders = tuple(orders)
        self.dtype = dtype
        self.results = backend.results or dtype
        self.saturate = saturate
        self.upstream = upstream

    @property
    def streams(self) -> bool:
        """Whether all inputs are to go through `stream`."""
        return self.backend.dependence is Dependence.STREAM

    def __call__(self, x: Array, offset: int, total: int) -> list[Array]:
        with told(self.backend, self.bound):
            columns = self._results(x, offset, total)
        return [
            checked(self.backend, self.bound, column, x.shape, self.results) for column in columns
        ]

    def stream(self, blocks: Iterator[Array], total: int) -> Generator[list[Array], None, None]:
        """The results for each of the blocks, which are all inputs in their order."""
        with told(self.backend, self.bound):
            yield from self.backend.stream(
                self.bound, blocks, self.orders, self.dtype, total, saturate=self.saturate
            )

    def _results(self, x: Array, offset: int, total: int) -> list[Array]:
        if self.upstream is None:
            return self._evaluated(self.orders, x, offset, total)
        plain = [order for order in self.orders if order != 1]
        columns = dict(zip(plain, self._evaluated(plain, x, offset, total), strict=True))
        columns[1] = self.backend.backward(self.bound, x, self.upstream, self.dtype)
        return [columns[order] for order in self.orders]

    def _evaluated(self, orders: Sequence[int], x: Array, offset: int, total: int) -> list[Array]:
        if not orders:
            return []
        return self.backend.evaluate(
            self.bound, x, orders, self.dtype,
            saturate=self.saturate, offset=offset, total=total,
        )  # fmt: skip


def computed_along(
    backend: Backend, bound: BoundActivation, x: Array, place: int, orders: Sequence[int],
    dtype: DType, saturate: bool = False,
) -> list[Array]:  # fmt: skip
    """The results of a backend for a function of vectors along an axis; errors as `Computed`."""
    backend.check(bound, orders, dtype)
    with told(backend, bound):
        found = backend.along(bound, x, place, orders, dtype, saturate)
    results = backend.results or dtype
    shapes = [bound.shape_along(x.shape, order, place) for order in orders]
    return [
        checked(backend, bound, column, shape, results)
        for column, shape in zip(found, shapes, strict=True)
    ]


@contextmanager
def told(backend: Backend, bound: BoundActivation) -> Iterator[None]:
    """Tell in one line what foreign code, which may raise anything, has raised."""
    try:
        yield
    except (ActcliError, MemoryError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DataError(f"{backend.name} fails at {bound.specification}: {reason}") from error


def checked(
    backend: Backend, bound: BoundActivation, column: Array, shape: tuple[int, ...], dtype: DType
) -> Array:
    """The results of a backend as an array of that shape and dtype; DataError if they are not."""
    column = np.asarray(column)
    if column.shape != shape or column.dtype != dtype.numpy:
        raise DataError(
            f"{backend.name} fails at {bound.specification}: it returned "
            f"{column.dtype} of shape {column.shape} for {dtype.numpy} of shape {shape}"
        )
    return column
