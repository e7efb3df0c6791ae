"""Random networks: `actcli flow` compared with the bare matrix products with the same weights.

Run it with the Python of an environment in which the project is installed:

    python benchmarks/flow.py [DEPTH] [WIDTH] [RUNS]

One network, one process, one thread of linear algebra. The bare run draws the same weights, keeps
them and multiplies forward and backward. Both take turns, so that a busy moment of the machine hits
both; the result is the ratio of the least processor times. The memory is measured in a separate
process that only runs the simulation.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import subprocess
import sys
import time

import numpy as np

from actcli.catalogue.specification import parse
from actcli.flow.lengths import Variances
from actcli.flow.network import WEIGHTS, Shape, normal
from actcli.flow.simulation import Case, simulate

BATCH = 32
NAMES = ("relu", "sigmoid", "tanh", "selu", "gelu")
#: The most time that a simulation may take, as a multiple of the bare products.
PROMISE = 1.3


def main(depth: int, width: int, runs: int) -> int:
    """Measure and print; 1 if a function takes longer than promised."""
    shape = Shape(depth, width, BATCH)
    least: dict[str, float] = {}
    for _ in range(runs):
        for name in ("bare", *NAMES):
            start = time.process_time()
            if name == "bare":
                bare(shape)
            else:
                flow(name, shape)
            taken = time.process_time() - start
            least[name] = min(taken, least.get(name, taken))
    print(f"depth {depth}, width {width}, batch {BATCH}; the least of {runs} runs")
    print("   cpu s  ratio")
    for name, taken in least.items():
        print(f"{taken:8.3f} {taken / least['bare']:6.2f}  {name}")
    weights = shape.weight_bytes / 2**20
    print(f"{memory(shape):.0f} MiB of memory at most, {weights:.0f} of them the weights")
    return int(max(least.values()) > PROMISE * least["bare"])


def bare(shape: Shape) -> None:
    """The weights of a network, and its products forward and backward."""
    signal = np.ones((shape.batch, shape.width), np.float32)
    kept = []
    for layer in range(shape.depth):
        kept.append(normal(0, 0, WEIGHTS, layer, (shape.width, shape.width)))
        signal = signal @ kept[-1].T
        signal /= np.float32(shape.width)
    for matrix in reversed(kept[1:]):
        signal = signal @ matrix
        signal /= np.float32(shape.width)


def flow(name: str, shape: Shape) -> None:
    """The simulation of one network."""
    simulate([Case(parse(name), Variances(2.0))], shape, 0, 0.01, 0)


def memory(shape: Shape) -> float:
    """The peak memory in MiB of a process that simulates one network of relu."""
    command = [sys.executable, __file__, "memory", *map(str, shape)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        flow("relu", Shape(*map(int, sys.argv[2:5])))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        given = [*map(int, sys.argv[1:4])]
        sys.exit(main(*(given + [100, 1024, 3][len(given) :])))
