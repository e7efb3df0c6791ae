"""Points of a range against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.numerics.dtypes import DTYPES
from actcli.sources.ranges import points

FLOAT64 = DTYPES["float64"]
ENDS = st.floats(allow_nan=False, allow_infinity=False)


@given(ENDS, ENDS, st.integers(2, 10**12), st.data())
def test_points_are_the_true_ones_rounded(start, stop, num, data):
    index = data.draw(st.integers(0, num - 1))
    true = Fraction(start) + (Fraction(stop) - Fraction(start)) * index / (num - 1)
    (got,) = points(start, stop, num, index, index + 1, FLOAT64).tolist()
    assert got == float(true)


@given(st.floats(1e-300, 1e300), st.integers(2, 300))
def test_a_symmetric_range_is_symmetric(end, num):
    for dtype in DTYPES.values():
        x = points(-end, end, num, 0, num, dtype).astype(float)
        np.testing.assert_array_equal(x, -x[::-1])


@given(ENDS, ENDS, st.integers(2, 10**12))
def test_both_ends_are_hit(start, stop, num):
    assert points(start, stop, num, 0, 1, FLOAT64)[0] == start
    assert points(start, stop, num, num - 1, num, FLOAT64)[0] == stop


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda d: d.name)
def test_a_part_equals_the_part_of_the_whole(dtype):
    whole = points(-7.3, 11.1, 1000, 0, 1000, dtype)
    np.testing.assert_array_equal(points(-7.3, 11.1, 1000, 321, 654, dtype), whole[321:654])


def test_one_point_is_the_start():
    assert points(3.0, 5.0, 1, 0, 1, FLOAT64).tolist() == [3.0]
