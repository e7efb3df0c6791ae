"""A program as a backend: `exec:COMMAND` reads numbers and writes as many.

It is started once for a stream of blocks, and fed while its results are read, so that neither of
the two waits for the other for ever, however much each holds back.
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from actcli.backends.base import Backend, Dependence, remade
from actcli.backends.exchange import EXCHANGES
from actcli.errors import DataError, UsageError
from actcli.pipes import widen

if TYPE_CHECKING:
    from actcli.backends.exchange import Exchange
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType

PREFIX = "exec:"
#: How much is read and written at once.
CHUNK = 1 << 20
#: How much of what it says on standard error is kept, ...
MOST_SAID = 1 << 20
#: ... how much of the end of that is looked at, and how much of the last line is shown.
LAST_WORDS = 4096
LONGEST_LINE = 200


class Program(Backend):
    """Any program: the numbers of a dtype on its standard input, as many on its standard output.

    `timeout` is how many seconds may pass in which it neither reads nor writes.
    """

    is_kernel = True
    dependence = Dependence.STREAM
    orders = (0,)

    def __init__(self, word: str, exchange: str = "raw", timeout: float | None = None) -> None:
        self.name = word
        self.form = exchange
        self.exchange = EXCHANGES[exchange]
        self.timeout = timeout
        try:
            self.words = shlex.split(word.removeprefix(PREFIX))
        except ValueError as error:
            raise UsageError(f"{word!r} cannot be split into words: {error}") from error
        if not self.words:
            raise UsageError(f"no program stands behind {PREFIX}; for example exec:./gelu")

    def __reduce__(self) -> tuple[Any, ...]:
        return remade, (Program, (self.name, self.form, self.timeout), self.results)

    @property
    def version(self) -> str | None:
        return ""

    def check(self, bound: BoundActivation, orders: Sequence[int], dtype: DType) -> None:
        super().check(bound, orders, dtype)
        if any(orders):
            raise UsageError(
                f"{self.name} gives values; name a program that gives the derivative, "
                "--derivative exec:COMMAND, or choose --show y"
            )

    def evaluate(
        self,
        bound: BoundActivation,
        x: Array,
        orders: Sequence[int],
        dtype: DType,
        *,
        saturate: bool = False,
        offset: int = 0,
        total: int | None = None,
    ) -> list[Array]:
        self.check(bound, orders, dtype)
        flat = x.reshape(-1)
        streamed = self.stream(bound, iter([flat]), (0,), dtype, flat.size, saturate=saturate)
        values = next(iter([columns[0] for columns in streamed]), flat)
        return [values.reshape(x.shape) for _ in orders]

    def stream(
        self,
        bound: BoundActivation,
        blocks: Iterator[Array],
        orders: Sequence[int],
        dtype: DType,
        total: int | None,
        *,
        saturate: bool = False,
        more: int | None = None,
    ) -> Iterator[list[Array]]:
        if saturate:
            raise UsageError(f"--saturate is for the default backend; {self.name} has its own ways")
        if self.exchange.counted and total is None:
            held = [block.copy() for block in blocks]
            blocks, total = iter(held), sum(map(len, held))
        if total == 0:
            return
        with tempfile.TemporaryFile() as said:
            run = _Run(self, dtype, total, said)
            try:
                for values in run.results(blocks, more):
                    yield [values for _ in orders]
                run.finish()
            finally:
                run.end()


class _Run:
    """One run of a program, from its start to its end."""

    def __init__(self, program: Program, dtype: DType, total: int | None, said: BinaryIO) -> None:
        self.name = program.name
        self.dtype = dtype
        self.timeout = program.timeout
        self.exchange: Exchange = program.exchange(dtype, total, program.name, program.results)
        self.said = said
        self.kept = b""
        self.total = total
        self.given = 0
        self.lengths: deque[int] = deque()
        try:
            self.process = subprocess.Popen(
                program.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, bufsize=0
            )
        except OSError as error:
            several = "; a second backend needs --backends again" if "," in self.name else ""
            raise DataError(
                f"{self.name} cannot be started: {error.strerror} ({program.words[0]}){several}"
            ) from error
        except ValueError as error:
            raise UsageError(f"{self.name!r} cannot be started: {error}") from error
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        for stream in (self.stdin, self.stdout):
            widen(stream.fileno())
            os.set_blocking(stream.fileno(), False)

    def results(self, blocks: Iterator[Array], more: int | None) -> Iterator[Array]:
        """The results of each block, as they come; `more` as `Backend.stream` has it."""
        for block in blocks:
            if len(block):
                self.given += len(block)
                self.lengths.append(len(block))
                self._feed(self.exchange.encoded(block))
                yield from self._ready()
            else:
                while self._owes() and more not in self._wait(more):
                    yield from self._ready()
            # nothing more can come; what has come may be for numbers that it did not wait for
            if self.stdout.closed and (self.lengths or not self.exchange.count):
                self.given = self.total or self.given
                break
        self._close_input()
        while not self.stdout.closed:
            self._wait()
            yield from self._ready()

    def _owes(self) -> bool:
        return self.exchange.arrived < self.given and not self.stdout.closed

    def _ready(self) -> Iterator[Array]:
        """The blocks of which all results have come."""
        while self.lengths and self.exchange.count >= self.lengths[0]:
            yield self.exchange.taken(self.lengths.popleft())

    def _feed(self, data: memoryview) -> None:
        """Write all of it, and read meanwhile whatever comes."""
        while data.nbytes and not self.stdin.closed and not self.stdout.closed:
            if self.stdin.fileno() in self._wait(writing=True):
                data = data[self._written(data) :]

    def _written(self, data: memoryview) -> int:
        try:
            return os.write(self.stdin.fileno(), data[:CHUNK])
        except BlockingIOError:
            return 0
        except BrokenPipeError:  # it reads no further; what it writes shows whether that is wrong
            self._close_input()
            return 0

    def _wait(self, more: int | None = None, *, writing: bool = False) -> set[int]:
        """Wait until it has written something, which is read; or until it can be written to, or
        there is `more` to write: the descriptors that are ready.

        DataError if it takes longer than it may; what comes from elsewhere may take any time.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self.stdout, selectors.EVENT_READ)
            if writing:
                selector.register(self.stdin, selectors.EVENT_WRITE)
            if more is not None:
                selector.register(more, selectors.EVENT_READ)
            ready = {key.fd for key, _ in selector.select(self.timeout if more is None else None)}
        if not ready and more is None:
            raise DataError(
                f"{self.name} did nothing for {self.timeout:g} s (--timeout), after "
                f"{self.exchange.arrived:,} of {self.total or self.given:,} values"
            )
        if self.stdout.fileno() in ready:
            with suppress(BlockingIOError):
                self._read()
        return ready

    def _read(self) -> None:
        data = os.read(self.stdout.fileno(), CHUNK)
        if data:
            self.exchange.receive(data)
            if self.exchange.overflows(self.given):
                raise DataError(f"{self.name} {self.exchange.complaint(self.given)}")
        else:
            self.exchange.end()
            self.stdout.close()
        if os.fstat(self.said.fileno()).st_size > MOST_SAID:
            self.kept = self._last_words()
            self.said.seek(0)  # where the program goes on, too
            self.said.truncate()

    def _close_input(self) -> None:
        with suppress(OSError):
            self.stdin.close()

    def finish(self) -> None:
        """Wait for its end; DataError if something is wrong with that, or with what came."""
        try:
            status = self.process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            raise DataError(
                f"{self.name} closed its output but did not end within {self.timeout:g} s "
                "(--timeout)"
            ) from None
        came = self.exchange.arrived
        of = f"after {came:,} of {self.given:,} values" if came < self.given else ""
        if status < 0:
            raise DataError(_with_words(f"{self.name} was ended by {_signal(-status)}", of, self))
        if status:
            raise DataError(_with_words(f"{self.name} ended with status {status}", of, self))
        if complaint := self.exchange.complaint(self.given):
            raise DataError(_with_words(f"{self.name} {complaint}", "", self))

    def last_line(self) -> str:
        """The last line of what it said on standard error."""
        lines = self._last_words().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:LONGEST_LINE] if lines else ""

    def _last_words(self) -> bytes:
        size = os.fstat(self.said.fileno()).st_size
        return (self.kept + os.pread(self.said.fileno(), LAST_WORDS, max(0, size - LAST_WORDS)))[
            -LAST_WORDS:
        ]

    def end(self) -> None:
        """End it, whatever it does."""
        for stream in (self.stdin, self.stdout):
            with suppress(OSError):
                stream.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def _with_words(what: str, of: str, run: _Run) -> str:
    said = run.last_line()
    return f"{what}{f' {of}' if of else ''}{f'; it says: {said}' if said else ''}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
