"""Numbers from pieces of text, in the quickest way that their spelling allows.

All ways accept the same numbers; what the quick ones do not take is read word by word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from actcli.arithmetic.numbers import MINUS
from actcli.numerics.rounding import round_decimals, round_to
from actcli.sources.chunks import COMMENT
from actcli.sources.invalid import shortened
from actcli.sources.spellings import misspelling, read_patterns, read_spelling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from actcli.numerics.dtypes import Array, DType
    from actcli.sources.chunks import TextPiece
    from actcli.sources.invalid import Invalid

    #: The nearest float64 numbers.
    Numbers = NDArray[np.float64]

WORD = re.compile(r"[^\s,]+")
#: A zero whose sign a JSON parser loses, taking it for an integer.
NEGATIVE_ZERO = re.compile(rb"-0(?![0-9.eE])")
ENCODED_MINUS = MINUS.encode()
NEWLINE, COMMA = b"\n,"
#: What true, false, null and quoted text contain, and numbers do not.
NOT_NUMBERS = (b"t", b"f", b"n", b'"')
#: Less text than this is not worth the import of orjson.
MANY = 4096


def read_piece(piece: TextPiece, invalid: Invalid, dtype: DType) -> tuple[Array, str]:
    """The numbers of a piece, each rounded once, and the complaint that ends them early or ""."""
    data = piece.data
    numbers = _read_as_json(data) if len(data) >= MANY else None
    if numbers is not None:
        return round_decimals(numbers, lambda: _words(data), dtype), ""
    if b"#" in data:
        data = re.sub(COMMENT, b"", data)
    if (read := _read_as_words(data)) is not None:
        numbers, words = read
        return round_decimals(numbers, lambda: words, dtype), ""
    if (patterns := _read_as_patterns(data, dtype)) is not None:
        return round_to(patterns, dtype), ""
    numbers, words, complaint = _read_word_by_word(piece._replace(data=data), invalid, dtype)
    return round_decimals(numbers, lambda: words, dtype), complaint


def _read_as_json(data: bytes) -> Numbers | None:
    """Numbers in JSON's spelling, separated by line ends or single commas; None for anything else.

    Words and quoted text, which JSON allows, would pass for numbers; brackets and braces do not fit
    into an array of float64.
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
    """The lines as a JSON array: a comma instead of each line's end."""
    characters = np.frombuffer(lines, np.uint8)
    text = np.empty(len(lines) + 2, np.uint8)
    text[0], text[-1] = b"[]"
    ends = np.equal(characters, NEWLINE)
    # several times as fast as bytes.replace
    np.add(characters, np.multiply(ends, COMMA - NEWLINE, dtype=np.uint8), out=text[1:-1])
    return text.data


def _read_as_words(data: bytes) -> tuple[Numbers, list[str]] | None:
    """Numbers with any separators; None if a word is not a number, or unusual."""
    if b"_" in data:  # which float() ignores
        return None
    try:
        words = _words(data)
        return np.array(list(map(float, words)), np.float64), words
    except ValueError:
        return None


def _words(data: bytes) -> list[str]:
    """The words of text without comments; ValueError beyond ASCII: float() takes any digits."""
    return data.replace(ENCODED_MINUS, b"-").replace(b",", b" ").decode("ascii").split()


def _read_as_patterns(data: bytes, dtype: DType) -> Numbers | None:
    """Bit patterns of the dtype with any separators; None if a word is something else."""
    if b"0x" not in data or not data.isascii():
        return None
    return read_patterns(_words(data), dtype)


def _read_word_by_word(
    piece: TextPiece, invalid: Invalid, dtype: DType
) -> tuple[Numbers, list[str], str]:
    """The numbers, their words, and a complaint or ""."""
    values: list[float] = []
    words: list[str] = []
    before = piece.column
    for number, line in enumerate(piece.data.decode("utf-8", "replace").split("\n"), piece.line):
        for word in WORD.finditer(line):
            value = read_spelling(word[0], dtype)
            if value is not None:
                values.append(value)
            else:
                place = f"line {number}, column {before + word.start() + 1}: "
                if not invalid.admits(values, place + shortened(word[0])):
                    return np.array(values), words, place + misspelling(word[0], dtype)
            if len(values) > len(words):
                words.append(word[0])
        before = 0
    return np.array(values), words, ""
