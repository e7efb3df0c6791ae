"""The header of an .npy file: what an array is, before its elements."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable
from typing import NamedTuple

from actcli.errors import DataError

MAGIC = b"\x93NUMPY"
#: What an archive of such files begins with, whole or damaged...
ARCHIVE_MAGIC = b"PK"
#: ... and one that is not empty: a table may begin with a column of the name PK.
FILLED_ARCHIVE_MAGIC = b"PK\x03\x04"
#: By the format's major version: how many bytes the header's length takes, and its encoding.
VERSIONS = {1: (2, "latin-1"), 2: (4, "latin-1"), 3: (4, "utf-8")}
#: Longer than any header of numbers; a lying length must not be believed.
LONGEST_HEADER = 1 << 16
#: As many dimensions as numpy has.
MOST_DIMENSIONS = 64
LONGEST_SHOWN = 60
#: Beyond this numpy has no array of numbers, one of no elements (a size is 0) included: the others
#: are multiplied.
LARGEST_COUNT = 2**58
KEYS = {"descr", "fortran_order", "shape"}


class Header(NamedTuple):
    """What an .npy header says, and how many bytes it takes with all that is before it."""

    descr: object
    fortran: bool
    shape: tuple[int, ...]
    length: int

    @property
    def size(self) -> int:
        """How many elements the array has."""
        return math.prod(self.shape)


def read_header(read: Callable[[int], bytes], name: str) -> Header:
    """Read a header; `read` gives as many bytes as it is asked for unless the file ends.

    DataError if the bytes are none: `name` is what it calls the file.
    """
    start = _exactly(read, len(MAGIC) + 2, name)
    if not start.startswith(MAGIC):
        raise DataError(f"{name} is no .npy file: it does not begin with {MAGIC!r}")
    major = start[len(MAGIC)]
    if major not in VERSIONS:
        raise DataError(f"{name} is .npy of version {major}; versions 1, 2 and 3 are known")
    width, encoding = VERSIONS[major]
    length = int.from_bytes(_exactly(read, width, name), "little")
    if length > LONGEST_HEADER:
        raise DataError(f"{name} is no .npy file of numbers: its header would take {length} bytes")
    text = _exactly(read, length, name).decode(encoding, "replace")
    descr, fortran, shape = _parsed(text, name)
    return Header(descr, fortran, shape, len(start) + width + length)


def shown(value: object) -> str:
    """What a header says, as far as it goes on a line."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python turns into text
        return "of such numbers"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _exactly(read: Callable[[int], bytes], size: int, name: str) -> bytes:
    data = read(size)
    if len(data) < size:
        raise DataError(f"{name} ends within its .npy header")
    return data


def _parsed(text: str, name: str) -> tuple[object, bool, tuple[int, ...]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is garbage is not worth a warning as well
            # Python 2 wrote long integers with an L.
            said = ast.literal_eval(re.sub(r"(\d)L\b", r"\1", text).strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise DataError(f"{name} is no .npy file: its header is not a Python dictionary") from error
    if not isinstance(said, dict) or set(said) != KEYS:
        raise DataError(f"{name} is no .npy file: its header is not of {', '.join(sorted(KEYS))}")
    shape, fortran = said["shape"], said["fortran_order"]
    if not isinstance(fortran, bool):
        raise DataError(f"{name} is no .npy file: its fortran_order is {shown(fortran)}")
    sizes = isinstance(shape, tuple) and all(type(size) is int and size >= 0 for size in shape)
    if not sizes or len(shape) > MOST_DIMENSIONS or _product(shape) >= LARGEST_COUNT:
        raise DataError(f"{name} is no .npy file: no array has the shape {shown(shape)}")
    return said["descr"], fortran, shape


def _product(shape: tuple[int, ...]) -> int:
    return math.prod(size for size in shape if size)
