"""JAX on the processor, differentiated in reverse mode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function
from actcli.numerics.dtypes import DTYPES

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType


class Jax(Framework):
    name = "jax"
    framework = "jax"
    packages = ("jax",)
    dtypes = tuple(DTYPES)
    options = ("eager",)

    def _choose(self, word: str) -> None:
        self.compiler = "not compiled"

    def _load(self) -> None:
        # JAX would look for other devices, and reserve their memory.
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        super()._load()

    @contextmanager
    def _scope(self, dtype: DType) -> Iterator[None]:
        jax = import_module("jax")
        enable_x64 = getattr(jax, "enable_x64", None)
        if enable_x64 is None:  # older versions
            enable_x64 = import_module("jax.experimental").enable_x64
        eager = jax.disable_jit() if self.compiler else nullcontext()
        with enable_x64(dtype.name == "float64"), jax.default_device(jax.devices("cpu")[0]), eager:
            yield

    def _tensor(self, x: Array, dtype: DType) -> Any:
        return import_module("jax.numpy").asarray(x)

    def _array(self, tensor: Any, dtype: DType) -> Array:
        import numpy as np

        return np.array(tensor)

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        if order == 0:
            return function(x)
        jax = import_module("jax")
        y, pull_back = jax.vjp(partial(self._derivative, function, order=order - 1), x)
        (gradient,) = pull_back(jax.numpy.ones_like(y))
        return gradient


BACKEND = Jax()
