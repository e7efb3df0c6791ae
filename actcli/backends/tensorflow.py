"""TensorFlow on the processor, differentiated by its tapes; in eager mode unless compiled."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function

if TYPE_CHECKING:
    from actcli.catalogue.bound import Call
    from actcli.numerics.dtypes import Array, DType


class TensorFlow(Framework):
    name = "tensorflow"
    framework = "tensorflow"
    packages = ("tensorflow",)
    dtypes = ("float16", "bfloat16", "float32", "float64")
    options = ("xla",)

    def __init__(self) -> None:
        self.compiled: dict[tuple[Any, ...], Function] = {}

    def _choose(self, word: str) -> None:
        self.compiler = "compiled by XLA"
        self.compiled = {}

    def _compiled(self, call: Call, function: Function, order: int, dtype: DType) -> Function:
        if not self.compiler:
            return function
        key = (call.written("x"), order, dtype)
        if key not in self.compiled:
            tf = import_module("tensorflow")
            self.compiled[key] = tf.function(function, jit_compile=True)
        return self.compiled[key]

    def _load(self) -> None:
        # also silences its C++ part at the end of the process
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        super()._load()

    def _scope(self, dtype: DType) -> AbstractContextManager[Any]:
        scope: AbstractContextManager[Any] = import_module("tensorflow").device("CPU:0")
        return scope

    def _tensor(self, x: Array, dtype: DType) -> Any:
        return import_module("tensorflow").constant(x)

    def _array(self, tensor: Any, dtype: DType) -> Array:
        import numpy as np

        return np.asarray(tensor.numpy())

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        if order == 0:
            return function(x)
        tf = import_module("tensorflow")
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = self._derivative(function, x, order - 1)
        return tape.gradient(y, x, unconnected_gradients="zero")


BACKEND = TensorFlow()
