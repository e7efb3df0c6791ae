"""The backends, which compute: one interface, and a file for each."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from actcli.errors import UsageError, unknown

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
        BackendEntry("actcli", "base:ACTCLI", "the true values, correctly rounded (the default)"),
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
        BackendEntry("keras@tensorflow", "keras:ON_TENSORFLOW", "Keras on TensorFlow"),
        BackendEntry("keras@jax", "keras:ON_JAX", "Keras on JAX"),
        BackendEntry("keras@torch", "keras:ON_TORCH", "Keras on PyTorch"),
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


#: What a program is written behind.
PROGRAM = "exec:"


class Kernel(NamedTuple):
    """How a kernel of one's own is called, as the options say."""

    derivative: str | None = None
    cast: bool = False
    exchange: str = "raw"
    timeout: float | None = None

    def first_set(self) -> str | None:
        """The first option that was set."""
        for name, default in self._field_defaults.items():
            if getattr(self, name) != default:
                return f"--{name}"
        return None


def is_kernel(word: str) -> bool:
    """Whether a word names a Python function or a program instead of a backend of this package."""
    if word.startswith(PROGRAM):
        return True
    if ":" not in word:
        return False
    from actcli.backends.callable import is_callable_word

    return is_callable_word(word)


def is_backend(word: str) -> bool:
    """Whether a word names a backend, with or without an option behind @."""
    return word.partition("@")[0] in BACKENDS or is_kernel(word)


def get_backend(word: str, kernel: Kernel | None = None) -> Backend:
    """The backend of that name, with the option that is behind its @; or a kernel of one's own.

    UsageError with the nearest names if there is no such backend or option.
    """
    kernel = kernel or Kernel()
    if is_kernel(word):
        return _kernel(word, kernel)
    if option := kernel.first_set():
        raise UsageError(
            f"{option} is for a kernel of one's own, as kernel.py:gelu or exec:./gelu, "
            f"not for {word}"
        )
    word = re.sub(r"^keras\[(.+)\]$", r"keras@\1", word)  # as it was written at first
    name, at, option = word.partition("@")
    if name not in BACKENDS:
        if word.endswith((".py", ":")):
            raise UsageError(f"{word!r} lacks the function: {word.rstrip(':')}:FUNCTION")
        raise unknown("backend", name, BACKENDS)
    if word in BACKENDS:
        name, at = word, ""
    module, _, instance = BACKENDS[name].home.partition(":")
    backend = cast("Backend", getattr(importlib.import_module(f"{__name__}.{module}"), instance))
    return backend.option(option) if at else backend


def _kernel(word: str, kernel: Kernel) -> Backend:
    backend: Backend
    if word.startswith(PROGRAM):
        from actcli.backends.executable import Program

        if kernel.cast:
            raise UsageError(
                "--cast is for Python functions; a program writes numbers of the dtype"
            )
        backend = Program(word, kernel.exchange, kernel.timeout)
    else:
        from actcli.backends.callable import UserFunction

        backend = UserFunction(word, kernel.cast)
    if kernel.derivative is None:
        return backend
    if 1 in backend.orders:
        raise UsageError(f"{word} is differentiated by its framework; leave --derivative out")
    if not is_kernel(kernel.derivative):
        raise UsageError(
            f"--derivative takes FILE.py:FUNCTION or exec:COMMAND, not {kernel.derivative!r}"
        )
    from actcli.backends.with_derivative import WithDerivative

    return WithDerivative(backend, _kernel(kernel.derivative, kernel._replace(derivative=None)))


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
