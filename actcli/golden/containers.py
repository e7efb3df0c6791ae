"""The files that columns are frozen in: numpy's archive, bare numbers, a header for C.

They are made here byte by byte, since what libraries write may change with their version.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from actcli.numerics.dtypes import Array, DType
from actcli.reports.c_code import c_name

#: The columns of bit patterns by name.
Columns = Mapping[str, Array]
#: How many bytes the header of an .npy file is a multiple of.
ALIGNED = 64
#: How many characters a line of C may have.
LINE = 96


class Container(NamedTuple):
    """A kind of file, and what writes it: the file names after the dtype, and their bytes."""

    name: str
    summary: str
    files: Callable[[str, DType, Columns], Iterator[tuple[str, bytes]]]


def npz(_: str, dtype: DType, columns: Columns) -> Iterator[tuple[str, bytes]]:
    """An archive of .npy files, not compressed; bfloat16 and float8 are bytes to numpy."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, patterns in columns.items():
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # which else tells Windows from the others
            member.external_attr = 0o644 << 16
            archive.writestr(member, _npy_header(dtype, len(patterns)) + _bytes(patterns))
    yield ".npz", packed.getvalue()


def raw(_: str, dtype: DType, columns: Columns) -> Iterator[tuple[str, bytes]]:
    """A file of bare numbers for each column, the least significant byte first."""
    for name, patterns in columns.items():
        yield f".{name}.bin", _bytes(patterns)


def header(name: str, dtype: DType, columns: Columns) -> Iterator[tuple[str, bytes]]:
    """A header for C and C++ with an array of bit patterns for each column."""
    stem = c_name(f"golden_{name}_{dtype.name}")
    guard = f"{stem.upper()}_H"
    count = len(next(iter(columns.values())))
    text = [
        f"/* {' '.join(columns)} of {name} as bit patterns of {dtype.name} */",
        f"#ifndef {guard}",
        f"#define {guard}",
        "#include <stdint.h>",
        f"#define {stem.upper()}_COUNT {count}",
    ]
    for column, patterns in columns.items():
        text.append(f"static const uint{dtype.bits}_t {stem}_{column}[{count}] = {{")
        text += _lines(patterns, dtype)
        text.append("};")
    text += ["#endif", ""]
    yield ".h", "\n".join(text).encode("ascii")


#: Every kind of file by name.
CONTAINERS = {
    one.name: one
    for one in (
        Container("npz", "numpy's archive of all columns", npz),
        Container("raw", "a file for each column, its bytes alone", raw),
        Container("c", "a header with an array of bit patterns for each column", header),
    )
}


def _bytes(patterns: Array) -> bytes:
    return patterns.astype(patterns.dtype.newbyteorder("<"), copy=False).tobytes()


def _npy_header(dtype: DType, count: int) -> bytes:
    """What version 1.0 of numpy's format begins with."""
    size = dtype.bits // 8
    descr = f"<f{size}" if dtype.in_numpy else f"{'<' if size > 1 else '|'}V{size}"
    said = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({count},), }}"
    length = -(-(10 + len(said) + 1) // ALIGNED) * ALIGNED - 10
    text = said.ljust(length - 1) + "\n"
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + text.encode("ascii")


def _lines(patterns: Array, dtype: DType) -> Iterator[str]:
    digits = dtype.bits // 4
    each = LINE // (digits + 4)
    words = [f"0x{pattern:0{digits}x}" for pattern in patterns.tolist()]
    for first in range(0, len(words), each):
        yield ", ".join(words[first : first + each]) + ","
