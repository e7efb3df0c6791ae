"""Infinities, nan, empty vectors and single elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import actcli
from actcli.numerics.dtypes import DTYPES

inf, nan = np.inf, np.nan

CASES = [
    ("softmax", [1000, 1000], [0.5, 0.5]),
    ("softmax", [-inf, 0], [0, 1]),
    ("softmax", [-inf, -inf], [nan, nan]),
    ("softmax", [inf, 0], [1, 0]),
    ("softmax", [inf, inf, 0], [nan, nan, 0]),
    ("softmax", [nan, 1], [nan, nan]),
    ("softmax", [7], [1]),
    ("softmax", [-inf], [1]),
    ("softmax", [1e30, -1e30], [1, 0]),
    ("log_softmax", [-inf, 0], [-inf, 0]),
    ("log_softmax", [inf, 0], [0, -inf]),
    ("log_softmax", [inf, inf, 0], [nan, nan, -inf]),
    ("log_softmax", [-inf, -inf], [nan, nan]),
    ("log_softmax", [7], [0]),
    ("softmin", [inf, 0], [0, 1]),
    ("softmin", [-inf, 0], [1, 0]),
    ("sparsemax", [0.9, 0.5, -1, 0.8], [0.5, 0.1, 0, 0.4]),
    ("sparsemax", [3, 3, 3, 3], [0.25, 0.25, 0.25, 0.25]),
    ("sparsemax", [1e30, 0], [1, 0]),
    ("sparsemax", [-inf, 0.5, 0.5], [0, 0.5, 0.5]),
    ("sparsemax", [inf, 0], [1, 0]),
    ("sparsemax", [-inf, -inf], [nan, nan]),
    ("sparsemax", [nan, 0], [nan, nan]),
    ("hardmax", [1, 3, 3], [0, 1, 0]),
    ("hardmax", [nan, 3], [nan, nan]),
    ("hardmax", [-inf, inf], [0, 1]),
    ("glu", [inf, -800], [inf]),
    ("glu", [3, -inf], [0]),
    ("glu", [-2, inf], [-2]),
    ("glu", [nan, 0], [nan]),
    ("bilinear_glu", [0, inf], [nan]),
    ("reglu", [-1, inf], [0]),
    ("geglu", [-inf, 2], [0]),
    ("geglu", [-1, inf], [-inf]),
    ("swiglu", [inf, -2], [-inf]),
    ("maxout", [2, 2, -inf, inf], [2, inf]),
    ("maxout", [nan, 2], [nan]),
    ("crelu", [-inf, 2, nan], [0, 2, nan, inf, 0, nan]),
]

GRADIENTS = [
    ("softmax", [1, 2, -inf], [0, 0, 0]),
    ("softmax", [nan, 2], [nan, nan]),
    ("log_softmax", [5, 5, 5, 5], [0, 0, 0, 0]),
    ("log_softmax", [-inf, 0], [1, -1]),
    ("log_softmax", [inf, 0, 0], [-2, 1, 1]),
    ("sparsemax", [0.9, 0.5, -1, 0.8], [0, 0, 0, 0]),
    ("hardmax", [1, 2], [0, 0]),
    ("reglu", [-1, inf], [0, 0]),
    ("reglu", [0, 3], [0, 0]),
    ("glu", [-1, inf], [1, 0]),
    ("geglu", [inf, 2], [2, inf]),
    ("maxout", [2, 2, 1, 4], [0.5, 0.5, 0, 1]),
    ("crelu", [-2, 0, 3], [-1, 0, 1]),
]


def check(got: Any, wanted: list[float], dtype: np.dtype) -> None:
    expected = np.array(wanted).astype(dtype)
    assert got.dtype == dtype
    if dtype.itemsize >= 4:
        np.testing.assert_allclose(got, expected, rtol=1e-6)
    else:
        np.testing.assert_allclose(got.astype(float), expected.astype(float), rtol=0.01)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize(("name", "x", "wanted"), CASES)
def test_values(name: str, x: list[float], wanted: list[float], dtype: str) -> None:
    array = np.array(x).astype(DTYPES[dtype].numpy)
    check(actcli.evaluate(name, array), wanted, array.dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize(("name", "x", "wanted"), GRADIENTS)
def test_gradients(name: str, x: list[float], wanted: list[float], dtype: str) -> None:
    array = np.array(x).astype(DTYPES[dtype].numpy)
    check(actcli.evaluate(name, array, order=1), wanted, array.dtype)


@pytest.mark.parametrize("name", [n for n in actcli.names("vector") if n != "softmax2d"])
def test_nothing_gives_nothing(name: str) -> None:
    for shape in ((0,), (3, 0), (0, 4)):
        y, dy = actcli.evaluate(name, np.zeros(shape), orders=(0, 1))
        assert dy.shape == shape
        assert y.size == 0


def test_the_largest_of_log_softmax_does_not_cancel() -> None:
    for dtype, close in ((np.float32, 1e-7), (np.float64, 1e-15)):
        y = actcli.evaluate("log_softmax", np.array([0, -90, -91], dtype))
        assert y[0] == pytest.approx(-(np.exp(-90) + np.exp(-91)), rel=close)


def test_a_tiny_share_of_sparsemax_is_exact() -> None:
    assert actcli.evaluate("sparsemax", np.array([1, 1e-300], np.float64))[1] == 5e-301
    near = actcli.evaluate("sparsemax", np.array([1e16, 1e16, 1e16 - 2], np.float64))
    assert near.tolist() == [0.5, 0.5, 0]
