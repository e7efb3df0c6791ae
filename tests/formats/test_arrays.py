"""Arrays print as numpy prints them, from no more than six values where numpy summarises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from actcli.columns import EDGE, THRESHOLD
from actcli.formats.numpy import array_text
from actcli.numerics.dtypes import DTYPES, DType
from tests.conftest import Call, Run

Array = np.ndarray[Any, Any]

MAKERS: dict[str, Callable[[int], Array]] = {
    "even": lambda n: np.linspace(-10, 10, n),
    "tiny": lambda n: np.geomspace(1e-38, 1, n),
    "large": lambda n: np.linspace(-3e8, 2e9, n),
    "whole": lambda n: np.arange(n, dtype=np.float64),
    "constant": lambda n: np.full(n, 0.1),
    "wild": lambda n: np.random.default_rng(n).standard_normal(n) * 10.0 ** (np.arange(n) % 30),
    "nan at an end": lambda n: np.where(np.arange(n) == n - 1, np.nan, np.linspace(0, 1, n)),
    "inf at an end": lambda n: np.where(np.arange(n) == 0, -np.inf, np.linspace(0, 1, n)),
    "nan inside": lambda n: np.where(np.arange(n) == n // 2, np.nan, np.linspace(0, 1, n)),
    "negative zero": lambda n: np.full(n, -0.0),
}
LENGTHS = (1, 2, 3, 7, 10, 100, 999, 1000, 1001, 5000, 99_999, 1_000_000)


def shown(values: Array) -> Array:
    """What a format is given: all values, or their ends."""
    if len(values) <= THRESHOLD:
        return values
    return np.concatenate((values[:EDGE], values[-EDGE:]))


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda dtype: dtype.name)
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.sampled(3)
def test_as_numpy_prints_it(maker: str, dtype: DType) -> None:
    for length in LENGTHS:
        with np.errstate(all="ignore"):
            values = MAKERS[maker](length).astype(dtype.numpy)
        assert array_text(shown(values), length) == repr(values), length


@pytest.mark.parametrize("value", [0.5, -0.125, 1 / 3, 0.1, 1e-30, 123456.789, np.nan])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_any_length(value: float, dtype: type[np.floating[Any]]) -> None:
    """Where the last line breaks depends on how long the count is."""
    with np.errstate(all="ignore"):
        number = dtype(value)
    for power in range(4, 18):
        values = np.broadcast_to(number, (10**power,))  # of one number, however long
        assert array_text(shown(values), 10**power) == repr(values)


def test_an_empty_array_and_a_number() -> None:
    assert array_text(np.zeros(0, np.float32), 0) == "array([], dtype=float32)"
    assert array_text(np.array([0.1], np.float32), 1, scalar=True) == "array(0.1, dtype=float32)"


def test_options_of_numpy_do_not_matter() -> None:
    values = np.linspace(-1, 1, 7)
    plain = array_text(values, 7)
    with np.printoptions(
        precision=2, linewidth=20, threshold=3, edgeitems=1, sign="+", suppress=True,
        floatmode="fixed", nanstr="NA", infstr="INF", legacy="1.13",
        formatter={"float": lambda value: "?"},
    ):  # fmt: skip
        assert array_text(values, 7) == plain
        assert np.get_printoptions()["precision"] == 2
    assert plain == repr(values)


@pytest.mark.parametrize("name", DTYPES)
def test_the_numpy_format(call: Call, name: str) -> None:
    done = call("eval", "relu", "-2", "2", "9", "--format", "numpy", "--dtype", name)
    x = np.linspace(-2, 2, 9).astype(DTYPES[name].numpy)
    y = np.where(x > 0, x, np.zeros_like(x))
    dy = (x > 0).astype(DTYPES[name].numpy)
    assert done.out == f"x = {x!r}\ny = {y!r}\ndy = {dy!r}\n"


def test_the_numpy_format_reads_back(run: Run) -> None:
    done = run("eval", "gelu", "-2", "2", "30", "--format", "numpy", "--dtype", "float64")
    read: dict[str, Any] = {"array": np.array}
    exec(done.stdout, read)
    assert read["x"].tolist()[0] == -2.0
    assert {len(read[name]) for name in ("x", "y", "dy")} == {30}
