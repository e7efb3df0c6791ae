"""Ctrl-C, which ends a command wherever it comes, and once."""

from __future__ import annotations

import math
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: The files of code that an interruption must not meet: that of imports, and this one.
NOT_HERE = ("<frozen importlib.", __file__)
#: Seconds until what an interruption met, and must not, may have ended.
AGAIN = 0.01
#: Seconds in which another Ctrl-C says nothing new, and would only disturb the tidying up.
SEEN_TO = 1.0


class Interruption:
    """What becomes of Ctrl-C in this process, from now on until `end`.

    An import is not interrupted: not every module bears it, orjson crashes. What is raised where
    the interpreter calls back (`__del__`, weak references) it would only print: there is another
    interruption a little later instead.
    """

    def __init__(self) -> None:
        self.heard = -math.inf
        self.ended = False
        self.print_unraisable = sys.unraisablehook
        # Whoever started this process may have it ignore Ctrl-C; then it stays so.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler and (
            hasattr(signal, "setitimer")
        ):
            signal.signal(signal.SIGALRM, self._interrupt)
            signal.signal(signal.SIGINT, self._hear)
            sys.unraisablehook = self._not_raised

    def end(self) -> None:
        """Let no Ctrl-C change any more how this process ends."""
        self.ended = True

    def _hear(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self.heard >= SEEN_TO:
            self.heard = now
            self._interrupt(number, frame)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self.ended:
            return
        while frame is not None:
            if frame.f_code.co_filename.startswith(NOT_HERE):
                self._again()
                return
            frame = frame.f_back
        raise KeyboardInterrupt

    def _again(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, AGAIN)

    def _not_raised(self, unraisable: UnraisableHookArgs) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            self._again()
        elif self.heard == -math.inf:  # else it may be of something half made
            self.print_unraisable(unraisable)
