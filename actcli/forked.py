"""Work on the parts of a whole, shared among processes that are copies of this one."""

from __future__ import annotations

import os
import signal
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from actcli.errors import ActcliError, DataError, UsageError

#: More processes than this wait for memory, not for each other.
MOST_PROCESSES = 4
#: Parts are handed out through a pipe, which must hold all their tickets: it may be of one page.
MOST_PARTS = 512
#: prctl's PR_SET_PDEATHSIG.
SET_PARENT_DEATH_SIGNAL = 1
TICKET = struct.Struct("<q")
#: What a process says of each part, in one piece: its number, or a status below 0 and the reason.
REPORT = struct.Struct("<q400s")


def worth_sharing() -> int:
    """How many processes may share work: 1 where this one must not be copied.

    A copy of a process has one thread; what the others held locked would stay so forever.
    """
    try:
        threads = len(os.listdir("/proc/self/task"))
        processors = len(os.sched_getaffinity(0))
    except (OSError, AttributeError):  # not Linux, whose forks are known to be harmless
        return 1
    if threads > 1 or threading.current_thread() is not threading.main_thread():
        return 1
    return min(processors, MOST_PROCESSES)


def share(
    parts: int, processes: int, work: Callable[[int], None], done: Callable[[int], None]
) -> None:
    """Do `work(part)` for each of at most MOST_PARTS, in any order, here and in further processes.

    `done(part)` is called here for each. The first error anywhere is raised here; then, or if this
    process is interrupted, the others are ended before this returns.
    """
    pipes = _open_pipes() if processes > 1 else None
    if pipes is None:
        for number in range(parts):
            work(number)
            done(number)
        return
    tickets, giver, reports, reporter = pipes
    children: list[int] = []
    try:
        os.write(giver, b"".join(map(TICKET.pack, range(parts))))
        os.close(giver)
        giver = -1
        for _ in range(processes - 1):
            with suppress(OSError):  # too many processes, or too large ones: do without
                _start(children, tickets, reporter, work)
        os.close(reporter)
        reporter = -1
        os.set_blocking(reports, False)
        while (part := _next(tickets)) is not None:
            work(part)
            done(part)
            _listen(reports, done)
            _bury(children, reports, done, os.WNOHANG)
        os.set_blocking(reports, True)
        _listen(reports, done)
        _bury(children, reports, done, 0)
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)  # time to put away a file that is not whole
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        for descriptor in (tickets, giver, reports, reporter):
            # Ctrl-C may have come when one was closed and not yet known to be.
            with suppress(OSError):
                os.close(descriptor)


def _open_pipes() -> list[int] | None:
    """The ends of two pipes; None if too much is open already."""
    ends: list[int] = []
    try:
        ends += os.pipe()
        ends += os.pipe()
    except OSError:
        for descriptor in ends:
            os.close(descriptor)
        return None
    return ends


def _start(children: list[int], tickets: int, reporter: int, work: Callable[[int], None]) -> None:
    """Add a copy of this process that works until nothing is left, by its process id."""
    parent = os.getpid()
    # Until the copy has its own ways, a signal must not make it do what is its parent's to do; nor
    # must one keep the parent from knowing that it has a copy.
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        child = os.fork()
        if child == 0:
            for number in signals:
                signal.signal(number, signal.SIG_DFL)
            # Ctrl-C reaches the whole group; the parent hears it too, and ends its copies.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            _work(parent, tickets, reporter, work)
        children.append(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(parent: int, tickets: int, reporter: int, work: Callable[[int], None]) -> NoReturn:
    status = 0
    try:
        end_with(parent, signal.SIGTERM)
        while os.getppid() == parent and (part := _next(tickets)) is not None:
            work(part)
            os.write(reporter, REPORT.pack(part, b""))
    except BaseException as error:
        status = 1
        with suppress(OSError):
            os.write(reporter, _failure(error))
    finally:
        # Nothing of what the parent has begun is ended here: buffers, files, the test that runs.
        os._exit(status)


def end_with(parent: int, number: signal.Signals) -> None:
    """Be ended by a signal when the parent ends, whatever goes on; Linux alone can do so."""
    with suppress(ImportError, AttributeError, OSError):
        import ctypes

        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(number))
    if os.getppid() != parent:
        raise ProcessLookupError(parent)


def _failure(error: BaseException) -> bytes:
    if isinstance(error, ActcliError):
        code, reason = error.status, str(error)
    elif isinstance(error, MemoryError):
        code, reason = 1, "not enough memory"
    else:
        code, reason = 1, f"{type(error).__name__}: {error}"
    return REPORT.pack(-code, reason.encode("utf-8", "replace"))


def _next(tickets: int) -> int | None:
    """The next part that nobody has taken; the pipe gives each whole ticket to one reader."""
    ticket = os.read(tickets, TICKET.size)
    return TICKET.unpack(ticket)[0] if ticket else None


def _listen(reports: int, done: Callable[[int], None]) -> None:
    """Hear what the others have said; to the end, if reading waits."""
    while True:
        try:
            report = os.read(reports, REPORT.size)
        except BlockingIOError:
            return
        if not report:
            return
        part, reason = REPORT.unpack(report)
        if part < 0:
            kind = UsageError if part == -UsageError.status else DataError
            raise kind(reason.rstrip(b"\0").decode("utf-8", "replace"))
        done(part)


def _bury(children: list[int], reports: int, done: Callable[[int], None], flags: int) -> None:
    """Take leave of the processes that have ended, and complain if one had not done its work."""
    for child in list(children):
        ended, status = os.waitpid(child, flags)
        if ended:
            children.remove(child)
        if status:
            _listen(reports, done)  # it may have said why
            raise DataError(_ending(status))


def _ending(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"a process that shared the work was ended by signal {os.WTERMSIG(status)}"
    return "a process that shared the work failed"
