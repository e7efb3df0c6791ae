"""Numbers in every spelling that this tool writes: decimal, hexadecimal, bit patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from actcli.arithmetic.numbers import read_hexadecimal, read_number
from actcli.sources.invalid import not_a_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from actcli.numerics.dtypes import DType

PATTERN = re.compile(r"0x[0-9a-f]+", re.I)
#: Numbers of digits by which a bit pattern is recognised.
TELLING = (4, 8, 16)


def read_spelling(text: str, dtype: DType) -> float | None:
    """The float64 number that a text spells in decimal or as a bit pattern; None for neither.

    A bit pattern has exactly the digits of its dtype.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> [read_spelling(word, DTYPES["float16"]) for word in ("1.5", "0x1.8p+0", "0x3e00", "0x3e0")]
    [1.5, 1.5, 1.5, None]
    """
    value = read_number(text)
    if value is not None:
        return value
    value = read_hexadecimal(text)
    if value is not None:
        return value
    pattern = read_patterns([text.strip()], dtype)
    return None if pattern is None else float(pattern[0])


def read_patterns(words: Sequence[str], dtype: DType) -> NDArray[np.float64] | None:
    """The float64 numbers that bit patterns stand for; None unless all words are bit patterns."""
    if {*map(len, words)} != {2 + dtype.bits // 4} or not all(map(PATTERN.fullmatch, words)):
        return None
    bits = np.array([int(word, 16) for word in words], np.uint64)
    with np.errstate(all="ignore"):  # a signalling nan is a nan
        wide: NDArray[np.float64] = bits.astype(dtype.unsigned).view(dtype.numpy).astype(np.float64)
    return wide


def misspelling(text: str, dtype: DType) -> str:
    """What to say of a word that is not a number.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> misspelling("0x3e00", DTYPES["float32"]).partition("; ")[0]
    'the bit pattern 0x3e00 has 4 hexadecimal digits, but one of float32 has 8'
    """
    if is_other_pattern(text):
        text = text.strip()
        return (
            f"the bit pattern {text} has {len(text) - 2} hexadecimal digits, "
            f"but one of {dtype.name} has {dtype.bits // 4}; choose another --dtype"
        )
    return not_a_number(text)


def is_other_pattern(text: str) -> bool:
    """Whether a word that is not a number looks like a bit pattern of another dtype."""
    return PATTERN.fullmatch(text.strip()) is not None and len(text.strip()) - 2 in TELLING
