"""Pipes that hold more, so that writer and reader take turns less often."""

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
