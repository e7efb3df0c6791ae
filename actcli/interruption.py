"""Ctrl-C, which ends a command anywhere but in the middle of an import."""

from __future__ import annotations

import signal
from types import FrameType

#: The file that the code of imports is said to be from.
IMPORTING = "<frozen importlib."
#: Seconds until an import that is going on may have ended.
AGAIN = 0.01


def spare_imports() -> None:
    """Let Ctrl-C wait for the end of an import that it meets.

    Not every module bears an interruption there: orjson crashes, and one that reaches a callback of
    the interpreter's is printed and forgotten.
    """
    if not hasattr(signal, "setitimer"):
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if not _importing(frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, AGAIN)


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(IMPORTING):
            return True
        frame = frame.f_back
    return False
