"""The one place that decides whether and how terminal output is styled."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Literal, TextIO

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
