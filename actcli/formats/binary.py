"""Binary numbers, bare or in numpy's files."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, BinaryIO

import numpy as np

from actcli.errors import UsageError
from actcli.output import placed, widen_output

if TYPE_CHECKING:
    from actcli.columns import Columns
    from actcli.numerics.dtypes import Array, DType


def write_npy(columns: Columns, out: BinaryIO) -> None:
    """Write the only column as an .npy file, in the shape and order of the input."""
    name = _only_column(columns, "npy")
    columns = columns if columns.count is not None else columns.whole()
    _write_header(columns, name, out)
    _write_elements(columns, name, out)


def write_raw(columns: Columns, out: BinaryIO) -> None:
    """Write the only column as bare numbers, the least significant byte first."""
    _write_elements(columns, _only_column(columns, "raw"), out)


def write_npz(columns: Columns, out: BinaryIO) -> None:
    """Write an .npz archive of the columns."""
    import zipfile

    columns = columns.whole()
    archive = zipfile.ZipFile(out, "w")
    try:
        for name in columns.names:
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, so that equal data is equal files
            member.external_attr = 0o644 << 16
            with archive.open(member, "w", force_zip64=True) as stream:
                _write_header(columns, name, stream)
                for (block,) in columns.large_blocks((name,)):
                    stream.write(_bytes(block, columns.dtype))
    except BaseException:
        archive.fp = None  # closing it, now or as garbage, would make it look complete
        raise
    archive.close()


def _only_column(columns: Columns, form: str) -> str:
    if len(columns.names) > 1:
        raise UsageError(
            f"{form} holds one column, not {','.join(columns.names)}; choose one with --show, "
            "or write all of them with --format npz"
        )
    return columns.names[0]


def _write_header(columns: Columns, name: str, out: IO[bytes]) -> None:
    stored = columns.dtype.numpy
    # numpy saves the types of ml_dtypes as bytes, but one of them so that it cannot load it.
    descr = stored.newbyteorder("<").str if columns.dtype.in_numpy else f"<V{stored.itemsize}"
    shape = columns.shape_of(name)
    header = {"descr": descr, "fortran_order": columns.fortran, "shape": shape}
    np.lib.format.write_array_header_1_0(out, header)


def _write_elements(columns: Columns, name: str, out: BinaryIO) -> None:
    target, width = placed(out), columns.dtype.bits // 8
    if target is not None:

        def write_rows(rows: Array, first: int, stride: int) -> None:
            data, row = _bytes(rows.reshape(-1), columns.dtype), rows.shape[1] * width
            target.write_rows(data, row, first * width, stride * width)

        if columns.scatter(name, write_rows):
            assert columns.count is not None
            out.seek(target.offset + columns.count * width)
            return
    widen_output(out)
    for (block,) in columns.large_blocks((name,)):
        out.write(_bytes(block, columns.dtype))


def _bytes(values: Array, dtype: DType) -> memoryview:
    patterns = np.ascontiguousarray(values).view(dtype.unsigned)
    return patterns.astype(patterns.dtype.newbyteorder("<"), copy=False).view(np.uint8).data
