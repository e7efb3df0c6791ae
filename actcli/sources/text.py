"""Numbers in text, separated by blanks or commas, with comments; read as they arrive.

To a vector function each line is a vector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from actcli.errors import DataError
from actcli.sources.arrays import ArraySource, read_all
from actcli.sources.base import BLOCK, Source
from actcli.sources.chunks import BYTE_ORDER_MARK, TextPiece, pieces_of_text, whole_lines
from actcli.sources.parsing import read_piece

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array, DType
    from actcli.sources.invalid import Invalid

#: After this many numbers a second process is worth its start...
WORTH_A_PROCESS = 200_000
#: ... or at once for a file of this many bytes.
WORTH_ONE_AT_ONCE = 4 << 20
#: At most this many of the numbers that have arrived make a block.
TOGETHER = 1 << 16
#: A bad word that begins like a number, and so is not the name of a column.
LIKE_A_NUMBER = re.compile(r": '[-+]?[.0-9]")
#: What to say if a table, or its header, seems to be read as numbers.
COLUMNS = "; for one column of a table, add --column NAME"
#: The longest line, in bytes, that is one vector.
LONGEST_VECTOR = 64 << 20


class TextSource(Source):
    """The numbers of a stream of text, which can be read once.

    Errors call the stream `name`. It has `size` bytes, if known, and `position` of them have been
    read. If it is likely to be a `table`, or begins like one, an error says how to choose a column.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        dtype: DType,
        invalid: Invalid,
        size: int | None = None,
        position: Callable[[], int] = int,
        table: bool = False,
    ) -> None:
        self.stream = stream
        with suppress(OSError, ValueError):  # a stream in memory has none
            self.descriptor = stream.fileno()
        self.name = name
        self.dtype = dtype
        self.invalid: Invalid = invalid
        self.size = size
        self.position = position
        self.table = table
        self.worth_a_process = WORTH_A_PROCESS if (size or 0) < WORTH_ONE_AT_ONCE else 0

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        """The numbers that have arrived, together; DataError after those before a bad one."""
        held: list[Array] = []
        ended: DataError | None = None
        try:
            for values in self._pieces():
                if len(values):
                    held.append(values)
                # what is there is handed on before waiting for more
                if held and (not len(values) or sum(map(len, held)) >= TOGETHER):
                    yield np.concatenate(held)
                    held = []
                if not len(values) and self.descriptor is not None:
                    yield values
        except DataError as error:
            ended = error
        if held:
            yield np.concatenate(held)
        if ended is not None:
            raise ended

    def held(self) -> ArraySource:
        return read_all(self.blocks(), self.dtype)

    def vectors(self) -> Iterator[tuple[int, Array]]:
        """Lines as vectors; a line without numbers is skipped."""
        for piece in whole_lines(self.stream, self.name, LONGEST_VECTOR):
            data = piece.data.removeprefix(BYTE_ORDER_MARK) if piece.line == 1 else piece.data
            lines: list[tuple[int, Array]] = []
            complaint = ""
            for number, line in enumerate(data.split(b"\n"), start=piece.line):
                values, complaint = read_piece(TextPiece(line, number), self.invalid, self.dtype)
                if complaint:
                    break
                if len(values):
                    lines.append((number, values))
            for _, group in groupby(lines, key=lambda line: len(line[1])):
                rows = list(group)
                yield rows[0][0], np.array([values for _, values in rows])
            if complaint:
                raise DataError(f"{self.name}, {complaint}")

    def _pieces(self) -> Iterator[Array]:
        """The numbers of each piece, none whenever nothing more has arrived."""
        mark = BYTE_ORDER_MARK
        at_start = True
        for piece in pieces_of_text(self.stream, self.name):
            if not piece.data:
                yield np.zeros(0, self.dtype.numpy)
                continue
            values, complaint = read_piece(
                piece._replace(data=piece.data.removeprefix(mark)), self.invalid, self.dtype
            )
            mark = b""
            if len(values):
                at_start = False
                yield values
            if complaint:
                header = at_start and not LIKE_A_NUMBER.search(complaint)
                advice = COLUMNS if self.table or header else ""
                raise DataError(f"{self.name}, {complaint}{advice}")
