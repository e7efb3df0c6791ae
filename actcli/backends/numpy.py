"""numpy as what functions of the user's own compute with: it differentiates nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function
from actcli.numerics.dtypes import DTYPES, Array

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType


class Numpy(Framework):
    name = "numpy"
    packages = ("numpy",)
    dtypes = tuple(DTYPES)
    orders = (0,)

    def _tensor(self, x: Array, dtype: DType) -> Any:
        return x.copy()

    def _array(self, tensor: Any, dtype: DType) -> Array:
        array: Array = tensor
        return array

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        return function(x)
