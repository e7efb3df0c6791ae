"""A progress bar on standard error for work that takes longer than a second."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from actcli.console import is_terminal, make_console

if TYPE_CHECKING:
    from rich.progress import Progress

    Advance = Callable[[int], None]

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
        yield _ignore
        return
    bar = _Bar(total, counted)
    try:
        yield bar.advance
    finally:
        bar.close()


def _ignore(count: int) -> None:
    pass


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
