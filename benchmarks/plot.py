"""Times of pictures as whole processes: of files compared with pyplot, in the terminal with `eval`.

Run it with the Python of an environment in which the project is installed (not as an editable
install, whose import hooks take time):

    python benchmarks/plot.py [RUNS]

Every command runs once per round, so that a busy moment of the machine hits all of them; the
results are ratios of medians.
"""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from pathlib import Path

from startup import measure

#: The script that one would write without this tool: the same two curves, in a file.
PYPLOT = """\
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-4, 4, 1501)
y = np.tanh(x)
plt.plot(x, y, label="f")
plt.plot(x, 1 - y * y, "--", label="f'")
plt.legend()
plt.savefig(sys.argv[1])
"""
FILE, SCRIPT = "actcli plot tanh -o tanh.png", "pyplot script"
TERMINAL, NUMBERS = "actcli plot tanh --terminal", "actcli eval tanh -4 4 10"
#: A command, the one that it is compared with, and the ratio that is promised.
PROMISES = ((FILE, SCRIPT, 0.85), (TERMINAL, NUMBERS, 1.6))


def main(runs: int) -> int:
    """Measure, print a table and the ratios; 1 if a promise is broken."""
    actcli = Path(sysconfig.get_path("scripts"), "actcli")
    if not actcli.exists():
        print(f"{actcli} is not there: install the project first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "pyplot_script.py")
        script.write_text(PYPLOT)
        picture = str(Path(folder, "tanh.png"))
        medians = measure(
            {
                SCRIPT: [sys.executable, str(script), str(Path(folder, "script.png"))],
                FILE: [str(actcli), "plot", "tanh", "-o", picture],
                NUMBERS: [str(actcli), *NUMBERS.split()[1:]],
                TERMINAL: [str(actcli), *TERMINAL.split()[1:]],
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


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
