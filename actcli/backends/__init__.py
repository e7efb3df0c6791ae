"""Who computes: one interface, one file an implementation."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple, cast

from actcli.errors import unknown

if TYPE_CHECKING:
    from actcli.backends.base import Backend


class BackendEntry(NamedTuple):
    """Where a backend is found (`module:object`), and a line that says what it is.

    The module is imported on use; what it computes with, not before it computes.
    """

    name: str
    home: str
    summary: str


BACKENDS = {
    entry.name: entry
    for entry in (
        BackendEntry("actcli", "core:BACKEND", "the true values, correctly rounded (the default)"),
        BackendEntry(
            "tensorflow-2.0",
            "tensorflow_2_0:BACKEND",
            "emulation of that release's float32 CPU kernels, bit for bit",
        ),
        BackendEntry("torch", "torch:BACKEND", "PyTorch, differentiated by its autograd"),
        BackendEntry("tensorflow", "tensorflow:BACKEND", "TensorFlow, differentiated by a tape"),
        BackendEntry("jax", "jax:BACKEND", "JAX, differentiated in reverse mode"),
        BackendEntry("keras", "keras:BACKEND", "Keras on the framework that it is set to"),
        BackendEntry("keras[tensorflow]", "keras:ON_TENSORFLOW", "Keras on TensorFlow"),
        BackendEntry("keras[jax]", "keras:ON_JAX", "Keras on JAX"),
        BackendEntry("keras[torch]", "keras:ON_TORCH", "Keras on PyTorch"),
        BackendEntry("onnxruntime", "onnxruntime:BACKEND", "ONNX Runtime on one operator: values"),
        BackendEntry("scipy", "scipy:BACKEND", "SciPy's special functions: values"),
    )
}

DEFAULT = next(iter(BACKENDS))


def get_backend(name: str) -> Backend:
    """The backend of that name; UsageError with the nearest names if there is none."""
    if name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    module, _, instance = BACKENDS[name].home.partition(":")
    return cast("Backend", getattr(importlib.import_module(f"{__name__}.{module}"), instance))
