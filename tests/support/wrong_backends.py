"""Backends that are right but for what a test has them do wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from actcli.backends import BACKENDS, BackendEntry
from actcli.backends.base import Core
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import DType

Array = NDArray[Any]
#: Changes a column of some order at some x, in place.
Fault = Callable[[Array, Array, int], None]


class Wrong(Core):
    """The core, with a fault."""

    name = "wrong"

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def evaluate(
        self,
        bound: BoundActivation,
        x: Array,
        orders: Sequence[int],
        dtype: DType,
        *,
        saturate: bool = False,
        offset: int = 0,
        total: int | None = None,
    ) -> list[Array]:
        columns = super().evaluate(bound, x, orders, dtype, saturate=saturate)
        for order, column in zip(orders, columns, strict=True):
            self.fault(x, column, order)
        return columns


def install(monkeypatch: pytest.MonkeyPatch, backend: Any) -> None:
    """Make the command line know a backend called `wrong`."""
    module = ModuleType("actcli.backends.wrong")
    module.BACKEND = backend  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "actcli.backends.wrong", module)
    monkeypatch.setitem(BACKENDS, "wrong", BackendEntry("wrong", "wrong:BACKEND", "for tests"))


def at(value: float, replacement: float, of_order: int = 0) -> Fault:
    """Another result at one input."""

    def fault(x: Array, column: Array, order: int) -> None:
        if order == of_order:
            with np.errstate(all="ignore"):
                column[x.astype(np.float64) == value] = replacement

    return fault


def one_ulp_up_at(value: float) -> Fault:
    """The next bit pattern instead of the right value at one input."""

    def fault(x: Array, column: Array, order: int) -> None:
        if order == 0:
            patterns = column.view(f"u{column.dtype.itemsize}")
            patterns[x.astype(np.float64) == value] += 1

    return fault


def nothing_below(least: float) -> Fault:
    """Results of less than that size flushed to 0."""

    def fault(x: Array, column: Array, order: int) -> None:
        column[np.abs(column.astype(np.float64)) < least] = 0

    return fault
