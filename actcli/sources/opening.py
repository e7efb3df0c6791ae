"""Open a path or standard input as what its first bytes show it to be: text, JSON, .npy, .npz."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from actcli.errors import DataError, UsageError
from actcli.sources import npy
from actcli.sources.base import Input, Layout
from actcli.sources.chunks import BYTE_ORDER_MARK
from actcli.sources.foreign import check_text
from actcli.sources.opened_file import OpenedFile, label_of, open_file

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType
    from actcli.numerics.quantised import AnyDType
    from actcli.sources.base import Source
    from actcli.sources.invalid import Invalid
    from actcli.sources.stored import Readable


#: How an object of JSON begins, and hardly any table does; the rest may not have arrived yet.
OBJECT = rb'\s*\{\s*(["}]|$)'
#: What separates the cells of a table, by its format.
SEPARATORS = {"csv": ",", "tsv": "\t"}


class ColumnChoice(NamedTuple):
    """A column of a table, or a key of JSON; whether a table has a header, and its format.

    None stands for what the table itself shows.
    """

    name: str
    header: bool | None = None
    format: str | None = None


@contextmanager
def open_input(
    path: str,
    wanted: DType | None,
    default: DType,
    invalid: Invalid,
    raw: AnyDType | None = None,
    array: str | None = None,
    column: ColumnChoice | None = None,
) -> Iterator[Input]:
    """The numbers of a file, or of standard input for `-`, in the wanted dtype or their own.

    Text becomes the default dtype. `raw` is the dtype of numbers without a header, `array` the
    name of an array in an archive, `column` a part of a table or of JSON.
    """
    with open_file(path) as file:
        if raw is not None:
            yield _raw(file, path, raw, wanted)
            return
        start = file.first_bytes()
        if column is not None and not _is_json(start):
            yield _table(file, path, column, wanted or default, invalid)
            return
        if start.startswith(npy.ARCHIVE_MAGIC):
            from actcli.sources.npz import open_member

            with open_member(file, array) as (member, chosen):
                load = f"{_load(path)}[{chosen!r}]"
                yield _npy(member, load, wanted, None)
            return
        if array is not None:
            raise UsageError(f"--array chooses from an .npz archive, but {file.name} is not one")
        if start.startswith(npy.MAGIC[:1]):
            yield _npy(file, _load(path), wanted, file)
            return
        check_text(start, file.name, zeros=invalid.policy != "fail")
        _check_suffix(path, file.name)
        dtype = wanted or default
        if _is_json(start):
            yield Input(_json(file, path, column, dtype, invalid), dtype, "text")
            return
        from actcli.sources.text import TextSource

        text = TextSource(
            file.stream, label_of(path), dtype, invalid, file.size, file.position,
            table=_suffix(path) in SEPARATORS,
        )  # fmt: skip
        yield Input(text, dtype, "text")


def _is_json(start: bytes) -> bool:
    return re.match(OBJECT, start.removeprefix(BYTE_ORDER_MARK)) is not None


def _json(
    file: OpenedFile, path: str, column: ColumnChoice | None, dtype: DType, invalid: Invalid
) -> Source:
    from actcli.sources.json_source import JsonSource

    if column is not None and column.header is not None:
        option = "--header" if column.header else "--no-header"
        raise UsageError(f"{option} is for tables, but {file.name} is JSON, where all have names")
    name = None if column is None else column.name
    return JsonSource(file.stream, label_of(path), name, dtype, invalid, file.size, file.position)


def _table(
    file: OpenedFile, path: str, column: ColumnChoice, dtype: DType, invalid: Invalid
) -> Input:
    from actcli.sources.table_source import TableSource

    start = file.first_bytes()
    if start.startswith((npy.MAGIC, npy.FILLED_ARCHIVE_MAGIC)):
        raise UsageError(
            f"{file.name} holds arrays and is not a table; leave out --column, or unpack a table "
            "first, with unzip -p"
        )
    check_text(start, file.name, zeros=invalid.policy != "fail")
    table = TableSource(
        file.stream, label_of(path), column.name, column.header,
        SEPARATORS.get(column.format or _suffix(path)), dtype, invalid, file.size, file.position,
    )  # fmt: skip
    return Input(table, dtype, "table")


def _npy(stream: Readable, load: str, wanted: DType | None, file: OpenedFile | None) -> Input:
    from actcli.sources.elements import elements
    from actcli.sources.stored import FileSource, StreamSource

    header = npy.read_header(stream.read, stream.name)
    form = elements(header.descr, stream.name, wanted)
    count, scalar = header.size, header.shape == ()
    source: Source
    if file is not None and file.size is not None:
        source = FileSource(file, header.length, count, form, load, scalar)
    else:
        source = StreamSource(stream, count, form, load, scalar)
    return Input(source, form.dtype, "npy", Layout(header.shape, header.fortran))


def _raw(file: OpenedFile, path: str, stored: AnyDType, wanted: DType | None) -> Input:
    from actcli.sources.elements import raw_elements
    from actcli.sources.stored import FileSource, StreamSource, partial

    form = raw_elements(stored, wanted)
    place = "sys.stdin.buffer" if path == "-" else repr(path)
    load = f"np.fromfile({place}, {stored.numpy.name!r})"
    source: Source
    if file.size is not None:
        count, over = divmod(file.size, form.storage.itemsize)
        if over:
            raise partial(file.name, count, over, form.storage.itemsize)
        source = FileSource(file, 0, count, form, load)
    else:
        source = StreamSource(file, None, form, load)
    return Input(source, form.dtype, "raw")


def _load(path: str) -> str:
    return f"np.load({'sys.stdin.buffer' if path == '-' else repr(path)})"


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower().removeprefix(".")


def _check_suffix(path: str, name: str) -> None:
    """Raise an error for text whose suffix says that it is something else."""
    suffix = _suffix(path)
    if suffix in ("npy", "npz"):
        raise DataError(f"{name} is not an .{suffix} file: it does not begin like one")
    if suffix in ("bin", "raw"):
        raise UsageError(f"{name} does not say what its numbers are; add --raw DTYPE")
