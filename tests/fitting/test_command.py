"""`actcli fit`: what it promises of errors, cuts and tails, beside mpmath and dense points."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import ml_dtypes
import mpmath
import numpy as np
import pytest
from PIL import Image

from tests.support.formats import FORMATS, round_fraction, wide

TRUE = {
    "gelu": lambda x: x * mpmath.ncdf(x),
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "exp(-x)": lambda x: mpmath.exp(-x),
}


def fitted(call, *words):
    """The object of a fit as JSON, and its function by the Python form."""
    status, out, err = call("fit", *words, "--format", "json", "--name", "f")
    assert (status, err) == (0, ""), err
    report = json.loads(out)
    return report, lambda x: np.array([computed(report, number) for number in x.tolist()])


def computed(report, x):
    """A result by the words of the definition: exact fractions, rounded after each operation."""
    if math.isnan(x) or math.isinf(x):
        tail = report["beyond"]["right" if x > 0 else "left"]
        return x if math.isnan(x) else tail["offset"] + (tail["slope"] and tail["slope"] * x)
    fixed = report["evaluate"][0] == "Q"

    def rounded(value, name):
        if name[0] == "Q":
            above, below = map(int, name[1:].split("."))
            whole = round(value * (1 << below))
            limit = 1 << (above + below - 1)
            return Fraction(max(-limit, min(limit - 1, whole)), 1 << below)
        return Fraction(round_fraction(value, FORMATS[name]))

    def product(a, b):
        if not fixed:
            return a * b if report["fma"] else rounded(a * b, report["evaluate"])
        scale = 1 << int(report["evaluate"].partition(".")[2])
        return Fraction(math.floor(a * b * scale), scale)

    def total(a, b):
        return a + b if fixed else rounded(a + b, report["evaluate"])

    if not report["start"] <= x <= report["stop"]:
        tail = report["beyond"]["left" if x < report["start"] else "right"]
        slope, offset = Fraction(tail["slope"]), Fraction(tail["offset"])
        return float(rounded(total(product(slope, Fraction(x)), offset), report["dtype"]))
    piece = [piece for piece in report["pieces"] if piece["start"] <= x][-1]
    t = total(Fraction(x), -Fraction(piece["centre"]))
    y = Fraction(piece["coefficients"][-1])
    for coefficient in piece["coefficients"][-2::-1]:
        y = total(product(y, t), Fraction(coefficient))
    return float(rounded(y, report["dtype"]))


def ulp_of(true, form):
    """The distance of the format's numbers in the binade of a number of mpmath."""
    exponent = math.frexp(float(true))[1] - 1  # that of the value as a float64
    return mpmath.mpf(2) ** (max(exponent, form.least_exponent) - form.mantissa_bits)


@pytest.mark.parametrize(
    ("name", "ends", "words"),
    [
        ("gelu", (-8, 8), ("--dtype", "bfloat16", "--max-error", "1", "--degree", "2")),
        ("tanh", (-4, 4), ("--dtype", "float16", "--max-error", "1", "--degree", "3")),
        ("sigmoid", (-8, 8), ("--max-error", "2", "--degree", "5")),
        ("exp(-x)", (-2, 3), ("--max-error", "3", "--degree", "4", "--no-fma")),
    ],
)
def test_no_error_is_above_the_proven_one(call, name, ends, words):
    report, function = fitted(call, name, *map(str, ends), *words)
    asked = float(words[words.index("--max-error") + 1])
    assert report["largest_met"] <= report["max_error"] <= asked
    form = FORMATS[report["dtype"]]
    rng = np.random.default_rng(3)
    if form.bits == 16:
        every = wide(np.arange(1 << 16, dtype=np.uint16).view(form.numpy))
        x = rng.permutation(every[(every >= ends[0]) & (every <= ends[1])])[:3000]
    else:
        x = rng.uniform(float(ends[0]), float(ends[1]), 3000).astype(np.float32).astype(float)
        small = np.exp2(rng.uniform(-140, 0, 500)).astype(np.float32).astype(float)
        x = np.concatenate([x, small, -small])
        x = x[(x >= ends[0]) & (x <= ends[1])]
    x = np.concatenate([x, [report["at"]], [piece["start"] for piece in report["pieces"]]])
    x = x[x != 0]
    errors = []
    with mpmath.workdps(60):
        for number, got in zip(x.tolist(), function(x).tolist(), strict=True):
            true = TRUE[name](mpmath.mpf(number))
            errors.append(float(abs(mpmath.mpf(got) - true) / ulp_of(true, form)))
    assert max(errors) <= report["max_error"] * (1 + 1e-9)
    # the place that is named has the error that is named
    place = x.tolist().index(report["at"])
    assert errors[place] == pytest.approx(report["largest_met"], rel=1e-6)


def test_a_bound_by_balls_is_near_the_largest_error_of_all(call):
    words = ("sigmoid", "-0.26", "0.25", "--max-error", "2", "--degree", "3")
    report, function = fitted(call, *words)
    low, high = (np.float32(end).view(np.uint32) for end in (2.0**-9, 0.25))
    x = np.arange(int(low), int(high) + 1, 14983, dtype=np.uint32).view(np.float32).astype(float)
    true = 1 / (1 + np.exp(-np.longdouble(x)))
    error = float(np.max(np.abs(function(x) - true) / np.longdouble(2) ** -24))
    assert report["proof"] == "balls"
    assert error <= report["max_error"] <= 1.35 * report["largest_met"]


@pytest.mark.slow
def test_all_numbers_of_float32_are_judged_where_asked(call):
    words = ("sigmoid", "1", "1.5", "--max-error", "2", "--degree", "3")
    by_balls, _ = fitted(call, *words)
    by_all, _ = fitted(call, *words, "--prove", "all")
    assert by_all["proof"] == "all inputs"
    assert by_all["inputs"] == (1 << 22) + 1
    assert by_balls["proof"] == "balls"
    assert by_all["max_error"] == by_all["largest_met"] <= 2
    x = np.float64(by_all["at"])
    true = 1 / (1 + np.exp(-np.longdouble(x)))
    error = abs(computed(by_all, float(x)) - true) / np.longdouble(2) ** -24
    assert float(error) == pytest.approx(by_all["max_error"], rel=1e-6)


def test_continuous_pieces_meet(call):
    words = ("silu", "-8", "8", "--dtype", "bfloat16", "--max-error", "1", "--degree", "2")
    report, function = fitted(call, *words, "--continuous")
    pieces = report["pieces"]
    assert len(pieces) > 4
    for before, after in pairwise(pieces):
        x = after["start"]
        t = np.float64(ml_dtypes.bfloat16(x - before["centre"]))
        y = np.float64(before["coefficients"][-1])
        for coefficient in before["coefficients"][-2::-1]:
            y = np.float64(ml_dtypes.bfloat16(y * t + coefficient))
        assert y == function(np.array([x]))[0]


def test_monotone_results_rise(call):
    words = ("sigmoid", "-8", "8", "--dtype", "float16", "--max-error", "2", "--degree", "2")
    _, function = fitted(call, *words, "--monotone")
    every = np.unique(wide(np.arange(1 << 16, dtype=np.uint16).view(np.float16)))
    inside = every[(every >= -8) & (every <= 8)]
    assert (np.diff(function(inside)) >= 0).all()


def test_regular_cuts_are_where_they_say(call):
    report, _ = fitted(
        call, "tanh", "-4", "4", "--dtype", "float16", "--measure", "absolute",
        "--max-error", "1e-3", "--cuts", "uniform", "--degree", "2",
    )  # fmt: skip
    starts = np.array([piece["start"] for piece in report["pieces"]])
    width = starts[2] - starts[1]
    assert np.log2(width).is_integer()
    assert (np.diff(starts) == width).all()
    report, _ = fitted(
        call, "tanh", "-4", "4", "--dtype", "float16", "--evaluate", "float32",
        "--max-error", "1", "--cuts", "exponent", "--degree", "3",
    )  # fmt: skip
    starts = np.abs([piece["start"] for piece in report["pieces"]])
    few = np.frexp(starts)[0] * 32
    assert (few == np.round(few)).all()


def test_the_least_error_of_so_many_pieces_falls_with_their_number(call):
    words = ("tanh", "-4", "4", "--dtype", "Q4.12", "--degree", "2", "--pieces")
    errors = []
    for count in (2, 4, 8):
        report, _ = fitted(call, *words, str(count))
        assert len(report["pieces"]) <= count
        errors.append(report["max_error"])
    assert errors[0] > 3 * errors[1] > 9 * errors[2]


def test_interpolation_has_one_table(call):
    report, function = fitted(
        call, "tanh", "-4", "4", "--dtype", "Q4.12", "--interpolation", "linear",
        "--max-error", "4",
    )  # fmt: skip
    assert report["bits"] == 16 * len(report["nodes"])
    assert len(report["nodes"]) == len(report["pieces"]) + 1
    x = np.arange(-(1 << 14), (1 << 14) + 1) / 4096
    assert np.abs(function(x) - np.tanh(x)).max() * 4096 <= report["max_error"] * 1.0001 <= 4.001


def test_beyond_the_ends_are_the_asymptotes(call):
    _, function = fitted(call, "gelu", "-8", "8", "--dtype", "bfloat16", "--max-error", "1")
    x = np.array([-np.inf, -9.0, 9.0, 1e30, np.inf, np.nan])
    x = x.astype(ml_dtypes.bfloat16).astype(float)
    wanted = [0.0, 0.0, *x[2:5].tolist(), np.nan]
    assert np.array_equal(function(x), wanted, equal_nan=True)
    _, function = fitted(
        call, "bent_identity", "-4", "4", "--measure", "absolute", "--pieces", "4", "--degree", "2"
    )
    assert function(np.array([1e6]))[0] == pytest.approx(1.5e6 - 1)
    assert function(np.array([-1e6]))[0] == pytest.approx(-0.5e6 - 1)


def test_derivatives_formulas_and_parameters_are_fitted(call):
    words = ("--dtype", "float16", "--measure", "absolute", "--max-error", "2e-3", "--degree", "2")
    _, function = fitted(call, "silu", "-6", "6", *words, "--show", "dy")
    x = np.linspace(-6, 6, 97).astype(np.float16).astype(float)
    logistic = 1 / (1 + np.exp(-x))
    assert np.abs(function(x) - logistic * (1 + x * (1 - logistic))).max() <= 2e-3
    _, function = fitted(call, "x*sigmoid(beta*x):beta=1.5", "-6", "6", *words)
    assert np.abs(function(x) - x / (1 + np.exp(-1.5 * x))).max() <= 2e-3


def test_a_report_a_picture_and_suffixes(call, folder):
    words = ("tanh", "-4", "4", "--dtype", "bfloat16", "--max-error", "1", "--degree", "2")
    status, out, err = call("fit", *words, "--picture", "e.png")
    assert (status, err) == (0, "")
    assert "proven by all 33,0" in out or "proven by all" in out
    with Image.open("e.png") as picture:
        assert picture.size[0] > 600
    for suffix, mark in ((".c", "#include"), (".py", "import numpy"), (".json", '"pieces"')):
        assert call("fit", *words, "-o", f"f{suffix}")[0] == 0
        assert mark in Path(f"f{suffix}").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gelu", "-8", "8", "--max-error", "0.4"), "alone may be off by 0.5"),
        (("sigmoid", "-8", "8", "--max-error", "0.5", "--degree", "3"), "at x ="),
        (("1/x", "-1", "1", "--max-error", "2"), "no finite value at x = 0.0"),
        (("tan", "0", "3", "--max-error", "2"), "has a pole near x = 1.57"),
        (("log", "0", "1", "--max-error", "2"), "no finite value"),
        (("gelu", "8", "-8", "--max-error", "2"), "must lie below"),
        (("gelu", "-8", "--max-error", "2"), "takes START and STOP"),
        (("gelu", "-8", "8", "--max-error", "nan"), "must be above 0"),
        (("softmax", "-8", "8", "--max-error", "2"), "whole vectors"),
        (("gelu", "-8", "8", "--dtype", "float64"), "unknown format 'float64'"),
        (("gelu", "-8", "8", "--dtype", "Q40.2"), "2 to 32"),
        (("gelu", "-8", "8", "--evaluate", "bfloat16"), "does not hold every number of float32"),
        (("gelu", "-8", "8", "--format", "verilog"), "written of fixed point"),
        (("gelu", "-8", "8", "--monotone"), "8 or 16 bits"),
        (("gelu", "-8", "8", "--monotone", "--dtype", "bfloat16"), "is not monotone"),
        (("gelu", "-8", "8", "--name", "a b"), "no name in C"),
        (("gelu", "-8", "8", "--picture", "e.gif"), "a picture is"),
        (("gelu", "-8", "8", "-o", "f.rs"), "fit writes"),
        (
            (
                *("sin(50*x)", "-8", "8", "--dtype", "float16", "--measure", "absolute"),
                *("--max-error", "1e-3", "--degree", "1", "--cuts", "uniform", "--pieces", "512"),
            ),
            "needs more than 512 pieces",
        ),
    ],
)
def test_what_cannot_be_had_is_one_line_that_says_what_can(call, words, said):
    status, out, err = call("fit", *words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_exact_fractions_are_kept(call):
    report, _ = fitted(call, "relu", "-8", "8", "--max-error", "1", "--degree", "1")
    assert len(report["pieces"]) == 2
    assert [Fraction(c) for c in report["pieces"][1]["coefficients"]] == [0, 1]
    assert report["max_error"] == 0.5 or report["max_error"] == 0
