"""The header of an .npy file, which describes the array that follows."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable
from typing import NamedTuple

from actcli.errors import DataError

MAGIC = b"\x93NUMPY"
#: How an .npz archive begins, whole or damaged...
ARCHIVE_MAGIC = b"PK"
#: ... and one that is not empty: a table may begin with a column named PK.
FILLED_ARCHIVE_MAGIC = b"PK\x03\x04"
#: By the format's major version: how many bytes the header's length takes, and its encoding.
VERSIONS = {1: (2, "latin-1"), 2: (4, "latin-1"), 3: (4, "utf-8")}
#: Longer than any real header; a false length must not be believed.
LONGEST_HEADER = 1 << 16
#: numpy's limit.
MOST_DIMENSIONS = 64
LONGEST_SHOWN = 60
#: numpy's limit to the product of all sizes other than 0.
LARGEST_COUNT = 2**58
KEYS = {"descr", "fortran_order", "shape"}


class Header(NamedTuple):
    """What an .npy header says, and where the elements begin."""

    descr: object
    fortran: bool
    shape: tuple[int, ...]
    length: int

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


def read_header(read: Callable[[int], bytes], name: str) -> Header:
    """Read a header; `read` returns as many bytes as it is asked for unless the file ends.

    DataError, which calls the file `name`, if the bytes are not a header.
    """
    start = _exactly(read, len(MAGIC) + 2, name)
    if not start.startswith(MAGIC):
        raise DataError(f"{name} is not an .npy file: it does not begin with {MAGIC!r}")
    major = start[len(MAGIC)]
    if major not in VERSIONS:
        raise DataError(f"{name} is .npy of version {major}; versions 1, 2 and 3 are known")
    width, encoding = VERSIONS[major]
    length = int.from_bytes(_exactly(read, width, name), "little")
    if length > LONGEST_HEADER:
        raise DataError(f"{name} is not an .npy file: its header would take {length} bytes")
    text = _exactly(read, length, name).decode(encoding, "replace")
    descr, fortran, shape = _parsed(text, name)
    return Header(descr, fortran, shape, len(start) + width + length)


def shown(value: object) -> str:
    """What a header says, cut to fit on a line."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python turns into text
        return "[too long to show]"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _exactly(read: Callable[[int], bytes], size: int, name: str) -> bytes:
    data = read(size)
    if len(data) < size:
        raise DataError(f"{name} ends within its .npy header")
    return data


def _parsed(text: str, name: str) -> tuple[object, bool, tuple[int, ...]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # garbage deserves only the error
            # Python 2 wrote long integers with an L.
            said = ast.literal_eval(re.sub(r"(\d)L\b", r"\1", text).strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise DataError(f"{name} is not an .npy file: its header is not a dictionary") from error
    if not isinstance(said, dict) or set(said) != KEYS:
        keys = ", ".join(sorted(KEYS))
        raise DataError(f"{name} is not an .npy file: the keys of its header are not {keys}")
    shape, fortran = said["shape"], said["fortran_order"]
    if not isinstance(fortran, bool):
        raise DataError(f"{name} is not an .npy file: its fortran_order is {shown(fortran)}")
    sizes = isinstance(shape, tuple) and all(type(size) is int and size >= 0 for size in shape)
    if not sizes or len(shape) > MOST_DIMENSIONS or _product(shape) >= LARGEST_COUNT:
        raise DataError(f"{name} is not an .npy file: no array has the shape {shown(shape)}")
    return said["descr"], fortran, shape


def _product(shape: tuple[int, ...]) -> int:
    return math.prod(size for size in shape if size)
