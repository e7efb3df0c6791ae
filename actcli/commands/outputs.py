"""Where columns are written."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import BinaryIO, TextIO

from actcli.console import is_terminal
from actcli.errors import UsageError
from actcli.formats import Format
from actcli.output import open_binary, open_text


def open_output(form: Format, path: str | None) -> AbstractContextManager[TextIO | BinaryIO]:
    """The stream that a format writes to; UsageError for bytes on a terminal."""
    if not form.binary:
        return open_text(path)
    if path in (None, "-") and is_terminal(sys.stdout):
        raise UsageError("a terminal cannot show binary numbers; give -o FILE or --format text")
    return open_binary(path)
