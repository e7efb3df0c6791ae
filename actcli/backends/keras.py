"""Keras, on one of the frameworks it can run on."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from actcli.backends.framework import Framework, Function, import_packages
from actcli.backends.jax import Jax
from actcli.backends.on_engine import OnEngine
from actcli.backends.packages import is_installed
from actcli.backends.tensorflow import TensorFlow
from actcli.backends.torch import Torch
from actcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType

VARIABLE = "KERAS_BACKEND"
#: What Keras can run on and differentiate with, in the order of preference.
ENGINES: dict[str, Framework] = {engine.name: engine for engine in (TensorFlow(), Jax(), Torch())}


class Keras(OnEngine):
    """Keras on the engine of that name; without one, on the one that Keras itself would take."""

    framework = "keras"
    options = tuple(ENGINES)

    def __init__(self, engine: str = "") -> None:
        self.chosen = engine
        self.name = f"keras@{engine}" if engine else "keras"

    def option(self, word: str) -> Keras:
        if word not in ENGINES:
            raise UsageError(f"keras runs on {', '.join(ENGINES)}, not on {word!r}")
        return Keras(word)

    @cached_property
    def engine_name(self) -> str:
        return self.chosen or os.environ.get(VARIABLE) or _configured() or _first_installed()

    @property
    def engine(self) -> Framework:
        return ENGINES.get(self.engine_name, ENGINES["tensorflow"])

    @property
    def packages(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("keras", *self.engine.packages)

    @property
    def version(self) -> str | None:
        found = super().version
        return found if self.chosen or not found else f"{found} ({self.engine_name})"

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        if self.engine_name not in ENGINES:
            raise UsageError(f"{VARIABLE} is {self.engine_name!r}; it must be {', '.join(ENGINES)}")
        super().check(bound, orders, dtype)

    def _load(self) -> None:
        super()._load()
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self.engine_name
        try:
            import_packages(("keras",))
        finally:
            if before is None:
                del os.environ[VARIABLE]
            else:
                os.environ[VARIABLE] = before
        running = import_module("keras").backend.backend()
        if running != self.engine_name:
            raise UsageError(
                f"keras already runs on {running}, and can run on only one framework in a process"
            )

    def _scope(self, dtype: DType) -> AbstractContextManager[Any]:
        stack = ExitStack()
        stack.enter_context(super()._scope(dtype))
        stack.enter_context(import_module("keras").device("cpu:0"))
        return stack

    def _instance(self, kind: Any, settings: dict[str, Any], x: Array, dtype: DType) -> Function:
        constant = import_module("keras").initializers.Constant
        for keyword, value in settings.items():
            if keyword.endswith("_initializer"):
                settings[keyword] = constant(value)
        layer: Any = kind(**settings, dtype=dtype.name)
        layer.build(x.shape)
        function: Function = layer
        return function


def _configured() -> str:
    """The engine in the user's configuration of Keras, if there is one."""
    import json

    home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    try:
        with open(os.path.join(home, "keras.json")) as file:
            name = str(json.load(file).get("backend", ""))
    except (OSError, ValueError, AttributeError):
        return ""
    return name if name in ENGINES and is_installed(name) else ""


def _first_installed() -> str:
    installed = (name for name in ENGINES if is_installed(name))
    return next(installed, next(iter(ENGINES)))


BACKEND = Keras()
ON_TENSORFLOW = Keras("tensorflow")
ON_JAX = Keras("jax")
ON_TORCH = Keras("torch")
