"""Who computes: one interface, one file an implementation."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple, cast

from actcli.errors import unknown

if TYPE_CHECKING:
    from actcli.backends.base import Backend


class BackendEntry(NamedTuple):
    """Where a backend is found, and a line that says what it is. The module is imported on use."""

    name: str
    module: str
    summary: str


BACKENDS = {
    entry.name: entry
    for entry in (
        BackendEntry(
            "actcli", "actcli.backends.core", "the true values, correctly rounded (the default)"
        ),
        BackendEntry(
            "tensorflow-2.0",
            "actcli.backends.tensorflow_2_0",
            "emulation of that release's float32 CPU kernels, bit for bit",
        ),
    )
}

DEFAULT = next(iter(BACKENDS))


def get_backend(name: str) -> Backend:
    """The backend of that name; UsageError with the nearest names if there is none."""
    if name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    return cast("Backend", importlib.import_module(BACKENDS[name].module).BACKEND)
