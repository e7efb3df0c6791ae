"""Numbers that somebody else computed: x and what came out, from a table, JSON or numpy's files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError
from actcli.numerics.rounding import round_to
from actcli.sources import npy, npz
from actcli.sources.elements import elements
from actcli.sources.foreign import check_text
from actcli.sources.opened_file import OpenedFile, label_of, open_file
from actcli.sources.sample_text import Table, read_json, read_table
from actcli.sources.stored import StreamSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from actcli.numerics.dtypes import DType

Array = NDArray[Any]


class Samples(NamedTuple):
    """Columns of equal length as numbers of a dtype; `remarks` say what was rounded."""

    dtype: DType
    columns: Mapping[str, Array]
    remarks: Sequence[str] = ()


def read_samples(
    path: str, dtype: DType | None, show: Sequence[str] | None, default: DType
) -> Samples:
    """Read x and results from a file, or from standard input for `-`.

    Columns are known by their names x, y, dy, d2y or, where there are none, by their order (x, then
    those of `show`). Binary files have a dtype of their own, text the default. UsageError or
    DataError, with the place, for what cannot be used.
    """
    with open_file(path) as file:
        start = file.first_bytes()
        if start.startswith(npy.ARCHIVE_MAGIC):
            stored = _archive(file, dtype, show)
        elif start.startswith(npy.MAGIC[:1]):
            stored = _columns_of_array(file, dtype, show)
        else:
            check_text(start, file.name)
            with file.reading():
                data = file.stream.read()
            table = _text(data, label_of(path), dtype or default, show)
            return _from_text(table, dtype or default)
    own = _own_dtype(stored, file.name)
    return _from_arrays(stored, dtype or own, file.name)


def _text(data: bytes, name: str, dtype: DType, show: Sequence[str] | None) -> Table:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    read = read_json if text.lstrip()[:1] in ("{", "[") else read_table
    return read(text, name, dtype, show)


def _from_text(table: Table, dtype: DType) -> Samples:
    columns: dict[str, Array] = {}
    remarks = []
    for name, values in table.columns.items():
        rounded = round_to(values, dtype)
        columns[name] = rounded
        changed = _noticeably_changed(values, rounded, dtype)
        if changed.size:
            place = table.lines[int(changed[0])]
            remarks.append(_remark(name, len(changed), dtype, f"line {place}"))
    return Samples(dtype, columns, remarks)


def _noticeably_changed(values: Array, rounded: Array, dtype: DType) -> Array:
    """Where a decimal number does not just spell the number of the dtype that it is nearest to.

    `0.1` spells a float32, and so does `0.100000001`; `0.10000001` spells its neighbour's half.
    """
    from actcli.formats.many import shortest_of_many

    with np.errstate(all="ignore"):
        spots = np.flatnonzero((rounded.astype(np.float64) != values) & ~np.isnan(values))
        if not spots.size:
            return spots
        given, got = values[spots], rounded[spots].astype(np.float64)
        spelled = np.array(list(map(float, shortest_of_many(rounded[spots], dtype))))
        ulp = np.maximum(np.abs(got) * 2.0**-dtype.mantissa_bits, dtype.smallest)
        changed = (spelled != given) & ~(np.abs(given - got) <= ulp / 16)
    return np.asarray(spots[changed])


def _remark(name: str, count: int, dtype: DType, place: str) -> str:
    if count == 1:
        return f"1 value of {name} is no {dtype.name} number and was rounded to one; it is {place}"
    return (
        f"{count:,} values of {name} are no {dtype.name} numbers and were rounded; "
        f"the first is {place}"
    )


def _from_arrays(stored: Mapping[str, Array], dtype: DType, name: str) -> Samples:
    sizes = {column: len(values) for column, values in stored.items()}
    if len(set(sizes.values())) > 1:
        said = ", ".join(f"{column} has {size:,}" for column, size in sizes.items())
        raise DataError(f"the arrays of {name} must be equally long, but {said}")
    columns: dict[str, Array] = {}
    remarks = []
    for column, values in stored.items():
        if values.dtype == dtype.numpy:
            columns[column] = values
            continue
        with np.errstate(all="ignore"):
            wide = values.astype(np.float64)
            columns[column] = round_to(wide, dtype)
            back = columns[column].astype(np.float64)
            changed = np.flatnonzero((back != wide) & ~(np.isnan(back) & np.isnan(wide)))
        if changed.size:
            remarks.append(_remark(column, len(changed), dtype, f"element {int(changed[0])}"))
    return Samples(dtype, columns, remarks)


def _own_dtype(stored: Mapping[str, Array], name: str) -> DType:
    """The dtype of the results: x is often wider, for want of a narrow type."""
    from actcli.numerics.dtypes import dtype_of

    found = {values.dtype.name: values for column, values in stored.items() if column != "x"}
    if len(found) > 1:
        raise UsageError(f"the results in {name} are {' and '.join(found)}; --dtype says which")
    return dtype_of(next(iter(found.values())))


def _archive(file: OpenedFile, dtype: DType | None, show: Sequence[str] | None) -> dict[str, Array]:
    if file.size is None:
        raise DataError(
            f"{file.name} is an .npz archive, which is read from its end: give it as a file"
        )
    with npz.reading(file.name), zipfile.ZipFile(file.stream) as archive:
        names = [name.removesuffix(npz.SUFFIX) for name in archive.namelist()]
    known = {name: name for name in names if name in COLUMNS}
    if not known and names and all(name.startswith("arr_") for name in names):
        known = dict(zip(("x", *(show or COLUMNS[1:])), names, strict=False))
    wanted = needed(known, show, f"{file.name} has the arrays {', '.join(names) or 'none'}")
    found = {}
    for column in wanted:
        with npz.open_member(file, known[column]) as (member, _):
            found[column] = _array(member, member.read, member.name, dtype).reshape(-1)
    return found


def _columns_of_array(
    file: OpenedFile, dtype: DType | None, show: Sequence[str] | None
) -> dict[str, Array]:
    values = _array(file, file.read, file.name, dtype)
    if values.ndim != 2 or values.shape[1] < 2:
        raise DataError(
            f"{file.name} has the shape {values.shape}; x and results are the columns of an array "
            "of two dimensions, or the arrays x, y, dy, d2y of an .npz"
        )
    names = ("x", *(show or COLUMNS[1:]))
    known = dict(zip(names, values.T, strict=False))
    return {
        column: np.ascontiguousarray(known[column])
        for column in needed(known, show, f"{file.name} has {values.shape[1]} columns")
    }


def _array(stream: Any, read: Callable[[int], bytes], name: str, dtype: DType | None) -> Array:
    header = npy.read_header(read, name)
    try:
        form = elements(header.descr, name, None)
    except UsageError:  # bytes of which only the user can say what they are
        form = elements(header.descr, name, dtype)
    values = StreamSource(stream, header.size, form, "").held().values
    return values.reshape(header.shape, order="F" if header.fortran else "C")


def needed(known: Mapping[str, Any], show: Sequence[str] | None, said: str) -> list[str]:
    """The columns to read: x and the results asked for, or all there are."""
    missing = [name for name in ("x", *(show or ())) if name not in known]
    if missing or len(known) < 2:
        wanted = ", ".join(missing) or "y, dy or d2y"
        raise UsageError(f"{wanted} is missing: {said}, and x and some of y, dy, d2y are needed")
    return [name for name in COLUMNS if name in known and (name == "x" or not show or name in show)]
