"""A filter on text: sigmoid of millions of lines, compared with awk and perl.

Run it with the Python of an environment in which the project is installed:

    python benchmarks/text.py [VALUES] [RUNS]

Whole processes from file to file, in memory if possible, all in turn so that a busy moment of the
machine hits each of them; the results are ratios of medians. Memory is that of a program's largest
process.
"""

from __future__ import annotations

import math
import os
import random
import shutil
import statistics
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

PEERS = {
    "mawk": ["mawk", r'{printf "%.17g\n", 1/(1+exp(-$1))}'],
    "gawk": ["gawk", r'{printf "%.17g\n", 1/(1+exp(-$1))}'],
    "perl": ["perl", "-ne", r'printf "%.17g\n", 1/(1+exp(-$_))'],
}
#: The peers' formula is off by some ulp; in float32 x, here up to 32, has been rounded.
AGREEMENT = {"float64": 1e-13, "float32": 32 * 2.0**-24 * 1.1}


def main(values: int, runs: int) -> int:
    """Measure, check and print; 1 if two programs disagree."""
    actcli = Path(sysconfig.get_path("scripts"), "actcli")
    if not actcli.exists():
        print(f"{actcli} is not there: install the project first", file=sys.stderr)
        return 2
    commands = {
        f"actcli {dtype}": [str(actcli), "eval", "sigmoid", "--dtype", dtype] for dtype in AGREEMENT
    }
    for name, command in PEERS.items():
        if shutil.which(command[0]):
            commands[name] = command
        else:
            print(f"{name} is absent")
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        numbers = Path(folder, "numbers")
        write_numbers(numbers, values)
        outputs = {name: Path(folder, name) for name in commands}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        peaks: dict[str, float] = {}
        for _ in range(runs):
            for name, command in commands.items():
                *taken, peaks[name] = run(command, numbers, outputs[name])
                times[name].append((taken[0], taken[1]))
        medians = {
            name: [statistics.median(column) for column in zip(*taken, strict=True)]
            for name, taken in times.items()
        }
        print(f"{values} values, {numbers.stat().st_size / 1e6:.1f} MB, medians of {runs} runs")
        print(" wall s   cpu s  ns/value   MiB  ratio")
        for name, (wall, cpu) in medians.items():
            ratio = wall / medians["actcli float64"][0]
            print(
                f"{wall:7.2f} {cpu:7.2f} {1e9 * wall / values:9.0f} {peaks[name]:5.0f} {ratio:6.2f}"
                f"  {name}"
            )
        return 0 if agree(numbers, outputs) else 1


def write_numbers(path: Path, values: int) -> None:
    """Write normally distributed numbers of nine digits, one on each line."""
    gauss = random.Random(1).gauss
    with path.open("w") as file:
        for _ in range(values):
            file.write(f"{gauss(0, 4):.9g}\n")


def run(command: list[str], source: Path, target: Path) -> tuple[float, float, float]:
    """The wall and processor time in seconds and the peak memory in MiB of a command."""
    # as in a user's shell: output buffered, bytecode kept
    unusual = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if name not in unusual}
    program = shutil.which(command[0]) or command[0]
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    begin = time.perf_counter()
    child = os.posix_spawn(
        program,
        command,
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, str(source), os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(target), write, 0o600),
        ],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    if status:
        raise SystemExit(f"{command[0]} failed with {os.waitstatus_to_exitcode(status)}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit


def agree(numbers: Path, outputs: dict[str, Path]) -> bool:
    """Whether every program returned the sigmoid of every number, to its precision."""
    good = True
    for name, path in outputs.items():
        allowed = AGREEMENT["float32" if name.endswith("float32") else "float64"]
        worst = 0.0
        with numbers.open() as xs, path.open() as ys:
            for x, y in zip(xs, ys, strict=True):
                true = 1 / (1 + math.exp(-float(x)))
                worst = max(worst, abs(float(y) / true - 1))
        good = good and worst <= allowed
        print(f"{name}: within {worst:.1e} of Python's own (allowed {allowed:.1e})")
    return good


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [5_000_000, 5][len(arguments) :])))
