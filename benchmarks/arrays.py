"""Arrays from file to file and through pipes: whole processes compared with `cat` and PyTorch.

    python benchmarks/arrays.py [--values N] [--rounds N] [--function sigmoid] [--torch PYTHON]

N float32 numbers in an .npy file are evaluated from file to file (compared with `cat in > out`),
from pipe to pipe (with `cat in | cat | cat > out`), and by a PyTorch script if this Python or the
one given has it. All take turns; the table shows medians, ratios to `cat`, and the peak memory of
the largest process. The results are compared too. Files are in /dev/shm or else in TMPDIR.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parent.parent
BLOCK = 1 << 20
#: Runs a command and prints the peak memory of its largest process, in KiB.
METER = (
    "import resource, subprocess, sys; "
    "status = subprocess.run(sys.argv[1:]).returncode; "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); "
    "sys.exit(status)"
)
TORCH = """\
import sys

import numpy as np
import torch

name, source, target = sys.argv[1:]
function = getattr(torch, name, None) or getattr(torch.nn.functional, name)
np.save(target, function(torch.from_numpy(np.load(source))).numpy())
"""


class Contender(NamedTuple):
    """A shell command, and the name of the contender that it is compared with."""

    name: str
    line: str
    against: str
    output: str


def contenders(function: str, torch: str | None) -> list[Contender]:
    """All contenders, with `cat` first of each kind."""
    actcli = f"{shlex.quote(sys.executable)} -m actcli eval {function}"
    file, pipe = "cat in > out", "cat in | cat | cat > out"
    found = [
        Contender(file, "cat in.npy > copy.npy", file, "copy.npy"),
        Contender("actcli in -o out", f"{actcli} in.npy -o file.npy", file, "file.npy"),
        Contender("actcli < in > out", f"{actcli} < in.npy > redirected.npy", file,
                  "redirected.npy"),
        Contender(pipe, "cat in.npy | cat | cat > copy.npy", pipe, "copy.npy"),
        Contender("cat in | actcli | cat > out", f"cat in.npy | {actcli} | cat > pipe.npy", pipe,
                  "pipe.npy"),
    ]  # fmt: skip
    if torch:
        line = f"{shlex.quote(torch)} script.py {function} in.npy torch.npy"
        found.append(Contender("PyTorch: load, evaluate, save", line, file, "torch.npy"))
    return found


def write_input(path: Path, count: int) -> None:
    """Normally distributed numbers, written in blocks."""
    random = np.random.default_rng(0)
    with path.open("wb") as out:
        header = {"descr": "<f4", "fortran_order": False, "shape": (count,)}
        np.lib.format.write_array_header_1_0(out, header)
        for first in range(0, count, BLOCK):
            size = min(BLOCK, count - first)
            out.write((4 * random.standard_normal(size, np.float32)).tobytes())


def measure(line: str, folder: Path) -> tuple[float, int]:
    """The time of a command in seconds, and its peak memory in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    meter = [sys.executable, "-c", METER, "bash", "-o", "pipefail", "-c", line]
    start = time.perf_counter()
    done = subprocess.run(
        meter, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{line} failed: {done.stderr}")
    return seconds, int(done.stderr.split()[-1]) // 1024


def difference(first: Path, second: Path) -> str:
    """The largest difference between the numbers in two files."""
    ours, theirs = np.load(first, mmap_mode="r"), np.load(second, mmap_mode="r")
    worst = 0.0
    for begin in range(0, len(ours), BLOCK):
        a, b = (array[begin : begin + BLOCK].astype(np.float64) for array in (ours, theirs))
        worst = max(worst, float(np.max(np.abs(a - b))))
    return f"{worst:.2g}"


def has_torch(python: str) -> bool:
    """Whether a Python can import PyTorch."""
    return subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--values", type=int, default=100_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--function", default="sigmoid")
    parser.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch")
    arguments = parser.parse_args()
    torch = arguments.torch if has_torch(arguments.torch) else None
    shared_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="arrays-", dir=shared_memory) as name:
        folder = Path(name)
        write_input(folder / "in.npy", arguments.values)
        (folder / "script.py").write_text(TORCH)
        entries = contenders(arguments.function, torch)
        seconds: dict[str, list[float]] = {entry.name: [] for entry in entries}
        peaks: dict[str, int] = dict.fromkeys(seconds, 0)
        for turn in range(arguments.rounds + 1):
            for entry in entries:
                time_taken, peak = measure(entry.line, folder)
                if turn:  # the first warms up
                    seconds[entry.name].append(time_taken)
                    peaks[entry.name] = max(peaks[entry.name], peak)
        medians = {name: statistics.median(times) for name, times in seconds.items()}
        print(
            f"{arguments.function} of {arguments.values:,} float32 numbers, {os.cpu_count()} CPUs"
        )
        print(f"{'':32}{'seconds':>10}{'to cat':>9}{'peak MiB':>10}")
        for entry in entries:
            ratio = medians[entry.name] / medians[entry.against]
            print(f"{entry.name:32}{medians[entry.name]:10.3f}{ratio:9.2f}{peaks[entry.name]:10}")
        ours = folder / "file.npy"
        for entry in entries:
            if entry.output not in ("copy.npy", ours.name):
                apart = difference(ours, folder / entry.output)
                print(f"largest difference of {entry.name}: {apart}")


if __name__ == "__main__":
    main()
