"""Pipes that hold more, so that writer and reader take turns less often; and impatient ones."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

#: As much as Linux grants anybody.
PIPE_SIZE = 1 << 20


def widen(descriptor: int) -> None:
    """Ask for a larger pipe, if the descriptor is one and the system has such a thing."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


def wait_to_read(descriptor: int) -> None:
    """Wait until there is something to read, or the end.

    Who shares a descriptor may have set it not to wait, as node and ssh do; so it has to stay.
    """
    import select

    select.select([descriptor], [], [])


def wait_to_write(descriptor: int) -> None:
    """Wait likewise until there is room for what is written."""
    import select

    select.select([], [descriptor], [])
