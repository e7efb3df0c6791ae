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
from actcli.pipes import wait_to_write, widen

BUFFER = 1 << 16
STANDARD_OUTPUT = "standard output"
CLOSED = "it is closed"
#: The temporary name of a file.
LEFTOVER = r"\.actcli-[0-9a-f]{12}\.tmp"
#: The attribute in which Linux keeps a file's access control list.
ACCESS_LIST = "system.posix_acl_access"
#: Larger than any file descriptor.
NO_DESCRIPTOR = 2**31 - 1


class _Descriptor(io.FileIO):
    """A file descriptor to write to, whose errors name the file."""

    def __init__(self, descriptor: int, label: str, closefd: bool = True) -> None:
        super().__init__(descriptor, "w", closefd=closefd)
        self.label = label

    def write(self, data: object) -> int:
        with naming(self.label):
            written: int | None
            while (written := super().write(data)) is None:  # type: ignore[arg-type]
                wait_to_write(self.fileno())
            return written


@contextmanager
def naming(label: str) -> Iterator[None]:
    """Turn a failure of the system, except a closed pipe, into a DataError that names the file."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        closed = error.errno == errno.EBADF
        reason = CLOSED if closed else error.strerror or error
        raise DataError(f"cannot write {label}: {reason}") from error


def prepare_standard_streams() -> None:
    """Make all three standard streams open, and errors in writing say what could not be written.

    A file opened while one of them is closed would take its number, and get what others write to
    it. The replacement can be neither read, for standard input, nor written.
    """
    for number, flags in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)
    was = sys.stdout
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Descriptor(1, STANDARD_OUTPUT, closefd=False), BUFFER),
        encoding=getattr(was, "encoding", "utf-8"),
        errors=getattr(was, "errors", "strict"),
        newline="\n",
        line_buffering=getattr(was, "line_buffering", False),
    )


def print_path(path: str) -> None:
    """Print the path of a written file: its bytes or, on a terminal, as printable text."""
    shown = escaped(path) if is_terminal(sys.stdout) else path
    with _standard_output() as out:
        out.write(os.fsencode(shown) + b"\n")


def flush_standard_output() -> None:
    """Write what Python still buffers for standard output."""
    if sys.stdout is not None:
        with naming(STANDARD_OUTPUT):
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

    A regular file is written beside its target and renamed into place if the block succeeds; else
    the old file stays as it was. A device or a pipe is written directly.
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


def make_folder(folder: str) -> None:
    """Make a folder, and those around it, unless it is there."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot make the folder {folder!r}: {error.strerror}") from error


def write_file(path: str, data: bytes) -> None:
    """Write a whole file, or to standard output for `-`."""
    with open_binary(path) as stream:
        stream.write(data)


def write_and_tell(path: str, data: bytes) -> None:
    """Write a whole file and print its path, or write to standard output for `-`."""
    write_file(path, data)
    if path != "-":
        print_path(path)


class Place:
    """A regular file from an offset on, into which several processes can write at once."""

    def __init__(self, descriptor: int, label: str, offset: int) -> None:
        self.descriptor = descriptor
        self.label = label
        self.offset = offset

    def write(self, data: memoryview, position: int) -> None:
        """Write all data at a position relative to the offset."""
        with naming(self.label):
            while data:
                done = os.pwrite(self.descriptor, data, self.offset + position)
                data, position = data[done:], position + done

    def write_rows(self, data: memoryview, row: int, position: int, stride: int) -> None:
        """Write rows of `row` bytes, each `stride` bytes after the one before."""
        descriptor, place = self.descriptor, self.offset + position
        with naming(self.label):
            for begin in range(0, len(data), row):
                if os.pwrite(descriptor, data[begin : begin + row], place) < row:
                    self.write(data[begin : begin + row], place - self.offset)
                place += stride


def placed(out: BinaryIO) -> Place | None:
    """Where a stream of this module would write next, if it is a file that allows any order."""
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
    """Ask for a larger pipe, if the stream writes to one."""
    raw = getattr(out, "raw", None)
    if isinstance(raw, _Descriptor):
        widen(raw.fileno())


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    if sys.stdout is None:
        raise DataError(f"cannot write {STANDARD_OUTPUT}: {CLOSED}")
    flush_standard_output()
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):  # replaced by something in memory
        yield cast(BinaryIO, sys.stdout.buffer)
        return
    # Not sys.stdout itself: if Python runs unbuffered, it writes every piece separately.
    with _buffered(_Descriptor(descriptor, STANDARD_OUTPUT, closefd=False)) as stream:
        yield stream


@contextmanager
def _buffered(raw: _Descriptor) -> Iterator[BinaryIO]:
    stream = io.BufferedWriter(raw, BUFFER)
    try:
        yield cast(BinaryIO, stream)
    except DataError:
        stream.flush()  # what came before the bad data is good
        raise
    else:
        stream.flush()
    finally:
        # Closing the stream would try to write again what could not be written.
        with naming(raw.label):
            raw.close()


def is_replaceable(path: str) -> bool:
    """Whether a path means a regular file, existing or not: no device, pipe or open descriptor."""
    if path == "-" or descriptor_behind(path) is not None:
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return True


def _open_special(path: str) -> int | None:
    """A descriptor to write directly to, for a target that a file must not replace."""
    number = descriptor_behind(path)
    if number is not None:
        return os.dup(number)  # keeps its position and whether it appends
    return None if is_replaceable(path) else os.open(path, os.O_WRONLY)


def descriptor_behind(path: str) -> int | None:
    """The descriptor that a path such as /dev/stdout stands for, through any links."""
    own = re.compile(rf"/dev/fd|/proc/{os.getpid()}(?:/task/\d+)?/fd")
    for _ in range(40):  # as many links as the system follows
        folder, name = os.path.split(os.path.abspath(path))
        if re.fullmatch("0|[1-9][0-9]*", name) and own.fullmatch(os.path.realpath(folder)):
            return int(name) if len(name) < 10 else NO_DESCRIPTOR
        if not os.path.islink(path):
            break
        path = os.path.join(folder, os.readlink(path))
    return None


@contextmanager
def _replacement(path: str, label: str) -> Iterator[BinaryIO]:
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    beside = os.path.join(folder, f".actcli-{os.urandom(6).hex()}.tmp")
    with _removed_on_failure(beside):
        with naming(label):
            # Nobody may read the new file who could not read the old one.
            mode = 0o600 if _is_there_to_replace(target) else 0o666
            _sweep(folder)
            descriptor = _open_without_name(folder, mode)
            unnamed = descriptor is not None
            if descriptor is None:
                descriptor = _open_locked(beside, mode)
        with _buffered(_Descriptor(descriptor, label)) as stream:
            yield stream
            stream.flush()
            with naming(label):
                _copy_permissions(target, descriptor)
                _sync(descriptor)
                if unnamed:
                    _lock(descriptor)
                    # Only with a folder to start from, which an absolute path ignores, does the
                    # system follow the link in /proc.
                    source = _behind(descriptor)
                    os.link(source, beside, src_dir_fd=descriptor, follow_symlinks=True)
                os.replace(beside, target)


def _is_there_to_replace(target: str) -> bool:
    """Whether there is a file; PermissionError if it is protected, which renaming would ignore."""
    try:
        os.stat(target)
    except FileNotFoundError:
        return False
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return True


def _behind(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"


def _open_without_name(folder: str, mode: int) -> int | None:
    """A file that vanishes with its last process; None if the system has no such files."""
    try:
        descriptor = os.open(folder, os.O_WRONLY | os.O_TMPFILE, mode)
    except (AttributeError, OSError):
        return None
    if os.path.exists(_behind(descriptor)):
        return descriptor
    os.close(descriptor)  # without /proc it could never get a name
    return None


def _open_locked(beside: str, mode: int) -> int:
    """A new file of that name, locked before another process can remove it."""
    while True:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        _lock(descriptor, patiently=True)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)


def _lock(descriptor: int, patiently: bool = False) -> bool:
    """Mark a file as in use; False if it already is, or if the system has no locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if patiently else fcntl.LOCK_NB))
    except (ImportError, OSError):
        return False
    return True


def _sweep(folder: str) -> None:
    """Remove the temporary files of processes that were killed."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if re.fullmatch(LEFTOVER, entry.name):
                with suppress(OSError):
                    _remove_if_left(entry)


def _remove_if_left(entry: os.DirEntry[str]) -> None:
    if not entry.is_file(follow_symlinks=False):
        return
    descriptor = os.open(entry.path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid() and _lock(descriptor):
            os.unlink(entry.path)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    """Write the data to the disk before the name, or a power cut could leave an empty file."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # the file system cannot do this
            raise


def _copy_permissions(target: str, descriptor: int) -> None:
    """Let nobody access the new file who could not access the one it replaces."""
    try:
        previous = os.stat(target)
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(previous.st_mode)
    if not _give(descriptor, previous.st_uid, previous.st_gid):
        # Only root may give a file away, but others may keep its group.
        if _give(descriptor, -1, previous.st_gid):
            mode &= 0o777
        else:
            mode = mode & 0o707 | (mode & 0o007) << 3
    with suppress(AttributeError, OSError):  # from the folder's default
        os.removexattr(descriptor, ACCESS_LIST)
    with suppress(AttributeError, OSError):  # few files and systems have one
        os.setxattr(descriptor, ACCESS_LIST, os.getxattr(target, ACCESS_LIST))
    os.fchmod(descriptor, mode)


def _give(descriptor: int, user: int, group: int) -> bool:
    try:
        os.fchown(descriptor, user, group)
    except PermissionError:
        return False
    return True


@contextmanager
def _removed_on_failure(beside: str) -> Iterator[None]:
    """Leave no temporary file, whether the block raises or the process is told to end."""
    import signal

    def remove_and_end(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            os.unlink(beside)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    handled = {}
    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError):  # outside the main thread
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
