"""`actcli tolerance` beside numpy.testing.assert_allclose and values of mpmath."""

from __future__ import annotations

import csv
import json

import mpmath
import numpy as np
import pytest

from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import DTYPES
from actcli.tolerance.case import rounded_up
from actcli.tolerance.inputs import HIGH, INPUTS, LOW
from tests.support.completion import offered
from tests.support.files import sparse

NO_FRAMEWORK = ("--backends", "tensorflow-2.0")


def gelu(x):
    return x * mpmath.ncdf(x)


def gelu_tanh(x):
    inner = mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)
    return x * (1 + mpmath.tanh(inner)) / 2


def relu(x):
    return max(x, mpmath.mpf(0))


def silu(x):
    return x / (1 + mpmath.exp(-x))


def quick_gelu(x):
    return x / (1 + mpmath.exp(-mpmath.mpf(1.702) * x))


def float64(function, x):
    with mpmath.workdps(40):
        return np.array([float(function(mpmath.mpf(float(one)))) for one in x])


def lets_pass(got, wanted, rtol, atol):
    try:
        np.testing.assert_allclose(got, wanted, rtol, atol)
    except AssertionError:
        return False
    return True


@pytest.fixture
def found(call):
    """The findings of a command line as JSON."""

    def read(*words):
        backends = () if "--backends" in words else NO_FRAMEWORK
        outcome = call("tolerance", *words, *backends, "--format", "json")
        assert outcome.status == 0, outcome.err
        said = json.loads(outcome.out)
        names = [one["name"] for one in said["variants"]] + said["not_wrong"]
        assert len(set(names)) == len(names)
        return said, {one["name"]: one for one in said["variants"]}

    return read


@pytest.fixture
def x(folder):
    """The inputs of a test, which lie in x.npy."""
    numbers = np.linspace(-6, 6, 241, dtype=np.float32)
    np.save("x.npy", numbers)
    return numbers


WRONG = {
    "zeros": lambda x: mpmath.mpf(0),
    "gelu_tanh": gelu_tanh,
    "quick_gelu": quick_gelu,
    "relu": relu,
    "silu": silu,
}


@pytest.mark.parametrize(
    ("rtol", "atol"),
    [(1e-3, 1e-3), (1e-2, 1e-6), (0, 1e-3), (0, 0.03), (0.05, 0.2), (1.5, 0), (0.0, 0.0)],
)
def test_the_verdicts_are_those_of_assert_allclose(found, x, rtol, atol):
    _, variants = found("gelu", "--rtol", f"{rtol}", "--atol", f"{atol}", "--inputs", "x.npy")
    wanted = float64(gelu, x)
    for name, function in WRONG.items():
        got = float64(function, x).astype(np.float32)
        assert variants[name]["passes"] is lets_pass(got, wanted, rtol, atol), name
        differ = np.count_nonzero(got != wanted.astype(np.float32))
        assert variants[name]["differ"] == differ
        with np.errstate(all="ignore"):
            unit = np.spacing(np.abs(wanted).astype(np.float32)).astype(float)
        error = np.abs(got - wanted) / unit
        assert float(variants[name]["largest_ulp"]) == pytest.approx(error.max(), rel=1e-6)


def test_the_tightest_tolerance_is_met_and_no_tighter_one(found, x):
    said, _ = found("gelu", "--rtol", "1e-2", "--atol", "1e-3", "--inputs", "x.npy", "--show", "y")
    wanted = float64(gelu, x)
    (own,) = [one for one in said["tightest"] if one["name"] == "actcli"]
    got = wanted.astype(np.float32)
    assert own["largest_ulp"] <= 0.5
    for rtol, atol in (
        (own["rtol"], own["atol"]), (own["rtol_alone"], 0), (0, own["atol_alone"]),
    ):  # fmt: skip
        assert lets_pass(got, wanted, rtol, atol)
        assert not lets_pass(got, wanted, 0.98 * rtol, 0.98 * atol)


def test_frameworks_are_measured(found, x):
    torch = pytest.importorskip("torch")
    said, _ = found("gelu", "--rtol", "1e-2", "--inputs", "x.npy", "--backends", "torch")
    theirs = {one["column"]: one for one in said["tightest"] if one["name"] == "torch"}
    got = torch.nn.functional.gelu(torch.from_numpy(x)).numpy()
    wanted = float64(gelu, x)
    assert theirs["y"]["version"] == torch.__version__
    assert lets_pass(got, wanted, theirs["y"]["rtol"], 0)
    assert not lets_pass(got, wanted, 0.98 * theirs["y"]["rtol"], 0)
    assert theirs["dy"]["atol_alone"] < 1e-5


@pytest.mark.parametrize(
    ("spec", "there", "absent"),
    [
        (
            "gelu",
            {"gelu_tanh", "quick_gelu", "relu", "cut_tail"},
            {"other_side_of_kink_derivative"},
        ),
        ("gelu_tanh", {"gelu", "relu"}, {"gelu_tanh"}),
        ("silu", {"hard_silu", "missing_factor_derivative"}, {"silu"}),
        (
            "leaky_relu",
            {"torch.nn.functional.leaky_relu", "relu", "other_side_of_kink_derivative"},
            {"cut_tail", "leaky_relu"},
        ),
        ("elu:alpha=1.5", {"celu", "selu", "cut_tail_derivative"}, {"cut_tail"}),
        ("softplus", {"relu", "squareplus", "cut_tail"}, {"other_side_of_kink_derivative"}),
        ("hard_sigmoid", {"sigmoid", "onnx.HardSigmoid"}, {"cut_tail", "cut_tail_derivative"}),
        ("hard_tanh", {"tanh", "relu6"}, {"cut_tail", "missing_factor_derivative"}),
        ("hard_silu", {"silu", "other_side_of_kink_derivative"}, {"cut_tail"}),
        ("x*sigmoid(1.3*x)", {"zeros", "cut_tail", "missing_factor_derivative"}, {"relu"}),
    ],
)
def test_only_variants_that_apply(found, spec, there, absent):
    said, variants = found(spec, "--atol", "1e-3", "--inputs", "points")
    known = {*variants, *said["not_wrong"]}
    assert there <= set(variants)
    assert {"zeros", "shifted_table", "flushed_subnormals"} <= known
    assert not absent & known
    assert all(one["differ"] > 0 and float(one["largest_ulp"]) > 1 for one in variants.values())


def test_what_is_correct_at_the_inputs_is_not_wrong(found, folder):
    np.save("x.npy", np.array([20, 30, 40], np.float32))
    said, variants = found("gelu", "--rtol", "1e-6", "--inputs", "x.npy", "--show", "y")
    assert {"relu", "gelu_tanh", "flushed_subnormals", "cut_tail"} <= set(said["not_wrong"])
    assert "zeros" in variants
    np.save("x.npy", np.array([-1, 0, 1], np.float32))
    _, variants = found("leaky_relu", "--rtol", "1e-6", "--inputs", "x.npy", "--show", "dy")
    assert variants["other_side_of_kink_derivative"]["differ"] == 1


def test_infinities_and_nan_count_as_numpy_has_it(found, folder):
    np.save("x.npy", np.array([-np.inf, np.inf, 6e4, np.nan], np.float16))
    said, variants = found("relu", "--rtol", "0.5", "--inputs", "x.npy", "--show", "y")
    assert variants["zeros"]["largest_ulp"] == "inf"
    assert variants["zeros"]["never"] == 2  # infinity and nan
    assert variants["zeros"]["needs"] == 2  # of 6e4
    assert variants["leaky_relu"]["largest_ulp"] == "inf"  # -inf for 0
    assert not variants["leaky_relu"]["passes"]
    assert variants["leaky_relu"]["needs"] == 0
    (own,) = [one for one in said["tightest"] if one["name"] == "actcli"]
    assert own["passes"]
    assert own["rtol"] == own["atol_alone"] == 0


def test_a_backend_with_a_wrong_nan_is_measured_elsewhere(found, folder):
    (folder / "kernel.py").write_text("def half(x):\n    return x * x.dtype.type(0.5)\n")
    np.save("x.npy", np.array([-np.inf, 1, 2], np.float32))
    words = ("relu", "--rtol", "0.1", "--inputs", "x.npy", "--backends", "kernel.py:half")
    said, _ = found(*words, "--show", "y")
    (theirs,) = [one for one in said["tightest"] if one["name"] == "kernel.py:half"]
    assert not theirs["passes"]
    assert theirs["never"] == 1
    assert theirs["rtol_alone"] == 0.5
    assert theirs["atol_alone"] == 1


def test_derivatives(found, x):
    _, variants = found("tanh", "--atol", "1e-3", "--inputs", "x.npy", "--show", "dy")
    assert {name.endswith("_derivative") for name in variants} == {True}
    with mpmath.workdps(40):
        true = float64(lambda x: 1 - mpmath.tanh(x) ** 2, x)
    assert not lets_pass(np.zeros_like(true), true, 0, 1e-3)
    assert not variants["zeros_derivative"]["passes"]
    assert variants["zeros_derivative"]["needs"] == pytest.approx(1000)
    assert variants["hard_tanh_derivative"]["needs"] > 100
    assert variants["missing_factor_derivative"]["words"] == "without the square of tanh(x)"
    missing = 1 - np.tanh(x.astype(float))
    share = np.abs(missing - true).max() / 1e-3
    assert variants["missing_factor_derivative"]["needs"] == pytest.approx(share, rel=1e-4)


def test_random_inputs_are_always_the_same(call, found):
    words = ("sigmoid", "--rtol", "1e-3")
    first, second = (call("tolerance", *words, *NO_FRAMEWORK).out for _ in range(2))
    assert first == second
    said, _ = found(*words)
    assert said["inputs"] == "4,096 standard normal inputs (seed 0)"
    sigmoid = parse("sigmoid")
    drawn = INPUTS["normal"][0](sigmoid, DTYPES["float64"])
    assert abs(drawn.mean()) < 0.05
    assert abs(drawn.std() - 1) < 0.05
    share = (0xE220A8397B1DCDAF >> 12) + mpmath.mpf(0.5)  # splitmix64 begins so
    first = mpmath.sqrt(2) * mpmath.erfinv(share / 2**51 - 1)
    assert drawn[0] == pytest.approx(float(first), rel=1e-12)
    spread = INPUTS["uniform"][0](sigmoid, DTYPES["float64"])
    assert LOW < spread.min() < LOW + 0.02
    assert HIGH - 0.02 < spread.max() < HIGH


def test_fail_is_the_exit_status(call):
    words = ("tolerance", "gelu", "--show", "y", *NO_FRAMEWORK)
    loose = call(*words, "--atol", "1e-3", "--fail")
    assert loose.status == 1
    assert "gelu_tanh" in loose.out
    assert loose.err.startswith("actcli: error: 1 wrong variant passes: ")
    assert call(*words, "--atol", "1e-3").status == 0
    assert call(*words, "--rtol", "1e-6", "--atol", "1e-6", "--fail").status == 0


def test_csv_and_files(call, folder):
    words = ("tolerance", "silu", "--rtol", "0.1", "--dtype", "bfloat16", *NO_FRAMEWORK)
    assert call(*words, "-o", "found.csv").out == ""
    rows = list(csv.DictReader((folder / "found.csv").read_text().splitlines()))
    assert rows[0]["name"] == "zeros"
    call(*words, "-o", "found.json")
    assert [one["name"] for one in json.loads((folder / "found.json").read_text())["variants"]] == [
        row["name"] for row in rows
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gelu",), "give --rtol R, --atol A or both"),
        (("gelu", "--rtol", "-1"), "--rtol takes a finite number of at least 0, not '-1'"),
        (("gelu", "--atol", "inf"), "--atol takes a finite number of at least 0, not 'inf'"),
        (("gelu", "--atol", "x"), "'x' is not a number"),
        (("gelu", "--atol", "1", "--inputs", "norml"), "did you mean normal"),
        (("gelu", "--atol", "1", "--inputs", "x.npy"), "there is no 'x.npy'"),
        (("gelu", "--atol", "1", "--show", "x"), "x is given"),
        (("gelu", "--atol", "1", "-o", "x.png"), "tolerance writes .json, .csv, .txt"),
        (("softmax", "--atol", "1"), "works on whole vectors"),
    ],
)
def test_wrong_use_is_one_line(call, folder, words, said):
    outcome = call("tolerance", *words)
    assert outcome.status == 2
    assert outcome.out == ""
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_no_inputs(call, folder):
    np.save("x.npy", np.zeros(0, np.float32))
    outcome = call("tolerance", "gelu", "--atol", "1", "--inputs", "x.npy")
    assert outcome.status == 1
    assert "holds no numbers" in outcome.err


def test_too_many_inputs(call, folder):
    sparse("x.npy", 10_000_000)
    outcome = call("tolerance", "gelu", "--atol", "1", "--inputs", "x.npy")
    assert outcome.status == 1
    assert "has 10,000,000 numbers; a tolerance is tried at 4,000,000 at most" in outcome.err


def test_completion(run):
    assert offered(run, "tolerance", "gelu", "--inputs", "") == ["normal", "uniform", "points"]
    assert offered(run, "tolerance", "gelu", "--inputs", "p") == ["points"]


def test_tolerances_are_rounded_up():
    for value in (1e-9, 1.001e-3, 9.999e-5, 0.5, 123456.0):
        assert value <= rounded_up(value) <= 1.01 * value
