"""Numbers as they are in memory, without a header or in numpy's files."""

from __future__ import annotations

import math
from typing import IO, TYPE_CHECKING, BinaryIO

import numpy as np

from actcli.columns import Scattered
from actcli.errors import UsageError
from actcli.forked import MOST_PARTS, share, worth_sharing
from actcli.output import placed, widen_output

if TYPE_CHECKING:
    from actcli.columns import Array, Columns
    from actcli.numerics.dtypes import DType
    from actcli.output import Place

#: From this many bytes on, another process is worth its start...
WORTH_SHARING = 8 << 20
#: ... and of this many it does one piece after another.
PART_BYTES = 4 << 20


def write_npy(columns: Columns, out: BinaryIO) -> None:
    """Write the one column as an .npy file, in the shape and the order of the input."""
    name = _only_column(columns, "npy")
    columns = columns if columns.count is not None else columns.whole()
    _write_header(columns, out)
    _write_elements(columns, name, out)


def write_raw(columns: Columns, out: BinaryIO) -> None:
    """Write the one column as bare numbers, the least significant byte first."""
    _write_elements(columns, _only_column(columns, "raw"), out)


def write_npz(columns: Columns, out: BinaryIO) -> None:
    """Write an .npz archive of the columns, one after the other."""
    import zipfile

    columns = columns.whole()
    archive = zipfile.ZipFile(out, "w")
    try:
        for name in columns.names:
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980: equal columns are equal files
            member.external_attr = 0o644 << 16
            with archive.open(member, "w", force_zip64=True) as stream:
                _write_header(columns, stream)
                for (block,) in columns.large_blocks((name,)):
                    stream.write(_bytes(block, columns.dtype))
    except BaseException:
        archive.fp = None  # to close it, now or as garbage, would make it look whole
        raise
    archive.close()


def _only_column(columns: Columns, form: str) -> str:
    if len(columns.names) > 1:
        raise UsageError(
            f"{form} holds one column, not {','.join(columns.names)}: choose it with --show, "
            "or write them all with --format npz"
        )
    return columns.names[0]


def _write_header(columns: Columns, out: IO[bytes]) -> None:
    stored = columns.dtype.numpy
    # numpy knows the types of ml_dtypes as bytes, and saves one of them so that it cannot load it.
    descr = stored.newbyteorder("<").str if columns.dtype.in_numpy else f"<V{stored.itemsize}"
    header = {"descr": descr, "fortran_order": columns.fortran, "shape": columns.shape}
    np.lib.format.write_array_header_1_0(out, header)


def _write_elements(columns: Columns, name: str, out: BinaryIO) -> None:
    if _write_scattered(columns, name, out) or _write_shared(columns, name, out):
        return
    widen_output(out)
    for (block,) in columns.large_blocks((name,)):
        out.write(_bytes(block, columns.dtype))


def _write_scattered(columns: Columns, name: str, out: BinaryIO) -> bool:
    """Write what is computed in another order to its places; False if that is not possible."""
    strips = columns.strips(name) if isinstance(columns, Scattered) else None
    target = placed(out) if strips is not None else None
    if strips is None or target is None:
        return False
    width = columns.dtype.bits // 8
    for place, stride, rows in strips:
        data, row = _bytes(rows.reshape(-1), columns.dtype), rows.shape[1] * width
        target.write_rows(data, row, place * width, stride * width)
    assert columns.count is not None
    out.seek(target.offset + columns.count * width)
    return True


def _write_shared(columns: Columns, name: str, out: BinaryIO) -> bool:
    """Let several processes write their parts of a large file; False if that is not possible."""
    width = columns.dtype.bits // 8
    count = columns.count or 0
    if count * width < WORTH_SHARING or not columns.divisible:
        return False
    target, processes = placed(out), worth_sharing()
    if target is None or processes == 1:
        return False
    step = max(PART_BYTES // width, math.ceil(count / MOST_PARTS))

    def work(part: int) -> None:
        first = part * step
        _write_part(columns, name, target, first, min(first + step, count))

    def done(part: int) -> None:
        columns.advance(min(step, count - part * step))

    share(math.ceil(count / step), processes, work, done)
    out.seek(target.offset + count * width)
    return True


def _write_part(columns: Columns, name: str, place: Place, first: int, last: int) -> None:
    position = first * columns.dtype.bits // 8
    for (block,) in columns.between(first, last, (name,)):
        place.write(_bytes(block, columns.dtype), position)
        position += block.nbytes


def _bytes(values: Array, dtype: DType) -> memoryview:
    patterns = np.ascontiguousarray(values).view(dtype.unsigned)
    return patterns.astype(patterns.dtype.newbyteorder("<"), copy=False).view(np.uint8).data
