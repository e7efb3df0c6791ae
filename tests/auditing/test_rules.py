"""What is judged and by which rules: ranges, tolerances, how many of the worst, what is allowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest

from tests.conftest import Call

_PATTERNS = (np.arange(1 << 16, dtype=np.uint32) << 16).view(np.float32)
#: Every bfloat16 number but nan, which are the upper halves of float32 numbers.
EVERY_BFLOAT16 = _PATTERNS[~np.isnan(_PATTERNS)].astype(np.float64)


@pytest.fixture
def poor_tanh(tmp_path: Path) -> tuple[str, np.ndarray, np.ndarray]:
    """Samples of tanh at all finite bfloat16 numbers, by a rational function; the true values."""
    x = EVERY_BFLOAT16[np.isfinite(EVERY_BFLOAT16)]
    y = np.clip(x * (27 + x * x) / (27 + 9 * x * x), -1, 1).astype(ml_dtypes.bfloat16)
    path = tmp_path / "poor.npz"
    np.savez(path, x=x.astype(ml_dtypes.bfloat16), y=y)
    with mpmath.workprec(100):
        true = np.array([mpmath.tanh(mpmath.mpf(v)) for v in x.tolist()], dtype=object)
    return str(path), np.stack([x, y.astype(np.float64)]), true


def found(call: Call, *words: str, status: int = 0) -> Any:
    outcome = call("audit", *words, "--format", "json")
    assert outcome.status == status, outcome.err
    return json.loads(outcome.out, parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("first", "last"),
    [(-1.0, 2.5), (2.5, -1.0), (0.1, 0.1015), (0.0, 0.0), (-np.inf, 0.0), (1e38, np.inf),
     (-1e-40, 1e-40), (0.3, 1e300)],
)  # fmt: skip
def test_a_range_holds_every_number_in_it(call: Call, first: float, last: float) -> None:
    x = EVERY_BFLOAT16
    inside = (min(first, last) <= x) & (x <= max(first, last))
    words = ("actcli", "tanh", "--dtype", "bfloat16", "--show", "y")
    report = found(call, *words, "--range", repr(first), repr(last))
    assert report["columns"]["y"]["inputs"] == np.count_nonzero(inside)
    assert report["columns"]["y"]["correctly_rounded"] == np.count_nonzero(inside)
    assert report["inputs"]["chosen"] == report["inputs"]["sampled"] == 0
    said = f"all {np.count_nonzero(inside):,} inputs from "
    assert report["inputs"]["words"].startswith(said)
    regions = report["columns"]["y"]["regions"]
    assert min(float(region["from"]) for region in regions) == x[inside].min()
    assert max(float(region["to"]) for region in regions) == x[inside].max()


def test_a_range_of_samples_leaves_out_the_others(call: Call, poor_tanh: Any) -> None:
    path, (x, _), _ = poor_tanh
    report = found(call, "--samples", path, "tanh", "--range", "-0.5", "3")
    assert report["columns"]["y"]["inputs"] == np.count_nonzero((x >= -0.5) & (x <= 3))
    assert report["inputs"]["words"].endswith(" inputs from -0.5 to 3")
    outcome = call("audit", "--samples", path, "tanh", "--range", "1.001", "1.002")
    assert (outcome.status, outcome.out) == (1, "")
    assert "poor.npz has no x from 1.001 to 1.002" in outcome.err


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_sample_of_a_range_lies_in_it(call: Call, dtype: str) -> None:
    words = ("actcli", "tanh", "--dtype", dtype, "--show", "y", "--sample", "3000")
    report = found(call, *words, "--range", "-3", "5")
    column = report["columns"]["y"]
    assert report["inputs"]["sampled"] == 3000
    assert column["inputs"] == column["correctly_rounded"]
    regions = column["regions"]
    assert min(float(region["from"]) for region in regions) >= -3
    assert max(float(region["to"]) for region in regions) <= 5
    assert min(float(region["from"]) for region in regions) == -3
    assert max(float(region["to"]) for region in regions) == 5
    few = found(
        call, *words, "--range", "1", "1.00001" if dtype == "float32" else "1.0000000000001"
    )
    assert few["inputs"]["words"].startswith("all ")


@pytest.mark.parametrize(("atol", "rtol"), [(0.01, 0.0), (0.0, 0.01), (0.002, 0.003), (1.0, 0.0)])
def test_tolerances_are_those_of_numpy_with_exact_numbers(
    call: Call, poor_tanh: Any, atol: float, rtol: float
) -> None:
    path, (x, y), true = poor_tanh
    far = [
        abs(mpmath.mpf(got) - t) > mpmath.mpf(atol) + mpmath.mpf(rtol) * abs(t)
        for got, t in zip(y.tolist(), true, strict=True)
    ]
    words = ["--samples", path, "tanh"]
    words += ["--atol", repr(atol)] if atol else []
    words += ["--rtol", repr(rtol)] if rtol else []
    report = found(call, *words, status=1 if any(far) else 0)
    beyond = report["columns"]["y"]["beyond_tolerance"]
    assert beyond["count"] == sum(far)
    assert report["rules"]["absolute_tolerance"] == atol
    assert report["rules"]["relative_tolerance"] == rtol
    outcome = call("audit", *words)
    if not any(far):
        assert (outcome.status, outcome.err) == (0, "")
        return
    first = np.array([int(beyond["first"]["x_bits"], 16)], np.uint16).view(ml_dtypes.bfloat16)
    assert abs(float(first[0])) == np.abs(x[far]).min()
    assert outcome.err.startswith(f"actcli: error: y has {sum(far):,} results beyond --atol ")
    assert f"the first at x = {beyond['first']['x_text']}" in outcome.err
    assert "First beyond the tolerance, from 0 outward\n" in outcome.out


def test_nan_is_beyond_any_tolerance(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n0,0\n1,nan\n")
    outcome = call("audit", "--samples", str(tmp_path / "a.csv"), "tanh", "--atol", "100")
    assert outcome.status == 1
    assert "y has 1 result beyond --atol 100 --rtol 0, the first at x = 1.0" in outcome.err


def test_as_many_of_the_worst_as_asked_for(call: Call, poor_tanh: Any) -> None:
    path, (_, y), true = poor_tanh
    exponents = np.array([mpmath.frexp(t)[1] for t in true])
    units = np.ldexp(1.0, np.maximum(exponents - 1, -126) - 7)
    errors = np.abs((y - true) / units).astype(np.float64)
    for count in (0, 1, 40, 5_000):
        worst = found(call, "--samples", path, "tanh", "--worst", str(count))["columns"]["y"][
            "worst"
        ]
        wanted = np.sort(errors)[::-1][:count]
        assert [seen["error"] for seen in worst] == pytest.approx(wanted, abs=1e-6)
    shown = call("audit", "--samples", path, "tanh", "--worst", "40").out
    assert shown.partition("Worst inputs\n")[2].partition("\n\n")[0].count("\n") == 40


def test_nan_at_infinity_is_allowed_there_alone(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n-inf,nan\n0,0\n1,nan\ninf,nan\n2,inf\n")
    words = ("--samples", str(tmp_path / "a.csv"), "silu")
    strict = found(call, *words)["columns"]["y"]
    assert (strict["wrong_otherwise"], strict["forgiven"]) == (4, 0)
    lenient = found(call, *words, "--allow", "nan@inf")["columns"]["y"]
    assert (lenient["wrong_otherwise"], lenient["forgiven"]) == (2, 2)
    assert lenient["correctly_rounded"] == strict["correctly_rounded"] + 2
    assert lenient["spurious_nan"]["first"]["x"] == 1
    shown = call("audit", *words, "--allow", "nan@inf").out
    assert "; nan allowed at infinities\n" in shown
    assert "forgiven" in shown


REFUSED = [
    ("--range nan 1", "--range takes two numbers, A B, not 'nan 1'"),
    ("--range 0 much", "'much' is not a number"),
    ("--range 1.0001 1.0002 --dtype bfloat16", "there is no bfloat16 number from 1.0001 to 1.0002"),
    ("--range 500 inf --dtype float8_e4m3fn", "there is no float8_e4m3fn number from 500 to inf"),
    ("--atol -1", "--atol takes a finite number of at least 0, not '-1'"),
    ("--rtol inf", "--rtol takes a finite number of at least 0, not 'inf'"),
    ("--worst 10001", "10001 is not in the range"),
    ("--allow nan", "'nan' is not"),
    ("--sample all --range 0 1 --dtype float64", "would never end"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_is_refused(call: Call, options: str, words: str) -> None:
    outcome = call("audit", "actcli", "tanh", *options.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_all_functions_by_these_rules(call: Call) -> None:
    words = ("audit", "--all", "tensorflow-2.0", "--sample", "500", "--range", "-2", "2")
    assert call(*words, "--atol", "1e-3").status == 0
    outcome = call(*words, "--atol", "1e-30")
    assert outcome.status == 1
    assert outcome.err == (
        "actcli: error: beyond --atol 1e-30 --rtol 0 in 3 functions: leaky_relu, sigmoid, tanh\n"
    )
