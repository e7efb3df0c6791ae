"""Each comparison fails when it should, and says what a reader needs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.compare import Column, assert_rounded, same
from tests.support.formats import FORMATS

COLUMN = Column("elu:alpha=2.0", 1, FORMATS["float16"])
XS = np.array([0.0, 1.0, 2.0])
WANTED = np.array([1.0, 2.0, 3.0])
ERRORS = np.array([0.0, 0.4, 0.3])


def test_nothing_to_say_about_good_columns() -> None:
    assert_rounded(COLUMN, XS, WANTED, WANTED, ERRORS)


def test_one_wrong_number_fails_with_the_evidence() -> None:
    got = np.array([1.0, 2.0, 3.5])
    with pytest.raises(AssertionError) as failure:
        assert_rounded(COLUMN, XS, got, WANTED, np.array([0.0, 0.0, 256.0]))
    message = str(failure.value)
    assert "elu:alpha=2.0 dy in float16: 1 of 3 inputs wrong" in message
    assert "x = 2.0 (0x1.0000000000000p+1)" in message
    assert "got 3.5" in message
    assert "wanted 3.0" in message
    assert "error 256 ulp" in message


@pytest.mark.parametrize("got", [np.nan, np.inf, -3.0, 3.0000001])
def test_no_wrong_number_passes_for_a_right_one(got: float) -> None:
    with pytest.raises(AssertionError, match="1 of 3"):
        assert_rounded(COLUMN, XS, np.array([1.0, 2.0, got]), WANTED, ERRORS)


@pytest.mark.parametrize("error", [5.0, np.inf, np.nan])
def test_the_worst_of_the_wrong_numbers_is_shown(error: float) -> None:
    errors = np.array([99.0, error, 0.6])
    with pytest.raises(AssertionError, match=r"2 of 3 .*\n.*x = 1\.0 "):
        assert_rounded(COLUMN, XS, np.array([1.0, 3.0, 4.0]), WANTED, errors)


def test_nan_equals_nan_and_zeros_differ_only_when_asked() -> None:
    zeros, nans = np.array([0.0, -0.0]), np.array([np.nan, np.nan])
    assert same(zeros, -zeros).all()
    assert not same(zeros, -zeros, signs=True).any()
    assert same(nans, nans).all()
    assert not same(nans, zeros).any()
