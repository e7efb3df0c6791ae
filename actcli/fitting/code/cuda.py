"""CUDA: the C text for host and device; the tables lie in the function's own memory."""

from __future__ import annotations

from actcli.fitting.code.c import text
from actcli.fitting.fitting import Fit


def write(fit: Fit, name: str) -> str:
    """A CUDA file with one device function, and what it needs; a C++ compiler takes it too."""
    head = (
        "#ifdef __CUDACC__\n"
        f"#define {name.upper()}_HELPER static __device__\n"
        f"#define {name.upper()}_TABLE static __device__\n"
        "#else\n"
        f"#define {name.upper()}_HELPER static\n"
        f"#define {name.upper()}_TABLE static\n"
        "#endif\n"
    )
    code = text(fit, name, f"{name.upper()}_HELPER", f"{name.upper()}_HELPER")
    lines = code.splitlines()
    end = lines.index(" */") + 1
    return "\n".join([*lines[:end], head, *lines[end:], ""])
