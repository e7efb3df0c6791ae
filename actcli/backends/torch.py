"""PyTorch on the processor, differentiated by its autograd."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function
from actcli.numerics.dtypes import DTYPES

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType


class Torch(Framework):
    name = "torch"
    framework = "torch"
    packages = ("torch",)
    dtypes = tuple(DTYPES)
    rare_dtypes = ("float8_e4m3fn", "float8_e5m2")

    def _instance(self, kind: Any, settings: dict[str, Any], x: Array, dtype: DType) -> Function:
        function: Function = kind(**settings).to(getattr(import_module("torch"), dtype.name))
        return function

    def _tensor(self, x: Array, dtype: DType) -> Any:
        torch = import_module("torch")
        if dtype.in_numpy:
            return torch.from_numpy(x.copy())
        bits = x.view(f"i{x.itemsize}")  # every version of torch takes these
        return torch.from_numpy(bits.copy()).view(getattr(torch, dtype.name))

    def _array(self, tensor: Any, dtype: DType) -> Array:
        torch = import_module("torch")
        # a tensor of zeros may have no memory
        tensor = tensor.detach().clone(memory_format=torch.contiguous_format)
        name = str(tensor.dtype).removeprefix("torch.")
        if name not in DTYPES or DTYPES[name].in_numpy:
            array: Array = tensor.numpy()
            return array
        bits = tensor.view(torch.int16 if DTYPES[name].bits == 16 else torch.uint8)
        array = bits.numpy()
        return array.view(DTYPES[name].numpy)

    def _derivative(self, function: Function, x: Any, order: int) -> Any:
        torch = import_module("torch")
        if order == 0:
            with torch.no_grad():
                return function(x)
        x = x.detach().requires_grad_(True)
        y = function(x)
        for further in range(order - 1, -1, -1):
            if not y.requires_grad:  # y no longer depends on x
                return torch.zeros_like(x)
            ones = torch.ones_like(y)
            (y,) = torch.autograd.grad(y, x, ones, create_graph=further > 0, allow_unused=True)
            if y is None:
                return torch.zeros_like(x)
        return y


BACKEND = Torch()
