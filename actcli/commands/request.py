"""The words after a function's name: a point, a range, or a path."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from actcli.commands.types import meant, number
from actcli.errors import UsageError
from actcli.number_text import LIKE_HEXADECIMAL, read_number

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType

#: numpy.linspace's default.
DEFAULT_COUNT = 50
#: Beyond this not every NUM is a float64.
LARGEST_COUNT = 2**53


class Request:
    """What to evaluate on: a point (`start` alone), a range, or a path (`-` is standard input)."""

    def __init__(
        self,
        start: float | None = None,
        stop: float | None = None,
        count: int = DEFAULT_COUNT,
        path: str | None = None,
        words: Sequence[str] = (),
    ) -> None:
        self.start = start
        self.stop = stop
        self.count = count
        self.path = path
        #: START and STOP as written.
        self.words = words

    def start_in(self, dtype: DType) -> float:
        """START as a float64 number that rounds to the dtype like the decimal."""
        from actcli.numerics.decimals import decided

        assert self.start is not None
        return decided(self.words[0], self.start, dtype)

    def stop_in(self, dtype: DType) -> float:
        """STOP likewise."""
        from actcli.numerics.decimals import decided

        assert self.stop is not None
        return decided(self.words[1], self.stop, dtype)


def read_request(words: Sequence[str], dtype: DType | None = None) -> Request:
    """Read `[START [STOP [NUM]]]` or a path; bit patterns are of the dtype, by default float32.

    >>> request = read_request(["-10", "10"])
    >>> request.start, request.stop, request.count
    (-10.0, 10.0, 50)
    >>> read_request(["acts.txt"]).path
    'acts.txt'
    """
    if not words:
        return Request()
    if _is_path(words[0]):
        if re.match(r"\+?\.?[0-9]|\w+=", words[0]) and not os.path.exists(words[0]):
            raise UsageError(
                f"{words[0]!r} is neither a number nor an existing file{meant(words[0])}"
            )
        if len(words) > 1:
            raise UsageError(f"{words[0]!r} is not a number, and nothing may follow a path")
        return Request(path=words[0])
    if len(words) > 3:
        raise UsageError(f"too many numbers: at most START STOP NUM; leave out {words[3]!r}")
    if len(words) == 1:
        return Request(start=_number(words[0], dtype), words=words)
    count = read_count(words[2]) if len(words) == 3 else DEFAULT_COUNT
    return Request(
        _end("START", words[0], dtype), _end("STOP", words[1], dtype), count, words=words
    )


def read_count(word: str) -> int:
    """NUM: a whole number of at least 1; `1e6` is one.

    >>> read_count("1e6")
    1000000
    """
    value = read_number(word)
    if value is not None and value > LARGEST_COUNT:
        raise UsageError(f"NUM must be at most {LARGEST_COUNT}, not {word!r}")
    if value is None or not value.is_integer() or value < 1:
        raise UsageError(f"NUM must be an integer of at least 1, not {word!r}")
    return int(value)


def _is_path(word: str) -> bool:
    """Whether a word is a path; `-` is one, but no other word that begins with a dash."""
    if not word.strip():  # from an unset variable of a shell
        return False
    if word == "-":
        return True
    if read_number(word) is not None or word.startswith("-"):
        return False
    return not re.match(LIKE_HEXADECIMAL, word) or os.path.exists(word)


def _number(word: str, dtype: DType | None) -> float:
    if not re.match(LIKE_HEXADECIMAL, word):
        return number(word)
    from actcli.numerics.dtypes import get_dtype

    return number(word, dtype or get_dtype("float32"))


def _end(name: str, word: str, dtype: DType | None) -> float:
    value = _number(word, dtype)
    if not math.isfinite(value):
        raise UsageError(
            f"{name} of a range must be finite, not {word!r}; a single point may be any"
        )
    return value
