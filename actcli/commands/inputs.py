"""What a request for numbers that are read opens: a column of a table."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.commands.request import Request
    from actcli.numerics.dtypes import DType
    from actcli.sources.invalid import Invalid
    from actcli.sources.table import TableSource

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The formats of tables whose rows are passed on.
SEPARATORS = {"csv": ",", "tsv": "\t"}


def check_input_options(
    request: Request,
    column: str | None,
    header: bool | None,
    invalid: str | None,
    raw: DType | None,
    array: str | None,
) -> None:
    """UsageError for options on reading where nothing is read, or nothing would ever come."""
    if request.start is not None:
        reading = {"--column": column, "--invalid": invalid, "--raw": raw, "--array": array}
        for option, value in reading.items():
            if value is not None:
                raise UsageError(f"{option} is for numbers that are read, not for given ones")
    if column is None and header is not None:
        option = "--header" if header else "--no-header"
        raise UsageError(f"{option} is for tables: --column says which column to read")
    if request.start is None and request.path is None and is_terminal(sys.stdin):
        raise UsageError(f"no numbers to evaluate on; {EXAMPLE}")
    if column is not None and (raw is not None or array is not None):
        option = "--raw" if raw is not None else "--array"
        raise UsageError(f"--column is for tables and {option} for arrays: give one of them")


def open_table(
    request: Request,
    column: str,
    header: bool | None,
    format_name: str | None,
    dtype: DType,
    invalid: Invalid,
) -> AbstractContextManager[TableSource]:
    """A column of a table, whose format is said by option or suffix, or can be seen."""
    from actcli.sources.table import open_table_source

    if format_name is not None and format_name not in SEPARATORS:
        raise UsageError(
            f"with --column rows are written as they are read, csv or tsv, not as {format_name}"
        )
    path = request.path or "-"
    suffix = os.path.splitext(path)[1].lower().removeprefix(".")
    separator = SEPARATORS.get(format_name or suffix)
    return open_table_source(path, column, header, separator, dtype, invalid)
