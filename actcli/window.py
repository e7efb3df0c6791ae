"""The size of a terminal's window."""

from __future__ import annotations

import os
from typing import NamedTuple, TextIO


class Window(NamedTuple):
    """The size of a terminal: columns, lines, and its width in pixels, 0 if unknown."""

    columns: int
    lines: int
    pixels: int = 0


#: The size of a terminal that does not tell it.
USUAL_WINDOW = Window(80, 24)


def window(stream: TextIO) -> Window:
    """The size of the terminal behind a stream; COLUMNS and LINES, if above 0, come first."""
    columns, lines, pixels = _asked(stream)
    return Window(
        _positive("COLUMNS") or columns or USUAL_WINDOW.columns,
        _positive("LINES") or lines or USUAL_WINDOW.lines,
        pixels,
    )


def _asked(stream: TextIO) -> Window:
    try:
        import fcntl
        import struct
        import termios

        answer = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8))
        lines, columns, pixels, _ = struct.unpack("HHHH", answer)
    except (ImportError, OSError, ValueError):
        return Window(0, 0)
    return Window(columns, lines, pixels)


def _positive(variable: str) -> int:
    """The whole number that a variable holds; 0 for anything else."""
    text = os.environ.get(variable, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
