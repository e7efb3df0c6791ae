"""Names of functions and tables in C, and in languages whose names are like C's."""

from __future__ import annotations

import re

from actcli.errors import UsageError, clipped


def c_name(text: str) -> str:
    """The text as an identifier of C.

    >>> c_name("golden_elu:alpha=1.5_float32"), c_name("-x**2 + 1/2")
    ('golden_elu_alpha_1_5_float32', 'x_2_1_2')
    """
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or "f"
    return f"f_{name}" if name[0].isdigit() else name


def checked_name(text: str) -> str:
    """A name that the user chose; UsageError if C does not take it."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text, re.ASCII):
        raise UsageError(
            f"{clipped(text)!r} is no name in C: letters, digits and _, the first no digit; "
            f"for example {c_name(text)}"
        )
    return text
