"""Random formulas: their values are the oracle's, and their text reads back to themselves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from actcli.catalogue.definitions import read_tree
from actcli.language.symbolic import derivative
from actcli.language.words import write_conditional, write_text
from tests.language.judge import FORMATS, differences, inputs
from tests.language.trees import formulas

QUIET = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def judge(text: str, name: str, seed: int) -> None:
    xs = inputs(FORMATS[name], [], seed)[::3]
    wrong, _ = differences(text, FORMATS[name], xs)
    assert not wrong, "\n".join(wrong)


@settings(QUIET, max_examples=120)
@given(formulas, st.sampled_from([*FORMATS]), st.integers(0, 99))
def test_values_of_random_formulas(text: str, name: str, seed: int) -> None:
    judge(text, name, seed)


@pytest.mark.slow
@pytest.mark.xfail(
    reason="the slope of abs(sqrt(x)) at 0: 0 by the rule of abs, inf by the limit from inside"
)
@settings(QUIET, max_examples=2000)
@given(formulas, st.sampled_from([*FORMATS]), st.integers(0, 9999))
def test_values_of_many_random_formulas(text: str, name: str, seed: int) -> None:
    judge(text, name, seed)


@settings(QUIET, max_examples=400)
@given(formulas)
@example("x - (1 - x)")
@example("(-x)**2 + -x**2 + 2**-x")
@example("(x**2)**3 + x**2**3")
@example("where(x < 1 and (x > 0 and x != 2), 1, x)")
@example("where(x < 1 or x > 3 and not x == 2, 1, x)")
@example("where(0 < x < 1 < 2 < 3*x, 1, x)")
@example("where((0 < x < 1) and (1 < x < 2), 1, x)")
@example("where(not (x < 1 and x > 0), 1, x)")
@example("(x if x > 0 else 1) + (1 if x < 0 else x)")
@example("1e300*x + 1e-300 + 0.1 + 123456789012345680000*x")
@example("x/(2*3)/4*(5/x)")
@example("x - -x - (-1)*x")
@example("elu(x, alpha=1/3) + silu(x, beta=2*pi)")
@example("max(1, x, 2*x, 3) + clip(x, min=0)")
def test_text_reads_back_to_the_same_tree(text: str) -> None:
    tree = read_tree(text)
    assert read_tree(write_text(tree)) == tree
    assert read_tree(write_conditional(tree)) == tree


@settings(QUIET, max_examples=100)
@given(formulas)
def test_derivatives_read_back(text: str) -> None:
    slope = derivative(read_tree(text))
    for tree in (slope, derivative(slope)):
        written = write_text(tree)
        assert write_text(read_tree(written)) == written
