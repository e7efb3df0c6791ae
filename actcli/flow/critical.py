"""The weights with which gradients neither vanish nor explode."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.float64_orders import float64_orders
from actcli.flow.gaussian import breaks, moments
from actcli.flow.lengths import LEAST, SAME, TINY, Variances, find_root, follow_length
from actcli.flow.quadrature import REACH, feature_edges, gauss_legendre

#: Lengths examined in each power of 10.
PER_DECADE = 4
LARGEST = 1e6
#: The rule that finds where to search: nodes in each octave from 2^-20 on, and its accuracy.
ROUGH_NODES = 8
ROUGHLY_FINEST = -20
ROUGHLY = 3e-4
#: How near to 1 chi must be at the length that q = 1 leads to.
ARRIVED = 1e-6


class Critical(NamedTuple):
    """A critical point: sigma_w, the fixed length q, and whether q = 1 leads there.

    `every` says that each length is fixed and critical, as with relu.
    """

    weight_deviation: float
    q: float
    reached: bool
    every: bool = False


def critical(bound: BoundActivation, bias_variance: float = 0.0) -> Critical | None:
    """The critical point for that variance of biases, None if there is none up to q = 10^6.

    A length q is fixed if sigma_w^2 = (q - sigma_b^2)/E[f(u)^2], so the critical point is a root of
    chi - 1 as a function of q. Of several, the one that q = 1 leads to is chosen, else the least.

    >>> from actcli.catalogue.specification import parse
    >>> round(critical(parse("relu")).weight_deviation, 12), round(math.sqrt(2), 12)
    (1.414213562373, 1.414213562373)
    >>> round(critical(parse("tanh"), 0.05).weight_deviation, 6)
    1.32701
    """
    if any(point.jump for point in bound.breakpoints):
        return None  # close inputs always move apart

    def excess(q: float) -> float:
        """chi - 1 for the weights that keep the length q."""
        m = moments(bound, q)
        if m.square == 0 or not m.square < math.inf or not m.slope < math.inf:
            return math.nan
        return (q - bias_variance) * m.slope / m.square - 1

    def at(q: float, every: bool = False) -> Critical:
        weight = (q - bias_variance) / moments(bound, q).square
        length = follow_length(bound, Variances(weight, bias_variance))
        reached = length.fate != "explodes" and abs(excess(length.q or TINY)) < ARRIVED
        if reached and length.fate == "settles":  # q = 1 may be an unstable fixed point
            reached = weight * moments(bound, length.q).growth < 1 + ARRIVED
        return Critical(math.sqrt(weight), 0.0 if q <= LEAST else q, reached, every)

    if bias_variance == 0:
        values = [excess(q) for q in (LEAST, 1.0, 100.0)]
        if all(abs(value) < SAME for value in values):
            return at(1.0, every=True)
    found: list[Critical] = []
    if bias_variance == 0 and abs(excess(TINY)) < 1e-7:
        found.append(at(TINY))  # f(0) = 0: for small inputs f is its tangent
    low = bias_variance * (1 + 1e-6) or LEAST
    for q0, q1 in _likely(bound, bias_variance, low):
        if excess(q0) * excess(q1) <= 0:
            found.append(at(find_root(excess, q0, q1)))
    return min(found, key=lambda point: not point.reached, default=None)


def _likely(bound: BoundActivation, bias_variance: float, low: float) -> list[tuple[float, float]]:
    """Neighbouring lengths between which chi - 1 changes sign, by one rough rule for all."""
    count = math.ceil(PER_DECADE * math.log10(LARGEST / low))
    lengths = low * (LARGEST / low) ** (np.arange(count + 1) / count)
    edges = np.array(feature_edges(breaks(bound), REACH * math.sqrt(LARGEST), ROUGHLY_FINEST))
    rule = gauss_legendre(ROUGH_NODES)
    half = np.diff(edges)[:, None] / 2
    u = (edges[:-1, None] + half * (1 + rule.nodes)).reshape(-1)
    weights = (half * rule.weights).reshape(-1)
    with np.errstate(all="ignore"):
        value, derivative, _ = float64_orders(bound, u)
        density = np.exp(-0.5 * u * u / lengths[:, None]) * weights
        # nan from an overflow where the density is 0 counts as 0.
        square, slope = (np.nansum(density * f() ** 2, axis=1) for f in (value, derivative))
        ratio = slope / square
        excess = (lengths - bias_variance) * ratio - 1
        sure = np.abs(excess) > ROUGHLY
        changes = (excess[:-1] * excess[1:] < 0) & (sure[:-1] | sure[1:])
    return [(float(lengths[n]), float(lengths[n + 1])) for n in np.flatnonzero(changes)]
