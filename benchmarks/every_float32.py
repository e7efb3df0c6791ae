"""All 2^32 float32 inputs of a function: the largest error and the share correctly rounded.

    python benchmarks/every_float32.py [--share 1.0] [--jobs N] [sigmoid tanh gelu silu]

The reference is written here, apart from the core, in float64 with scipy.special's expit and ndtr,
whose own errors (up to some 2,000 float64 ulp, far out in the tail of ndtr) are below 10^-5 ulp of
float32. Needs scipy.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import DTYPES
from actcli.numerics.evaluate import evaluate

try:
    from scipy.special import expit, ndtr
except ImportError:
    raise SystemExit("every_float32.py needs scipy for its reference: pip install scipy") from None

Array = NDArray[np.float64]
CHUNK = 1 << 22
CHUNKS = (1 << 32) // CHUNK
FLOAT32 = DTYPES["float32"]

REFERENCES: dict[str, Callable[[Array], Array]] = {
    "sigmoid": expit,
    "tanh": np.tanh,
    "gelu": lambda x: x * ndtr(x),
    "silu": lambda x: x * expit(x),
}


class Finding(NamedTuple):
    """What one stretch of inputs showed."""

    count: int
    correct: int
    worst: float
    at: float
    special: int  # results at nan and infinities that are not the limit


def examine(name: str, chunk: int) -> Finding:
    """Compare a chunk of consecutive bit patterns with the reference."""
    first = chunk * CHUNK
    x = np.arange(first, first + CHUNK, dtype=np.uint32).view(np.float32)
    (y,) = evaluate(parse(name), x, (0,), FLOAT32, threads=1)
    finite = np.isfinite(x)
    left, right = parse(name).limits
    odd_ones = np.where(np.isnan(x), ~np.isnan(y), y != np.where(x < 0, left[0], right[0]))
    special = int(odd_ones[~finite].sum())
    x, y = x[finite], y[finite]
    if not x.size:
        return Finding(0, 0, 0.0, 0.0, special)
    with np.errstate(all="ignore"):
        true = REFERENCES[name](x.astype(np.float64))
        _, exponent = np.frexp(true)
        step = np.ldexp(1.0, np.maximum(exponent - 1, FLOAT32.smallest_normal_exponent) - 23)
        error = np.abs(y.astype(np.float64) - true) / step
        error[~np.isfinite(y)] = np.inf
        worst = int(np.argmax(error))
        # an exact tie of the float64 reference is right either way, the true value being off it
        correct = int((error <= 0.5).sum())
    return Finding(x.size, correct, float(error[worst]), float(x[worst]), special)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(REFERENCES), help="functions")
    parser.add_argument("--share", type=float, default=1.0, help="of the inputs, spread evenly")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    every = max(1, round(1 / arguments.share))
    chunks = range(0, CHUNKS, every)
    for name in arguments.names:
        start = time.perf_counter()
        with Progress() as progress, ProcessPoolExecutor(arguments.jobs) as pool:
            task = progress.add_task(name, total=len(chunks))
            findings = []
            for future in as_completed(pool.submit(examine, name, chunk) for chunk in chunks):
                findings.append(future.result())
                progress.advance(task)
        count = sum(f.count for f in findings)
        correct = sum(f.correct for f in findings)
        worst = max(findings, key=lambda f: f.worst)
        special = sum(f.special for f in findings)
        print(
            f"{name}: {count:,} finite inputs, largest error {worst.worst:.6f} ulp at "
            f"x = {worst.at!r}, {correct / count:.7%} correctly rounded, {special} wrong at nan or "
            f"infinity, {time.perf_counter() - start:.0f} s on {arguments.jobs} processes"
        )


if __name__ == "__main__":
    main()
