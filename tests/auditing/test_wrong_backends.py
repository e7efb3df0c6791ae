"""Every fault of a backend is found, at the very input."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.conftest import Call
from tests.support.formats import FORMATS, wide
from tests.support.wrong_backends import Array, Wrong, at, install, nothing_below, one_ulp_up_at


@pytest.fixture
def audit(call: Call, monkeypatch: pytest.MonkeyPatch):
    """Audit a faulty backend and return the JSON."""

    def audit_wrong(fault: Any, *words: str) -> Any:
        install(monkeypatch, Wrong(fault))
        outcome = call("audit", "wrong", *words, "--format", "json")
        assert outcome.status == 0, outcome.err
        assert outcome.err == ""
        return json.loads(outcome.out, parse_constant=pytest.fail)

    return audit_wrong


def right(column: dict[str, Any]) -> bool:
    """Whether nothing at all is wrong with a column."""
    return bool(column["correctly_rounded"] == column["inputs"] and not column["wrong_otherwise"])


#: In the middle between the two bfloat16 numbers around 0.001.
THOUSANDTH = 131.5 / 2**17


def value(bits: str, name: str) -> float:
    """The number of a bit pattern; the digits of a small format are few and inexact."""
    form = FORMATS[name]
    return float(np.array([int(bits, 16)], form.pattern).view(form.numpy)[0])


def test_nothing_is_found_where_nothing_is_wrong(audit):
    found = audit(lambda x, column, order: None, "gelu", "--dtype", "bfloat16")
    assert list(found["columns"]) == ["y", "dy", "d2y"]
    for column in found["columns"].values():
        assert column["inputs"] == 65536
        assert right(column)
        assert column["largest_error"] <= 0.5
        assert column["beyond_bound"] == 0
        assert column["first_beyond_bound"] == {"negative": None, "positive": None}


@pytest.mark.parametrize("function", ["gelu", "mish", "selu", "sine", "hard_shrink", "exponential"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float8_e4m3fn", "float8_e5m2"])
@pytest.mark.sampled(7)
def test_the_core_is_correct_at_every_input(call, function, dtype):
    """With no help from the results: what is counted as correct is the rounded truth."""
    outcome = call("audit", "actcli", function, "--dtype", dtype, "--max-ulp", "0.5")
    assert outcome.status == 0, outcome.err
    assert outcome.out.count("100 %") >= 6


def test_one_ulp_at_one_input(audit):
    found = audit(one_ulp_up_at(1.5), "tanh", "--dtype", "bfloat16", "--bound", "0.5")
    column = found["columns"]["y"]
    assert column["inputs"] - column["correctly_rounded"] == 1
    assert column["beyond_bound"] == 1
    seen = column["first_beyond_bound"]["positive"]
    assert seen == column["worst"][0]
    assert seen["x"] == 1.5
    assert int(seen["got_bits"], 16) == int(seen["wanted_bits"], 16) + 1
    assert 0.5 < seen["error"] < 1.5
    assert column["first_beyond_bound"]["negative"] is None
    assert right(found["columns"]["dy"])


def test_a_flushed_tail(audit):
    found = audit(nothing_below(1e-3), "sigmoid", "--dtype", "bfloat16", "--show", "y")
    column = found["columns"]["y"]
    first = column["first_beyond_bound"]
    values = wide(FORMATS["bfloat16"].all_inputs())
    values = values[np.isfinite(values) & (np.abs(values) < 100)]
    # the largest x of those whose result, rounded, is below 0.001
    assert value(first["negative"]["x_bits"], "bfloat16") == (
        values[1 / (1 + np.exp(-values)) < THOUSANDTH].max()
    )
    assert first["negative"]["got"] == 0
    assert first["positive"] is None
    by_name = {region["region"]: region for region in column["regions"]}
    assert (
        by_name["negative tail"]["largest_error"]
        == column["largest_error"]
        == pytest.approx(128 * 2, rel=0.02)
    )
    assert by_name["around zero"]["largest_error"] <= 0.5
    assert by_name["positive tail"]["largest_error"] <= 0.5
    assert by_name["saturated, x < 0"]["correctly_rounded"] == by_name["saturated, x < 0"]["inputs"]


@pytest.mark.parametrize(
    ("replacement", "kind"), [(np.nan, "spurious_nan"), (np.inf, "spurious_infinity")]
)
@pytest.mark.parametrize("x", [-2.0, 0.0, 5.0])
def test_what_is_not_a_number(audit, replacement, kind, x):
    found = audit(at(x, replacement, of_order=1), "silu", "--dtype", "float16")
    column = found["columns"]["dy"]
    count = 2 if x == 0 else 1
    assert column[kind]["count"] == column["wrong_otherwise"] == column["beyond_bound"] == count
    assert column[kind]["first"]["x"] == x
    assert column[kind]["first"]["got"] == str(replacement)
    assert column[kind]["first"]["error"] == "nan"
    assert column["largest_error"] <= 0.5
    assert right(found["columns"]["y"])
    assert right(found["columns"]["d2y"])


def test_infinities_and_nan_that_are_missing(audit):
    def fault(x: Array, column: Array, order: int) -> None:
        column[np.isinf(column)] = np.finfo(np.float16).max
        column[np.isnan(column)] = 0

    found = audit(fault, "exponential", "--dtype", "float16", "--show", "y")
    column = found["columns"]["y"]
    assert column["missing_nan"]["count"] == 2 * 1023
    first = column["missing_infinity"]["first"]
    x = value(first["x_bits"], "float16")
    before = float(np.nextafter(np.float16(x), np.float16(0)))
    assert np.exp(x) >= 65520 > np.exp(before)
    assert first["wanted"] == "inf"
    assert column["missing_nan"]["first"]["x"] == "nan"
    # what is not told in ulp is not among the errors
    assert column["largest_error"] <= 0.5


def test_a_wrong_sign_at_a_kink(audit):
    found = audit(at(0.0, -1.0, of_order=1), "relu", "--dtype", "float16")
    column = found["columns"]["dy"]
    assert column["first_beyond_bound"]["positive"]["x"] == 0
    assert column["first_beyond_bound"]["positive"]["got"] == -1
    assert column["first_beyond_bound"]["positive"]["wanted"] == 0
    assert column["beyond_bound"] == 2  # both zeros


@pytest.mark.parametrize("words", [(), ("--flush-subnormals",)])
@pytest.mark.parametrize(
    ("function", "x", "order", "given"),
    [("relu", 0.0, 1, 0.5), ("relu", 0.0, 1, 1.0), ("hard_tanh", 1.0, 1, 1.0), ("elu", 0, 2, 0.5)],
)
def test_another_choice_at_a_kink_is_not_an_error(audit, function, x, order, given, words):
    found = audit(at(x, given, of_order=order), function, "--dtype", "float16", *words)
    column = found["columns"]["dy" if order == 1 else "d2y"]
    assert right(column)
    assert column["largest_error"] <= 0.5
    assert column["choices_at_kinks"]["count"] == (1 if x else 2)  # both zeros
    first = column["choices_at_kinks"]["first"]
    assert (first["x"], first["got"]) == (x, given)
    assert first["wanted"] != given


def test_what_lies_beside_both_sides_of_a_kink_is_an_error(audit):
    found = audit(at(0.0, 1.5, of_order=1), "relu", "--dtype", "float16")
    column = found["columns"]["dy"]
    assert column["choices_at_kinks"]["count"] == 0
    assert column["largest_error"] == 0.5 * 2**10  # from the nearer side
    # at a breakpoint whose sides agree there is nothing to choose
    found = audit(at(0.0, 2.0, of_order=1), "celu", "--dtype", "float16")
    assert found["columns"]["dy"]["largest_error"] == 2**10
    found = audit(at(0.0, np.nan, of_order=1), "relu", "--dtype", "float16")
    assert found["columns"]["dy"]["spurious_nan"]["count"] == 2


def test_a_zero_of_the_wrong_sign(audit):
    def fault(x: Array, column: Array, order: int) -> None:
        if order == 0:
            column[column == 0] = 0.0

    found = audit(fault, "tanh", "--dtype", "float16", "--show", "y")
    column = found["columns"]["y"]
    assert column["zeros_of_the_wrong_sign"]["count"] == 1
    assert column["zeros_of_the_wrong_sign"]["first"]["x_text"] == "-0.0"
    # ... which is not an error in size
    assert column["correctly_rounded"] == column["inputs"]
    gelu = audit(fault, "gelu", "--dtype", "float16", "--show", "y")["columns"]["y"]
    assert gelu["zeros_of_the_wrong_sign"]["first"]["wanted_text"] == "-0.0"


def test_float32_at_one_input_that_is_worth_testing(audit):
    found = audit(at(3.0, 0.9, of_order=0), "hard_sigmoid", "--sample", "1000")
    column = found["columns"]["y"]
    assert column["worst"][0]["x"] == 3
    assert column["worst"][0]["x_bits"] == "0x40400000"
    assert found["inputs"]["sampled"] == 1000
    assert found["inputs"]["chosen"] == found["inputs"]["count"] - 1000


@pytest.mark.slow
def test_float64_subnormal_results_have_errors_below_an_ulp(audit):
    found = audit(lambda x, column, order: None, "exponential", "--dtype", "float64")
    column = found["columns"]["y"]
    by_name = {region["region"]: region for region in column["regions"]}
    small = by_name["subnormal results, x < 0"]
    assert small["inputs"] > 10
    assert 0.1 < small["largest_error"] <= 1
    assert column["largest_error"] <= 2


def test_flushed_subnormals_are_forgiven_when_asked(audit):
    least = 2.0**-14

    def flush(x: Array, column: Array, order: int) -> None:
        column[(np.abs(column) < least) | (np.abs(x) < least)] = 0 if order == 0 else 0.5

    words = ("gelu", "--dtype", "float16", "--show", "y,dy")
    column = audit(flush, *words)["columns"]["y"]
    assert column["largest_error"] > 100
    assert column["forgiven"] == 0
    column = audit(flush, *words, "--flush-subnormals")["columns"]["y"]
    assert column["largest_error"] <= 0.5
    assert column["forgiven"] > 2000
    assert column["correctly_rounded"] == column["inputs"]


def test_a_flushed_number_that_is_not_subnormal_is_not_forgiven(audit):
    found = audit(
        nothing_below(2.0**-13), "gelu", "--dtype", "float16", "--show", "y", "--flush-subnormals"
    )
    seen = found["columns"]["y"]["first_beyond_bound"]["positive"]
    assert seen["got"] == 0
    assert 2.0**-14 <= seen["wanted"] < 2.0**-13


def test_a_backward_pass(audit):
    found = audit(lambda x, column, order: None, "silu", "--dtype", "float16", "--upstream", "0.1")
    assert list(found["columns"]) == ["y", "dy"]
    assert found["rules"]["upstream"] == float(np.float16(0.1))
    assert right(found["columns"]["dy"])
    assert found["columns"]["dy"]["largest_error"] <= 0.5


class Twice(Wrong):
    """A backward pass that rounds the derivative before it multiplies."""

    def backward(self, bound, x, upstream, dtype):
        (slope,) = self.evaluate(bound, x, (1,), dtype)
        with np.errstate(all="ignore"):
            return (slope * np.float16(upstream)).astype(np.float16)


def test_a_backward_pass_that_rounds_twice_is_found(call, monkeypatch):
    install(monkeypatch, Twice(lambda x, column, order: None))
    words = ("audit", "wrong", "silu", "--dtype", "float16", "--upstream", "0.1")
    outcome = call(*words, "--show", "dy", "--format", "json")
    column = json.loads(outcome.out)["columns"]["dy"]
    assert column["correctly_rounded"] < column["inputs"]
    assert 0.5 < column["largest_error"] < 2


class Failing(Wrong):
    """A backend that breaks."""

    def evaluate(self, bound, x, orders, dtype, **others):
        if bound.name == "gelu":
            raise RuntimeError("out of\nluck")
        if bound.name == "relu":
            return [np.zeros(3, np.float64) for _ in orders]
        return super().evaluate(bound, x, orders, dtype, **others)


def test_a_backend_that_breaks_is_one_line(call, monkeypatch):
    install(monkeypatch, Failing(lambda x, column, order: None))
    outcome = call("audit", "wrong", "gelu", "--dtype", "float16")
    assert outcome.status == 1
    assert outcome.err == "actcli: error: wrong fails at gelu: RuntimeError: out of\n"
    outcome = call("audit", "wrong", "relu", "--dtype", "float16")
    assert outcome.status == 1
    assert "it returned float64 of shape (3,) for float16 of shape" in outcome.err
    assert outcome.err.count("\n") == 1


def test_all_of_a_backend_that_breaks(call, monkeypatch):
    from actcli.catalogue.registry import elementwise

    install(monkeypatch, Failing(lambda x, column, order: None))
    words = ("audit", "--all", "wrong", "--dtype", "float8_e5m2")
    outcome = call(*words, "--format", "json")
    assert outcome.status == 1
    assert outcome.err == "actcli: error: wrong failed at 2 functions: gelu, relu\n"
    rows = {row["function"]: row for row in json.loads(outcome.out)["functions"]}
    assert set(rows) == set(elementwise())
    assert rows["gelu"]["remark"].startswith("failed: wrong fails at gelu: RuntimeError")
    assert right(rows["tanh"]["audit"]["columns"]["y"])
    plain = call(*words)
    assert "Failed\n  gelu: wrong fails at gelu: RuntimeError: out of\n" in plain.out
    table = call(*words, "--format", "csv").out.splitlines()
    assert len(table) == 1 + 3 * (len(elementwise()) - 2) + 2


class FailingOnce(Wrong):
    """A backend that breaks at one function."""

    def evaluate(self, bound, x, orders, dtype, **others):
        if bound.name == "gelu":
            raise RuntimeError("out of luck")
        return super().evaluate(bound, x, orders, dtype, **others)


def test_one_failure_is_singular(call, monkeypatch):
    install(monkeypatch, FailingOnce(lambda x, column, order: None))
    words = ("audit", "--all", "wrong", "--dtype", "float8_e5m2", "--sample", "5")
    assert call(*words).err == "actcli: error: wrong failed at 1 function: gelu\n"


def test_a_share_of_float32_finds_what_the_quick_sample_may_miss(audit):
    """Every input of a dtype of 32 bits is too much here; a share is taken from every stratum."""
    found = audit(nothing_below(1e-30), "sigmoid", "--show", "y", "--sample", "1/8192")
    column = found["columns"]["y"]
    assert found["inputs"]["sampled"] == 2**19
    first = column["first_beyond_bound"]["negative"]
    assert np.log(1e-30) - 0.13 < first["x"] <= np.log(1e-30)


def test_processes_and_threads_find_the_same(audit, monkeypatch):
    from actcli.auditing import run
    from actcli.workers import child

    words = ("tanh", "--show", "y,dy", "--sample", "400000")
    several = audit(one_ulp_up_at(1.5), *words)
    monkeypatch.setattr(child, "worth_sharing", lambda: 1)
    assert audit(one_ulp_up_at(1.5), *words) == several
    monkeypatch.setattr(run, "THREADS", 1)
    assert audit(one_ulp_up_at(1.5), *words) == several
    monkeypatch.setattr(child, "worth_sharing", lambda: 3)
    assert audit(one_ulp_up_at(1.5), *words) == several
