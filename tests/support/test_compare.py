"""Each comparison fails when it should, and says what a reader needs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.compare import Column, assert_rounded, assert_within, same
from tests.support.formats import FORMATS

COLUMN = Column("elu:alpha=2.0", 1, FORMATS["float16"])
XS = np.array([0.0, 1.0, 2.0])
WANTED = np.array([1.0, 2.0, 3.0])
ERRORS = np.array([0.0, 0.4, 0.3])


def test_nothing_to_say_about_good_columns() -> None:
    assert_rounded(COLUMN, XS, WANTED, WANTED, ERRORS)
    assert_within(COLUMN, XS, WANTED, WANTED, ERRORS, 0.5)
    assert_within(COLUMN, XS, WANTED, WANTED, ERRORS, np.array([0.0, 0.4, 0.3]))


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


@pytest.mark.parametrize("error", [0.502, np.inf, np.nan])
def test_an_error_above_the_limit_fails(error: float) -> None:
    with pytest.raises(AssertionError, match=r"x = 1\.0 .*allowed 0\.501"):
        assert_within(COLUMN, XS, WANTED, WANTED, np.array([0.0, error, 0.3]), 0.501)


def test_the_worst_is_measured_against_its_own_limit() -> None:
    errors, allowed = np.array([0.6, 5.0, 8.0]), np.array([0.5, 1.0, 7.0])
    with pytest.raises(AssertionError, match=r"2\.0|1\.0") as failure:
        assert_within(COLUMN, XS, WANTED, WANTED, errors, allowed)
    assert "3 of 3" in str(failure.value)
    assert "x = 1.0 " in str(failure.value)


def test_nan_equals_nan_and_zeros_differ_only_when_asked() -> None:
    zeros, nans = np.array([0.0, -0.0]), np.array([np.nan, np.nan])
    assert same(zeros, -zeros).all()
    assert not same(zeros, -zeros, signs=True).any()
    assert same(nans, nans).all()
    assert not same(nans, zeros).any()
