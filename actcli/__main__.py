"""The entry point of `python -m actcli` and the console script, and what Ctrl-C does to it."""

from __future__ import annotations

import atexit
import gc
import math
import os
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: The files of code that must not be interrupted: imports.
IMPORTS = "<frozen importlib."
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
            code = frame.f_code
            if code.co_filename.startswith(IMPORTS) or code in OWN_CODE:
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


#: The other code that must not be interrupted: what handles the interruption.
OWN_CODE = {one.__code__ for one in vars(Interruption).values() if hasattr(one, "__code__")}


def main() -> None:
    """Run the command line and end the process with its exit status."""
    # OpenBLAS's threads would only cost start-up time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imports make little garbage; `progress` switches the collector on for long work.
    gc.disable()
    interruption = Interruption()
    try:
        from actcli.output import prepare_standard_streams

        prepare_standard_streams()
        from actcli.cli import run

        status = run()
        interruption.end()
    except KeyboardInterrupt:  # before the command began, or after it ended
        interruption.end()
        from actcli.console import note

        note("error: interrupted")
        status = 130
    leave(status)


def leave(status: int) -> None:
    """End the process without the interpreter's slow teardown of every module.

    Functions registered to run at exit (coverage, temporary folders) still run. `run` has flushed
    the output and reported its failure.
    """
    run_exit_functions = getattr(atexit, "_run_exitfuncs", None)
    if run_exit_functions is None:
        sys.exit(status)
    run_exit_functions()
    os._exit(status)


if __name__ == "__main__":
    main()
