"""One array of an .npz archive, unpacked while it is read."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from actcli.errors import DataError, UsageError, unknown
from actcli.sources.opened_file import OpenedFile

SUFFIX = ".npy"
#: What zipfile and its decompressors raise for a damaged archive, or for none at all.
FAILURES = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError,
    OverflowError,
)  # fmt: skip


class Member:
    """The bytes of one array of an archive, in order."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream = stream
        self.name = name

    def read(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        with reading(self.name):
            return self.stream.read(size)

    def fill(self, buffer: memoryview) -> int:
        """Read the next bytes into a buffer and return their number, smaller only at the end."""
        done = 0
        with reading(self.name):
            while done < len(buffer):
                got = self.stream.readinto(buffer[done:])  # type: ignore[attr-defined]
                if not got:
                    break
                done += got
        return done


@contextmanager
def open_archive(file: OpenedFile) -> Iterator[tuple[zipfile.ZipFile, list[str]]]:
    """The archive, and the names of its arrays."""
    if file.size is None:
        raise DataError(
            f"{file.name} is an .npz archive, which is read from its end; give it as a file"
        )
    with reading(file.name):
        archive = zipfile.ZipFile(file.stream)
    with archive:
        names = archive.namelist()
        yield archive, [name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)]


@contextmanager
def open_member(file: OpenedFile, array: str | None) -> Iterator[tuple[Member, str]]:
    """The array of that name, or the only one, and its name."""
    with open_archive(file) as (archive, names):
        chosen = _chosen(names, array, file.name)
        label = f"array {chosen!r} of {file.name}"
        with reading(label):
            stream = archive.open(chosen + SUFFIX)
        with stream:
            yield Member(stream, label), chosen


def _chosen(names: list[str], array: str | None, file_name: str) -> str:
    if not names:
        raise DataError(
            f"{file_name} is an archive without arrays; unpack text first, with unzip -p"
        )
    if array is None:
        if len(names) > 1:
            shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
            raise UsageError(
                f"{file_name} has {len(names)} arrays; choose with --array NAME: {shown}"
            )
        return names[0]
    if array not in names:
        raise unknown("array", array, names)
    return array


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn a failure to read an archive into a DataError that names what was read."""
    try:
        yield
    except FAILURES as error:
        reason = str(error) or "it ends too early"  # an EOFError has no words
        raise DataError(f"cannot read {name}: {reason}") from error
