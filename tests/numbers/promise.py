"""What the core promises, and the check of a computed column against it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.numerics.dtypes import get_dtype
from actcli.numerics.evaluate import evaluate
from tests.numbers.cases import reference_of
from tests.reference.landmarks import PERIODIC, near_roots
from tests.reference.store import true_values
from tests.reference.truth import Evaluator, Truth
from tests.support.compare import Column, assert_rounded, assert_within
from tests.support.formats import FORMATS, Format, wide
from tests.support.ulp import nearest_float64, round_truth, ulp_errors, ulp_exponents

Array = np.ndarray[Any, Any]
ORDERS = (0, 1, 2)

SMALL = tuple(form.name for form in FORMATS.values() if form.bits <= 16)
#: Error in ulp of each order: with default parameters, and with others.
DEFAULT_ULP = {"float32": (0.501,) * 3, "float64": (2.0, 2.0, 4.0)}
OTHER_ULP = {"float64": (4.0,) * 3}
NEAR_ROOT_ULP = {"float32": 1.0}
#: In float64 near a root: absolute error in units of max(1, abs(x)).
NEAR_ROOT_ABSOLUTE = 4 * 2.0**-53
#: How far sine and its kin are promised where their frequency is not the default.
FARTHEST_ANGLE = 1e6
PERIODIC_NAMES = {name for name, _ in PERIODIC}


def computed(bound: BoundActivation, xs: Array, form: Format, **options: Any) -> list[Array]:
    """The three columns by the core, which may neither warn nor mind numpy's settings."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        columns = evaluate(bound, xs, ORDERS, get_dtype(form.name), **options)
    for column in columns:
        assert column.dtype == form.numpy, (bound.specification, column.dtype)
        assert column.shape == xs.shape
    return [wide(column) for column in columns]


def allowed_ulp(bound: BoundActivation, order: int, form: Format, xs: Array, truth: Truth) -> Array:
    """The error that is allowed at each input, in ulp."""
    table = OTHER_ULP if bound.changed else DEFAULT_ULP
    allowed = np.full(len(xs), table.get(form.name, (0.501,) * 3)[order])
    if form.name in SMALL:
        return allowed
    function, settings = reference_of(bound)
    near = near_roots(function, settings, order, xs)
    if form.name in NEAR_ROOT_ULP:
        return np.where(near, NEAR_ROOT_ULP[form.name], allowed)
    with np.errstate(over="ignore"):
        absolute = np.ldexp(
            NEAR_ROOT_ABSOLUTE * np.maximum(1, np.abs(xs)), -ulp_exponents(truth, form)
        )
    return np.where(near, np.maximum(allowed, absolute), allowed)


def wanted_rounding(
    bound: BoundActivation, order: int, form: Format, xs: Array, truth: Truth
) -> Array:
    """The correctly rounded column of a format of at most 24 bits."""
    rounded, doubtful = round_truth(truth, form)
    if doubtful.any():
        function, settings = reference_of(bound)
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
    if bound.activation.name in PERIODIC_NAMES and bound.changed:
        frequency = abs(float(next(iter(bound.changed.values()))))
        with np.errstate(over="ignore"):
            promised = np.abs(real) * frequency <= FARTHEST_ANGLE
        xs, real = xs[promised], real[promised]
    columns = computed(bound, xs, form)
    function, settings = reference_of(bound)
    if keep:
        truths = true_values(function, settings, real)
    else:
        truths = Evaluator(function, settings).truths(real.tolist())
    for order in orders:
        check_column(bound, order, form, real, columns[order], truths[order])


def check_column(
    bound: BoundActivation, order: int, form: Format, xs: Array, got: Array, truth: Truth
) -> None:
    """Hold one column against the promise."""
    column = Column(bound.specification, order, form)
    errors = ulp_errors(got, truth, form)
    if form.name in SMALL and not bound.changed:
        wanted = wanted_rounding(bound, order, form, xs, truth)
        assert_rounded(column, xs, got, wanted, errors)
        return
    wanted = nearest_float64(truth) if form.bits == 64 else round_truth(truth, form)[0]
    assert_within(column, xs, got, wanted, errors, allowed_ulp(bound, order, form, xs, truth))
