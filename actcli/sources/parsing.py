"""Float64 numbers from pieces of text: the quickest way that a piece's spelling allows.

All ways agree on what they take, and what none of the quick ones takes is read word by word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from actcli.number_text import MINUS
from actcli.sources.invalid import shortened
from actcli.sources.spellings import misspelling, read_patterns, read_spelling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from actcli.numerics.dtypes import DType
    from actcli.sources.chunks import Piece
    from actcli.sources.invalid import Invalid

    Numbers = NDArray[np.float64]

WORD = re.compile(r"[^\s,]+")
COMMENT = re.compile(rb"#[^\n]*")
#: A zero whose sign is lost on a reader of JSON, who takes it for an integer.
NEGATIVE_ZERO = re.compile(rb"-0(?![0-9.eE])")
ENCODED_MINUS = MINUS.encode()
NEWLINE, COMMA = b"\n,"
#: What true, false, null and quoted text have and no number.
NOT_NUMBERS = (b"t", b"f", b"n", b'"')
#: Less text than this is not worth the import of orjson.
MANY = 4096


def read_piece(piece: Piece, invalid: Invalid, dtype: DType) -> tuple[Numbers, str]:
    """The numbers of a piece, and what ends them before its end: a complaint, or ""."""
    numbers = _read_as_json(piece.data) if len(piece.data) >= MANY else None
    if numbers is None:
        numbers = _read_as_words(piece.data)
    if numbers is None:
        numbers = _read_as_patterns(piece.data, dtype)
    if numbers is None:
        return _read_word_by_word(piece, invalid, dtype)
    return numbers, ""


def _read_as_json(data: bytes) -> Numbers | None:
    """Numbers spelled as JSON has them, one a line or with one comma between; None if not all are.

    What JSON takes and this does not: its words and quoted text, which would pass for numbers, and
    what is in brackets or braces, which is no element of an array of float64.
    """
    import orjson

    if any(sign in data for sign in NOT_NUMBERS):
        return None
    try:
        values = orjson.loads(_array_of_lines(data.strip(b"\r\n")))
        numbers: Numbers = np.fromiter(values, np.float64, len(values))
    except (ValueError, TypeError):
        return None
    if not numbers.all() and NEGATIVE_ZERO.search(data):
        return None
    return numbers


def _array_of_lines(lines: bytes) -> memoryview:
    """The lines as an array of JSON: a comma instead of each line's end."""
    characters = np.frombuffer(lines, np.uint8)
    text = np.empty(len(lines) + 2, np.uint8)
    text[0], text[-1] = b"[]"
    ends = np.equal(characters, NEWLINE)
    # several times as quick as to replace what is as frequent as this
    np.add(characters, np.multiply(ends, COMMA - NEWLINE, dtype=np.uint8), out=text[1:-1])
    return text.data


def _read_as_words(data: bytes) -> Numbers | None:
    """Numbers in any spelling and with any separators; None if a word is none, or unusual."""
    if b"#" in data:
        data = COMMENT.sub(b"", data)
    if b"_" in data:  # which float() passes over
        return None
    try:
        # float() takes digits of any script, but here are none beyond ASCII.
        words = data.replace(ENCODED_MINUS, b"-").replace(b",", b" ").decode("ascii").split()
        return np.array(list(map(float, words)), np.float64)
    except ValueError:
        return None


def _read_as_patterns(data: bytes, dtype: DType) -> Numbers | None:
    """Bit patterns of the dtype with any separators; None if a word is none."""
    if b"0x" not in data or not data.isascii():
        return None
    return read_patterns(data.replace(b",", b" ").decode("ascii").split(), dtype)


def _read_word_by_word(piece: Piece, invalid: Invalid, dtype: DType) -> tuple[Numbers, str]:
    values: list[float] = []
    before = piece.column
    for number, line in enumerate(piece.data.decode("utf-8", "replace").split("\n"), piece.line):
        for word in WORD.finditer(line.partition("#")[0]):
            value = read_spelling(word[0], dtype)
            if value is not None:
                values.append(value)
                continue
            place = f"line {number}, column {before + word.start() + 1}: "
            if not invalid.admits(values, place + shortened(word[0])):
                return np.array(values), place + misspelling(word[0], dtype)
        before = 0
    return np.array(values), ""
