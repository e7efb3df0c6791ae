"""The backends, which compute: one interface, and a file for each."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple, cast

from actcli.errors import unknown

if TYPE_CHECKING:
    from actcli.backends.base import Backend


class BackendEntry(NamedTuple):
    """Where a backend is (`module:object`), and a line of help on it and on its `options` after @.

    The module is imported when the backend is used, its framework only when it computes.
    """

    name: str
    home: str
    summary: str
    options: str = ""


BACKENDS = {
    entry.name: entry
    for entry in (
        BackendEntry("actcli", "core:BACKEND", "the true values, correctly rounded (the default)"),
        BackendEntry(
            "as-written",
            "as_written:BACKEND",
            "the formula taken literally, each operation rounded (as-written@float32: to float32)",
            options="@DTYPE",
        ),
        BackendEntry(
            "tensorflow-2.0",
            "tensorflow_2_0:BACKEND",
            "emulation of that release's float32 CPU kernels, bit for bit",
        ),
        BackendEntry("torch", "torch:BACKEND", "PyTorch, differentiated by its autograd"),
        BackendEntry("tensorflow", "tensorflow:BACKEND", "TensorFlow, differentiated by a tape"),
        BackendEntry("jax", "jax:BACKEND", "JAX, differentiated in reverse mode"),
        BackendEntry("keras", "keras:BACKEND", "Keras on the framework it is configured for"),
        BackendEntry("keras[tensorflow]", "keras:ON_TENSORFLOW", "Keras on TensorFlow"),
        BackendEntry("keras[jax]", "keras:ON_JAX", "Keras on JAX"),
        BackendEntry("keras[torch]", "keras:ON_TORCH", "Keras on PyTorch"),
        BackendEntry("onnxruntime", "onnxruntime:BACKEND", "ONNX Runtime's operators; values only"),
        BackendEntry("scipy", "scipy:BACKEND", "SciPy's special functions; values only"),
    )
}

DEFAULT = next(iter(BACKENDS))
LITERAL = "as-written"
#: The backends of this package itself.
OWN = (DEFAULT, LITERAL)
#: What shows the ids of its tensors.
NUMBERED = "tensorflow-2.0"


def is_backend(word: str) -> bool:
    """Whether a word names a backend, with or without an option after @."""
    return word.partition("@")[0] in BACKENDS


def get_backend(word: str) -> Backend:
    """The backend of that name, with the option after its @.

    UsageError with the nearest names if there is no such backend or option.
    """
    name, at, option = word.partition("@")
    if name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    module, _, instance = BACKENDS[name].home.partition(":")
    backend = cast("Backend", getattr(importlib.import_module(f"{__name__}.{module}"), instance))
    return backend.option(option) if at else backend


def completions(begun: str) -> list[str]:
    """The words that may name a backend: the names or, after an @, its options."""
    name, at, _ = begun.partition("@")
    options = get_backend(name).options if at and name in BACKENDS else ()
    return [f"{name}@{option}" for option in options] or list(BACKENDS)


def is_own(name: str) -> bool:
    """Whether this package itself computes, so that no version needs to be shown.

    >>> is_own("actcli"), is_own("as-written@float32"), is_own("tensorflow-2.0")
    (True, True, False)
    """
    return name.partition("@")[0] in OWN
