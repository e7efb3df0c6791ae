"""What numbers `actcli eval` reads, and which of its options go together."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.backends import Kernel
    from actcli.backends.base import Backend
    from actcli.commands.request import Request
    from actcli.numerics.dtypes import DType
    from actcli.sources.base import Source
    from actcli.sources.input import Input
    from actcli.sources.invalid import Invalid

EXAMPLE = "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval sigmoid"
#: The dtype of numbers that have none of their own.
DEFAULT_DTYPE = "float32"


class Options(NamedTuple):
    """The options of `eval`."""

    column: str | None
    header: bool | None
    invalid: str | None
    raw: DType | None
    array: str | None
    quiet: bool
    dtype: DType | None
    show: tuple[str, ...] | None
    backend: str
    saturate: bool
    first_id: int | None
    axis: int | None
    format_name: str | None
    output: str | None
    kernel: Kernel

    @property
    def expected_dtype(self) -> DType:
        """The dtype of numbers that have none of their own."""
        from actcli.numerics.dtypes import get_dtype

        return self.dtype or get_dtype(DEFAULT_DTYPE)


def check_input_options(request: Request, options: Options) -> None:
    """Raise UsageError for options that contradict each other, or if nothing would ever be read."""
    column, header, invalid, raw, array, *_ = options
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


def input_of(
    request: Request, options: Options, format_name: str | None, backend: Backend, invalid: Invalid
) -> AbstractContextManager[Input]:
    """The source that a request asks for, open as long as it is needed."""
    dtype = options.expected_dtype
    if request.start is None:
        from actcli.sources.opening import ColumnChoice, open_input

        name, header, _, raw, array, *_ = options
        column = None if name is None else ColumnChoice(name, header, format_name)
        return open_input(request.path or "-", options.dtype, dtype, invalid, raw, array, column)
    from actcli.sources.input import Input
    from actcli.sources.ranges import RangeSource, point_source

    source: Source
    if request.stop is None:
        source = point_source(request.start_in(dtype), dtype)
    else:
        start, stop = request.start_in(dtype), request.stop_in(dtype)
        source = RangeSource(start, stop, request.count, dtype, backend.points)
    return nullcontext(Input(source, dtype, "numbers"))
