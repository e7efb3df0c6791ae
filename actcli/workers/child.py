"""A copy of this process that works by itself and sends back what it makes."""

from __future__ import annotations

import os
import pickle
import select
import signal
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from actcli.pipes import widen

#: More processes than this wait for memory, not for each other.
MOST_PROCESSES = 4
#: prctl's PR_SET_PDEATHSIG.
SET_PARENT_DEATH_SIGNAL = 1
SIZE = struct.Struct("<q")

Send = Callable[[object], None]


def worth_sharing() -> int:
    """How many processes may share work: 1 where this one must not be copied.

    A copy of a process has one thread; what the others held locked would stay so forever.
    """
    try:
        threads = len(os.listdir("/proc/self/task"))
        processors = len(os.sched_getaffinity(0))
    except (OSError, AttributeError):  # only Linux is known to fork harmlessly
        return 1
    if threads > 1 or threading.current_thread() is not threading.main_thread():
        return 1
    return min(processors, MOST_PROCESSES)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold signals back until the block ends: then it is known what they have to end."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Child:
    """A process that does `work`, which is given a function that sends a message back, and ends.

    To be made undisturbed. Raises OSError where there is no room for another process or pipe.
    """

    def __init__(self, work: Callable[[Send], None]) -> None:
        self.reading, writing = os.pipe()
        parent = os.getpid()
        try:
            widen(writing)
            self.id = os.fork()
            if self.id == 0:
                _work(parent, writing, work)
        except OSError:
            os.close(self.reading)
            raise
        finally:
            os.close(writing)

    def receive(self) -> Any:
        """The next message; EOFError if there is none any more."""
        return pickle.loads(self._read(SIZE.unpack(self._read(SIZE.size))[0]))

    def _read(self, size: int) -> bytearray:
        data = bytearray(size)
        left = memoryview(data)
        while left:
            count = os.readv(self.reading, [left])
            if not count:
                raise EOFError
            left = left[count:]
        return data

    def finish(self) -> int:
        """Take leave of a process that sends no more: its exit status, or a signal below 0."""
        os.close(self.reading)
        return os.waitstatus_to_exitcode(os.waitpid(self.id, 0)[1])

    def end(self) -> None:
        """Leave no process behind, whatever it is doing."""
        os.kill(self.id, signal.SIGKILL)
        self.finish()


def readable(children: list[Child], seconds: float | None) -> list[Child]:
    """Those that have sent something, or are at their end, soon enough; None waits for one."""
    ready, _, _ = select.select([child.reading for child in children], [], [], seconds)
    return [child for child in children if child.reading in ready]


def _work(parent: int, writing: int, work: Callable[[Send], None]) -> NoReturn:
    status = 1
    try:
        # Ctrl-C reaches the whole group; the parent hears it too, and ends its children.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            if callable(signal.getsignal(number)):  # to clean up what the parent wrote
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _end_with(parent)

        def send(message: object) -> None:
            data = memoryview(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
            parts = [memoryview(SIZE.pack(len(data))), data]
            while parts:
                count = os.writev(writing, parts)
                while parts and count >= len(parts[0]):
                    count -= len(parts.pop(0))
                if parts:
                    parts[0] = parts[0][count:]

        work(send)
        status = 0
    finally:
        # What is buffered or registered belongs to the parent.
        os._exit(status)


def _end_with(parent: int) -> None:
    """Be ended when the parent ends, whatever goes on; Linux alone can do so."""
    with suppress(ImportError, AttributeError, OSError):
        import ctypes

        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))
    if os.getppid() != parent:
        raise ProcessLookupError(parent)
