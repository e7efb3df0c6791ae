"""A bound of the error at a number: of the polynomial, and of each operation's rounding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from actcli.fitting.arithmetic import Arithmetic
from actcli.fitting.goal import Goal, Points
from actcli.fitting.number_format import Fixed, Floats, NumberFormat, ulp

#: What float64 loses in these sums, relative to the true value.
SLACK = 2.0**-44


def half_step(value: Floats, form: NumberFormat) -> Floats:
    """The most that rounding to the format moves a number of at most this size."""
    return np.where(value == 0, 0.0, ulp(value, form) / 2)


def rounding_of(value: Floats, before: Floats, form: NumberFormat) -> Floats:
    """The most that rounding moves a number that is already off by `before` from a magnitude.

    Across a power of two, where steps double, it is rounded to that power at the farthest.
    """
    inner, outer = half_step(value, form), half_step(value + before, form)
    return np.asarray(np.maximum(inner, np.minimum(outer, before)))


def accumulated(
    arithmetic: Arithmetic, coefficients: Sequence[Floats], t: Floats, t_error: Floats
) -> tuple[Floats, Floats, Floats]:
    """A polynomial at t by Horner's rule, and how far the computed number may be from it.

    t: magnitudes and signs; t_error: how far the computed t may be off. The third array is the
    last operation's rounding, which the second does not hold.
    """
    form = arithmetic.form
    size = np.abs(t)
    value = np.asarray(coefficients[-1] + 0 * t)
    error = np.zeros_like(value)
    last = np.zeros_like(value)
    for coefficient in coefficients[-2::-1]:
        slope = np.abs(value) + error
        value, lost = value * t, error * size + slope * t_error
        exact = (value == 0) & (lost == 0)
        if isinstance(form, Fixed):
            lost = lost + (form.step if arithmetic.truncate else form.step / 2)
        elif not arithmetic.fma:
            lost = lost + rounding_of(np.abs(value), lost, form)
        value = value + coefficient
        if not isinstance(form, Fixed):
            last = np.where(exact, 0.0, rounding_of(np.abs(value), lost, form))
        error = lost + last
    return value, error - last, last


def error_bound(
    goal: Goal, coefficients: Sequence[Floats], centre: float, points: Points
) -> Floats:
    """At each point, in the measure; coefficients[k] are those of t**k, of one or more rows."""
    form = goal.arithmetic.form
    t = points.x - centre
    t_error = np.zeros_like(t)
    if not isinstance(form, Fixed):
        exact = _is_exact(points.x, centre, form)
        t_error = np.where(exact, 0.0, half_step(t, form))
    with np.errstate(all="ignore"):
        value, before, last = accumulated(goal.arithmetic, coefficients, t, t_error)
        size = np.abs(points.f)
        before = before + np.abs(value - points.f) + size * SLACK
        total = last_rounding(goal, size, before, last)
        return np.asarray(np.nan_to_num(total / points.unit, nan=np.inf))


def last_rounding(goal: Goal, size: Floats, before: Floats, last: Floats) -> Floats:
    """The error once the last operation, and the rounding to the result's format, are added.

    size: the magnitude of the true value, before: the error before the last operation, which
    rounds by at most `last`. A number that the error moves across a power of two, where the steps
    double, is rounded back to that power, and so towards the true value, unless it was moved by
    more than half the larger step.
    """
    form, out = goal.arithmetic.form, goal.out
    if form == out and isinstance(form, Fixed):
        return before
    if form != out:
        before = before + last
    inner, outer = half_step(size, out), half_step(size + before, out)
    return before + np.where(before < outer, inner, outer)


def _is_exact(
    x: Floats, centre: float, form: NumberFormat
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where x - centre is a number of the format, by Sterbenz' lemma or since it is x itself."""
    if centre == 0:
        return np.full(x.shape, True)
    size, other = np.abs(x), abs(centre)
    near = (size <= 2 * other) & (other <= 2 * size) & ((x > 0) == (centre > 0))
    return np.asarray(near | (x == 0))
