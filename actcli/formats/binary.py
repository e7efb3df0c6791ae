"""Binary numbers, bare or in numpy's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO

import numpy as np

from actcli.errors import UsageError
from actcli.output import placed, widen_output

if TYPE_CHECKING:
    from zipfile import ZipFile

    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array
    from actcli.numerics.quantised import AnyDType


def write_npy(columns: Columns, out: BinaryIO) -> None:
    """Write the only column as an .npy file, in the shape and order of the input."""
    name = _only_column(columns, "npy")
    columns = columns if columns.count is not None else columns.whole()
    write_header(out, columns.dtype_of(name), columns.shape_of(name), columns.fortran)
    _write_elements(columns, name, out)


def write_raw(columns: Columns, out: BinaryIO) -> None:
    """Write the only column as bare numbers, the least significant byte first."""
    _write_elements(columns, _only_column(columns, "raw"), out)


def write_npz(columns: Columns, out: BinaryIO) -> None:
    """Write an .npz archive of the columns."""
    columns = columns.whole()
    with new_archive(out) as archive:
        for name, dtype in zip(columns.names, columns.dtypes, strict=True):
            with new_member(archive, name) as stream:
                write_header(stream, dtype, columns.shape_of(name), columns.fortran)
                for (block,) in columns.large_blocks((name,)):
                    stream.write(stored_bytes(block, dtype))


@contextmanager
def new_archive(out: BinaryIO) -> Iterator[ZipFile]:
    """An .npz archive to write, which without its end is none if the block fails."""
    from zipfile import ZipFile

    archive = ZipFile(out, "w")
    try:
        yield archive
    except BaseException:
        archive.fp = None  # closing it, now or as garbage, would make it look complete
        raise
    archive.close()


def new_member(archive: ZipFile, name: str) -> IO[bytes]:
    """The array of that name in an archive, to be written from its header on."""
    from zipfile import ZipInfo

    member = ZipInfo(f"{name}.npy")  # dated 1980, so that equal data is equal files
    member.external_attr = 0o644 << 16
    return archive.open(member, "w", force_zip64=True)


def _only_column(columns: Columns, form: str) -> str:
    if len(columns.names) > 1:
        raise UsageError(
            f"{form} holds one column, not {','.join(columns.names)}; choose one with --show, "
            "or write all of them with --format npz"
        )
    return columns.names[0]


def write_header(
    out: IO[bytes], dtype: AnyDType, shape: tuple[int, ...], fortran: bool = False
) -> None:
    """Write what precedes the elements in an .npy file."""
    stored = dtype.numpy
    # numpy saves the types of ml_dtypes as bytes, but one of them so that it cannot load it.
    descr = stored.newbyteorder("<").str if dtype.in_numpy else f"<V{stored.itemsize}"
    header = {"descr": descr, "fortran_order": fortran, "shape": shape}
    np.lib.format.write_array_header_1_0(out, header)


def _write_elements(columns: Columns, name: str, out: BinaryIO) -> None:
    dtype = columns.dtype_of(name)
    target, width = placed(out), dtype.bits // 8
    if target is not None:

        def write_rows(rows: Array, first: int, stride: int) -> None:
            data, row = stored_bytes(rows.reshape(-1), dtype), rows.shape[1] * width
            target.write_rows(data, row, first * width, stride * width)

        if columns.scatter(name, write_rows):
            assert columns.count is not None
            out.seek(target.offset + columns.count * width)
            return
    widen_output(out)
    for (block,) in columns.large_blocks((name,)):
        out.write(stored_bytes(block, dtype))


def stored_bytes(values: Array, dtype: AnyDType) -> memoryview:
    """The elements as they are stored, the least significant byte first."""
    patterns = np.ascontiguousarray(values).view(dtype.unsigned)
    return patterns.astype(patterns.dtype.newbyteorder("<"), copy=False).view(np.uint8).data
