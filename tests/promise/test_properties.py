"""What must hold at any input at all, on inputs that hypothesis makes up."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promise.cases import DEFAULTS, all_finite, inputs
from tests.promise.judge import SMALL, check, computed
from tests.support.formats import FORMATS, Format, wide

quick = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WIDTHS: dict[str, Literal[16, 32, 64]] = {"float64": 64, "float32": 32, "float16": 16}
floats = {
    name: st.lists(st.floats(allow_nan=False, allow_infinity=False, width=width), min_size=1)
    for name, width in WIDTHS.items()
}
MONOTONE = [name for name, bound in DEFAULTS.items() if bound.facts.monotonic]
SYMMETRIC = [name for name, bound in DEFAULTS.items() if bound.facts.symmetry]


@pytest.mark.parametrize("form", floats)
@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.sampled(21)
def test_the_promise_at_any_input(name: str, form: str) -> None:
    @quick
    @given(floats[form])
    def holds(xs: list[float]) -> None:
        check(DEFAULTS[name], FORMATS[form], np.array(xs, dtype=FORMATS[form].numpy), keep=False)

    holds()


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.sampled(31)
def test_symmetry_is_exact(name: str, form: Format) -> None:
    bound, xs = DEFAULTS[name], inputs(name, form)
    sign = -1 if bound.facts.symmetry == "odd" else 1
    mirrored = computed(bound, -xs, form)
    for order, column in enumerate(computed(bound, xs, form)):
        assert np.array_equal(column, sign * (-1) ** order * mirrored[order], equal_nan=True)


@pytest.mark.parametrize("form", [FORMATS[name] for name in SMALL], ids=SMALL)
@pytest.mark.parametrize("name", MONOTONE)
@pytest.mark.sampled(7)
def test_rounding_keeps_a_monotone_function_monotone(name: str, form: Format) -> None:
    xs = all_finite(form)
    xs = xs[np.argsort(wide(xs), kind="stable")]
    value = computed(DEFAULTS[name], xs, form)[0]
    value = np.where(np.isnan(value), np.copysign(np.inf, wide(xs)), value)  # too large, in e4m3fn
    assert (value[1:] >= value[:-1]).all()


@pytest.mark.parametrize("name", DEFAULTS)
def test_derivatives_are_the_slopes_of_what_is_computed(name: str) -> None:
    """Differences over a step of 2^-20 in float64, away from where pieces meet."""
    bound, step = DEFAULTS[name], 2.0**-20
    xs = np.round(np.random.default_rng(3).uniform(-8, 8, 400) * 2**30) / 2**30
    edges = np.array([point.x for point in bound.breakpoints] or [np.inf])
    xs = xs[np.abs(xs[:, None] - edges).min(axis=1) > 2 * step]
    left, here, right = (
        computed(bound, xs + shift, FORMATS["float64"]) for shift in (-step, 0.0, step)
    )
    for order in (0, 1):
        slope = (right[order] - left[order]) / (2 * step)
        scale = 1 + np.abs(here[order]) + np.abs(here[order + 1])
        assert (np.abs(slope - here[order + 1]) <= 1e-8 * scale).all()
