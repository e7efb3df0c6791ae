"""Text in which a line is a vector: the numbers of a line belong together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from actcli.errors import DataError
from actcli.sources.chunks import Piece
from actcli.sources.parsing import read_piece

if TYPE_CHECKING:
    from actcli.columns import Array
    from actcli.sources.text import TextSource


def line_blocks(source: TextSource) -> Iterator[tuple[int, Array]]:
    """Lines that follow each other and are equally long, as rows, with the number of the first.

    A line without numbers is no vector. DataError after the lines before a bad one.
    """
    for piece in source.lines():
        lines: list[tuple[int, Array]] = []
        complaint = ""
        for number, line in enumerate(piece.data.split(b"\n"), start=piece.line):
            values, complaint = read_piece(Piece(line, number), source.invalid, source.dtype)
            if complaint:
                break
            if len(values):
                lines.append((number, values))
        for _, group in groupby(lines, key=lambda line: len(line[1])):
            rows = list(group)
            yield rows[0][0], np.array([values for _, values in rows])
        if complaint:
            raise DataError(f"{source.name}, {complaint}")
