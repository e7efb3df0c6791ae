"""Digits: the fewest that read back, in every dtype; hexadecimal floats; bit patterns."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.numerics.digits import bits, hexadecimal, shortest
from actcli.numerics.dtypes import DTYPES, DType
from actcli.numerics.rounding import round_to

SMALL = [dtype for dtype in DTYPES.values() if dtype.bits <= 16]


def every(dtype: DType) -> np.ndarray[Any, Any]:
    """All numbers of a small dtype."""
    return np.arange(1 << dtype.bits, dtype=dtype.unsigned).view(dtype.numpy)


def sample(dtype: DType) -> np.ndarray[Any, Any]:
    """All numbers of a small dtype, or bit patterns of all magnitudes of a large one."""
    if dtype.bits <= 16:
        return every(dtype)
    patterns = np.random.default_rng(7).integers(0, 1 << dtype.bits, 20_000, dtype.unsigned)
    powers = [2.0**n for n in range(dtype.smallest_normal_exponent, dtype.bias)]
    tens = [10.0**n for n in range(-37, 38)]
    plain = [0.1, -0.0, 0.5, 123456789.0, 16777216.0, 1e16, 1e15, dtype.largest, dtype.smallest]
    named = np.array([*powers, *tens, *plain, np.inf, -np.inf, np.nan]).astype(dtype.numpy)
    return np.concatenate((patterns.view(dtype.numpy), named))


def widened(values: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The numbers as float64, signalling nans without a warning."""
    with np.errstate(invalid="ignore"):
        return values.astype(np.float64)


def digits_of(text: str) -> int:
    """How many significant digits a decimal is written with."""
    mantissa = text.lstrip("-").partition("e")[0].replace(".", "").strip("0")
    return len(mantissa)


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda dtype: dtype.name)
@pytest.mark.sampled(3)
def test_what_is_written_reads_back(dtype: DType) -> None:
    values = sample(dtype)
    texts = shortest(values, dtype)
    wide = widened(values)
    read = round_to(np.array([float(text) for text in texts]), dtype)
    same = read.view(dtype.unsigned) == values.view(dtype.unsigned)
    assert (same | np.isnan(wide)).all()
    for value, text in zip(wide.tolist(), texts, strict=True):
        assert text == repr(float(text))  # Python's layout, `.0` and all
        assert np.isfinite(value) or text in ("nan", "inf", "-inf")


@pytest.mark.parametrize("dtype", SMALL, ids=lambda dtype: dtype.name)
@pytest.mark.sampled(2)
def test_nothing_shorter_reads_back(dtype: DType) -> None:
    values = every(dtype)
    wide = widened(values)
    finite = np.isfinite(wide) & (wide > 0)
    for value, text in zip(
        wide[finite].tolist(), np.array(shortest(values, dtype))[finite].tolist(), strict=True
    ):
        fewer = digits_of(text) - 1
        if fewer:
            unit = Fraction(10) ** (int(f"{value:e}".partition("e")[2]) + 1 - fewer)
            down = Fraction(value) // unit * unit
            near = np.array([float(down), float(down + unit)])
            assert value not in round_to(near, dtype).astype(np.float64)


def test_float16_and_float32_have_numpy_s_digits() -> None:
    """numpy looks for the shortest digits in another way."""
    for name in ("float16", "float32"):
        values = sample(DTYPES[name])
        assert shortest(values, DTYPES[name]) == [repr(float(str(value))) for value in values]


def test_options_of_numpy_do_not_matter() -> None:
    values = np.array([0.1, 1e-4, 16777216.0], np.float32)
    with np.printoptions(precision=2, floatmode="fixed", sign="+", legacy="1.13"):
        assert shortest(values, DTYPES["float32"]) == ["0.1", "0.0001", "16777216.0"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("bfloat16", 0.1, "0.1"),
        ("bfloat16", 3.3895313892515355e38, "3.39e+38"),
        ("bfloat16", 300.0, "300.0"),
        ("float8_e4m3fn", 448.0, "450.0"),
        ("float8_e4m3fn", 0.1, "0.1"),
        ("float8_e5m2", 57344.0, "60000.0"),
        ("float16", 65504.0, "65500.0"),
        ("float64", 0.1, "0.1"),
    ],
)
def test_examples(name: str, value: float, text: str) -> None:
    dtype = DTYPES[name]
    assert shortest(round_to(np.array([value, -value]), dtype), dtype) == [text, f"-{text}"]


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda dtype: dtype.name)
def test_hexadecimal_floats_are_exact_and_normalised(dtype: DType) -> None:
    values = sample(dtype)
    wide = widened(values).tolist()
    for value, text in zip(wide, hexadecimal(values, dtype), strict=True):
        if value != value:
            assert text == "nan"
            continue
        assert repr(float.fromhex(text)) == repr(value)
        if value and abs(value) != float("inf"):
            head, _, rest = text.lstrip("-")[2:].partition("p")[0].partition(".")
            assert head == "1"
            assert not rest.endswith("0")
            assert len(rest) <= -(-dtype.mantissa_bits // 4)


def test_hexadecimal_examples() -> None:
    values = np.array([0.0, -0.0, 1.0, -0.1875, 5e-324, np.inf, -np.inf, np.nan])
    assert hexadecimal(values, DTYPES["float64"]) == [
        "0x0p+0", "-0x0p+0", "0x1p+0", "-0x1.8p-3", "0x1p-1074", "inf", "-inf", "nan",
    ]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda dtype: dtype.name)
def test_bit_patterns(dtype: DType) -> None:
    values = sample(dtype)
    texts = bits(values, dtype)
    assert [int(text, 16) for text in texts] == values.view(dtype.unsigned).tolist()
    assert {len(text) for text in texts} == {2 + dtype.bits // 4}


@given(st.floats(width=32))
def test_float32_one_by_one(value: float) -> None:
    (text,) = shortest(np.array([value], np.float32), DTYPES["float32"])
    assert repr(float(np.float32(text))) == repr(value)
