"""Expectations of an activation at normal inputs, alone and in correlated pairs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.float64_orders import float64_orders
from actcli.flow.quadrature import (
    FEW_PANELS,
    MOST_PANELS,
    Floats,
    feature_edges,
    gauss_legendre,
    integrate,
)

INNER_NODES = 16
INNER_REACH = 9
INNER_FINEST = -1
#: The nodes for functions that oscillate too fast to resolve, whose means are those of a sample.
SAMPLE_NODES = 4
#: Typical normal numbers, and how fast, in radians per deviation, a function may oscillate there
#: for its integrals to be resolved.
TYPICAL = (-2.51, -1.73, -1.13, -0.71, -0.43, -0.17, 0.13, 0.37, 0.67, 1.09, 1.61, 2.39)
MOST_TURNS = 1e3
#: Values of the function that a double integral computes at a time.
BLOCK = 1 << 17


class Moments(NamedTuple):
    """Expectations at a normal u of mean 0 and variance q.

    `mean` is E[f(u)], `square` E[f(u)^2], `slope` E[f'(u)^2], and `growth` the derivative of
    `square` by q, E[f(u)^2 (u^2/q - 1)]/(2q), which needs no derivative of f.
    """

    mean: float
    square: float
    slope: float
    growth: float


class Products(NamedTuple):
    """E[f(u) f(v)] and E[f'(u) f'(v)] at a pair of normal inputs."""

    value: float
    slope: float


def breaks(bound: BoundActivation) -> list[float]:
    """The breakpoints of the function."""
    return [float(point.x) for point in bound.breakpoints]


def _most_panels(bound: BoundActivation, deviation: float) -> int:
    """How many panels to use: f'' over f' tells how fast the function oscillates."""
    u = deviation * np.array(TYPICAL)
    with np.errstate(all="ignore"):
        _, derivative, second_derivative = float64_orders(bound, u)
        turns = deviation * np.sqrt(np.sum(second_derivative() ** 2) / np.sum(derivative() ** 2))
    return FEW_PANELS if turns > MOST_TURNS else MOST_PANELS


def moments(bound: BoundActivation, variance: float) -> Moments:
    """The moments of f and f' at a normal input of that variance, which is above 0.

    With default parameters they are accurate to 1e-10, relative or absolute (`growth` times q),
    whichever is larger; those of sine and snake up to a variance of 1e6, beyond that about like a
    sample. Overflow is inf. At a jump f' counts as beside it.

    >>> from actcli.catalogue.specification import parse
    >>> [round(moment, 12) for moment in moments(parse("relu"), 1.0)]
    [0.398942280401, 0.5, 0.5, 0.5]
    """
    deviation = math.sqrt(variance)

    def terms(u: Floats, root: Floats) -> Floats:
        value, derivative, _ = float64_orders(bound, u)
        f, d = value() * root, derivative() * root
        return np.stack([f * root, f * f, d * d, f * f * ((u / deviation) ** 2 - 1) / 2])

    mean, square, slope, growth = integrate(
        terms, deviation, breaks(bound), _most_panels(bound, deviation)
    )
    return Moments(float(mean), float(square), float(slope), float(growth) / variance)


def products(bound: BoundActivation, variance: float, correlation: float) -> Products:
    """E[f(u) f(v)] and E[f'(u) f'(v)] for normal u, v of one variance and a correlation in [-1, 1].

    With default parameters accurate to 1e-10, relative or absolute, up to a variance of 100. The
    example compares with Williams, Computing with infinite networks, 1997.

    >>> from actcli.catalogue.specification import parse
    >>> [round(product, 12) for product in products(parse("erf"), 1.0, 0.5)]
    [0.216346895939, 0.450158158079]
    >>> round(2 / math.pi * math.asin(2 * 0.5 / 3), 12)
    0.216346895939
    """
    if correlation == 1:
        alone = moments(bound, variance)
        return Products(alone.square, alone.slope)
    deviation = math.sqrt(variance)
    ends, most = breaks(bound), _most_panels(bound, deviation)
    if correlation == -1:

        def mirrored(u: Floats, root: Floats) -> Floats:
            right, left = float64_orders(bound, u), float64_orders(bound, -u)
            return np.stack([(right[n]() * root) * (left[n]() * root) for n in (0, 1)])

        value, slope = integrate(mirrored, deviation, {*ends, *(-end for end in ends)}, most)
        return Products(float(value), float(slope))
    if correlation == 0:

        def single(u: Floats, root: Floats) -> Floats:
            orders = float64_orders(bound, u)
            return np.stack([(orders[n]() * root) * root for n in (0, 1)])

        value, slope = integrate(single, deviation, ends, most)
        return Products(float(value) ** 2, float(slope) ** 2)
    spread = deviation * math.sqrt((1 - correlation) * (1 + correlation))
    smoothed = _Smoothed(bound, spread, abs(correlation) * deviation, most == FEW_PANELS)

    def terms(u: Floats, root: Floats) -> Floats:
        orders = float64_orders(bound, u)
        means = smoothed.means(correlation * u)
        return np.stack([(orders[n]() * root) * (means[n] * root) for n in (0, 1)])

    # Where v crosses a breakpoint its mean changes within `spread`, which may be much less than 1.
    turns = [
        end / correlation + side * spread * 2.0**power
        for end in ends
        for side in (-1, 1)
        for power in range(-1, 4)
    ]
    value, slope = integrate(terms, deviation, [*ends, *turns], most)
    return Products(float(value), float(slope))


class _Smoothed:
    """The means of f and f' at normal inputs around given centres, with one deviation."""

    def __init__(self, bound: BoundActivation, spread: float, offset: float, sampled: bool) -> None:
        self.bound, self.spread = bound, spread
        self.rule = gauss_legendre(SAMPLE_NODES if sampled else INNER_NODES)
        ends = [limit for side in bound.limits for limit in (side.value, side.derivative)]
        reach, step = float(INNER_REACH), 1.0
        if any(map(math.isinf, (side.derivative for side in bound.limits))):
            reach += math.ceil(2 * spread)
        if any(map(math.isnan, ends)):  # it oscillates
            step = min(1.0, 6 / spread)
        count = math.ceil(2 * reach / step)
        self.base = np.linspace(-reach, reach, count + 1)
        self.reach = reach
        seen = reach * (spread + offset)
        self.features = np.array(feature_edges(breaks(bound), seen, finest=INNER_FINEST))

    def means(self, centre: Floats) -> Floats:
        """Both means at each centre."""
        flat = centre.reshape(-1)
        found = np.empty((2, len(flat)))
        each = (len(self.base) + len(self.features)) * len(self.rule.nodes)
        rows = max(1, BLOCK // each)
        for start in range(0, len(flat), rows):
            part = slice(start, start + rows)
            found[:, part] = self._means(flat[part])
        return found.reshape(2, *centre.shape)

    def _means(self, centre: Floats) -> Floats:
        crossings = (self.features - centre[:, None]) / self.spread
        base = np.broadcast_to(self.base, (len(centre), len(self.base)))
        edges = np.concatenate([base, np.clip(crossings, -self.reach, self.reach)], axis=1)
        edges.sort(axis=1)
        rule = self.rule
        half = np.diff(edges, axis=1)[:, :, None] / 2
        row, panel, _ = np.nonzero(half > 0)
        half = half[row, panel]
        z = edges[row, panel][:, None] + half * (1 + rule.nodes)
        value, derivative, _ = float64_orders(self.bound, centre[row][:, None] + self.spread * z)
        weights = half * rule.weights * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
        sums = [np.bincount(row, (order() * weights).sum(axis=1)) for order in (value, derivative)]
        return np.array(sums)
