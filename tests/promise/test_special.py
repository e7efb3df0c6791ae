"""Infinities, nan, the signs of zero, what overflows, and numpy's warnings and settings."""

from __future__ import annotations

import numpy as np
import pytest

from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import get_dtype
from tests.oracle.limits import limit
from tests.oracle.store import true_values
from tests.oracle.truth import Evaluator
from tests.promise.cases import DEFAULTS, OTHERS, all_finite, inputs, oracle_of
from tests.promise.judge import ORDERS, SMALL, computed, wanted_rounding
from tests.support.compare import COLUMNS, Column, assert_rounded, same
from tests.support.formats import FORMATS, Format, wide

EVERY = {**DEFAULTS, **OTHERS}
WITH_INFINITY = {name: form for name, form in FORMATS.items() if form.has_infinity}

every = pytest.mark.parametrize("specification", EVERY)
defaults = pytest.mark.parametrize("name", DEFAULTS)
formats = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
infinite_formats = pytest.mark.parametrize("form", WITH_INFINITY.values(), ids=WITH_INFINITY)


@infinite_formats
@defaults
@pytest.mark.sampled(3)
def test_infinities_give_the_limits(name: str, form: Format) -> None:
    assert_limits(name, form)


@pytest.mark.parametrize("specification", OTHERS)
@pytest.mark.sampled(3)
def test_infinities_give_the_limits_with_other_parameters(specification: str) -> None:
    assert_limits(specification, FORMATS["float64"])


def assert_limits(specification: str, form: Format) -> None:
    xs = np.array([-np.inf, np.inf])
    evaluator = Evaluator(*oracle_of(EVERY[specification]))
    columns = computed(EVERY[specification], xs.astype(form.numpy), form)
    for order in ORDERS:
        wanted = np.array([limit(evaluator, sign, order, form) for sign in (-1, 1)])
        if form.bits > 16:  # constants such as pi/2 to the last place, zeros exactly
            close = np.isclose(columns[order], wanted, rtol=2.0**-form.mantissa_bits, atol=0)
            wanted = np.where(close, columns[order], wanted)
        column = Column(specification, order, form)
        assert_rounded(column, xs, columns[order], wanted, np.full(2, np.nan))


@formats
@every
@pytest.mark.sampled(9)
def test_nan_gives_nan(specification: str, form: Format) -> None:
    xs = np.array([np.nan, -np.nan]).astype(form.numpy)
    for order, column in enumerate(computed(EVERY[specification], xs, form)):
        assert np.isnan(column).all(), COLUMNS[order]


ODD = [name for name, bound in DEFAULTS.items() if bound.facts.symmetry == "odd"]


@formats
@pytest.mark.parametrize("name", ODD)
def test_an_odd_function_keeps_the_sign_of_zero(name: str, form: Format) -> None:
    value = computed(DEFAULTS[name], np.array([0.0, -0.0]).astype(form.numpy), form)[0]
    assert value.tolist() == [0, 0]
    assert np.signbit(value).tolist() == [False, True]


@pytest.mark.parametrize("form", [FORMATS[name] for name in SMALL], ids=SMALL)
@defaults
@pytest.mark.sampled(3)
def test_what_underflows_keeps_its_sign(name: str, form: Format) -> None:
    """Rounding -1e-99 gives -0.0."""
    xs = inputs(name, form)
    truths = true_values(*oracle_of(DEFAULTS[name]), wide(xs))
    for order, column in enumerate(computed(DEFAULTS[name], xs, form)):
        vanished = (column == 0) & (truths[order].high != 0)
        wanted = np.copysign(0.0, truths[order].high)[vanished]
        assert_rounded(
            Column(name, order, form), wide(xs)[vanished], column[vanished], wanted,
            np.zeros(len(wanted)), signs=True,
        )  # fmt: skip


@formats
@defaults
@pytest.mark.sampled(51)
def test_saturated_results_are_the_largest_number_where_others_overflow(
    name: str, form: Format
) -> None:
    xs = all_finite(form) if form.bits == 8 else inputs(name, form)
    plain = computed(DEFAULTS[name], xs, form)
    saturated = computed(DEFAULTS[name], xs, form, saturate=True)
    truths = true_values(*oracle_of(DEFAULTS[name]), wide(xs))
    for order in ORDERS:
        beyond = np.isinf(plain[order]) | np.isnan(plain[order])
        limits = np.copysign(form.largest, truths[order].high)
        wanted = np.where(beyond, limits, plain[order])
        errors = np.zeros(len(xs))
        assert_rounded(Column(name, order, form), wide(xs), saturated[order], wanted, errors)


@formats
@defaults
@pytest.mark.sampled(67)
def test_an_order_alone_is_the_order_among_others(name: str, form: Format) -> None:
    xs = inputs(name, form)
    together = computed(DEFAULTS[name], xs, form)
    for chosen in ((0,), (1,), (2,), (2, 0), (1, 1)):
        alone = evaluate(DEFAULTS[name], xs, chosen, get_dtype(form.name))
        for order, column in zip(chosen, alone, strict=True):
            assert same(wide(column), together[order], signs=True).all(), (chosen, order)


@formats
@pytest.mark.sampled(7)
def test_large_arrays_of_any_layout_give_what_single_numbers_give(form: Format) -> None:
    """Blocks, threads, tables of all inputs and strides change nothing, not even the input."""
    bound, dtype = DEFAULTS["gelu"], get_dtype(form.name)
    few = inputs("gelu", form)[:500]
    many = np.resize(few, (3, 70_001))[:, ::-2]
    before = many.copy()
    one_by_one = [np.concatenate(parts) for parts in zip(
        *(evaluate(bound, few[i : i + 1], ORDERS, dtype) for i in range(len(few))), strict=True
    )]  # fmt: skip
    places = np.resize(np.arange(len(few)), (3, 70_001))[:, ::-2]
    for column, single in zip(evaluate(bound, many, ORDERS, dtype), one_by_one, strict=True):
        assert column.shape == many.shape
        assert same(wide(column), wide(single)[places], signs=True).all()
    assert (many.view(form.pattern) == before.view(form.pattern)).all()


def test_numpy_settings_stay_as_they_were() -> None:
    before = np.geterr()
    computed(DEFAULTS["exponential"], np.array([1e4, -1e4, np.nan]), FORMATS["float64"])
    assert np.geterr() == before


@pytest.mark.parametrize("form", [FORMATS[name] for name in SMALL], ids=SMALL)
def test_a_format_is_not_reached_by_way_of_another(form: Format) -> None:
    """Rounding to float32 first would lose what breaks a tie."""
    bound = DEFAULTS["tanh_shrink"]
    xs = all_finite(form)
    xs = xs[np.abs(wide(xs)) > 1]
    xs = xs[:: 1 + len(xs) // 3000]
    real = wide(xs)
    truths = true_values(*oracle_of(bound), real)
    wanted = wanted_rounding(bound, 0, form, real, truths[0])
    got = computed(bound, xs, form)[0]
    assert_rounded(Column("tanh_shrink", 0, form), real, got, wanted, np.zeros(len(real)))
