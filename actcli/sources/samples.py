"""Numbers computed elsewhere: x and results, from tables, JSON, numpy's files or bare numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.rounding import round_to
from actcli.sources import npy, npz
from actcli.sources.arrays import ArraySource
from actcli.sources.base import Held
from actcli.sources.elements import DEFAULT, Elements, elements, raw_elements
from actcli.sources.foreign import check_text
from actcli.sources.invalid import shortened
from actcli.sources.opened_file import OpenedFile, label_of, open_file
from actcli.sources.sample_columns import RESULTS, Wanted
from actcli.sources.sample_text import DTypes, SampleTable, read_json, read_table
from actcli.sources.stored import StreamSource, partial

if TYPE_CHECKING:
    from actcli.sources.stored import Readable

Array = NDArray[Any]
#: The kinds of numpy's dtypes without a DType.
INTEGERS = "biu"
#: Arrays of up to this many bytes are held in memory; larger ones are streamed.
HELD = 1 << 26
#: Suffixes of files of bare numbers.
BARE = (".bin", ".raw")
#: Suffixes of files that are read as what they say they are even if others are bare numbers.
TELLING = (".npy", ".npz", ".csv", ".tsv", ".txt", ".json", ".jsonl")
SHAPES = "(n, 2) to (n, 4), the columns x, y, dy, d2y"
X_ALONE = Wanted(columns=("x",))


class SampleFiles(NamedTuple):
    """Where samples are: the results in `path`, x there too unless it is in the file `x`.

    `raw` are the dtypes of bare numbers, of x and of the results. Columns are told by their
    `names`, else as x, y, dy, d2y or, without names, by their order (x, then those of `show`).
    """

    path: str
    x: str | None = None
    raw: DTypes | None = None
    show: Sequence[str] | None = None
    names: Sequence[str] | None = None

    @property
    def label(self) -> str:
        """What a report calls them."""
        return label_of(self.path) + (f" for x in {label_of(self.x)}" if self.x else "")


class Form(NamedTuple):
    """The dtypes that x and the results are rounded to; None for their own, the default in text."""

    x: DType | None
    results: DType | None
    default: DType

    @property
    def of_text(self) -> DTypes:
        return DTypes(self.x or self.default, self.results or self.default)

    def of(self, column: str) -> DType | None:
        return self.x if column == "x" else self.results

    def chosen(self, own: Mapping[str, DType | None], name: str) -> DTypes:
        """The dtypes to judge in, given those of stored columns, where None stands for integers."""
        named = {dtype.name: dtype for column, dtype in own.items() if dtype and column != "x"}
        if self.results is None and len(named) > 1:
            raise UsageError(f"the results in {name} are {' and '.join(named)}; choose by --dtype")
        results = self.results or next(iter(named.values()), DTYPES[DEFAULT])
        x = own.get("x")
        if self.x is not None or x is None:
            return DTypes(self.x or results, results)
        narrow = x.mantissa_bits < results.mantissa_bits or x.exponent_bits < results.exponent_bits
        return DTypes(x if narrow or self.results else results, results)


class Samples(NamedTuple):
    """Columns of equal length, the results of one dtype, x of that or another.

    With `in_turn` the parts of a column can only be read in order, each once. `remarks` says what
    was rounded, once everything has been read.
    """

    dtypes: DTypes
    columns: Mapping[str, Held]
    remarks: Callable[[], Sequence[str]]
    in_turn: bool = False
    #: The columns that are integers, in text those that are written without a point.
    whole: frozenset[str] = frozenset()


class Column(NamedTuple):
    """A column of a file: an array held or yet to be read, and what was rounded in it so far.

    `shape` is None for text, which says nothing of it; `stored` for integers.
    """

    numbers: Array | StreamSource
    shape: tuple[int, ...] | None
    fortran: bool
    stored: DType | None
    remark: str = ""
    whole: bool = False

    @property
    def length(self) -> int:
        return self.held().size if self.shape is None else math.prod(self.shape)

    def held(self) -> Array:
        """The numbers, those of more than one dimension in the order of C."""
        values = (
            self.numbers.held().values if isinstance(self.numbers, StreamSource) else self.numbers
        )
        if self.shape is None:
            return values
        return values.reshape(self.shape, order="F" if self.fortran else "C").reshape(-1)


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
def reading_samples(files: SampleFiles, form: Form, x_may_lack: bool = False) -> Iterator[Samples]:
    """Read x and results from one or two files; `-` is standard input.

    With `x_may_lack` a file of a single column has results alone.

    Binary files keep their dtypes unless told otherwise, text gets the default. UsageError or
    DataError, with the place, for what cannot be used.
    """
    with ExitStack() as stack:
        if files.x is None:
            wanted = Wanted(files.show, files.names, x_may_lack=x_may_lack)
            columns, name = _opened(stack, files.path, files.raw, wanted, form)
        else:
            x, x_name = _opened(stack, files.x, files.raw, X_ALONE, form)
            wanted = Wanted(files.show, files.names, RESULTS)
            like = x["x"].shape
            results, name = _opened(stack, files.path, files.raw, wanted, form, like)
            columns, name = {**x, **results}, f"{name} and {x_name}"
        yield _samples(columns, form, name)


def _opened(
    stack: ExitStack,
    path: str,
    raw: DTypes | None,
    wanted: Wanted,
    form: Form,
    like: tuple[int, ...] | None = None,
) -> tuple[dict[str, Column], str]:
    """The columns of a file, which may belong to an x of a shape, and what errors call it."""
    file = stack.enter_context(open_file(path))
    if raw is not None and not path.lower().endswith(TELLING):
        return _bare(file, raw, wanted), file.name
    start = file.first_bytes()
    if start.startswith(npy.ARCHIVE_MAGIC):
        return _archive(stack, file, wanted, form), file.name
    if start.startswith(npy.MAGIC[:1]):
        return _array(file, wanted, form, like), file.name
    if path.lower().endswith(BARE):
        raise UsageError(
            f"{file.name} does not say what its numbers are, nor which are x and which results; "
            "add --raw DTYPE, or write np.savez('samples.npz', x=x, y=y) instead"
        )
    check_text(start, file.name)
    text = file.read(-1).decode("utf-8", "replace").removeprefix("\ufeff")
    read = read_json if text.lstrip()[:1] in ("{", "[") else read_table
    return _of_text(read(text, label_of(path), form.of_text, wanted), form.of_text), file.name


def _of_text(table: SampleTable, dtypes: DTypes) -> dict[str, Column]:
    columns = {}
    for name, values in table.columns.items():
        dtype = dtypes.of(name)
        rounded = round_to(values, dtype)
        changed = _noticeably_changed(values, rounded, dtype)
        remark = ""
        if changed.size:
            place = f"{table.unit} {table.places[int(changed[0])]}"
            remark = _remark(name, len(changed), dtype, place)
        columns[name] = Column(rounded, None, False, dtype, remark, name in table.whole)
    return columns


def _bare(file: OpenedFile, raw: DTypes, wanted: Wanted) -> dict[str, Column]:
    """Bare numbers: one column, or rows of x and as many results as are asked for."""
    if wanted.names is not None:
        raise UsageError(f"{file.name} is read as bare numbers, which have no names for --columns")
    names = wanted.show or RESULTS[:1]
    columns = (*wanted.before, *(names if len(wanted.columns) > 1 else ()))
    dtype = raw.of(columns[0])
    if len(columns) == 1 and file.size is not None:
        form = raw_elements(dtype, None)
        count, over = divmod(file.size, form.storage.itemsize)
        if over:
            raise partial(file.name, count, over, form.storage.itemsize)
        return {columns[0]: Column(StreamSource(file, count, form), (count,), False, dtype)}
    if raw.x != raw.results and "x" in columns and len(columns) > 1:
        raise UsageError("--raw with two dtypes needs x in a file of its own, --x FILE")
    if "x" not in columns and len(columns) > 1:
        raise UsageError(
            f"{file.name} is read as bare numbers, one column; choose one of {','.join(columns)} "
            "with --show"
        )
    values = StreamSource(file, None, raw_elements(dtype, None)).held().values
    if len(values) % len(columns):
        raise DataError(
            f"{file.name} has {len(values):,} numbers, not rows of {len(columns)} "
            f"({','.join(columns)})"
        )
    rows = values.reshape(-1, len(columns))
    return {
        name: Column(np.ascontiguousarray(column), (len(rows),), False, dtype)
        for name, column in zip(columns, rows.T, strict=True)
    }


def _samples(columns: Mapping[str, Column], form: Form, name: str) -> Samples:
    """Columns in the dtypes to judge in: held if small or of different orders, else streamed."""
    _check_shapes(columns, name)
    dtypes = form.chosen({column: stored.stored for column, stored in columns.items()}, name)
    whole = frozenset(
        column for column, stored in columns.items() if stored.whole or stored.stored is None
    )
    orders = {(stored.fortran, stored.shape) for stored in columns.values()}
    size = sum(stored.length for stored in columns.values()) * np.dtype(np.float64).itemsize
    sources = [stored.numbers for stored in columns.values()]
    if size > HELD and len(orders) == 1 and all(isinstance(one, StreamSource) for one in sources):
        streamed = {
            column: InTurn(stored.numbers, stored.length, dtypes.of(column))  # type: ignore[arg-type]
            for column, stored in columns.items()
        }

        def remarks() -> list[str]:
            return [
                _remark(column, one.changed, one.dtype, f"element {one.first}")
                for column, one in streamed.items()
                if one.changed
            ]

        return Samples(dtypes, streamed, remarks, in_turn=True, whole=whole)
    said = [stored.remark for stored in columns.values() if stored.remark]
    held: dict[str, Held] = {}
    for column, stored in columns.items():
        dtype = dtypes.of(column)
        values, changed = _rounded(stored.held(), dtype)
        held[column] = ArraySource(values)
        if changed.size:
            said.append(_remark(column, len(changed), dtype, f"element {int(changed[0])}"))
    return Samples(dtypes, held, lambda: said, whole=whole)


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


def _check_shapes(columns: Mapping[str, Column], name: str) -> None:
    counts = {column: stored.length for column, stored in columns.items()}
    if len({*counts.values()}) > 1:
        said = ", ".join(f"{column} has {count:,}" for column, count in counts.items())
        raise DataError(f"the arrays of {name} must be equally long, but {said}")
    shapes = {column: stored.shape for column, stored in columns.items() if stored.shape}
    if len({tuple(size for size in shape if size != 1) for shape in shapes.values()}) > 1:
        said = ", ".join(f"{column} has {shape}" for column, shape in shapes.items())
        raise DataError(f"the arrays of {name} must have one shape, but {said}")


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


def _archive(stack: ExitStack, file: OpenedFile, wanted: Wanted, form: Form) -> dict[str, Column]:
    """The columns of an archive."""
    with npz.open_archive(file) as (_, names):
        known = wanted.by_name(zip(names, names, strict=True), file.name)
    alone = len(names) == 1 and (wanted.columns != COLUMNS or wanted.x_may_lack)
    if not known and names and (alone or all(name.startswith("arr_") for name in names)):
        known = dict(zip(wanted.by_order(len(names), file.name), names, strict=True))
    said = shortened(", ".join(names)) if names else "none"
    columns = {}
    for column in wanted.needed(known, f"{file.name} has the arrays {said}"):
        member, _ = stack.enter_context(npz.open_member(file, known[column]))
        header = npy.read_header(member.read, member.name)
        columns[column] = _stored(member, header, member.name, form.of(column))
    return columns


def _array(
    file: OpenedFile, wanted: Wanted, form: Form, like: tuple[int, ...] | None
) -> dict[str, Column]:
    """The columns of one array: its rows, or all of it if x is elsewhere and as it is."""
    header = npy.read_header(file.read, file.name)
    shape = header.shape
    apart = wanted.columns != COLUMNS
    alone = wanted.x_may_lack and math.prod(shape) == max(shape, default=1)
    if alone or (apart and (like is None or len(shape) != 2 or _same(shape, like))):
        (column,) = wanted.by_order(1, file.name)
        known: dict[str, Any] = {column: 0}
        wanted.needed(known, f"{file.name} has one column")
        return {column: _stored(file, header, file.name, form.of(column))}
    if len(shape) != 2 or not 2 - (wanted.columns != COLUMNS) <= shape[1] <= len(wanted.columns):
        transposed = len(shape) == 2 and 2 <= shape[0] <= len(COLUMNS)
        remedy = "; its transpose, a.T, is one" if transposed else ", or an .npz of them"
        wanted_shape = SHAPES if like is None else f"{like} as those of x, or a column a result"
        raise DataError(f"{file.name} has the shape {shape}; samples are {wanted_shape}{remedy}")
    column = wanted.columns[-1]
    stored = _stored(file, header, file.name, form.of(column))
    values = stored.held().reshape(shape)
    if wanted.names is not None:
        labels = [str(number + 1) for number in range(shape[1])]
        places = wanted.by_name(zip(labels, range(shape[1]), strict=True), file.name)
        known = {column: values[:, place] for column, place in places.items()}
    else:
        known = dict(zip(wanted.by_order(shape[1], file.name), values.T, strict=True))
    return {
        column: Column(np.ascontiguousarray(known[column]), (len(values),), False, stored.stored)
        for column in wanted.needed(known, f"{file.name} has {shape[1]} columns")
    }


def _same(shape: tuple[int, ...], like: tuple[int, ...]) -> bool:
    return [size for size in shape if size != 1] == [size for size in like if size != 1]


class _AsStored(Elements):
    """Integers, left as they are until the dtype of the results is known."""

    @property
    def held(self) -> np.dtype[Any]:
        return self.storage

    def numbers(self, raw: Array) -> Array:
        return raw


def _stored(stream: Readable, header: npy.Header, name: str, dtype: DType | None) -> Column:
    try:
        form = elements(header.descr, name, None)
    except UsageError:  # bytes whose dtype only the user can tell
        form = elements(header.descr, name, dtype)
    own = form.stored
    if own is None:
        form = _AsStored(*form)
    return Column(StreamSource(stream, header.size, form), header.shape, header.fortran, own)
