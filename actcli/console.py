"""The one place that decides whether and how terminal output is styled."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Literal, TextIO

from actcli.errors import one_line

if TYPE_CHECKING:
    from rich.console import Console

#: The environment variable by which a shell asks for completions.
COMPLETION_VARIABLE = "_ACTCLI_COMPLETE"
#: The environment variable that names a file of the user's own functions.
FUNCTIONS_VARIABLE = "ACTCLI_FUNCTIONS"
#: The width of a line without a window.
UNLIMITED = 10_000


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether a person is watching the stream."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def is_unicode(stream: TextIO | None) -> bool:
    """Whether a stream takes letters beyond ASCII."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def colour_wanted(stream: TextIO | None) -> bool:
    """Whether to style output to the stream: by NO_COLOR, FORCE_COLOR, TERM, then the terminal.

    By convention, an empty variable counts as not set.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(stream)


def note(message: str, error: bool = False) -> None:
    """Write one line to standard error, if possible; during shell completion only errors."""
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
    terminal there is no style and, unless `width` is given, no limit to a line, so tables and
    panels must not expand to the console's width.
    """
    from rich.console import Console

    stream = stream or (sys.stderr if stderr else sys.stdout)
    if not is_unicode(stream):
        # Rich replaces boxes; a letter that the encoding lacks must not be an error.
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
        # None drops every escape, also bold and dim, which NO_COLOR alone would keep.
        color_system=_colour_system(terminal) if colour else None,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _colour_system(terminal: bool) -> Literal["auto", "standard"]:
    """What the terminal can do; the least if there is none, or an unknown one."""
    return "auto" if terminal and os.environ.get("TERM", "dumb") != "dumb" else "standard"
