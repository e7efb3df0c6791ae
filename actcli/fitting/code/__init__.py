"""Approximations as code, a file for each language, declared in one dictionary."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from actcli.fitting.fitting import Fit


class Language(NamedTuple):
    """A language: the module of this package that writes it, its suffixes, and what it is."""

    module: str
    suffixes: tuple[str, ...]
    summary: str

    def write(self, fit: Fit, name: str) -> str:
        """The code of a fit, whose function has a name."""
        write: Callable[[Fit, str], str] = import_module(f"{__name__}.{self.module}").write
        return write(fit, name)


LANGUAGES = {
    "c": Language("c", (".c", ".h"), "C99"),
    "cuda": Language("cuda", (".cu", ".cuh"), "CUDA, for host and device"),
    "verilog": Language(
        "verilog", (".sv", ".v"), "SystemVerilog of fixed point, with a test bench"
    ),
    "python": Language("python", (".py",), "Python with numpy"),
    "json": Language("as_json", (".json",), "an object of everything"),
}
