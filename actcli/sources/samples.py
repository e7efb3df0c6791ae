"""Numbers that somebody else computed: x and what came out, from a table, JSON or numpy's files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES, DType, dtype_of
from actcli.numerics.rounding import round_to
from actcli.sources import npy, npz
from actcli.sources.elements import DEFAULT, Elements, elements
from actcli.sources.foreign import check_text
from actcli.sources.invalid import shortened
from actcli.sources.opened_file import OpenedFile, label_of, open_file
from actcli.sources.sample_columns import by_name, by_order, needed
from actcli.sources.sample_text import Table, read_json, read_table
from actcli.sources.stored import StreamSource

if TYPE_CHECKING:
    from actcli.sources.stored import Readable

Array = NDArray[Any]
#: The kinds of numpy's dtypes that have no dtype of ours.
INTEGERS = "biu"
#: Suffixes of files of bare numbers.
BARE = (".bin", ".raw")
SHAPES = "(n, 2) to (n, 4), the columns x, y, dy, d2y"


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
            if path.lower().endswith(BARE):
                raise UsageError(
                    f"{file.name} does not say what its numbers are, which of them x and which "
                    "results; np.savez('samples.npz', x=x, y=y) writes what does"
                )
            check_text(start, file.name)
            data = file.read(-1)
            table = _text(data, label_of(path), dtype or default, show)
            return _from_text(table, dtype or default)
    return _from_arrays(stored, dtype or _own_dtype(stored, file.name), file.name)


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
            place = f"{table.unit} {table.places[int(changed[0])]}"
            remarks.append(_remark(name, len(changed), dtype, place))
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
    sizes = {column: values.size for column, values in stored.items()}
    if len({*sizes.values()}) > 1:
        said = ", ".join(f"{column} has {size:,}" for column, size in sizes.items())
        raise DataError(f"the arrays of {name} must be equally long, but {said}")
    shapes = {column: values.shape for column, values in stored.items()}
    if len({tuple(size for size in shape if size != 1) for shape in shapes.values()}) > 1:
        said = ", ".join(f"{column} has {shape}" for column, shape in shapes.items())
        raise DataError(f"the arrays of {name} must have one shape, but {said}")
    columns: dict[str, Array] = {}
    remarks = []
    for column, shaped in stored.items():
        values = shaped.reshape(-1)
        columns[column], changed = _rounded(values, dtype)
        if changed.size:
            remarks.append(_remark(column, len(changed), dtype, f"element {int(changed[0])}"))
    return Samples(dtype, columns, remarks)


def _rounded(values: Array, dtype: DType) -> tuple[Array, Array]:
    """Stored numbers as numbers of the dtype, and where these are others."""
    if values.dtype == dtype.numpy:
        return values, np.zeros(0, np.intp)
    if values.dtype.kind in INTEGERS:
        rounded = Elements(values.dtype, None, dtype).numbers(values)
        with np.errstate(all="ignore"):
            large = np.flatnonzero(np.abs(values.astype(np.float64)) >= 2.0**dtype.mantissa_bits)
        got = rounded[large].astype(np.float64).tolist()
        wrong = [a != b for a, b in zip(got, values[large].tolist(), strict=True)]
        return rounded, large[wrong]
    with np.errstate(all="ignore"):
        wide = values.astype(np.float64)
        rounded = round_to(wide, dtype)
        back = rounded.astype(np.float64)
        return rounded, np.flatnonzero((back != wide) & ~(np.isnan(back) & np.isnan(wide)))


def _own_dtype(stored: Mapping[str, Array], name: str) -> DType:
    """The dtype of the results, which x has too or, for want of a narrow type, a wider one."""
    own = {column: _float_of(values) for column, values in stored.items()}
    results = {dtype.name: dtype for column, dtype in own.items() if dtype and column != "x"}
    if len(results) > 1:
        raise UsageError(f"the results in {name} are {' and '.join(results)}; --dtype says which")
    result = next(iter(results.values()), DTYPES[DEFAULT])
    x = own["x"]
    if x and (x.mantissa_bits < result.mantissa_bits or x.exponent_bits < result.exponent_bits):
        raise UsageError(
            f"x in {name} is {x.name} and the results are {result.name}: --dtype {x.name} or "
            f"--dtype {result.name} says as what they are judged"
        )
    return result


def _float_of(values: Array) -> DType | None:
    """The dtype of an array; None for integers, which have none of ours."""
    return None if values.dtype.kind in INTEGERS else dtype_of(values)


def _archive(file: OpenedFile, dtype: DType | None, show: Sequence[str] | None) -> dict[str, Array]:
    if file.size is None:
        raise DataError(
            f"{file.name} is an .npz archive, which is read from its end: give it as a file"
        )
    with npz.reading(file.name), zipfile.ZipFile(file.stream) as archive:
        names = [
            name.removesuffix(npz.SUFFIX)
            for name in archive.namelist()
            if name.endswith(npz.SUFFIX)
        ]
    known = by_name(zip(names, names, strict=True), file.name)
    if not known and names and all(name.startswith("arr_") for name in names):
        known = dict(zip(by_order(len(names), show, file.name), names, strict=True))
    said = shortened(", ".join(names)) if names else "none"
    wanted = needed(known, show, f"{file.name} has the arrays {said}")
    found = {}
    for column in wanted:
        with npz.open_member(file, known[column]) as (member, _):
            header = npy.read_header(member.read, member.name)
            found[column] = _array(member, header, member.name, dtype)
    return found


def _columns_of_array(
    file: OpenedFile, dtype: DType | None, show: Sequence[str] | None
) -> dict[str, Array]:
    header = npy.read_header(file.read, file.name)
    shape = header.shape
    if len(shape) != 2 or not 2 <= shape[1] <= len(COLUMNS):
        transposed = len(shape) == 2 and 2 <= shape[0] <= len(COLUMNS)
        remedy = "; transposed, as a.T, it is such" if transposed else ", or an .npz of them"
        raise DataError(f"{file.name} has the shape {shape}; samples are {SHAPES}{remedy}")
    values = _array(file, header, file.name, dtype)
    known = dict(zip(by_order(shape[1], show, file.name), values.T, strict=True))
    return {
        column: np.ascontiguousarray(known[column])
        for column in needed(known, show, f"{file.name} has {shape[1]} columns")
    }


class _AsStored(Elements):
    """Integers, which have no dtype of ours until the results' is known."""

    @property
    def held(self) -> np.dtype[Any]:
        return self.storage

    def numbers(self, raw: Array) -> Array:
        return raw


def _array(stream: Readable, header: npy.Header, name: str, dtype: DType | None) -> Array:
    try:
        form = elements(header.descr, name, None)
    except UsageError:  # bytes of which only the user can say what they are
        form = elements(header.descr, name, dtype)
    if form.stored is None:
        form = _AsStored(*form)
    values = StreamSource(stream, header.size, form, "").held().values
    return values.reshape(header.shape, order="F" if header.fortran else "C")
