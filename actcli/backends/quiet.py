"""Keep the messages of frameworks out of the output."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress


class _Nowhere(io.TextIOBase):
    """A stream that discards everything, and stays open for log handlers that keep it."""

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


NOWHERE = _Nowhere()


@contextmanager
def quiet(prints: bool = False) -> Iterator[None]:
    """Let nothing reach standard output or error, neither from Python nor from C++.

    With `prints`, what Python writes to either of them is shown, on standard error.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):  # the next write will report it
                stream.flush()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        shown: io.TextIOBase = NOWHERE
        if prints:
            with suppress(OSError):  # it is closed
                shown = stack.enter_context(open(os.dup(2), "w", buffering=1, errors="replace"))
        for descriptor in (1, 2):
            with suppress(OSError):  # it is closed
                stack.enter_context(_descriptor_to_nowhere(descriptor))
        stack.enter_context(redirect_stdout(shown))
        stack.enter_context(redirect_stderr(shown))
        yield


@contextmanager
def _descriptor_to_nowhere(descriptor: int) -> Iterator[None]:
    saved = os.dup(descriptor)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
