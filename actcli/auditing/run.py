"""An audit from end to end: the inputs in parts, shared among processes or threads."""

from __future__ import annotations

import mmap
import pickle
import struct
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.auditing.findings import Findings
from actcli.auditing.inputs import BLOCK, Span, spans
from actcli.auditing.judge import Judge
from actcli.auditing.subjects import Subject
from actcli.errors import DataError
from actcli.evaluating.evaluate import THREADS
from actcli.forked import MOST_PARTS, share, worth_sharing
from actcli.sources.base import Held

#: From so many inputs on another process is worth its start.
WORTH_SHARING = 1 << 18
#: What the findings of one part may take, pickled.
SLOT = 1 << 18
SIZE = struct.Struct("<q")

Report = Callable[[int], None]


def run(
    judge: Judge,
    subject: Subject,
    inputs: Sequence[Held],
    report: Report | None = None,
    in_turn: bool = False,
) -> list[Findings]:
    """Judge all inputs; the findings of each column. `report` is told how many are done.

    With `in_turn` the inputs and results are asked for in their order alone.

    What is found depends neither on the number of processes nor on which was first.
    """
    work = _Work(judge, subject, inputs)
    tell = report or (lambda count: None)
    processes = worth_sharing() if work.total >= WORTH_SHARING and not in_turn else 1
    if processes > 1:
        return _in_processes(work, processes, tell)
    return _in_threads(work, tell)


class _Work:
    def __init__(self, judge: Judge, subject: Subject, inputs: Sequence[Held]) -> None:
        self.judge = judge
        self.subject = subject
        self.total = sum(one.count for one in inputs)
        self.spans = spans(list(inputs), MOST_PARTS - len(inputs))

    def nothing(self) -> list[Findings]:
        return [Findings() for _ in self.judge.orders]

    def results(self, span: Span, first: int) -> tuple[NDArray[Any], list[NDArray[Any]]]:
        x = span.inputs.part(first, min(first + BLOCK, span.last))
        with np.errstate(all="ignore"):
            got = self.subject(x, span.offset + first - span.first, self.total)
        return x, got

    def part(self, span: Span) -> list[Findings]:
        found = self.nothing()
        for first in range(span.first, span.last, BLOCK):
            _add(found, self.judge.judge(*self.results(span, first)))
        return found


def _in_processes(work: _Work, processes: int, report: Report) -> list[Findings]:
    """Each part leaves its findings in a slot of memory that all processes see."""
    slots = mmap.mmap(-1, len(work.spans) * SLOT)

    def one(part: int) -> None:
        data = pickle.dumps(work.part(work.spans[part]))
        if SIZE.size + len(data) > SLOT:  # it would lie over what is found of the next part
            raise DataError(f"the findings of a part take {len(data)} bytes, too many for {SLOT}")
        start = part * SLOT
        slots[start : start + SIZE.size] = SIZE.pack(len(data))
        slots[start + SIZE.size : start + SIZE.size + len(data)] = data

    def done(part: int) -> None:
        report(work.spans[part].last - work.spans[part].first)

    with slots:
        share(len(work.spans), processes, one, done)
        found = work.nothing()
        for part in range(len(work.spans)):  # in their order, so that sums are always the same
            start = part * SLOT
            (size,) = SIZE.unpack(slots[start : start + SIZE.size])
            _add(found, pickle.loads(slots[start + SIZE.size : start + SIZE.size + size]))
    return found


def _in_threads(work: _Work, report: Report) -> list[Findings]:
    """Results are had one block after the other, and judged meanwhile in threads."""
    found = work.nothing()
    if work.total < WORTH_SHARING or THREADS == 1:
        for span in work.spans:
            _add(found, work.part(span))
            report(span.last - span.first)
        return found
    from actcli.threads import Threads

    with Threads(THREADS) as pool:
        for span in work.spans:
            of_span = work.nothing()
            waiting: deque[Future[list[Findings]]] = deque()
            for first in range(span.first, span.last, BLOCK):
                waiting.append(pool.submit(work.judge.judge, *work.results(span, first)))
                if len(waiting) > 2 * THREADS:
                    _add(of_span, waiting.popleft().result())
            for future in waiting:
                _add(of_span, future.result())
            _add(found, of_span)
            report(span.last - span.first)
    return found


def _add(found: list[Findings], others: Sequence[Findings]) -> None:
    for mine, other in zip(found, others, strict=True):
        mine.add(other)
