"""What the core promises, correct rounding, and the check of a computed column against it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.evaluate import evaluate
from actcli.numerics.dtypes import get_dtype
from tests.oracle.store import true_values
from tests.oracle.truth import Evaluator, Truth
from tests.promise.cases import oracle_of
from tests.support.compare import Column, assert_rounded
from tests.support.formats import FORMATS, Format, wide
from tests.support.ulp import nearest_float64, round_truth, ulp_errors

Array = np.ndarray[Any, Any]
ORDERS = (0, 1, 2)
SMALL = tuple(form.name for form in FORMATS.values() if form.bits <= 16)


def computed(bound: BoundActivation, xs: Array, form: Format, **options: Any) -> list[Array]:
    """The three columns by the core, which may neither warn nor mind numpy's settings."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        columns = evaluate(bound, xs, ORDERS, get_dtype(form.name), **options)
    for column in columns:
        assert column.dtype == form.numpy, (bound.specification, column.dtype)
        assert column.shape == xs.shape
    return [wide(column) for column in columns]


def wanted_rounding(
    bound: BoundActivation, order: int, form: Format, xs: Array, truth: Truth
) -> Array:
    """The correctly rounded column."""
    if form.bits == 64:
        return nearest_float64(truth)
    rounded, doubtful = round_truth(truth, form)
    if doubtful.any():
        function, settings = oracle_of(bound)
        evaluator = Evaluator(function, settings)
        for index in np.flatnonzero(doubtful):
            x = evaluator.m.exact(float(xs[index]))
            rounded[index] = evaluator.rounded(x, order, form)
    return rounded


def check(
    bound: BoundActivation,
    form: Format,
    xs: Array,
    orders: tuple[int, ...] = ORDERS,
    keep: bool = True,
) -> None:
    """Hold the columns at finite inputs against the promise; `keep` the true values on disk."""
    real = wide(xs)
    columns = computed(bound, xs, form)
    function, settings = oracle_of(bound)
    if keep:
        truths = true_values(function, settings, real)
    else:
        truths = Evaluator(function, settings).truths(real.tolist())
    for order in orders:
        check_column(bound, order, form, real, columns[order], truths[order])


def check_column(
    bound: BoundActivation, order: int, form: Format, xs: Array, got: Array, truth: Truth
) -> None:
    """Hold one column against the correctly rounded one."""
    column = Column(bound.specification, order, form)
    errors = ulp_errors(got, truth, form)
    wanted = wanted_rounding(bound, order, form, xs, truth)
    # the oracle's own rounding may be off next to a tie: what differs is looked at exactly
    function, settings = oracle_of(bound)
    evaluator = Evaluator(function, settings)
    for index in np.flatnonzero((got != wanted) & ~(np.isnan(got) & np.isnan(wanted))):
        wanted[index] = evaluator.rounded(evaluator.m.exact(float(xs[index])), order, form)
    assert_rounded(column, xs, got, wanted, errors)
