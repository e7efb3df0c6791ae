"""Start-up times of whole processes: this program compared with the smallest click scripts.

Run it with the Python of an environment in which the project is installed (not as an editable
install, whose import hooks take time):

    python benchmarks/startup.py [RUNS]

Every command runs once per round, so that a busy moment of the machine hits all of them; the
results are ratios of medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

CLICK_ALONE = """\
import click


@click.command()
def main():
    '''Say nothing.'''


main()
"""
CLICK_AND_NUMPY = """\
import click
import numpy as np


@click.command()
@click.argument("numbers", type=float, nargs=-1)
def main(numbers):
    start, stop, num = numbers
    x = np.linspace(start, stop, int(num), dtype=np.float32)
    print(repr(1 / (1 + np.exp(-x))))


main()
"""
EVAL = "actcli eval sigmoid -10 10 10"
#: A command, the smallest script that it is compared with, and the ratio that is promised.
PROMISES = ((EVAL, "click and numpy, ten numbers", 1.0), ("actcli --help", "click --help", 1.2))


def main(runs: int) -> int:
    """Measure, print a table and the ratios; 1 if a promise is broken."""
    actcli = Path(sysconfig.get_path("scripts"), "actcli")
    if not actcli.exists():
        print(f"{actcli} is not there: install the project first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        click_alone = _script(folder, "click_alone.py", CLICK_ALONE)
        click_and_numpy = _script(folder, "click_and_numpy.py", CLICK_AND_NUMPY)
        python = sys.executable
        medians = measure(
            {
                "python -c pass": [python, "-c", "pass"],
                "click --help": [python, click_alone, "--help"],
                "actcli --help": [str(actcli), "--help"],
                "click and numpy, ten numbers": [python, click_and_numpy, "--", "-10", "10", "10"],
                EVAL: [str(actcli), *EVAL.split()[1:]],
            },
            runs,
        )
    for name, median in medians.items():
        print(f"{1000 * median:7.1f} ms  {name}")
    kept = True
    for name, peer, promised in PROMISES:
        ratio = medians[name] / medians[peer]
        kept = kept and ratio <= promised
        print(f"{ratio:7.2f}     {name} / {peer} (at most {promised})")
    return 0 if kept else 1


def _script(folder: str, name: str, text: str) -> str:
    path = Path(folder, name)
    path.write_text(text)
    return str(path)


def measure(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """The median wall time of each command in seconds, after one round that fills the caches."""
    # as in a user's shell: output buffered, bytecode kept
    unusual = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if name not in unusual}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)
            if turn:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 25))
