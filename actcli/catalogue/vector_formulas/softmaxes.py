"""Softmax and its kin."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.arithmetic import double_double, plain
from actcli.catalogue.activation import INF, NAN, Formulas
from actcli.catalogue.vector_formulas.mean_exponential import differences, log_mean_exp, parts
from actcli.catalogue.vector_formulas.support import shares

Array = NDArray[np.float64]


#: The ratio of a difference to its error that float32 results need.
ENOUGH = 2.0**35


class Exponentials(NamedTuple):
    """The exponentials of a vector, relative to its maximum.

    `present` says where x_i is finite and the maximum too; elsewhere `offsets`, which is x_i - max,
    and `values` are 0.
    """

    present: NDArray[np.bool_]
    offsets: Any
    values: Any


def _exponentials(m: Any, x: Array) -> Exponentials:
    """e^(x_i - max), which gives the same softmax and cannot overflow."""
    top = x.max(axis=-1, keepdims=True)
    base = np.where(np.isfinite(top), top, 0.0)
    present = np.isfinite(x) & np.isfinite(top)
    offsets = m.lift(np.where(present, x, base)) - m.lift(base)
    values = m.where(present, m.exp(offsets), m.constant(offsets, 0.0))
    return Exponentials(present, offsets, values)


def weights_at_infinity(x: Array) -> tuple[NDArray[np.bool_], Array]:
    """Which vectors have an infinite or nan maximum, and the limits of their weights.

    A single +inf takes all the weight. With several (or several -inf and nothing else) there is no
    limit, and the weights are nan.
    """
    top = x.max(axis=-1, keepdims=True)
    first = x == top
    tied = first.sum(axis=-1, keepdims=True) > 1
    weights = np.where(first, np.where(tied, NAN, 1.0), np.where(np.isnan(top), NAN, 0.0))
    return ~np.isfinite(top), weights


def softmax(m: Any, x: Array) -> Formulas:
    def value() -> Any:
        e = _exponentials(m, x).values
        special, weights = weights_at_infinity(x)
        return m.where(special, m.lift(weights), e / m.total(e))

    return value, lambda: _no_gradient(m, x)


def _no_gradient(m: Any, x: Array) -> Any:
    """The gradient of a constant sum: 0, or nan where the weights are nan."""
    special, weights = weights_at_infinity(x)
    return m.lift(np.where(special & np.isnan(weights), NAN, 0.0))


def softmin(m: Any, x: Array) -> Formulas:
    return softmax(m, -x)


def log_softmax(m: Any, x: Array) -> Formulas:
    def value() -> Any:
        # The term of the maximum is 1, so ln of the sum is log1p of the others. Otherwise the
        # result of the maximum itself would cancel; the other results add numbers of one sign.
        e = _exponentials(m, x)
        position = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., None]
        others = m.total(m.where(position, m.constant(e.values, 0.0), e.values))
        result = e.offsets + -m.log1p(others)
        special, weights = weights_at_infinity(x)
        with np.errstate(divide="ignore"):
            logarithms = np.where(special, np.log(weights), -INF)
        return m.where(~e.present, m.lift(logarithms), result)

    def derivative() -> Any:
        result = _gradient_in_float64(x) if m is plain else _gradient(m, x)
        special, weights = weights_at_infinity(x)
        if not special.any():
            return result
        return m.where(special, m.lift(1 - x.shape[-1] * weights), result)

    return value, derivative


def _gradient(m: Any, x: Array) -> Any:
    """1 - n p_j = sum_i (e_i - e_j) / sum_i e_i, with e - 1 for e, so as not to cancel near 1/n."""
    e = _exponentials(m, x)
    less = m.where(e.present, m.expm1(e.offsets), m.constant(e.offsets, -1.0))
    return (m.total(less) + -(less * float(x.shape[-1]))) / m.total(e.values)


def _gradient_in_float64(x: Array) -> Array:
    """The same as 1 - e^(d_j - c), where e^c is the mean of all e^(d_i).

    For float32 results only c needs more digits than float64 has.
    """
    top = x.max(axis=-1, keepdims=True)
    unknown = ~np.isfinite(top)
    if unknown.any():  # replaced by limits later
        x, top = np.where(unknown, 0.0, x), np.where(unknown, 0.0, top)
    centre = log_mean_exp(x, top)
    result = np.empty_like(x)
    nearest = np.full(top.shape, INF)
    for part in parts(x):
        high, low = differences(x[:, part], top)
        beyond = (high - centre.high) + (low - centre.low)
        result[:, part] = 0.0 - plain.expm1(beyond)
        nearest = np.minimum(nearest, np.abs(beyond).min(axis=-1, keepdims=True))
    unsure = (nearest < centre.error * ENOUGH)[:, 0]
    if unsure.any():
        result[unsure] = _gradient(double_double, x[unsure]).collapsed()[0]
    return result


def sparsemax(m: Any, x: Array) -> Formulas:
    def value() -> Any:
        special = ~np.isfinite(x.max(axis=-1, keepdims=True))
        if not special.any():
            return m.lift(*shares(x))
        _, weights = weights_at_infinity(x)
        return m.where(special, m.lift(weights), m.lift(*shares(np.where(special, 0.0, x))))

    return value, lambda: _no_gradient(m, x)


def hardmax(m: Any, x: Array) -> Formulas:
    unknown = np.isnan(x).any(axis=-1, keepdims=True)
    position = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., None]
    return (
        lambda: m.lift(np.where(unknown, NAN, position.astype(np.float64))),
        lambda: m.lift(np.where(np.broadcast_to(unknown, x.shape), NAN, 0.0)),
    )
