"""Check the options on reading numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.commands.request import Request
    from actcli.numerics.dtypes import DType

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"


def check_input_options(
    request: Request,
    column: str | None,
    header: bool | None,
    invalid: str | None,
    raw: DType | None,
    array: str | None,
) -> None:
    """Raise UsageError for options that contradict each other, or if nothing would ever be read."""
    if request.start is not None:
        reading = {"--column": column, "--invalid": invalid, "--raw": raw, "--array": array}
        for option, value in reading.items():
            if value is not None:
                raise UsageError(f"{option} is for numbers from a file, not on the command line")
    if column is None and header is not None:
        option = "--header" if header else "--no-header"
        raise UsageError(f"{option} is for tables; add --column NAME")
    if request.start is None and request.path is None and is_terminal(sys.stdin):
        raise UsageError(f"no numbers to evaluate on; {EXAMPLE}")
    if column is not None and (raw is not None or array is not None):
        option = "--raw" if raw is not None else "--array"
        raise UsageError(f"--column is for tables and {option} for arrays; give one of them")
