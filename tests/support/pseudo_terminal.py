"""Running the command line on a terminal of a given width, as a person does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from typing import Any

from tests.conftest import command_line, environment

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(*arguments: str, **settings: Any) -> str:
    """What `actcli` shows on a terminal, escapes included; settings as of `on_terminal_of`."""
    return on_terminal_of(command_line(*arguments), **settings)


def on_terminal_of(
    command: list[str],
    width: int = 80,
    lines: int = 40,
    pixels: int = 0,
    status: int = 0,
    **changes: str,
) -> str:
    """What a command shows on a terminal, escapes included; `pixels` is how many it says across."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, width, pixels, 0))
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**{"TERM": "xterm-256color", **changes}),
    )
    os.close(theirs)
    shown = bytearray()
    try:
        while block := os.read(ours, 1 << 16):
            shown += block
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.wait() == status, shown.decode(errors="replace")
    return shown.decode().replace("\r\n", "\n")


def without_escapes(text: str) -> str:
    """The text as it is read."""
    return ESCAPE.sub("", text)
