"""PyTorch, differentiated by its autograd; on the processor unless an option says otherwise."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function
from actcli.errors import UsageError
from actcli.numerics.dtypes import DTYPES, Array

if TYPE_CHECKING:
    from actcli.catalogue.bound import Call
    from actcli.numerics.dtypes import DType


class Torch(Framework):
    name = "torch"
    framework = "torch"
    packages = ("torch",)
    dtypes = tuple(DTYPES)
    rare_dtypes = ("float8_e4m3fn", "float8_e5m2")
    options = ("compile", "cuda", "mps")

    def __init__(self) -> None:
        self.compiled: dict[tuple[Any, ...], Function] = {}

    def _choose(self, word: str) -> None:
        if word == "compile":
            self.compiler = "compiled by inductor"
            self.compiled = {}
        else:
            self.device = word

    def _device_name(self) -> str:
        torch = sys.modules.get("torch")
        if self.device.startswith("cuda") and torch is not None:
            return str(torch.cuda.get_device_name(self.device))
        return self.device

    def _load(self) -> None:
        super()._load()
        if not self.device:
            return
        torch = import_module("torch")
        kind, _, number = self.device.partition(":")
        count = torch.cuda.device_count() if kind == "cuda" else int(torch.mps.is_available())
        if not number.isdecimal() and self.device != kind:
            raise UsageError(f"{number!r} is not the number of a device; write {kind}:0")
        if int(number or 0) >= count:
            there = f"it has {count}, counted from 0" if count else "it has none"
            raise UsageError(
                f"{self.name} needs the device {self.device}, which PyTorch does not find here: "
                f"{there}"
            )

    def _compiled(self, call: Call, function: Function, order: int, dtype: DType) -> Function:
        if not self.compiler:
            return function
        key = (call.written("x"), order, dtype)
        if key not in self.compiled:
            # The compiler keeps its results by code, some for each, and beyond these it computes
            # what is not compiled without a word: so each function is called from code of its own.
            own = eval("lambda tensor: function(tensor)", {"function": function})
            self.compiled[key] = import_module("torch").compile(own)
        return self.compiled[key]

    def _instance(self, kind: Any, settings: dict[str, Any], x: Array, dtype: DType) -> Function:
        layer: Any = kind(**settings).to(getattr(import_module("torch"), dtype.name))
        function: Function = layer.to(self.device or "cpu")
        return function

    def _tensor(self, x: Array, dtype: DType) -> Any:
        torch = import_module("torch")
        # integers of so many bits are what every version of torch takes
        bits = x if dtype.in_numpy else x.view(f"i{x.itemsize}")
        tensor = torch.from_numpy(bits.copy())
        tensor = tensor if dtype.in_numpy else tensor.view(getattr(torch, dtype.name))
        return tensor.to(self.device) if self.device else tensor

    def _array(self, tensor: Any, dtype: DType) -> Array:
        torch = import_module("torch")
        # a tensor of zeros that a gradient is may have no memory
        tensor = tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
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
            ones = torch.ones_like(y, requires_grad=further > 0)
            twice = order > 1
            (gradient,) = torch.autograd.grad(
                y, x, ones, create_graph=further > 0, retain_graph=twice, allow_unused=True
            )
            if twice and not further:
                # what cannot be differentiated twice is no way to x, but says so on any way
                y.backward(ones)
            if gradient is None:
                return torch.zeros_like(x)
            y = gradient
        return y


BACKEND = Torch()
