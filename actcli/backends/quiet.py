"""Keeping what frameworks say to themselves away from what is printed."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress


class _Nowhere(io.TextIOBase):
    """A stream that keeps nothing, and stays open for handlers of logs that keep hold of it."""

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


NOWHERE = _Nowhere()


@contextmanager
def quiet() -> Iterator[None]:
    """Let nothing reach standard output or error, be it from Python or from C++."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):  # whoever writes next will hear of it
                stream.flush()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        for descriptor in (1, 2):
            with suppress(OSError):  # it is closed
                stack.enter_context(_descriptor_to_nowhere(descriptor))
        stack.enter_context(redirect_stdout(NOWHERE))
        stack.enter_context(redirect_stderr(NOWHERE))
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
