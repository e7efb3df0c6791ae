"""Where columns are written."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import BinaryIO, TextIO

from actcli.console import is_terminal
from actcli.errors import UsageError
from actcli.formats import Format, format_of_path
from actcli.output import is_replaceable, open_binary, open_text


def open_output(form: Format, path: str | None) -> AbstractContextManager[TextIO | BinaryIO]:
    """The stream that a format writes to; UsageError for bytes on a terminal."""
    if not form.binary:
        return open_text(path)
    if path in (None, "-") and is_terminal(sys.stdout):
        raise UsageError("a terminal cannot show binary numbers; give -o FILE or --format text")
    return open_binary(path)


def format_of_output(output: str | None) -> str | None:
    """The format that the suffix of a file to be written stands for."""
    return format_of_path(output) if output is not None and is_replaceable(output) else None
