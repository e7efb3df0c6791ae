"""All 2^32 float32 inputs of a function and its derivatives: how many are correctly rounded.

    python benchmarks/every_float32.py [--share 1.0] [--jobs N] [--orders 0,1,2] [NAME ...]

The results are compared with the definition in ball arithmetic, independently of the formulas of
the core: Taylor series with proven errors decide where both ends of the error round alike (Ziv's
test), and balls decide the rest. Results are compared bit by bit, also at infinities and nan, but
not the sign of a zero at 0.
"""

from __future__ import annotations

import argparse
import functools
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.evaluating.evaluate import evaluate
from actcli.evaluating.pieces import Pieces
from actcli.numerics.certified import certified
from actcli.numerics.dtypes import DTYPES
from actcli.numerics.tails import Tails, tails

FLOAT32 = DTYPES["float32"]
#: The number of consecutive inputs that a process checks at a time, and of such stretches.
STRETCH = 1 << 18
STRETCHES = (1 << 32) // STRETCH
#: Results compared at once.
BLOCK = 1 << 16


class Finding(NamedTuple):
    """The number of inputs of a stretch, of right results, and the first wrong one."""

    inputs: int
    correct: int
    wrong: float | None


@functools.cache
def reference(name: str, order: int) -> Pieces:
    return Pieces(parse(name).program, (order,), FLOAT32)


def true_values(name: str, order: int, x: NDArray[np.float32]) -> NDArray[Any]:
    """The values of the definition, rounded once."""
    pieces = reference(name, order)
    result = np.empty_like(x)
    with np.errstate(all="ignore"):
        (left,) = pieces.evaluate(x, [result], pieces.workspace(x.size))
    beyond = zeros(name, order)
    for end, inside in (
        (beyond.left, x[left] >= beyond.left),
        (beyond.right, x[left] <= beyond.right),
    ):
        if not inside.all():
            result[left[~inside]] = by_balls(name, order, np.array([end * 2]))[0]
            left = left[inside]
    result[left] = by_balls(name, order, x[left].astype(np.float64))
    return result


def by_balls(name: str, order: int, x: NDArray[np.float64]) -> NDArray[Any]:
    return certified(parse(name).program, x, (order,), FLOAT32)[0]


@functools.cache
def zeros(name: str, order: int) -> Tails:
    return tails(parse(name).program, order)


def examine(name: str, order: int, stretch: int) -> Finding:
    """Compare the results at consecutive bit patterns with the true ones."""
    first = stretch * STRETCH
    inputs = np.arange(first, first + STRETCH, dtype=np.uint32).view(np.float32)
    (results,) = evaluate(parse(name), inputs, (order,), FLOAT32, threads=1)
    correct, wrong = 0, None
    for start in range(0, STRETCH, BLOCK):
        x, got = inputs[start : start + BLOCK], results[start : start + BLOCK]
        wanted = true_values(name, order, x)
        right = (got.view(np.uint32) == wanted.view(np.uint32)) | (np.isnan(got) & np.isnan(wanted))
        right |= (x == 0) & (got == 0) & (wanted == 0)  # the sign is a convention
        correct += int(right.sum())
        if wrong is None and not right.all():
            wrong = float(x[~right][0])
    return Finding(STRETCH, correct, wrong)


def main() -> int:
    """Check the inputs and print the findings; 1 if a result is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(elementwise()), help="functions")
    parser.add_argument("--orders", default="0,1,2", help="0 the value, 1 and 2 its derivatives")
    parser.add_argument("--share", type=float, default=1.0, help="of the inputs, spread evenly")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    stretches = range(0, STRETCHES, max(1, round(1 / given.share)))
    all_correct = True
    for name in given.names:
        for order in map(int, given.orders.split(",")):
            start = time.perf_counter()
            findings = []
            with Progress(transient=True) as progress, ProcessPoolExecutor(given.jobs) as pool:
                task = progress.add_task(f"{name} {order}", total=len(stretches))
                waiting = [pool.submit(examine, name, order, stretch) for stretch in stretches]
                for future in as_completed(waiting):
                    findings.append(future.result())
                    progress.advance(task)
            count = sum(finding.inputs for finding in findings)
            correct = sum(finding.correct for finding in findings)
            wrong = [finding.wrong for finding in findings if finding.wrong is not None]
            all_correct &= not wrong
            said = f"wrong at {wrong[0]!r}, ..." if wrong else "all correctly rounded"
            print(
                f"{name}, order {order}: {correct:,} of {count:,} inputs right, {said}, "
                f"{time.perf_counter() - start:.0f} s on {given.jobs} processes",
                flush=True,
            )
    return 0 if all_correct else 1


if __name__ == "__main__":
    raise SystemExit(main())
