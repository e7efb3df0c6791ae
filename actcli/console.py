"""What a terminal is shown: styles, notes, and a progress bar for long work."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Literal, TextIO

from actcli.errors import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    Advance = Callable[[int], None]


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


#: Seconds until the bar appears, and between its updates.
PATIENCE = 1.0
INTERVAL = 0.1


@contextmanager
def progress(total: int | None, quiet: bool = False, counted: str = "bytes") -> Iterator[Advance]:
    """A function to call with how much was just done, of a total if known.

    Garbage collection, off at the start of the process, is on from here. The bar shows only on a
    terminal, after a second; where bytes are counted, results are written meanwhile, and it does
    not show if they go to a terminal too.
    """
    gc.freeze()  # objects made at the start stay
    gc.enable()
    among_numbers = counted == "bytes" and is_terminal(sys.stdout)
    if quiet or not is_terminal(sys.stderr) or among_numbers:
        yield lambda count: None
        return
    bar = _Bar(total, counted)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    def __init__(self, total: int | None, counted: str) -> None:
        self.total = total
        self.counted = counted
        self.done = 0
        self.next = time.monotonic() + PATIENCE
        self.shown: Progress | None = None

    def advance(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + INTERVAL
        if self.shown is None:
            self.shown = _start(self.total, self.done, self.counted)
        # Drawn only from here: with a thread of the bar's own, this process could not fork.
        self.shown.update(self.shown.task_ids[0], completed=self.done, refresh=True)

    def close(self) -> None:
        if self.shown is not None:
            self.shown.stop()


def _start(total: int | None, done: int, counted: str) -> Progress:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    amount: list[ProgressColumn] = [MofNCompleteColumn(), TextColumn(counted)]
    if counted == "bytes":
        amount = [DownloadColumn(), TransferSpeedColumn()]
    bar = Progress(
        BarColumn(),
        *amount,
        TimeElapsedColumn() if total is None else TimeRemainingColumn(),
        console=make_console(stderr=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=total, completed=done)
    bar.start()
    return bar
