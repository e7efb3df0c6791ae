"""A file or standard input: bytes that can be read at any place, or only in order."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, cast

from actcli.errors import DataError
from actcli.output import descriptor_behind
from actcli.pipes import wait_to_read, widen

if TYPE_CHECKING:
    from typing_extensions import Buffer


class _Waiting(io.FileIO):
    """A file to read from that waits for more even if its descriptor is set not to block."""

    def readinto(self, buffer: Buffer) -> int:
        while (got := super().readinto(buffer)) is None:
            wait_to_read(self.fileno())
        return got

    def read(self, size: int | None = -1) -> bytes:
        return cast(bytes, io.RawIOBase.read(self, -1 if size is None else size))

    def readall(self) -> bytes:
        return io.RawIOBase.readall(self)


class OpenedFile:
    """An open stream; `size` counts the bytes of a regular file from here on, else it is None."""

    def __init__(self, stream: io.BufferedReader, name: str) -> None:
        self.stream = stream
        self.name = name
        self.size: int | None = None
        self.begin = 0
        with suppress(OSError, ValueError):  # a stream in memory has no descriptor
            self.descriptor = stream.fileno()
            status = os.fstat(self.descriptor)
            if stat.S_ISREG(status.st_mode):
                self.begin = stream.tell()
                self.size = max(0, status.st_size - self.begin)
            else:
                widen(self.descriptor)

    def first_bytes(self) -> bytes:
        """Some of the first bytes, at least one if there are any; they stay unread."""
        with self.reading():
            return self.stream.peek(1)

    def read(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        with self.reading():
            return self.stream.read(size)

    def fill(self, buffer: memoryview) -> int:
        """Read the next bytes into a buffer and return their number, smaller only at the end."""
        with self.reading():
            return self.stream.readinto(buffer)

    def fill_from(self, position: int, buffer: memoryview) -> int:
        """Read into a buffer from a place of a regular file that others may be reading too."""
        done = 0
        with self.reading():
            while done < len(buffer):
                place = self.begin + position + done
                got = os.preadv(self.descriptor, [buffer[done:]], place)
                if not got:
                    break
                done += got
        return done

    def position(self) -> int:
        """How many bytes of a regular file have been read, by forked processes too."""
        if self.size is None:
            return 0
        return min(self.size, os.lseek(self.descriptor, 0, os.SEEK_CUR) - self.begin)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn a failure of the system into a DataError that names the file."""
        try:
            yield
        except OSError as error:
            raise DataError(f"cannot read {self.name}: {error.strerror or error}") from error


def label_of(path: str) -> str:
    """What precedes a place in a text: `numbers.txt, line 3`."""
    return "standard input" if path == "-" else path


@contextmanager
def open_file(path: str) -> Iterator[OpenedFile]:
    """A file, or standard input for `-`."""
    name = "standard input" if path == "-" else repr(path)
    if sys.stdin is None and (path == "-" or descriptor_behind(path) == 0):
        raise DataError("cannot read standard input: it is closed")
    try:
        stream = _standard_input() if path == "-" else _buffered(_Waiting(path))
    except OSError as error:
        raise DataError(f"cannot read {name}: {error.strerror}") from error
    except ValueError as error:  # a null character
        raise DataError(f"cannot read {name}: {error}") from error
    with nullcontext() if path == "-" else stream:
        yield OpenedFile(stream, name)


def _standard_input() -> io.BufferedReader:
    try:
        descriptor = sys.stdin.fileno()
    except (OSError, ValueError):  # a stream in memory
        return cast(io.BufferedReader, sys.stdin.buffer)
    return _buffered(_Waiting(descriptor, closefd=False))


def _buffered(raw: _Waiting) -> io.BufferedReader:
    return cast(io.BufferedReader, io.BufferedReader(raw))
