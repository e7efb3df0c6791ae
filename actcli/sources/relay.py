"""A second process that goes on with an iteration, so that two processors work on a long input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from actcli.errors import DataError
from actcli.workers.child import Child, Send, undisturbed, worth_sharing

if TYPE_CHECKING:
    from actcli.numerics.dtypes import Array
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
    child = None
    try:
        with undisturbed(), suppress(OSError):  # too much is open: do without
            child = Child(partial(_send_all, blocks, invalid))
        if child is None:
            yield from blocks
            return
        kind, content = _receive(child)
        while kind == "block":
            yield content
            kind, content = _receive(child)
        if kind == "error":
            raise content
        if invalid is not None:
            invalid.adopt(content)
    finally:
        if child:
            child.end()  # it may be waiting for input that never comes


def _receive(child: Child) -> tuple[str, Any]:
    try:
        message: tuple[str, Any] = child.receive()
    except EOFError:
        raise DataError("the process that reads the input was ended") from None
    return message


def _send_all(blocks: Iterator[Block], invalid: Invalid | None, send: Send) -> None:
    """Send every block, then what was invalid or the error."""
    try:
        for block in blocks:
            send(("block", block))
    except Exception as error:
        send(("error", error))
    else:
        send(("end", invalid))
