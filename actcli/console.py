"""The one place that decides whether and how terminal output is styled."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

from actcli.errors import one_line

if TYPE_CHECKING:
    from rich.console import Console

#: What a shell sets that asks for completions.
COMPLETION_VARIABLE = "_ACTCLI_COMPLETE"
#: The environment variable that names a file of the user's own functions.
FUNCTIONS_VARIABLE = "ACTCLI_FUNCTIONS"
#: How wide a line may grow where nobody's window limits it: a pipe's reader wants it whole.
UNLIMITED = 10_000


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether a person is watching the stream."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


class Window(NamedTuple):
    """The size of a terminal: columns, lines, and pixels across where it tells them, else 0."""

    columns: int
    lines: int
    pixels: int = 0


#: What a terminal is taken for that does not tell its size.
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
    """What the terminal itself says, 0 where it says nothing."""
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
    """The whole number that a variable is set to; 0 for anything else."""
    text = os.environ.get(variable, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def is_unicode(stream: TextIO | None) -> bool:
    """Whether a stream takes letters beyond ASCII."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def colour_wanted(stream: TextIO | None) -> bool:
    """Whether to style what goes to the stream: by NO_COLOR, FORCE_COLOR, TERM, then the terminal.

    As the conventions have it, a variable that is set but empty counts as not set.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(stream)


def note(message: str, error: bool = False) -> None:
    """Write one line to standard error, if anything can still be written there.

    In a line that somebody is typing and has completed, only errors may stand.
    """
    if os.environ.get(COMPLETION_VARIABLE) and not error:
        return
    with suppress(OSError, AttributeError, ValueError):
        sys.stderr.write(f"actcli: {'error: ' if error else ''}{one_line(message)}\n")
        sys.stderr.flush()


def make_console(
    stream: TextIO | None = None, stderr: bool = False, width: int | None = None
) -> Console:
    """A Rich console for standard output (or standard error, or `stream`).

    Markup and automatic highlighting are off, since most of what is printed is data. Without a
    terminal there is no style and, unless `width` is given, no limit to a line: do not let a table
    or a panel expand to the console's width there.
    """
    from rich.console import Console

    stream = stream or (sys.stderr if stderr else sys.stdout)
    if not is_unicode(stream):
        # Boxes are replaced by Rich; a letter that the encoding lacks must not be an error.
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    terminal = is_terminal(stream)
    colour = colour_wanted(stream)
    if width is None and not terminal:
        width = UNLIMITED
    return Console(
        file=stream,
        width=width,
        force_terminal=colour or terminal,
        # None drops every escape, bold and dim included, which NO_COLOR alone would leave.
        color_system=_colour_system(terminal) if colour else None,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _colour_system(terminal: bool) -> Literal["auto", "standard"]:
    """What the terminal can do; the least where there is none to ask, or one that says nothing."""
    return "auto" if terminal and os.environ.get("TERM", "dumb") != "dumb" else "standard"
