"""Kernels compared with PyTorch's: time per value, ratio, and errors in ulp.

    python benchmarks/kernels.py [--values N] [--rounds N] [--dtype float32] [NAME ...]

Each function, its value alone and with its derivative (PyTorch: forward and backward), on normally
distributed numbers; both sides in turn in one process, on one thread, medians. Errors are measured
on 262,144 of the numbers against this project's float64 results. Without PyTorch only one side is
shown. The last column is the speed-up from one thread to all of them.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import elementwise
from actcli.evaluating import evaluate as core
from actcli.numerics.dtypes import DTYPES, DType, get_dtype

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment, unused-ignore]

SAMPLE = 1 << 18


def torch_function(bound: BoundActivation) -> Callable[[Any], Any] | None:
    """PyTorch's function with this activation's parameters, None if it has none."""
    for symbol in bound.activation.symbols:
        if torch is None or symbol.framework != "torch":
            continue
        if symbol.call and "approximate" not in symbol.call:
            continue
        if not re.fullmatch(r"torch(\.nn\.functional)?\.[a-z0-9_]+", symbol.name):
            continue
        function: Any = torch
        for part in symbol.name.split(".")[1:]:
            function = getattr(function, part)
        settings: dict[str, Any] = {
            argument.keyword: float(bound.parameters[argument.parameter])
            for argument in symbol.arguments
            if not argument.fixed and np.isfinite(bound.parameters[argument.parameter])
        }
        extra = re.search(r"approximate='tanh'", symbol.call)
        if extra:
            settings["approximate"] = "tanh"
        if symbol.name.endswith(".prelu"):
            slope = torch.tensor([float(bound.parameters["alpha"])])
            return partial(_with_slope, function, slope)
        return partial(function, **settings)
    return None


def _with_slope(function: Callable[..., Any], slope: Any, x: Any) -> Any:
    return function(x, slope.to(x.dtype))


def median_times(rounds: int, *sides: Callable[[], Any]) -> list[float]:
    """The median time of each side in seconds; the sides take turns."""
    times: list[list[float]] = [[] for _ in sides]
    for side in sides:
        side()
    for _ in range(rounds):
        for side, seconds in zip(sides, times, strict=True):
            start = time.perf_counter()
            side()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in times]


def worst_ulp(got: np.ndarray[Any, Any], true: np.ndarray[Any, Any], dtype: DType) -> float:
    """The largest error in ulp of the dtype where the true value does not overflow."""
    wide = got.astype(np.float64)
    _, exponent = np.frexp(true)
    ulp = np.ldexp(
        1.0, np.maximum(exponent - 1, dtype.smallest_normal_exponent) - dtype.mantissa_bits
    )
    with np.errstate(invalid="ignore"):
        error = np.abs(wide - true) / ulp
    error[~np.isfinite(wide)] = np.inf
    return float(error[np.abs(true) <= dtype.largest].max())


def measure(bound: BoundActivation, x: np.ndarray[Any, Any], dtype: DType, rounds: int) -> str:
    """One line of the table."""
    function = torch_function(bound)
    sample = x[:SAMPLE]
    true = core.evaluate(bound, sample.astype(np.float64), (0,), DTYPES["float64"])[0]

    def ours(orders: tuple[int, ...], count: int) -> Callable[[], Any]:
        return lambda: core.evaluate(bound, x, orders, dtype, threads=count)

    sides = [ours((0,), 1), ours((0, 1), 1), ours((0,), core.THREADS)]
    texts = []
    if function is not None:
        tensor = torch.from_numpy(x.astype(np.float32)).to(getattr(torch, dtype.name))

        def forward() -> Any:
            with torch.no_grad():
                return function(tensor)

        def both() -> Any:
            leaf = tensor.detach().requires_grad_()
            y = function(leaf)
            return y, torch.autograd.grad(y, leaf, torch.ones_like(y))

        times = median_times(rounds, *sides, forward, both)
        theirs = forward()[:SAMPLE].float().numpy()
        texts = [
            f"{times[3] / x.size * 1e9:8.2f}{times[0] / times[3]:7.2f}",
            f"{times[4] / x.size * 1e9:8.2f}{times[1] / times[4]:7.2f}",
            f"{worst_ulp(theirs, true, dtype):10.3g}",
        ]
    else:
        times = median_times(rounds, *sides)
        texts = [" " * 15, " " * 15, " " * 10]
    got = core.evaluate(bound, sample, (0,), dtype)[0]
    value, gradient, ulp = texts
    return (
        f"{bound.name:18}{times[0] / x.size * 1e9:8.2f}{value}"
        f"{times[1] / x.size * 1e9:10.2f}{gradient}"
        f"{worst_ulp(got, true, dtype):10.4f}{ulp}{times[0] / times[2]:9.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="activations; all that PyTorch has without")
    parser.add_argument("--values", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dtype", default="float32")
    arguments = parser.parse_args()
    dtype = get_dtype(arguments.dtype)
    if torch is not None:
        torch.set_num_threads(1)
        print(f"PyTorch {torch.__version__}, numpy {np.__version__}, {dtype.name}, ns a value")
    else:
        print(f"PyTorch is not installed; numpy {np.__version__}, {dtype.name}, ns a value")
    print(
        f"{'':18}{'value':>8}{'torch':>8}{'ratio':>7}{'with dy':>10}{'torch':>8}{'ratio':>7}"
        f"{'ulp':>10}{'torch':>10}{'threads':>9}"
    )
    numbers = np.random.default_rng(0).normal(0, 4, arguments.values)
    x = numbers.astype(np.float32).astype(dtype.numpy)
    for name, activation in elementwise().items():
        bound = bind(activation, {})
        wanted = name in arguments.names if arguments.names else torch_function(bound) is not None
        if wanted or (torch is None and not arguments.names):
            print(measure(bound, x, dtype, arguments.rounds), flush=True)


if __name__ == "__main__":
    main()
