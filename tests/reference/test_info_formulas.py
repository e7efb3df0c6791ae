"""`actcli info` of formulas: what it shows of any function, and which function a formula is."""

from __future__ import annotations

import json
import re

import mpmath
import pytest

from tests.support.cards import card


def row(shown: str, label: str) -> str:
    found = re.search(rf"^  {re.escape(label)}  +(.*)$", shown, re.MULTILINE)
    assert found, shown
    return found[1]


def test_a_card_shows_what_it_shows_of_any_function(call):
    shown = card(call, "x*sigmoid(1.702*x)")
    assert row(shown, "f(x)") == "x*sigmoid(1.702*x)"
    assert row(shown, "same as") == "quick_gelu  (onnx.QuickGelu)"
    assert "silu:beta=1.702" in shown
    assert row(shown, "range") == "[-0.16361, inf)"
    assert row(shown, "minimum") == "-0.16361 at x = -0.751154"
    assert row(shown, "monotonic") == "no"
    assert row(shown, "steepest") == "|f'| = 1.09984 at x = 1.40973"
    assert row(shown, "Lipschitz") == "1.09984"
    assert row(shown, "smoothness") == "smooth"
    assert row(shown, "x -> -inf") == "f -> 0, f' -> 0"
    assert row(shown, "gain").startswith("1.53946 keeps lengths, 1.49146 keeps gradients")
    assert row(shown, "critical").startswith("at sigma_w = 2")
    assert "about" not in shown


def test_what_is_not_certified_says_about(call):
    shown = card(call, "sin(x)/x")
    assert row(shown, "range") == "about [-0.217234, 1]"
    assert row(shown, "same as").startswith("sinc")


def test_breakpoints_are_shown(call):
    shown = card(call, "max(x, 0)")
    assert "f = 0, f' = 0.5; f' jumps from 0 to 1" in shown
    assert row(shown, "same as").endswith("but for f' at x = 0, by convention")


def test_many_breakpoints_are_counted(call):
    shown = card(call, "floor(x)*where(abs(x) < 20, 1, 0)")
    assert "and 29 more" in shown


def test_json_has_the_same_facts(call):
    found = json.loads(card(call, "sin(30*x)", "--format", "json"))
    assert found["same_as"][0]["specification"] == "sine:omega=30.0"
    assert found["same_as"][0]["parameters"] == {"omega": {"value": 30.0, "exactly": "30"}}
    assert found["about"] == []
    assert found["more_breakpoints"] is False
    assert found["steepest"]["derivative"] == 30.0
    catalogue = json.loads(card(call, "gelu", "--format", "json"))
    assert catalogue["same_as"] == []
    assert catalogue["about"] == []


def evaluated(text: str, x: float) -> mpmath.mpf:
    """A formula in mpmath."""
    names = {"x": mpmath.mpf(x), "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt,
             "sin": mpmath.sin, "cos": mpmath.cos, "tanh": mpmath.tanh, "cosh": mpmath.cosh,
             "sinh": mpmath.sinh, "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)), "pi": mpmath.pi,
             "erf": mpmath.erf}  # fmt: skip
    return eval(text, {"__builtins__": {}}, names)


@pytest.mark.parametrize(
    ("word", "short"),
    [
        ("x*sigmoid(1.3*x) + 0.1*x", 120), ("sqrt(x*x + 1) - x", 40), ("log(x)*x", 12),
        ("x*tanh(log(1+exp(x)))", 80), ("exp(-x**2/2)", 20), ("sin(x)/x", 25),
        ("x**3 - x", 12), ("(-2*x/3)*sin(x)", 30),
    ],
)  # fmt: skip
@pytest.mark.sampled(11)
def test_derivatives_are_right_and_short(call, word, short):
    formula = json.loads(card(call, word, "--format", "json"))["formula"]
    assert len(formula["derivative"]) <= short
    for x in (0.37, 1.9, 3.3):
        for order, name in ((1, "derivative"), (2, "second_derivative")):
            true = mpmath.diff(lambda u: evaluated(word, u), x, order)
            assert abs(evaluated(formula[name], x) - true) < 1e-6 * (1 + abs(true))


@pytest.mark.parametrize("word", ["x*sigmoid(beta*x):beta=1.5", "gelu", "elu", "max(x, 0)"])
def test_latex(call, word):
    lines = card(call, word, "--format", "latex").splitlines()
    assert lines[0] == r"\begin{align}"
    assert lines[-1] == r"\end{align}"
    assert [line.split(" &= ")[0] for line in lines[1:-1]] == ["f(x)", "f'(x)", "f''(x)"]
    assert all(line.endswith(r"\\") for line in lines[1:3])
    for line in lines:
        assert line.count("{") == line.count("}")
        assert line.count(r"\left") == line.count(r"\right")


def test_latex_names_greek_parameters(call):
    shown = card(call, "x*sigmoid(beta*x):beta=1.5", "--format", "latex")
    assert r"f(x) &= x\,\sigma(\beta x)" in shown


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("relu:max_value=6", r"6 & \text{if } x \geq 6 \\ x & \text{if } x > 0 \\ 0 & \text{oth"),
        ("relu", r"x & \text{if } x > 0 \\ 0 & \text{otherwise}"),
        ("sinc:omega=2", r"f(x) &= \frac{\sin(2x)}{2x} \\"),
        ("elu:alpha=0.5", r"0.5\,\left(e^{x}-1\right) & \text{otherwise}"),
    ],
)
def test_latex_has_the_values_that_were_set(call, word, first):
    assert first in card(call, word, "--format", "latex").splitlines()[1]


def test_a_formula_that_is_not_in_the_catalogue(call):
    """sin(1e-200 x) is x*1e-200 in as many digits as one likes, but not far out."""
    assert "same as" not in card(call, "x*1e-200")


@pytest.mark.parametrize("word", ["1/x", "tan(x)", "1/x**2", "log(abs(x))"])
@pytest.mark.sampled(2)
def test_poles_leave_room_for_the_rest(call, word):
    shown = card(call, word)
    assert "f(x), cut off" in shown
    labels = re.findall(r"^ +(-?[\d.]+) ┤", shown, re.MULTILINE)
    assert labels
    assert max(abs(float(label)) for label in labels) < 30


@pytest.mark.slow
def test_an_oscillation_ever_faster_is_shown_from_where_it_can_be_seen(call):
    assert re.search(r"^ +-0\.\d+ .* 0\.\d+$", card(call, "sin(1/x)"), re.MULTILINE)


@pytest.mark.parametrize("word", ["selu:scale=5e-324", "x*1e-320", "softplus:beta=1e-320"])
def test_the_smallest_numbers_are_drawn(call, word):
    assert "┤" in card(call, word)


def test_latex_of_a_vector_function_is_refused(call):
    outcome = call("info", "softmax", "--format", "latex")
    assert outcome.status == 2
    assert outcome.err.count("\n") == 1
    assert "softmax" in outcome.err


def test_poles_have_no_gains(call):
    shown = card(call, "1/x")
    assert "gain" not in shown
    assert row(shown, "Lipschitz") == "none: the slope has no bound"


def test_a_tower_of_exponentials_far_out(call):
    """The exponent of what is inside has more digits than could be stored."""
    for x in ("1e30", "3e38"):
        outcome = call("eval", "x*tanh(exp(x)) - x", x, "--show", "y", "--format", "text")
        assert (outcome.status, outcome.out) == (0, "0.0\n")
