"""An audit from end to end: the inputs in parts, shared among processes or threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing
from functools import partial
from itertools import islice

import numpy as np

from actcli.auditing.findings import Findings
from actcli.auditing.inputs import BLOCK, Span, spans
from actcli.auditing.judge import Judge
from actcli.auditing.subjects import Computed, Subject
from actcli.evaluating.evaluate import THREADS
from actcli.executors import executor
from actcli.numerics.dtypes import Array
from actcli.sources.base import Held
from actcli.workers import child
from actcli.workers.copies import MOST_TASKS, Copies
from actcli.workers.threads import Threads

#: From so many inputs on another process is worth its start.
WORTH_SHARING = 1 << 18
#: Results that come in a stream are held so many at a time, or those of some parts, if these are
#: larger, for as many processes.
ROUND = 1 << 22
FEW_PARTS = 4

Report = Callable[[int], None]
Record = Callable[[list[Findings]], None]


def run(
    judge: Judge,
    subject: Subject,
    inputs: Sequence[Held],
    report: Report | None = None,
    in_turn: bool = False,
    cluster: Executor | None = None,
    record: Record | None = None,
) -> list[Findings]:
    """Judge all inputs; the findings of each column. `report` is told how many are done.

    With `in_turn` the inputs and results are asked for in their order alone. `record` is given the
    findings of each block, in the order of the inputs.

    What is found depends neither on who shares the work nor on which was first.
    """
    work = Work(judge, subject, inputs)
    large = work.total >= WORTH_SHARING
    if work.stream:
        processes = child.worth_sharing() if large and record is None else 1
        with closing(work.stream.stream(work.blocks(work.spans), work.total)) as results:
            return _joined(work, _in_rounds(work, results, processes, record), report)
    if cluster or (large and not in_turn and record is None and child.worth_sharing() > 1):
        with executor(cluster) as workers:
            parts = workers.map(work.part, range(len(work.spans)))
            return _joined(work, parts, report)
    with Threads(THREADS) if large and THREADS > 1 else Copies(1) as workers:
        return _joined(work, (_judged(work, span, workers, record) for span in work.spans), report)


class Work:
    """What is judged, in parts that each give the same wherever they are judged."""

    def __init__(self, judge: Judge, subject: Subject, inputs: Sequence[Held]) -> None:
        self.judge = judge
        self.subject = subject
        self.total = sum(one.count for one in inputs)
        #: What gives its results in a stream, if it does.
        self.stream = subject if isinstance(subject, Computed) and subject.streams else None
        self.spans = spans(list(inputs), MOST_TASKS - len(inputs))

    def nothing(self) -> list[Findings]:
        return self.judge.nothing()

    def results(self, span: Span, first: int) -> tuple[Array, list[Array]]:
        x = span.inputs.part(first, min(first + BLOCK, span.last))
        with np.errstate(all="ignore"):
            got = self.subject(x, span.offset + first - span.first, self.total)
        return x, got

    def blocks(self, spans: Iterable[Span]) -> Iterator[Array]:
        """The inputs of some spans, in the order in which they are judged."""
        for span in spans:
            yield from span.inputs.between(span.first, span.last, BLOCK)

    def streamed(
        self, span: Span, results: Iterable[list[Array]], record: Record | None
    ) -> list[Findings]:
        """What is found in a span of which the results are here."""
        found = self.nothing()
        for x, got in zip(self.blocks([span]), results, strict=True):
            _take(self.judge.judge(x, got), found, record)
        return found

    def part(self, number: int) -> list[Findings]:
        """What is found in the part of that number."""
        found = self.nothing()
        span = self.spans[number]
        for first in range(span.first, span.last, BLOCK):
            _add(found, self.judge.judge(*self.results(span, first)))
        return found


def _joined(work: Work, parts: Iterable[list[Findings]], report: Report | None) -> list[Findings]:
    """What is found in all, put together in their order, so that sums are always the same."""
    found = work.nothing()
    for span, part in zip(work.spans, parts, strict=True):
        _add(found, part)
        if report is not None:
            report(span.last - span.first)
    return found


def _in_rounds(
    work: Work, results: Iterator[list[Array]], processes: int, record: Record | None
) -> Iterator[list[Findings]]:
    """What is found in each part of results that come in a stream: those of many parts are waited
    for, then judged by all processes, of which the copies have them in their memory.
    """
    largest = max(span.last - span.first for span in work.spans)
    together = max(ROUND // largest, min(processes, FEW_PARTS))
    streamed = partial(work.streamed, record=record)
    for first in range(0, len(work.spans), together):
        part = work.spans[first : first + together]
        held = [list(islice(results, -(-(span.last - span.first) // BLOCK))) for span in part]
        with Copies(processes) as copies:
            yield from copies.map(streamed, part, held)
    for _ in results:  # what is wrong may show only at the end
        pass


def _judged(
    work: Work, span: Span, threads: Executor, record: Record | None = None
) -> list[Findings]:
    """A part of which the results are had one block after the other, and judged meanwhile."""
    found = work.nothing()
    waiting: deque[Future[list[Findings]]] = deque()
    for first in range(span.first, span.last, BLOCK):
        waiting.append(threads.submit(work.judge.judge, *work.results(span, first)))
        if len(waiting) > 2 * THREADS:
            _take(waiting.popleft().result(), found, record)
    for future in waiting:
        _take(future.result(), found, record)
    return found


def _take(others: list[Findings], found: list[Findings], record: Record | None) -> None:
    if record is not None:
        record(others)
    _add(found, others)


def _add(found: list[Findings], others: Sequence[Findings]) -> None:
    for mine, other in zip(found, others, strict=True):
        mine.add(other)
