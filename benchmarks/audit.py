"""The time of audits: whole processes on all bfloat16 inputs, and on a share of those of float32.

    python benchmarks/audit.py [--share 1/64] [function ...]

The time for all 2^32 inputs is extrapolated from the share; the start of the process is measured
separately and not multiplied. On a shared machine the processor time is more telling: divided by
the number of processors it is the time on an idle machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from fractions import Fraction
from typing import NamedTuple


class Took(NamedTuple):
    """Wall time and processor time in seconds."""

    clock: float
    processor: float


def measure(*words: str, best_of: int = 1) -> Took:
    """The time of a command as a process, including the processes that it starts."""
    times = []
    for _ in range(best_of):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "actcli", *words], check=True, stdout=subprocess.DEVNULL
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        times.append(Took(time.perf_counter() - start, used))
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=["sigmoid"], help="functions")
    parser.add_argument("--share", type=Fraction, default=Fraction(1, 64), help="of float32")
    parser.add_argument("--backend", default="tensorflow-2.0", help="for float32")
    arguments = parser.parse_args()
    processors = len(os.sched_getaffinity(0))
    print(f"{processors} processors, load {os.getloadavg()[0]:.1f}")
    for name in arguments.names:
        took = measure("audit", "actcli", name, "--dtype", "bfloat16", "--show", "y,dy", best_of=3)
        print(
            f"{name}, bfloat16, 65,536 inputs, y and dy: {took.clock:.2f} s with the start, "
            f"{took.processor:.2f} s of processors"
        )
        for show in ("y", "y,dy"):
            words = ("audit", arguments.backend, name, "--show", show, "--sample")
            start = measure(*words, "1", best_of=2)
            took = measure(*words, str(arguments.share))
            clock, processor = (
                one + (two - one) / arguments.share for one, two in zip(start, took, strict=True)
            )
            print(
                f"{name}, float32, {show}: {took.clock:.1f} s for {arguments.share} of all inputs, "
                f"so {clock / 60:.1f} min for 2^32; by processor time "
                f"{processor / processors / 60:.1f} min"
            )


if __name__ == "__main__":
    main()
