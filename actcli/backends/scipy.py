"""SciPy's special functions, only values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType


class SciPy(Framework):
    name = "scipy"
    framework = "scipy"
    packages = ("scipy",)
    dtypes = ("float32", "float64")
    orders = (0,)

    def _tensor(self, x: Array, dtype: DType) -> Any:
        return x

    def _array(self, tensor: Any, dtype: DType) -> Array:
        import numpy as np

        return np.asarray(tensor)

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        import numpy as np

        with np.errstate(all="ignore"):
            return function(x)


BACKEND = SciPy()
