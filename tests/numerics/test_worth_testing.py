"""The inputs worth testing: all that is promised is among them, sorted, once, always."""

from __future__ import annotations

import numpy as np
import pytest

from actcli.catalogue.specification import parse
from actcli.evaluating.evaluate import evaluate
from actcli.evaluating.landmarks import find_landmarks
from actcli.evaluating.worth_testing import worth_testing
from actcli.numerics.dtypes import get_dtype
from actcli.numerics.places import numbers, places
from tests.support.formats import FORMATS, Format, ordinals, wide

every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


@every_format
@pytest.mark.parametrize("count", [None, 5, 100, 5000])
@pytest.mark.parametrize(
    "function", ["gelu", "relu6", "sine", f"hard_shrink:{2**1023}", "relu:threshold=1e39"]
)
@pytest.mark.sampled(41)
def test_sorted_and_once(form: Format, count: int | None, function: str) -> None:
    dtype = get_dtype(form.name)
    found = worth_testing(parse(function), dtype, count)
    again = worth_testing(parse(function), dtype, count)
    patterns = found.view(form.pattern)
    assert (patterns == again.view(form.pattern)).all()
    assert len(set(patterns.tolist())) == len(patterns)
    values = wide(found)
    assert np.isnan(values[-1])
    assert not np.isnan(values[:-1]).any()
    assert (values[:-2] <= values[1:-1]).all()
    zeros = np.flatnonzero(values == 0)
    assert np.signbit(values[zeros]).tolist() == [True, False]
    if form.bits > 16:
        assert len(found) == (count or 4096)
    else:  # all numbers, the infinities and a nan, unless fewer are wanted
        every = np.isfinite(wide(form.all_inputs())).sum() + (3 if form.has_infinity else 1)
        assert len(found) == min(count or every, every)


@every_format
def test_what_is_promised_is_there(form: Format) -> None:
    found = set(wide(worth_testing(parse("hard_silu"), get_dtype(form.name), 400)).tolist())
    least = form.least_normal
    assert found >= {form.largest, -form.largest, form.smallest, -form.smallest, least, -least}
    around = ordinals([-3.0, 3.0], form)[:, None] + np.arange(-2, 3)
    assert found >= set(wide(numbers(around.ravel(), get_dtype(form.name))).tolist())


@pytest.mark.parametrize("name", ["bfloat16", "float32", "float64"])
def test_roots_and_thresholds_are_found_to_the_number(name: str) -> None:
    dtype = get_dtype(name)
    bound = parse("gelu")
    landmarks = find_landmarks(bound, dtype)
    x = numbers(landmarks.changes, dtype)
    (slope,) = evaluate(bound, x, (1,), dtype)
    at = {float(value) for value in x.astype(float)}
    # the minimum of gelu: neighbours with slopes of opposite signs
    near = sorted(value for value in at if -0.76 < value < -0.74)
    assert len(near) == 2
    assert np.diff(places(np.array(near).astype(dtype.numpy), dtype)).tolist() == [1]
    assert sorted(np.sign(slope.astype(float)[np.isin(x.astype(float), near)])) == [-1, 1]
    assert landmarks.roots[1].tolist() == near
    # the last number whose value is not 0
    (values,) = evaluate(bound, x, (0,), dtype)
    zero = x.astype(float)[(values.astype(float) == 0) & (x.astype(float) < -1)].max()
    after = numbers(places(np.array([zero]).astype(dtype.numpy), dtype) + 1, dtype)
    assert evaluate(bound, after, (0,), dtype)[0].astype(float)[0] != 0
    assert float(after.astype(float)[0]) in at


@every_format
def test_places(form: Format) -> None:
    dtype = get_dtype(form.name)
    values = worth_testing(parse("gelu"), dtype, 200)
    assert (places(values, dtype) == ordinals(values, form)).all()
    back = numbers(places(values, dtype), dtype)
    same = (back == values) | np.isnan(wide(values))
    assert same.all()
