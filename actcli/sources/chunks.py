"""Bytes as they arrive, cut at the end of a line or, in endless lines, of a number."""

from __future__ import annotations

import os
import re
import select
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from actcli.errors import DataError

#: As much as a pipe holds; larger pieces do not stay in the processor's cache.
CHUNK = 1 << 16
#: The longest number, and the longest row of a table.
LONGEST = 1 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NEWLINE = ord("\n")
SEPARATORS = (b" ", b",", b"\t", b"\r")
#: A comment begins where a word may: at the start, after a comma, a blank (Unicode's included) or a
#: byte order mark. Inside a word # is part of it: 1.#INF is infinity to Microsoft's C library.
COMMENT = (
    rb"#(?:(?<![^\s,\x1c-\x1f]#)|(?<=\xc2[\x85\xa0]#)|(?<=(?:\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8"
    rb"\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf)#))[^\n]*"
)


class TextPiece(NamedTuple):
    """Part of a text, and the line and column where it begins."""

    data: bytes
    line: int
    column: int = 0


def chunks(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """Bytes as soon as they arrive; an empty chunk whenever the next one must be waited for.

    DataError at the end of a file that has shrunk: its last number may be incomplete.
    """
    size = _size(stream)
    while True:
        if not _is_ready(stream):
            yield b""
        try:
            chunk: bytes = stream.read1(CHUNK)  # type: ignore[attr-defined]
        except OSError as error:
            raise DataError(f"cannot read {name}: {error.strerror}") from error
        if not chunk:
            break
        yield chunk
    if _size(stream) < size:
        raise DataError(
            f"{name} became shorter while it was read: it has {_size(stream):,} of {size:,} bytes"
        )


def _size(stream: BinaryIO) -> int:
    """The size of a file, 0 for anything else."""
    try:
        return os.fstat(stream.fileno()).st_size
    except (OSError, ValueError):  # no descriptor
        return 0


def _is_ready(stream: BinaryIO) -> bool:
    """Whether a read would return at once, as far as can be told."""
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError):  # no descriptor, or a system that can only do this with sockets
        return True


def line_ends(data: bytes) -> int:
    """How many lines end in the data; numpy counts several times as fast as bytes.count."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == NEWLINE))


def whole_lines(stream: BinaryIO, name: str, longest: int = LONGEST) -> Iterator[TextPiece]:
    """Runs of whole lines; the last line may lack its end."""
    line, tail = 1, bytearray()
    for chunk in chunks(stream, name):
        end = chunk.rfind(b"\n") + 1
        if end:
            data = bytes(tail) + chunk[:end]
            yield TextPiece(data, line)
            line += line_ends(data)
            tail.clear()
        tail += chunk[end:]
        if len(tail) > longest:
            raise DataError(f"{name}, line {line}: no end within {longest >> 20} MiB")
    if tail:
        yield TextPiece(bytes(tail), line)


def pieces_of_text(stream: BinaryIO, name: str) -> Iterator[TextPiece]:
    """Whole lines, or parts of a long line that end at a separator, without long comments.

    An empty piece before the end says that nothing more has arrived.
    """
    line, column, tail, in_comment = 1, 0, bytearray(), False
    for chunk in chunks(stream, name):
        newline = chunk.rfind(b"\n") + 1
        if not chunk:
            yield TextPiece(b"", line, column)
        if newline:
            data = bytes(tail) + chunk[:newline]
            if in_comment:  # the rest of this line
                data = data[data.index(b"\n") :]
            yield TextPiece(data, line, column)
            line += line_ends(data)
            column, in_comment = 0, False
            tail.clear()
        tail += chunk[newline:]
        if len(tail) < CHUNK:
            continue
        if not in_comment:
            comment = re.search(COMMENT, tail)
            in_comment = comment is not None
            end = comment.start() if comment else 1 + max(map(tail.rfind, SEPARATORS))
            if end:
                yield TextPiece(bytes(tail[:end]), line, column)
                column += len(tail[:end].decode("utf-8", "replace"))
                del tail[:end]
        if in_comment:
            tail.clear()
        if len(tail) > LONGEST:
            raise DataError(f"{name}, line {line}, column {column + 1}: a word of more than 1 MiB")
    if not in_comment:
        yield TextPiece(bytes(tail), line, column)
