"""Typed formulas compared with the catalogue, and this version with another one.

Run it with the Python of an environment in which the project is installed (not as an editable
install), and with the `actcli` of another version for the second half:

    python benchmarks/formulas.py [--beside OTHER/bin/actcli] [--runs N]

With `--definitions`, functions of the catalogue are compared with their typed definitions, which
use no double-double in float64, only balls and polynomials made from them. This shows what
double-double gains, and has no limit.

Whole processes from file to file, in memory if possible, both sides in turn so that a busy moment
of the machine hits both; the results are ratios of medians.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

FORMULA = "x*sigmoid(1.3*x)"
START = ("-10", "10", "10")
#: Functions of the catalogue typed as formulas, which `eval` does not recognise.
DEFINITIONS = {
    "sigmoid": "1/(1 + exp(-x))",
    "silu": "x/(1 + exp(-x))",
    "gelu": "x*(1 + erf(x/sqrt(2)))/2",
    "mish": "x*tanh(log(1 + exp(x)))",
}


class Pair(NamedTuple):
    """Two command lines, and the largest ratio of the first's time to the second's."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    most: float


#: A formula compared with a function of the catalogue.
FORMULAS = (
    Pair(("eval", FORMULA, *START), ("eval", "sigmoid", *START), 1.8),
    Pair(
        ("eval", FORMULA, "f7.npy", "-o", "y.npy"), ("eval", "silu", "f7.npy", "-o", "y.npy"), 2.0
    ),
    Pair(
        ("eval", FORMULA, "d7.npy", "-o", "y.npy"), ("eval", "silu", "d7.npy", "-o", "y.npy"), 3.0
    ),
    Pair(("eval", FORMULA, "t.txt", "-o", "y.txt"), ("eval", "silu", "t.txt", "-o", "y.txt"), 1.3),
)
#: Command lines to run with this version and another.
VERSIONS = (
    (("eval", "sigmoid", *START), 1.0),
    (("--help",), 1.0),
    *(
        (("eval", name, f"{file}.npy", "-o", "y.npy"), most)
        for file, most in (("f6", 1.0), ("d7", 1.0), ("d5", 2.0))
        for name in ("relu", "sigmoid", "silu", "gelu", "mish")
    ),
)


def main() -> int:
    """Measure and print; 1 if a ratio exceeds its limit."""
    parser = argparse.ArgumentParser(description="Formulas beside the catalogue.")
    parser.add_argument("--beside", help="the actcli of another version")
    parser.add_argument("--definitions", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    own = str(Path(sysconfig.get_path("scripts"), "actcli"))
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    kept = True
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        write_inputs(Path(folder))
        if given.definitions:
            for file in ("d5.npy", "d7.npy"):
                for name, formula in DEFINITIONS.items():
                    typed, known = ([own, "eval", f, file, "-o", "y.npy"] for f in (formula, name))
                    beside(typed, known, math.inf, folder, given.runs)
            return 0
        for first, second, most in FORMULAS:
            kept &= beside([own, *first], [own, *second], most, folder, given.runs)
        for line, most in VERSIONS if given.beside else ():
            kept &= beside([own, *line], [given.beside, *line], most, folder, given.runs)
    return 0 if kept else 1


def write_inputs(folder: Path) -> None:
    """Numbers as arrays of both dtypes, and as text."""
    numbers = np.random.default_rng(1).normal(0, 3, 10**7)
    for name, dtype, count in (
        ("f6", np.float32, 4 * 10**6),
        ("f7", np.float32, 10**7),
        ("d5", np.float64, 10**5),
        ("d7", np.float64, 10**7),
    ):
        np.save(folder / f"{name}.npy", numbers[:count].astype(dtype))
    (folder / "t.txt").write_text("".join(f"{x:.6g}\n" for x in numbers[: 5 * 10**6].tolist()))


def beside(first: list[str], second: list[str], most: float, folder: str, runs: int) -> bool:
    """Time two commands in turn, print the medians and their ratio; whether it is in its limit."""
    times: tuple[list[float], list[float]] = ([], [])
    count = runs * 5 if len(first) < 7 and "npy" not in " ".join(first) else runs
    for turn in range(count + 1):
        for command, taken in zip((first, second), times, strict=True):
            start = time.perf_counter()
            subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
            if turn:
                taken.append(time.perf_counter() - start)
    one, other = map(statistics.median, times)
    what = " ".join(first[1:])
    against = " ".join(second[1:]) if second[1:] != first[1:] else "the same, before"
    print(f"{one:8.3f} s {other:8.3f} s {one / other:6.2f} (at most {most})  {what} | {against}")
    return one <= most * other


if __name__ == "__main__":
    sys.exit(main())
