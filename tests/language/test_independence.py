"""A value depends on x alone: not on what is evaluated with it, before it or beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import actcli
from tests.support.formats import FORMATS, Format, wide

FORMULAS = (
    "x*sigmoid(1.3*x) + 0.1*x",
    "sqrt(x*x + 1) - x",
    "(1 - cos(x))/x**2",
    "where(x > 0.5, log(x), x**3 - x)",
    "elu(x, alpha=2)*0.5",
    "x**1.5 + 1/x",
)
MANY = 100_000


def numbers(form: Format, seed: int, count: int) -> Any:
    """Numbers of every kind: of ordinary sizes, and any bit patterns."""
    generator = np.random.default_rng(seed)
    ordinary = generator.normal(0, 4, count).astype(form.numpy)
    patterns = generator.integers(0, 1 << form.bits, count, dtype=np.uint64)
    found = np.where(
        generator.random(count) < 0.99, ordinary.view(form.pattern), patterns.astype(form.pattern)
    ).view(form.numpy)
    found[:4] = np.array([0.0, -0.0, 1.0, -1.0])
    return found


def bits(values: Any, form: Format) -> Any:
    """Bit patterns, all nans being one."""
    array = np.atleast_1d(np.asarray(values))
    patterns = array.view(form.pattern).copy()
    patterns[np.isnan(wide(array))] = 1
    return patterns


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(
    "text", [FORMULAS[0], *(pytest.param(text, marks=pytest.mark.slow) for text in FORMULAS[1:3])]
)
@pytest.mark.sampled(3)
def test_on_how_many_there_are(text: str, form: Format) -> None:
    xs = numbers(form, 1, MANY)
    order = 1 if form.bits == 32 else 0
    together = bits(actcli.evaluate(text, xs, order=order), form)
    some = np.concatenate([np.arange(10), np.random.default_rng(2).integers(0, MANY, 30)])
    for place in some.tolist():
        alone = bits(actcli.evaluate(text, xs[place], order=order), form)
        assert alone[0] == together[place], xs[place]
    for start in (0, 5000):
        ten = bits(actcli.evaluate(text, xs[start : start + 10], order=order), form)
        np.testing.assert_array_equal(ten, together[start : start + 10])
    again = bits(actcli.evaluate(text, xs[::-1], order=order), form)[::-1]
    np.testing.assert_array_equal(again, together)


@pytest.mark.parametrize("name", ["float64", "float32", "float16"])
@pytest.mark.sampled(2)
def test_on_the_order_of_calls(name: str) -> None:
    form = FORMATS[name]
    xs = numbers(form, 3, 300)
    calls = [(text, order) for text in FORMULAS for order in (0, 1, 2)]
    first = {call: bits(actcli.evaluate(call[0], xs, order=call[1]), form) for call in calls}
    for text, order in reversed(calls):
        np.testing.assert_array_equal(
            bits(actcli.evaluate(text, xs, order=order), form), first[text, order]
        )
    for text in FORMULAS:
        together = actcli.evaluate(text, xs, orders=(2, 0, 1))
        for order, found in zip((2, 0, 1), together, strict=True):
            np.testing.assert_array_equal(bits(found, form), first[text, order])


def test_on_threads() -> None:
    form = FORMATS["float64"]
    xs = numbers(form, 4, 400)
    calls = [(text, order) for text in FORMULAS for order in (0, 1, 2)]

    def evaluated(call: tuple[str, int]) -> Any:
        return bits(actcli.evaluate(call[0], xs, order=call[1]), form)

    wanted = [evaluated(call) for call in calls]
    with ThreadPoolExecutor(6) as pool:
        for found, want in zip(pool.map(evaluated, calls * 3), wanted * 3, strict=True):
            np.testing.assert_array_equal(found, want)


def test_on_functions_that_are_almost_the_same() -> None:
    """Parameters are told apart as real numbers, whatever was evaluated before."""
    xs = np.array([1.0, 3.0])
    near = actcli.evaluate("sin(w*x):w=3.141592653589793", xs)
    exact = actcli.evaluate("sin(w*x):w=pi", xs)
    assert near[0] == 1.2246467991473532e-16
    np.testing.assert_array_equal(np.abs(exact), [0, 0])
    third = actcli.evaluate("a*x:a=1/3", 3.0)
    rounded = actcli.evaluate("a*x - 1:a=0.3333333333333333", 3.0)
    assert third == 1
    assert rounded == 3 * (0.3333333333333333 - 1 / 3) - 2.0**-54
