"""Fits and tables held against those that are published or that Sollya makes.

python benchmarks/fits.py

- One polynomial of the same degree on the same interval, coefficients and Horner's rule with fma in
  float32, by Sollya's fpminimax (https://www.sollya.org; Debian: sollya) and by `actcli fit`: the
  largest error in ulp of 200,001 numbers.
- hls4ml's tables of tanh and sigmoid, 1,024 results of 18 bits over ±4 and ±8, read at the next
  lower step (hls4ml, nnet_utils/nnet_activation.h: init_tanh_table, init_sigmoid_table), beside
  tables to interpolate of the same error, and of the same bits, in Q8.10, the same 18 bits.
- TensorFlow Lite's int8 tables, 256 results computed in float32 and rounded half away from zero
  (tensorflow/lite/kernels/activations.cc: PopulateLookupTable), for 200 calibrations: how many
  entries differ from the true results, rounded once in the same way.
- gelu in 128 equal segments between true values over ±8, in float32 as a table of lines is made by
  hand, beside fits with the same error.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import numpy as np

from actcli.catalogue.specification import parse
from actcli.evaluating.quantised_results import results
from actcli.fitting.approximation import Approximation, Piece
from actcli.fitting.arithmetic import Arithmetic
from actcli.fitting.fitting import Fit, Wanted, fit
from actcli.fitting.goal import Goal, true_values
from actcli.fitting.number_format import Floats, get_format
from actcli.fitting.proof import errors_at
from actcli.numerics.quantised import BASES, Quantised

#: Function, interval and degree of the comparison with Sollya, and Sollya's name of the function.
POLYNOMIALS = (
    ("exponential", "exp(x)", -0.34375, 0.34375, 5),
    ("sigmoid", "1/(1+exp(-x))", 0.5, 1.5, 5),
    ("tanh", "tanh(x)", 0.5, 1.0, 6),
    ("gelu", "x*(1+erf(x/sqrt(2)))/2", 1.0, 2.0, 6),
    ("silu", "x/(1+exp(-x))", 1.0, 2.0, 5),
    ("softplus", "log(1+exp(x))", 0.5, 1.5, 5),
)
TRIED = 200_001


def goal_of(name: str, low: float, high: float, form: str, measure: str, cuts: str) -> Goal:
    """A goal in one format."""
    one = get_format(form)
    return Goal(parse(name), 0, low, high, one, one, Arithmetic(one), measure, cuts)


def largest(made: Approximation, goal: Goal) -> float:
    """The largest error of many numbers of the interval."""
    x = np.linspace(goal.start, goal.stop, TRIED).astype(np.float32).astype(np.float64)
    return float(errors_at(made, goal, np.unique(x)).max())


def sollya(formula: str, low: float, high: float, degree: int) -> tuple[float, ...]:
    """The coefficients of fpminimax in float32, about the middle of the interval."""
    middle = (low + high) / 2
    script = (
        f"g = {formula}; f = g(x + {middle}); "
        f"p = fpminimax(f, {degree}, [|24...|], [{low - middle}; {high - middle}], floating, "
        "relative); display = hexadecimal; "
    )
    script += "".join(f"print(coeff(p, {power})); " for power in range(degree + 1))
    done = subprocess.run(
        ["sollya", "--flush"], input=script + "quit;\n", capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if "0x" in line or line.strip() == "0"]
    return tuple(float.fromhex(line.strip()) for line in lines[-degree - 1 :])


def against_sollya() -> None:
    print("function, degree, interval: error in ulp by Sollya, by actcli fit")
    for name, formula, low, high, degree in POLYNOMIALS:
        goal = goal_of(name, low, high, "float32", "ulp", "free")
        ours = fit(goal, Wanted(None, 1, degree))
        theirs = "-"
        if shutil.which("sollya"):
            coefficients = sollya(formula, low, high, degree)
            piece = Piece(low, (low + high) / 2, coefficients)
            theirs = f"{largest(ours.approximation._replace(pieces=(piece,)), goal):.3f}"
        mine = largest(ours.approximation, goal)
        print(f"{name}, {degree}, [{low}, {high}]: {theirs}, {mine:.3f}")


def against_hls4ml() -> None:
    print("hls4ml's table: its bits and error; ours of that error; ours of those bits")
    for name, reach in (("tanh", 4.0), ("sigmoid", 8.0)):
        count, quantum = 1024, 2.0**-10
        steps = (np.arange(count) - count // 2) * (2 * reach / count)
        goal = goal_of(name, -reach, reach - 2.0**-10, "Q8.10", "absolute", "uniform")
        table = np.floor(true_values(goal, steps) / quantum) * quantum  # ap_fixed truncates
        x = np.arange(-reach, reach, quantum)
        places = np.clip((x * count / (2 * reach)).astype(int) + count // 2, 0, count - 1)
        error = float(np.abs(table[places] - true_values(goal, x)).max())
        equal = fit(goal, Wanted(error, None, None, "linear"))
        same = fit(goal, Wanted(None, count, None, "linear"))
        print(f"{name}: {count * 18:,} bits {error:.5f}; {told(equal)}; {told(same)}")


def told(made: Fit) -> str:
    """Bits and error."""
    return f"{made.approximation.bits:,} bits {made.proof.max_error:.5f}"


def against_tflite() -> None:
    rng = np.random.default_rng(1)
    single = np.float32
    functions: dict[str, Callable[[Floats], Floats]] = {
        "tanh": lambda x: np.tanh(x),
        "sigmoid": lambda x: single(1) / (single(1) + np.exp(-x)),
    }
    print("TensorFlow Lite's int8 tables: entries that differ, of 200 calibrations of 256")
    for name, function in functions.items():
        wrong = 0
        for _ in range(200):
            scale = float(single(rng.uniform(0.01, 0.1)))
            zero_point = int(rng.integers(-128, 128))
            out = (1 / 128, 0) if name == "tanh" else (1 / 256, -128)
            given = Quantised(BASES["int8"], scale, zero_point)
            result = Quantised(BASES["int8"], *out)
            codes = given.codes()
            x = single(scale) * (codes.astype(np.float32) - single(zero_point))
            with np.errstate(over="ignore"):
                y: Floats = function(x) * single(1 / out[0])
            rounded = np.floor(np.abs(y) + single(0.5)) * np.sign(y)
            theirs = np.clip(rounded + out[1], -128, 127).astype(np.int8)
            (true,) = results(parse(name), codes, (0,), given, result, "half-away")
            wrong += int((theirs != true).sum())
        print(f"{name}: {wrong} of {200 * 256:,}")


def against_lines() -> None:
    goal = goal_of("gelu", -8.0, 8.0, "float32", "absolute", "uniform")
    edges = np.linspace(-8, 8, 129)
    values = true_values(goal, edges)
    x = np.linspace(-8, 8, TRIED)
    error = float(np.abs(np.interp(x, edges, values) - true_values(goal, x)).max())
    bits = 128 * 64
    lines = fit(goal, Wanted(error, None, None, "linear"))
    free = fit(goal._replace(cuts="free"), Wanted(error, None, 2))
    print("gelu, 128 segments of slope and intercept over [-8, 8]; nodes; parabolas of that error")
    print(
        f"{bits:,} bits {error:.6f}; {told(lines)}; {len(free.approximation.pieces)} pieces "
        f"{told(free)}"
    )


if __name__ == "__main__":
    against_sollya()
    against_hls4ml()
    against_tflite()
    against_lines()
