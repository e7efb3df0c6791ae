"""Kernels of one's own: a program that is fed gigabytes, beside `cat`, and a callable of numpy.

    python benchmarks/own_kernels.py [MEGABYTES] [RUNS]

Whole processes, all in turn so that a busy moment of the machine hits each of them; medians and
ratios. Needs a C compiler (cc). The first three lines go from file to file, in memory if possible:
`cat` of the bytes there and back, a C program (relu) behind `exec:`, and the true values. The audit
of a program is shown beside that of `actcli` itself, whose time is that of the truth.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RELU = """
#include <stdio.h>
int main(void) {
    static float x[1 << 14];
    size_t n;
    while ((n = fread(x, sizeof *x, 1 << 14, stdin)) > 0) {
        for (size_t i = 0; i < n; i++) x[i] = x[i] > 0 || x[i] != x[i] ? x[i] : 0;
        fwrite(x, sizeof *x, n, stdout);
    }
    return 0;
}
"""
CALLABLE = """
import numpy as np
def relu(x): return np.maximum(x, x.dtype.type(0))
"""
ACTCLI = [sys.executable, "-m", "actcli"]
SIXTEEN = ["--dtype", "bfloat16", "--show", "y"]
#: The share of all float32 inputs that is audited.
SHARE = "1/128"


def commands(folder: Path) -> dict[str, list[str]]:
    """What is measured, by name; what something is compared with comes before it."""
    x, program = str(folder / "x.npy"), f"exec:{folder}/relu"
    there_and_back = f"cat {x} | cat | cat > {folder}/cat"
    audit = [*ACTCLI, "audit"]
    share = ["relu", "--show", "y", "--sample", SHARE]
    return {
        "cat, there and back": ["sh", "-c", there_and_back],
        "eval, exec:./relu": [
            *ACTCLI, "eval", "relu", x, "--backend", program, "-o", f"{folder}/y.npy",
        ],
        "eval, the true values": [*ACTCLI, "eval", "relu", x, "-o", f"{folder}/true.npy"],
        f"audit actcli, {SHARE}": [*audit, "actcli", *share],
        f"audit exec:./relu, {SHARE}": [*audit, program, *share],
        "audit actcli, bfloat16": [*audit, "actcli", "relu", *SIXTEEN],
        "audit kernel.py:relu, bfloat16": [*audit, f"{folder}/kernel.py:relu", "relu", *SIXTEEN],
    }  # fmt: skip


def main(megabytes: int, runs: int) -> int:
    """Measure, check and print; 1 if the program's results are not the true ones."""
    compiler = shutil.which("cc")
    if compiler is None:
        print("there is no C compiler (cc)", file=sys.stderr)
        return 2
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        folder = Path(name)
        (folder / "relu.c").write_text(RELU)
        (folder / "kernel.py").write_text(CALLABLE)
        subprocess.run([compiler, "-O2", "-o", folder / "relu", folder / "relu.c"], check=True)
        random = np.random.default_rng(0)
        np.save(folder / "x.npy", random.standard_normal(megabytes * 250_000, dtype=np.float32))
        of_all = commands(folder)
        times: dict[str, list[float]] = {name: [] for name in of_all}
        for _ in range(runs):
            for name, command in of_all.items():
                begin = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                times[name].append(time.perf_counter() - begin)
        medians = {name: statistics.median(taken) for name, taken in times.items()}
        print(f"{megabytes} MB, medians of {runs} runs, load {os.getloadavg()[0]:.1f}")
        for name, seconds in medians.items():
            print(f"{seconds:8.2f} s  {name}")
        floor, ours, truth = list(medians.values())[:3]
        print(f"exec: takes {ours / floor:.2f} times cat's time; 3 times and the truth would be "
              f"{3 * floor + truth:.2f} s")  # fmt: skip
        same = (folder / "y.npy").read_bytes() == (folder / "true.npy").read_bytes()
        print("the program's results are the true ones" if same else "the results differ")
        return 0 if same else 1


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [512, 5][len(arguments) :])))
