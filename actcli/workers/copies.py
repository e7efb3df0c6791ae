"""Work shared with copies of this process."""

from __future__ import annotations

import os
import struct
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from typing import Any

from actcli.errors import NOT_ENOUGH_MEMORY, ActcliError, DataError
from actcli.workers.child import Child, Send, readable, undisturbed

#: Tasks are handed out through a pipe, which must hold all their tickets: it may be of one page.
MOST_TASKS = 512
TICKET = struct.Struct("<q")

#: What came of a task: the error, if there was one, and the value.
Outcome = tuple[Exception | None, Any]


def outcome(work: Callable[[], Any]) -> Outcome:
    """Do a task, and have its error instead of raising it."""
    try:
        return None, work()
    except Exception as error:
        return error, None


def told(error: Exception | None) -> ActcliError | None:
    """An error as it is told in another process, where nobody could catch it by its kind."""
    if error is None or isinstance(error, ActcliError):
        return error
    if isinstance(error, MemoryError):
        return DataError(NOT_ENOUGH_MEMORY)
    return DataError(f"{type(error).__name__}: {error}")


class Copies(Executor):
    """Tasks done by so many processes: this one, and copies of it.

    They begin when a result is asked for, and this process works while it waits for one. So what is
    submitted need not be pickled, and results come by `map` and `Future.result` alone.
    """

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self.begun: list[Task] = []
        self.waiting: deque[Task] = deque()
        self.steps = self._steps()
        self.ended = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.ended:
            raise RuntimeError("cannot schedule new futures after shutdown")
        task = Task(partial(fn, *args, **kwargs), self.steps)
        self.waiting.append(task)
        return task

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.ended = True
        if wait and not cancel_futures:
            for task in (*self.begun, *self.waiting):
                task.be_done()
        self.steps.close()
        for task in (*self.begun, *self.waiting):
            task.cancel()

    def __exit__(self, kind: object, *_: object) -> None:
        self.shutdown(cancel_futures=kind is not None)

    def _steps(self) -> Generator[None, None, None]:
        while True:
            self.begun = [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST_TASKS))]
            yield from self._do(self.begun)
            yield

    def _do(self, tasks: list[Task]) -> Iterator[None]:
        """Do tasks, about one a step."""
        children: list[Child] = []
        handed_out: list[int] = []
        numbers: Iterable[int] = range(len(tasks))
        others = min(self.processes, len(tasks)) - 1
        try:
            if others > 0:
                with undisturbed(), suppress(OSError):  # too much is open: do without
                    handed_out.append(_tickets(len(tasks)))
                    numbers = iter(partial(_next, handed_out[0]), None)
                    for _ in range(others):
                        children.append(Child(partial(_work, tasks, numbers)))
            for number in numbers:
                tasks[number].settle(*outcome(tasks[number].work))
                _listen(children, tasks, wait=False)
                yield
            while children:
                _listen(children, tasks, wait=True)
                yield
        except DataError as lost:
            for task in tasks:
                task.settle(lost, None)
        finally:
            for child in children:
                child.end()
            for descriptor in handed_out:
                os.close(descriptor)


class Task(Future[Any]):
    """A future whose result is worked for when it is asked for."""

    def __init__(self, work: Callable[[], Any], steps: Iterator[None]) -> None:
        super().__init__()
        self.work = work
        self.steps = steps

    def result(self, timeout: float | None = None) -> Any:
        self.be_done()
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self.be_done()
        return super().exception(timeout)

    def be_done(self) -> None:
        """Work until this is done."""
        while not self.done():
            next(self.steps)

    def settle(self, error: Exception | None, value: Any) -> None:
        """Take what came of it, unless it is too late."""
        if self.done():
            return
        if error is None:
            self.set_result(value)
        else:
            self.set_exception(error)


def _tickets(count: int) -> int:
    """Where to read a ticket for each task; a read takes a whole one from all processes."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(map(TICKET.pack, range(count))))
    os.close(writing)
    return reading


def _next(tickets: int) -> int | None:
    """The next task that nobody has taken."""
    ticket = os.read(tickets, TICKET.size)
    return TICKET.unpack(ticket)[0] if ticket else None


def _work(tasks: list[Task], numbers: Iterable[int], send: Send) -> None:
    """Be a copy: do what nobody else has begun, and tell what came of it."""
    for number in numbers:
        error, value = outcome(tasks[number].work)
        send((number, told(error), value))


def _listen(children: list[Child], tasks: list[Task], wait: bool) -> None:
    """Hear what copies have sent; DataError if one has been lost."""
    while children and (ready := readable(children, None if wait else 0)):
        wait = False
        for child in ready:
            try:
                number, error, value = child.receive()
            except EOFError:
                children.remove(child)
                if status := child.finish():
                    end = "failed" if status > 0 else f"was ended by signal {-status}"
                    raise DataError(f"a process that shared the work {end}") from None
            else:
                tasks[number].settle(error, value)
