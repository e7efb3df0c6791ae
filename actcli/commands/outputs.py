"""Where a request's columns go, and what is said of a file that was written."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, TextIO

from actcli.console import is_terminal
from actcli.errors import UsageError, escaped
from actcli.output import open_binary, open_text

if TYPE_CHECKING:
    from actcli.formats import Format


def open_output(form: Format, path: str | None) -> AbstractContextManager[TextIO | BinaryIO]:
    """The stream that a format writes to; UsageError for bytes that a terminal would be sent."""
    if not form.binary:
        return open_text(path)
    if path in (None, "-") and is_terminal(sys.stdout):
        raise UsageError("numbers in bytes are not for a terminal: give -o FILE or --format text")
    return open_binary(path)


def tell_path(path: str) -> None:
    """Print the path of a file that was written: for a program as it is, for a person printable."""
    shown = escaped(path) if is_terminal(sys.stdout) else path
    with open_binary() as out:
        out.write(os.fsencode(shown) + b"\n")
