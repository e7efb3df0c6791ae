"""What computes on the tensors of a framework: Keras, and Python functions of the user's own."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actcli.catalogue.bound import Call
    from actcli.numerics.dtypes import Array, DType


class OnEngine(Framework):
    """A backend whose tensors, and how they are differentiated, are those of its `engine`."""

    @property
    def engine(self) -> Framework:
        raise NotImplementedError

    @property
    def dtypes(self) -> Sequence[str]:  # type: ignore[override]
        return self.engine.dtypes

    @property
    def rare_dtypes(self) -> Sequence[str]:  # type: ignore[override]
        return self.engine.rare_dtypes

    def _load(self) -> None:
        self.engine._load()

    def _scope(self, dtype: DType) -> AbstractContextManager[Any]:
        return self.engine._scope(dtype)

    def _compiled(self, call: Call, function: Function, order: int, dtype: DType) -> Function:
        return self.engine._compiled(call, function, order, dtype)

    def _tensor(self, x: Array, dtype: DType) -> Any:
        return self.engine._tensor(x, dtype)

    def _array(self, tensor: Any, dtype: DType) -> Array:
        return self.engine._array(tensor, dtype)

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        return self.engine._derivative(function, x, order)
