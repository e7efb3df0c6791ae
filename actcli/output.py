"""Where results go: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import BinaryIO, TextIO, cast

from actcli.console import is_terminal
from actcli.errors import DataError, escaped
from actcli.pipes import widen

BUFFER = 1 << 16


class _Descriptor(io.FileIO):
    """A file descriptor to write to, whose failures name what could not be written."""

    def __init__(self, descriptor: int, label: str, closefd: bool = True) -> None:
        super().__init__(descriptor, "w", closefd=closefd)
        self.label = label

    def write(self, data: object) -> int:
        with naming(self.label):
            return super().write(data)  # type: ignore[arg-type]


@contextmanager
def naming(label: str) -> Iterator[None]:
    """Turn a failure of the system into a DataError that says what could not be written.

    A closed pipe stays what it is: nobody is there to read about it.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DataError(f"cannot write {label}: {error.strerror or error}") from error


def print_path(path: str) -> None:
    """Print where something was written: the bytes of its name, to a person as printable text."""
    shown = escaped(path) if is_terminal(sys.stdout) else path
    with _standard_output() as out:
        out.write(os.fsencode(shown) + b"\n")


def flush_standard_output() -> None:
    """Write what Python still holds back for standard output."""
    if sys.stdout is not None:
        with naming("standard output"):
            sys.stdout.flush()


@contextmanager
def open_text(path: str | None = None) -> Iterator[TextIO]:
    """A text stream to a file, or to standard output for None and `-`; see `open_binary`."""
    with open_binary(path) as binary:
        name = getattr(sys.stdout, "encoding", None) if path in (None, "-") else None
        yield io.TextIOWrapper(binary, encoding=name or "utf-8", newline="\n", write_through=True)


@contextmanager
def open_binary(path: str | None = None) -> Iterator[BinaryIO]:
    """A buffered stream to a file, or to standard output for None and `-`.

    A regular file is written beside its target and renamed into place when the block ends well;
    whatever else happens, the old file stays as it was. A device or a pipe is written directly.
    """
    if path is None or path == "-":
        with _standard_output() as stream:
            yield stream
        return
    label = repr(path)
    with naming(label):
        descriptor = _open_special(path)
    if descriptor is None:
        with _replacement(path, label) as stream:
            yield stream
    else:
        with _buffered(_Descriptor(descriptor, label)) as stream:
            yield stream


class Place:
    """A regular file from an offset on, for several processes to write into at once."""

    def __init__(self, descriptor: int, label: str, offset: int) -> None:
        self.descriptor = descriptor
        self.label = label
        self.offset = offset

    def write(self, data: memoryview, position: int) -> None:
        """Write all of the data at a position from the offset."""
        with naming(self.label):
            while data:
                done = os.pwrite(self.descriptor, data, self.offset + position)
                data, position = data[done:], position + done

    def write_rows(self, data: memoryview, row: int, position: int, stride: int) -> None:
        """Write rows of so many bytes, each `stride` bytes after the one before."""
        descriptor, place = self.descriptor, self.offset + position
        with naming(self.label):
            for begin in range(0, len(data), row):
                if os.pwrite(descriptor, data[begin : begin + row], place) < row:
                    self.write(data[begin : begin + row], place - self.offset)
                place += stride


def placed(out: BinaryIO) -> Place | None:
    """Where a stream of this module's would write next, if it is a file that takes any order."""
    raw = getattr(out, "raw", None)
    if not isinstance(raw, _Descriptor) or not hasattr(os, "pwrite"):
        return None
    import fcntl

    descriptor = raw.fileno()
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return None
    if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_APPEND:
        return None
    out.flush()
    return Place(descriptor, raw.label, out.tell())


def widen_output(out: BinaryIO) -> None:
    """Ask for a larger pipe, if that is what a stream writes to."""
    raw = getattr(out, "raw", None)
    if isinstance(raw, _Descriptor):
        widen(raw.fileno())


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    label = "standard output"
    if sys.stdout is None:
        raise DataError(f"cannot write {label}: it is closed")
    flush_standard_output()
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):  # replaced by something in memory
        yield cast(BinaryIO, sys.stdout.buffer)
        return
    # Not sys.stdout itself: if Python runs unbuffered, it writes every piece by itself.
    with _buffered(_Descriptor(descriptor, label, closefd=False)) as stream:
        yield stream


@contextmanager
def _buffered(raw: io.FileIO) -> Iterator[BinaryIO]:
    stream = io.BufferedWriter(raw, BUFFER)
    try:
        yield cast(BinaryIO, stream)
    except DataError:
        stream.flush()  # what came before the bad data is good
        raise
    else:
        stream.flush()
    finally:
        # Closing would try again to write what could not be written.
        raw.close()


def is_replaceable(path: str) -> bool:
    """Whether a path means a regular file, there or not: no device, pipe or open descriptor."""
    if path == "-" or _descriptor_behind(path) is not None:
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return True


def _open_special(path: str) -> int | None:
    """A descriptor to write directly to, for a target that a file must not replace."""
    number = _descriptor_behind(path)
    if number is not None:
        return os.dup(number)  # keeps its position and its way of appending
    return None if is_replaceable(path) else os.open(path, os.O_WRONLY)


def _descriptor_behind(path: str) -> int | None:
    """The number of the open file that a path such as /dev/stdout stands for, by whatever links."""
    own = re.compile(rf"/dev/fd|/proc/{os.getpid()}(?:/task/\d+)?/fd")
    for _ in range(40):  # as many links as the system itself follows
        folder, name = os.path.split(os.path.abspath(path))
        if name.isdecimal() and own.fullmatch(os.path.realpath(folder)):
            return int(name)
        if not os.path.islink(path):
            break
        path = os.path.join(folder, os.readlink(path))
    return None


@contextmanager
def _replacement(path: str, label: str) -> Iterator[BinaryIO]:
    target = os.path.realpath(path)
    beside = os.path.join(os.path.dirname(target), f".actcli-{os.urandom(6).hex()}.tmp")
    with _removed_on_failure(beside):
        with naming(label):
            previous = _writable_status(target)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with _buffered(_Descriptor(descriptor, label)) as stream:
            yield stream
            stream.flush()
            if previous:
                with naming(label):
                    _copy_permissions(previous, descriptor)
        with naming(label):
            os.replace(beside, target)


def _writable_status(target: str) -> os.stat_result | None:
    """The status of the file to be replaced; a renaming must not get around its protection."""
    try:
        previous = os.stat(target)
    except FileNotFoundError:
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return previous


def _copy_permissions(previous: os.stat_result, descriptor: int) -> None:
    with suppress(PermissionError):  # only root may give a file away
        os.fchown(descriptor, previous.st_uid, previous.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(previous.st_mode))


@contextmanager
def _removed_on_failure(beside: str) -> Iterator[None]:
    """Leave no stray file, whether the block raises or the process is told to end."""
    import signal

    def remove_and_end(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            os.unlink(beside)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    handled = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError):  # not in the main thread: someone else handles signals
            if signal.getsignal(number) is signal.SIG_DFL:
                handled[number] = signal.signal(number, remove_and_end)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
