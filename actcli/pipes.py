"""Larger pipes, so that writer and reader alternate less often, and waiting on impatient ones."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

#: The most that Linux grants.
PIPE_SIZE = 1 << 20


def widen(descriptor: int) -> None:
    """Ask for a larger pipe, if the descriptor is a pipe and the system can."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


def wait_to_read(descriptor: int) -> None:
    """Wait until there is something to read, or the end.

    Programs that share a descriptor, such as node and ssh, may have set it not to block, and need
    that to stay.
    """
    import select

    select.select([descriptor], [], [])


def wait_to_write(descriptor: int) -> None:
    """Wait likewise until there is room to write."""
    import select

    select.select([], [descriptor], [])
