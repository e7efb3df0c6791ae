"""Watching processes: what they have begun to write, and when they have ended."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

#: What files are called while a process writes them, before they get their names.
UNFINISHED = ".actcli-"
#: Changes the command line so that it cannot write files without a name.
WITH_NAMES = "import os; del os.O_TMPFILE"
#: Shows progress at once, where a person would wait a second for it.
IMPATIENT = "import actcli.console; actcli.console.PATIENCE = actcli.console.INTERVAL = 0.0"


def changed_command_line(changes: str, *args: str) -> list[str]:
    """The command of `command_line`, with lines of Python that come before it."""
    script = f"{changes}\nfrom actcli.__main__ import main\nmain()"
    return [sys.executable, "-c", script, *args]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, on the slowest machine too."""
    deadline = time.monotonic() + 100
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def in_the_making(process: int, folder: Path) -> Iterator[os.stat_result]:
    """The files in a folder, without a name or with a makeshift one, that a process has open."""
    for link in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):  # it is closed while we look
            path = Path(os.readlink(link))
            status = link.stat()
            makeshift = path.name.startswith(UNFINISHED) or status.st_nlink == 0
            if path.parent == folder and makeshift and stat.S_ISREG(status.st_mode):
                yield status


def one_processor() -> None:
    """Leave a process that is started one processor."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def children(process: int) -> list[int]:
    """The processes that a process has started and that have not been waited for."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]


def living(group: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ends while we look
            state, _, number = path.read_text().rpartition(")")[2].split()[:3]
            if int(number) == group and state != "Z":
                found.append(path.parent.name)
    return found
