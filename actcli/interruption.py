"""Ctrl-C, which ends a command at any time, and only once."""

from __future__ import annotations

import math
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: The code that must not be interrupted: imports, and this file.
NOT_HERE = ("<frozen importlib.", __file__)
#: Seconds until an interruption that came there is tried again.
AGAIN = 0.01
#: Seconds in which another Ctrl-C is ignored, since it would only disturb the cleaning up.
SEEN_TO = 1.0


class Interruption:
    """Handle Ctrl-C in this process from now on until `end`.

    Imports are not interrupted, since not every module survives that: orjson crashes. In callbacks
    of the interpreter (`__del__`, weak references) an exception would only be printed. In both
    cases the interruption is repeated a little later.
    """

    def __init__(self) -> None:
        self.heard = -math.inf
        self.ended = False
        self.print_unraisable = sys.unraisablehook
        # A process started to ignore Ctrl-C keeps ignoring it.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler and (
            hasattr(signal, "setitimer")
        ):
            signal.signal(signal.SIGALRM, self._interrupt)
            signal.signal(signal.SIGINT, self._hear)
            sys.unraisablehook = self._not_raised

    def end(self) -> None:
        """Ignore Ctrl-C while the process ends."""
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
        elif self.heard == -math.inf:  # else it may come from a half-made object
            self.print_unraisable(unraisable)
