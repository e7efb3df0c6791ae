"""A file of every input with its results and their errors, written while an audit goes on."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO

from actcli.errors import UsageError
from actcli.formats.binary import new_archive, new_member, stored_bytes, write_header
from actcli.numerics.dtypes import Array, DType, dtype_of
from actcli.numerics.quick_digits import shortest_of_many
from actcli.output import is_replaceable, naming, open_binary

if TYPE_CHECKING:
    from actcli.auditing.findings import Findings

#: What is called with the names of the columns, and what was found in some inputs, in their order.
Record = Callable[[Sequence[str], Sequence["Findings"]], None]
SUFFIXES = (".csv", ".npz")
#: How much is copied at a time.
CHUNK = 1 << 20


def check_path(path: str) -> None:
    """Raise UsageError for a file that cannot hold every error."""
    if os.path.splitext(path)[1].lower() not in SUFFIXES:
        raise UsageError(f"--all-errors writes {' or '.join(SUFFIXES)}, not {path!r}")


@contextmanager
def recording(path: str | None) -> Iterator[Record | None]:
    """What writes every error into a file, which appears whole when the block ends, or not at all.

    The columns are x and, for y and likewise for dy and d2y: y, the result; y_wanted, the correct
    rounding; y_error in ulp, y_absolute_error and y_relative_error, which are nan where a result is
    wrong in a way that they cannot express. An .npz has an array for each, x and results in their
    dtypes, errors as float64. Memory does not grow with the number of inputs.
    """
    if path is None:
        yield None
    elif path.lower().endswith(".csv"):
        with open_binary(path) as out:
            yield _Rows(out)
    else:
        with open_binary(path) as out, _Arrays(path, out) as arrays:
            yield arrays


def _columns(names: Sequence[str], found: Sequence[Findings]) -> Iterator[tuple[str, Array]]:
    for name, one in zip(names, found, strict=True):
        errors = one.every
        if errors is None:  # a block without inputs in the range
            return
        if name == names[0]:
            yield "x", errors.x
        yield name, errors.got
        yield f"{name}_wanted", errors.wanted
        yield f"{name}_error", errors.ulp
        yield f"{name}_absolute_error", errors.absolute
        yield f"{name}_relative_error", errors.relative


class _Rows:
    """Lines of csv below a header."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.is_headed = False

    def __call__(self, names: Sequence[str], found: Sequence[Findings]) -> None:
        columns = dict(_columns(names, found))
        if columns and not self.is_headed:
            self.out.write(",".join(columns).encode() + b"\n")
            self.is_headed = True
        texts = [shortest_of_many(column, dtype_of(column)) for column in columns.values()]
        self.out.write("".join(f"{','.join(row)}\n" for row in zip(*texts, strict=True)).encode())


class _Arrays:
    """Arrays, each in a file without a name until all of them are put into an archive."""

    def __init__(self, path: str, out: BinaryIO) -> None:
        self.out = out
        self.label = repr(path)
        folder = os.path.dirname(os.path.realpath(path)) if is_replaceable(path) else None
        self.folder = folder
        self.files: dict[str, tuple[DType, IO[bytes]]] = {}
        self.count = 0
        self.stack = ExitStack()

    def __enter__(self) -> _Arrays:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        with self.stack:
            if kind is None:
                self._put_together()

    def __call__(self, names: Sequence[str], found: Sequence[Findings]) -> None:
        with naming(self.label):
            for name, column in _columns(names, found):
                if name not in self.files:
                    opened = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115
                    self.files[name] = dtype_of(column), self.stack.enter_context(opened)
                dtype, file = self.files[name]
                file.write(stored_bytes(column, dtype))
                self.count += len(column) if name == "x" else 0

    def _put_together(self) -> None:
        with new_archive(self.out) as archive, naming(self.label):
            for name, (dtype, file) in self.files.items():
                file.seek(0)
                with new_member(archive, name) as member:
                    write_header(member, dtype, (self.count,))
                    shutil.copyfileobj(file, member, CHUNK)
