"""Numbers computed elsewhere: x and results, from a table, JSON or numpy's files."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES, DType, dtype_of
from actcli.numerics.rounding import round_to
from actcli.sources import npy, npz
from actcli.sources.arrays import ArraySource
from actcli.sources.base import Held
from actcli.sources.elements import DEFAULT, Elements, elements
from actcli.sources.foreign import check_text
from actcli.sources.invalid import shortened
from actcli.sources.opened_file import OpenedFile, label_of, open_file
from actcli.sources.sample_columns import by_name, by_order, needed
from actcli.sources.sample_text import SampleTable, read_json, read_table
from actcli.sources.stored import StreamSource

if TYPE_CHECKING:
    from actcli.sources.stored import Readable

Array = NDArray[Any]
#: The kinds of numpy's dtypes without a DType.
INTEGERS = "biu"
#: Arrays of an archive of up to this many bytes are held in memory; larger ones are streamed.
HELD = 1 << 26
#: Suffixes of files of bare numbers.
BARE = (".bin", ".raw")
SHAPES = "(n, 2) to (n, 4), the columns x, y, dy, d2y"


class Samples(NamedTuple):
    """Columns of equal length in one dtype.

    With `in_turn` the parts of a column can only be read in order, each once. `remarks` says what
    was rounded, once everything has been read.
    """

    dtype: DType
    columns: Mapping[str, Held]
    remarks: Callable[[], Sequence[str]]
    in_turn: bool = False


class InTurn(Held):
    """Numbers that are read in order when they are asked for, rounded to a dtype."""

    def __init__(self, source: StreamSource, count: int, dtype: DType) -> None:
        self.source = source
        self.count = count
        self.dtype = dtype
        self.changed = 0
        self.first = 0

    def part(self, first: int, last: int) -> Array:
        """The numbers first, ..., last - 1, which must follow those read before."""
        values, changed = _rounded(self.source.take(last - first), self.dtype)
        if changed.size:
            self.first = self.first if self.changed else first + int(changed[0])
            self.changed += changed.size
        if last == self.count:
            self.source.check_end()
        return values


@contextmanager
def reading_samples(
    path: str, dtype: DType | None, show: Sequence[str] | None, default: DType
) -> Iterator[Samples]:
    """Read x and results from a file, or from standard input for `-`.

    Columns are told by their names x, y, dy, d2y or, without names, by their order (x, then those
    of `show`). Binary files keep their dtype, text gets the default. UsageError or DataError, with
    the place, for what cannot be used.
    """
    with open_file(path) as file:
        start = file.first_bytes()
        if start.startswith(npy.ARCHIVE_MAGIC):
            with _archive(file, dtype, show) as samples:
                yield samples
        elif start.startswith(npy.MAGIC[:1]):
            stored = _columns_of_array(file, dtype, show)
            yield _from_arrays(stored, dtype or _own_dtype(_dtypes(stored), file.name), file.name)
        else:
            if path.lower().endswith(BARE):
                raise UsageError(
                    f"{file.name} does not say what its numbers are, nor which are x and which "
                    "results; write np.savez('samples.npz', x=x, y=y) instead"
                )
            check_text(start, file.name)
            data = file.read(-1)
            table = _text(data, label_of(path), dtype or default, show)
            yield _from_text(table, dtype or default)


def _text(data: bytes, name: str, dtype: DType, show: Sequence[str] | None) -> SampleTable:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    read = read_json if text.lstrip()[:1] in ("{", "[") else read_table
    return read(text, name, dtype, show)


def _from_text(table: SampleTable, dtype: DType) -> Samples:
    columns: dict[str, Held] = {}
    remarks = []
    for name, values in table.columns.items():
        rounded = round_to(values, dtype)
        columns[name] = ArraySource(rounded)
        changed = _noticeably_changed(values, rounded, dtype)
        if changed.size:
            place = f"{table.unit} {table.places[int(changed[0])]}"
            remarks.append(_remark(name, len(changed), dtype, place))
    return Samples(dtype, columns, lambda: remarks)


def _noticeably_changed(values: Array, rounded: Array, dtype: DType) -> Array:
    """Where a decimal number is clearly not meant to be its nearest number of the dtype.

    `0.1` is meant to be a float32, and so is `0.100000001`; `0.10000001` lies between two.
    """
    from actcli.numerics.quick_digits import shortest_of_many

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
        return f"1 value of {name} is not a {dtype.name} number and was rounded; it is {place}"
    return (
        f"{count:,} values of {name} are not {dtype.name} numbers and were rounded; "
        f"the first is {place}"
    )


def _check_shapes(shapes: Mapping[str, tuple[int, ...]], name: str) -> None:
    sizes = {column: math.prod(shape) for column, shape in shapes.items()}
    if len({*sizes.values()}) > 1:
        said = ", ".join(f"{column} has {size:,}" for column, size in sizes.items())
        raise DataError(f"the arrays of {name} must be equally long, but {said}")
    if len({tuple(size for size in shape if size != 1) for shape in shapes.values()}) > 1:
        said = ", ".join(f"{column} has {shape}" for column, shape in shapes.items())
        raise DataError(f"the arrays of {name} must have one shape, but {said}")


def _from_arrays(stored: Mapping[str, Array], dtype: DType, name: str) -> Samples:
    _check_shapes({column: values.shape for column, values in stored.items()}, name)
    columns: dict[str, Held] = {}
    remarks = []
    for column, shaped in stored.items():
        values, changed = _rounded(shaped.reshape(-1), dtype)
        columns[column] = ArraySource(values)
        if changed.size:
            remarks.append(_remark(column, len(changed), dtype, f"element {int(changed[0])}"))
    return Samples(dtype, columns, lambda: remarks)


def _rounded(values: Array, dtype: DType) -> tuple[Array, Array]:
    """Stored numbers rounded to the dtype, and where that changes them."""
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


def _dtypes(stored: Mapping[str, Array]) -> dict[str, DType | None]:
    """The dtype of each array; None for integers."""
    return {
        column: None if values.dtype.kind in INTEGERS else dtype_of(values)
        for column, values in stored.items()
    }


def _own_dtype(own: Mapping[str, DType | None], name: str) -> DType:
    """The dtype of the results; that of x must be the same or wider."""
    results = {dtype.name: dtype for column, dtype in own.items() if dtype and column != "x"}
    if len(results) > 1:
        raise UsageError(f"the results in {name} are {' and '.join(results)}; choose by --dtype")
    result = next(iter(results.values()), DTYPES[DEFAULT])
    x = own["x"]
    if x and (x.mantissa_bits < result.mantissa_bits or x.exponent_bits < result.exponent_bits):
        raise UsageError(
            f"x in {name} is {x.name} and the results are {result.name}; --dtype {x.name} or "
            f"--dtype {result.name} chooses the one to judge them in"
        )
    return result


@contextmanager
def _archive(
    file: OpenedFile, dtype: DType | None, show: Sequence[str] | None
) -> Iterator[Samples]:
    """The columns of an archive: held in memory if small or of different orders, else streamed."""
    if file.size is None:
        raise DataError(
            f"{file.name} is an .npz archive, which is read from its end; give it as a file"
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
    with ExitStack() as stack:
        sources, headers = {}, {}
        for column in wanted:
            member, _ = stack.enter_context(npz.open_member(file, known[column]))
            headers[column] = npy.read_header(member.read, member.name)
            sources[column] = _source(member, headers[column], member.name, dtype)
        _check_shapes({column: header.shape for column, header in headers.items()}, file.name)
        forms = {column: source.elements for column, source in sources.items()}
        chosen = dtype or _own_dtype(
            {column: form.stored for column, form in forms.items()}, file.name
        )
        bytes_held = sum(h.size * forms[column].held.itemsize for column, h in headers.items())
        unlike = len({(header.fortran, header.shape) for header in headers.values()}) > 1
        if bytes_held <= HELD or unlike:
            arrays = {column: _shaped(sources[column], headers[column]) for column in wanted}
            yield _from_arrays(arrays, chosen, file.name)
            return
        columns = {
            column: InTurn(source, headers[column].size, chosen)
            for column, source in sources.items()
        }

        def remarks() -> list[str]:
            return [
                _remark(name, column.changed, chosen, f"element {column.first}")
                for name, column in columns.items()
                if column.changed
            ]

        yield Samples(chosen, columns, remarks, in_turn=True)


def _columns_of_array(
    file: OpenedFile, dtype: DType | None, show: Sequence[str] | None
) -> dict[str, Array]:
    header = npy.read_header(file.read, file.name)
    shape = header.shape
    if len(shape) != 2 or not 2 <= shape[1] <= len(COLUMNS):
        transposed = len(shape) == 2 and 2 <= shape[0] <= len(COLUMNS)
        remedy = "; its transpose, a.T, is one" if transposed else ", or an .npz of them"
        raise DataError(f"{file.name} has the shape {shape}; samples are {SHAPES}{remedy}")
    values = _shaped(_source(file, header, file.name, dtype), header)
    known = dict(zip(by_order(shape[1], show, file.name), values.T, strict=True))
    return {
        column: np.ascontiguousarray(known[column])
        for column in needed(known, show, f"{file.name} has {shape[1]} columns")
    }


class _AsStored(Elements):
    """Integers, left as they are until the dtype of the results is known."""

    @property
    def held(self) -> np.dtype[Any]:
        return self.storage

    def numbers(self, raw: Array) -> Array:
        return raw


def _source(stream: Readable, header: npy.Header, name: str, dtype: DType | None) -> StreamSource:
    try:
        form = elements(header.descr, name, None)
    except UsageError:  # bytes whose dtype only the user can tell
        form = elements(header.descr, name, dtype)
    if form.stored is None:
        form = _AsStored(*form)
    return StreamSource(stream, header.size, form)


def _shaped(source: StreamSource, header: npy.Header) -> Array:
    return source.held().values.reshape(header.shape, order="F" if header.fortran else "C")
