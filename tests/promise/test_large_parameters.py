"""Parameters and arguments far from the usual, against mpmath; and what is kept between calls."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

import actcli
from actcli.catalogue.specification import parse
from tests.oracle.truth import exactly
from tests.support.formats import FORMATS, round_fraction

BITS = 6000


def sine(x: Any, omega: Any) -> tuple[Any, Any, Any]:
    s, c = mpmath.sin(omega * x), mpmath.cos(omega * x)
    return s, omega * c, -omega * omega * s


def snake(x: Any, alpha: Any) -> tuple[Any, Any, Any]:
    s = mpmath.sin(alpha * x)
    return (x + s * s / alpha, 1 + mpmath.sin(2 * alpha * x), 2 * alpha * mpmath.cos(2 * alpha * x))


def sinc(x: Any, omega: Any) -> tuple[Any, Any, Any]:
    u = omega * x
    s, c = mpmath.sin(u), mpmath.cos(u)
    return (s / u, omega * (c - s / u) / u, omega**2 * (-s / u - 2 * c / u**2 + 2 * s / u**3))


def isrlu(x: Any, alpha: Any) -> tuple[Any, Any, Any]:
    if x >= 0:
        return x, mpmath.mpf(1), mpmath.mpf(0)
    r = mpmath.sqrt(1 + alpha * x * x)
    return x / r, 1 / r**3, -3 * alpha * x / r**5


@pytest.mark.parametrize(
    ("specification", "parameter", "function", "x"),
    [
        ("sine:omega=0.1", 0.1, sine, 1e20),
        ("sine:omega=0.1", 0.1, sine, 3e38),
        ("sine:omega=0.7", 0.7, sine, -2e15),
        ("snake:alpha=0.3", 0.3, snake, 3e38),
        ("sinc:omega=0.3", 0.3, sinc, 3e38),
        ("sinc:omega=0.3", 0.3, sinc, 7e15),
        ("snake:alpha=1e39", 1e39, snake, 1e-30),
        ("sine:omega=1e39", 1e39, sine, 1e-30),
        ("isrlu:alpha=1e300", 1e300, isrlu, -1e30),
    ],
)
def test_in_float32(
    specification: str, parameter: float, function: Callable[..., Any], x: float
) -> None:
    point = np.float32(x)
    with mpmath.workprec(BITS):
        true = function(mpmath.mpf(float(point)), mpmath.mpf(parameter))
        wanted = [round_fraction(exactly(value), FORMATS["float32"]) for value in true]
    got = actcli.evaluate(specification, np.array([point]), orders=(0, 1, 2))
    for column, right in zip(got, wanted, strict=True):
        np.testing.assert_array_equal(column, [right])
        assert np.signbit(column[0]) == np.signbit(right)


@pytest.mark.parametrize(
    ("specification", "x", "wanted"),
    [
        ("snake:alpha=1e39", 0.0, (0.0, 1.0, np.inf)),
        ("sine:omega=1e39", 0.0, (0.0, np.inf, -0.0)),
        ("silu:beta=1e160", -1.0, (-0.0, -0.0, -0.0)),
        ("silu:beta=1e260", -1.0, (-0.0, -0.0, -0.0)),
        ("aptx:alpha=-161.6,beta=1e300", 1.0, (np.float32(-80.3), np.float32(-80.3), -0.0)),
    ],
)
def test_of_huge_parameters(specification: str, x: float, wanted: tuple[float, ...]) -> None:
    got = actcli.evaluate(specification, np.array([x], np.float32), orders=(0, 1, 2))
    for column, right in zip(got, wanted, strict=True):
        np.testing.assert_array_equal(column, np.array([right], np.float32))
        assert np.signbit(column[0]) == np.signbit(right)


def test_a_float64_is_not_taken_for_the_number_it_is_near() -> None:
    with mpmath.workprec(400):
        wanted = float(mpmath.sin(mpmath.mpf(3.141592653589793)))
    assert actcli.evaluate("sine:omega=3.141592653589793", 1.0) == wanted
    assert actcli.evaluate("sine:omega=pi", 1.0) == 0.0
    close = 0.16666666666666666
    assert actcli.evaluate(f"hard_sigmoid:slope={close}", 3.0, order=1) == close
    assert actcli.evaluate("hard_sigmoid:slope=1/6", 3.0, order=1) == 0.0
    assert parse(f"hard_sigmoid:slope={close}").specification != "hard_sigmoid"
    assert parse("hard_sigmoid:slope=1/6").specification == "hard_sigmoid"


def test_sums_at_a_breakpoint() -> None:
    got = actcli.evaluate("hard_sigmoid:slope=0.7,offset=0.3", np.array([1], np.float32), order=1)
    np.testing.assert_array_equal(got, np.array([0.7], np.float32))
    line = Fraction(0.15) * -3 + Fraction(0.45)
    assert actcli.evaluate("hard_sigmoid:slope=0.15,offset=0.45", -3.0) == float(line)


def test_tables_are_those_of_the_very_parameters() -> None:
    x = np.full(1 << 17, 3, np.float16)
    actcli.evaluate("hard_sigmoid", x, order=1)
    close = f"hard_sigmoid:slope={1 / 6!r}"
    large, small = (actcli.evaluate(close, part, order=1) for part in (x, x[:3]))
    assert large[0] == small[0] == np.float16(1 / 6)


def test_what_is_kept_is_bounded() -> None:
    """Each of these functions needs a table of all float16 inputs, of 2 bytes an input."""
    x = np.zeros(1 << 17, np.float16)
    tracemalloc.start()
    try:
        for number in range(60):
            actcli.evaluate(f"elu:alpha={number + 1}", x)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 40 * (2 << 16)


def test_threads_share_what_is_kept() -> None:
    x = np.linspace(-4, 4, 1 << 17, dtype=np.float32)
    names = ["x*sigmoid(1.3*x)", "silu:beta=1.7", "tanh", "sin(x)*exp(-x*x)"]
    alone = {name: actcli.evaluate(name, x) for name in names}
    wrong: list[str] = []

    def work(name: str) -> None:
        for _ in range(3):
            if not np.array_equal(actcli.evaluate(name, x), alone[name]):
                wrong.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in names * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
