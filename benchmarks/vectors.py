"""The time of each vector function on one long vector, as a multiple of softmax's.

    python benchmarks/vectors.py [COUNT] [DTYPE]

Kernels in one process, softmax and the function in turn, medians of processor time.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.registry import vectors
from actcli.evaluating.vectors import evaluate
from actcli.numerics.dtypes import get_dtype

ROUNDS = 5


def main() -> None:
    count = int(float(sys.argv[1])) if len(sys.argv) > 1 else 4_000_000
    dtype = get_dtype(sys.argv[2] if len(sys.argv) > 2 else "float32")
    random = np.random.default_rng(1)
    kinds = {
        "normal": random.normal(0, 3, count),
        "equal": np.ones(count),
        "close": 1 + random.normal(0, 1e-6, count),
    }
    bounds = {name: BoundActivation(one, one.defaults) for name, one in vectors().items()}
    del bounds["softmax2d"]  # softmax along another axis
    print(f"{'function':14} {'column':6} {'numbers':8} {'seconds':>8} {'of softmax':>10}")
    for kind, numbers in kinds.items():
        x = numbers.astype(dtype.numpy)
        for name, bound in bounds.items():
            for order, column in enumerate(("y", "dy")):
                own: list[float] = []
                its: list[float] = []
                for _ in range(ROUNDS):
                    for which, times in ((bounds["softmax"], its), (bound, own)):
                        wanted = order if times is own else 0
                        start = time.process_time()
                        evaluate(which, x, (wanted,), dtype)
                        times.append(time.process_time() - start)
                taken = statistics.median(own)
                ratio = taken / statistics.median(its)
                print(f"{name:14} {column:6} {kind:8} {taken:8.3f} {ratio:10.2f}", flush=True)


if __name__ == "__main__":
    main()
