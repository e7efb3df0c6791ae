"""A second process that goes on with an iteration, so that two processors work on a long input."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from actcli.errors import DataError
from actcli.forked import end_with, worth_sharing
from actcli.pipes import widen

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from actcli.columns import Array
    from actcli.sources.invalid import Invalid

    Block = list[Array]


def relayed(blocks: Iterator[Block], after: int, invalid: Invalid | None) -> Iterator[Block]:
    """The same blocks, or the same error; past `after` values another process goes on.

    What it meets that is invalid is in the end known here too.
    """
    count = 0
    while count < after:
        block = next(blocks, None)
        if block is None:
            return
        count += len(block[0])
        yield block
    yield from _from_a_child(blocks, invalid) if worth_sharing() > 1 else blocks


def _from_a_child(blocks: Iterator[Block], invalid: Invalid | None) -> Iterator[Block]:
    """The same from a copy of this process, or from this one where there can be no copy."""
    from multiprocessing.connection import Pipe

    # What the copy needs is there before it: once it reads, it is too late to do without it.
    with ExitStack() as opened:
        try:
            nowhere = opened.enter_context(open(os.devnull, "wb"))
            reading, writing = map(opened.enter_context, Pipe(duplex=False))
        except OSError:  # too much is open
            yield from blocks
            return
        widen(writing.fileno())
        # Ctrl-C reaches both processes, but only the first has something to say, and only once it
        # knows of the other.
        unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        parent, child = os.getpid(), 0
        try:
            with suppress(OSError):  # too many processes, or too large ones
                child = os.fork()
                if child == 0:
                    _send(blocks, invalid, reading, writing, nowhere.fileno(), parent)
            signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
            writing.close()
            yield from _received(reading, invalid) if child else blocks
        finally:
            if child:
                # It may be waiting for input that never comes.
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)


def _received(connection: Connection, invalid: Invalid | None) -> Iterator[Block]:
    """What the other process sends."""
    while True:
        kind, content = _receive(connection)
        if kind == "error":
            raise content
        if kind == "end":
            if invalid is not None:
                invalid.adopt(content)
            return
        yield content


def _receive(connection: Connection) -> tuple[str, Any]:
    try:
        message: tuple[str, Any] = connection.recv()
    except (EOFError, OSError) as error:
        raise DataError("the process that reads the input was ended") from error
    return message


def _send(
    blocks: Iterator[Block],
    invalid: Invalid | None,
    reading: Connection,
    writing: Connection,
    nowhere: int,
    parent: int,
) -> NoReturn:
    """Be the child: send every block, then what was invalid or the error, and end at once."""
    status = 1
    try:
        end_with(parent, signal.SIGKILL)
        for number in (signal.SIGTERM, signal.SIGHUP):
            if callable(signal.getsignal(number)):  # to clean up what the other process wrote
                signal.signal(number, signal.SIG_DFL)
        reading.close()
        # Whoever waits for the end of the output must not wait for this process.
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        kind = "block"
        while kind == "block":
            message = _next_message(blocks, invalid)
            kind = message[0]
            writing.send(message)
        status = 0
    finally:
        # What is buffered or registered belongs to the other process.
        os._exit(status)


def _next_message(blocks: Iterator[Block], invalid: Invalid | None) -> tuple[str, Any]:
    try:
        return "block", next(blocks)
    except StopIteration:
        return "end", invalid
    except Exception as error:
        return "error", error
