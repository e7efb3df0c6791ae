"""Numbers in text: separated by blanks or commas, `#` begins a comment; read as they arrive."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from actcli.errors import DataError
from actcli.number_text import read_number
from actcli.numerics.rounding import round_to
from actcli.sources.arrays import ArraySource

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.numerics.dtypes import DType

TOKEN = re.compile(r"[^\s,]+")
CHUNK = 1 << 16
#: A line longer than this is no text of numbers.
LONGEST_LINE = 1 << 26


@contextmanager
def open_text_source(path: str, dtype: DType) -> Iterator[TextSource]:
    """The numbers of a text file, or of standard input for `-`."""
    if path == "-":
        if sys.stdin is None:
            raise DataError("cannot read standard input: it is closed")
        yield TextSource(sys.stdin.buffer, "standard input", dtype)
        return
    try:
        stream = open(path, "rb")  # noqa: SIM115 (only the opening may fail as "cannot read")
    except OSError as error:
        raise DataError(f"cannot read {path!r}: {error.strerror}") from error
    with stream:
        yield TextSource(stream, path, dtype)


class TextSource:
    """The numbers of a stream of text, once through. `name` is what errors call the stream."""

    scalar = False
    count = None

    def __init__(self, stream: BinaryIO, name: str, dtype: DType) -> None:
        self.stream = stream
        self.name = name
        self.dtype = dtype

    @property
    def expression(self) -> str:
        return self.name

    def blocks(self) -> Iterator[Array]:
        """The numbers of the lines that arrive; DataError after those before a bad one."""
        for line_number, text in self.whole_lines():
            values: list[float] = []
            complaint = read_numbers(text, line_number, values)
            if values:
                yield round_to(np.array(values), self.dtype)
            if complaint:
                raise DataError(f"{self.name}, {complaint}")

    def part(self, first: int, last: int) -> Array:
        raise TypeError("the parts of a stream are known when it is held")

    def held(self) -> ArraySource:
        blocks = list(self.blocks())
        empty = np.zeros(0, self.dtype.numpy)
        return ArraySource(np.concatenate(blocks) if blocks else empty)

    def whole_lines(self) -> Iterator[tuple[int, str]]:
        """Runs of whole lines as they come in, each with the number of its first line."""
        line_number, tail = 1, bytearray()
        while chunk := self._read_some():
            lines, newline, rest = chunk.rpartition(b"\n")
            if not newline:
                tail += rest
                if len(tail) > LONGEST_LINE:
                    raise DataError(f"{self.name}, line {line_number}: no end within 64 MiB")
                continue
            text = (tail + lines).decode("utf-8", "replace")
            yield line_number, text
            line_number += text.count("\n") + 1
            tail = bytearray(rest)
        yield line_number, tail.decode("utf-8", "replace")

    def _read_some(self) -> bytes:
        try:
            return self.stream.read1(CHUNK)  # type: ignore[attr-defined, no-any-return]
        except OSError as error:
            raise DataError(f"cannot read {self.name}: {error.strerror}") from error


def read_numbers(text: str, first_line: int, values: list[float]) -> str:
    """Append the numbers of some lines to `values`, up to the first token that is none.

    Returns where that is and what it says, or "".
    """
    for line_number, line in enumerate(text.split("\n"), start=first_line):
        for token in TOKEN.finditer(line.partition("#")[0]):
            value = read_number(token[0])
            if value is None:
                word = token[0] if len(token[0]) <= 40 else token[0][:40] + "..."
                return (
                    f"line {line_number}, column {token.start() + 1}: {word!r} is not a number; "
                    "write one as -10, .5, 1e-3 or inf"
                )
            values.append(value)
    return ""
