"""The length map: the variance q of the inputs of activations, from layer to layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from actcli.catalogue.bound import BoundActivation
from actcli.flow.gaussian import Moments, moments

#: The variance of the inputs of a network.
START = 1.0
#: Smaller lengths count as 0, larger ones as unbounded...
LEAST, GREATEST = 1e-9, 1e8
#: ... the latter from here on for a function that oscillates, unless its weights are that large.
GREATEST_OSCILLATING = 1e4
#: A length whose relative change is smaller is fixed.
STAYS = 1e-13
#: A length that stands for 0: small enough for f to be its tangents there.
TINY = 1e-20
#: Numbers that are equal in theory differ by no more than this.
SAME = 1e-10
#: The most iterations of a length map.
ITERATIONS = 2000
#: After this many iterations (an even number, because of oscillations) the steps must be halved.
PATIENCE = 64


class Variances(NamedTuple):
    """sigma_w^2, the variance of a weight times its layer's fan-in, and sigma_b^2 of a bias."""

    weight: float
    bias: float = 0.0


class Length(NamedTuple):
    """Where the length map leads from q = 1.

    It "settles" at q, is "preserved" (like every length), "vanishes" (q = 0) or "explodes" (inf).
    """

    fate: str
    q: float


class Layer(NamedTuple):
    """Theory of one layer: the variance q of z, mean and variance of f(z), the factor chi."""

    q: float
    mean: float
    variance: float
    chi: float


def length_map(bound: BoundActivation, q: float, variances: Variances) -> float:
    """The variance of the next layer's z: sigma_w^2 E[f(u)^2] + sigma_b^2.

    >>> from actcli.catalogue.specification import parse
    >>> round(length_map(parse("relu"), 1.0, Variances(2.0, 0.5)), 12)
    1.5
    """
    return following(moments(bound, q), variances)


def following(found: Moments, variances: Variances) -> float:
    """The length map, given the moments at q."""
    return variances.weight * found.square + variances.bias


def layers(bound: BoundActivation, variances: Variances, depth: int) -> list[Layer]:
    """The theory of each layer, for inputs of variance 1; overflow is inf and underflow 0.

    >>> from actcli.catalogue.specification import parse
    >>> [round(layer.q, 6) for layer in layers(parse("tanh"), Variances(1.0), 3)]
    [1.0, 0.394294, 0.23645]
    """
    found = []
    q = variances.weight * START + variances.bias
    settled: Layer | None = None
    for _ in range(depth):
        if settled is not None:
            found.append(settled)
            continue
        if not 0 < q < math.inf:
            found.append(_at_end(bound, q, variances))
            q = variances.bias if q == 0 and found[-1].mean == 0 else q
            continue
        m = moments(bound, q)
        found.append(Layer(q, m.mean, _difference(m), variances.weight * m.slope))
        q, before = following(m, variances), q
        if q == before:
            settled = found[-1]
    return found


def _difference(found: Moments) -> float:
    if math.isinf(found.square):
        return math.inf
    return max(0.0, found.square - found.mean**2)


def _at_end(bound: BoundActivation, q: float, variances: Variances) -> Layer:
    if q == 0:
        m = moments(bound, TINY)
        return Layer(0.0, m.mean, 0.0, variances.weight * m.slope)
    return Layer(math.inf, math.inf, math.inf, math.nan)


def follow_length(bound: BoundActivation, variances: Variances) -> Length:
    """Where the length map leads from q = 1.

    >>> from actcli.catalogue.specification import parse
    >>> follow_length(parse("relu"), Variances(2.0)).fate
    'preserved'
    >>> length = follow_length(parse("selu"), Variances(1.0))
    >>> length.fate, round(length.q, 12)  # its fixed point: mean 0, variance 1
    ('settles', 1.0)
    """

    def rise(q: float) -> float:
        return length_map(bound, q, variances) - q

    at_start = rise(START)
    if abs(at_start) < SAME:
        kept = all(abs(rise(q)) < SAME * q for q in (START / 16, START * 16))
        return Length("preserved" if kept else "settles", START)
    if math.isinf(at_start):
        return Length("explodes", math.inf)
    found = _bracket(rise, at_start > 0, _greatest(bound, variances))
    if found is None:
        return Length("explodes", math.inf) if at_start > 0 else Length("vanishes", 0.0)
    low, high = found
    q = find_root(rise, low, high) if low < high else low
    if moments(bound, q).growth * variances.weight < 0:  # a falling map may jump over its root
        q = _iterated(bound, variances)
    return Length("settles", q)


def oscillates(bound: BoundActivation) -> bool:
    """Whether the function has no limit at an end, like sine."""
    return any(math.isnan(end) for limits in bound.limits for end in limits[:2])


def _greatest(bound: BoundActivation, variances: Variances) -> float:
    if not oscillates(bound):
        return GREATEST
    return max(GREATEST_OSCILLATING, 4 * (variances.weight + variances.bias))


def _bracket(
    rise: Callable[[float], float], upwards: bool, greatest: float
) -> tuple[float, float] | None:
    """Two lengths around the first fixed point above or below q = 1, or the fixed point twice."""
    factor = 1.25 if upwards else 0.8
    near = START
    while LEAST < near < greatest:
        far = near * factor
        there = rise(far)
        if abs(there) <= STAYS * far:
            return far, far
        if (there > 0) != upwards:
            return (near, far) if upwards else (far, near)
        near = far
        factor = min(factor * 1.5, 10.0) if upwards else max(factor / 1.5, 0.1)
    return None


def _iterated(bound: BoundActivation, variances: Variances) -> float:
    q = START
    least = known = math.inf
    for iteration in range(1, ITERATIONS + 1):
        q, before = length_map(bound, q, variances), q
        least = min(least, abs(q - before))
        if least <= 1e-14 * q:
            break
        if iteration % PATIENCE == 0:
            if least > known / 2:  # a cycle, or the accuracy of integrals
                break
            known = least
    return q


def find_root(function: Callable[[float], float], low: float, high: float) -> float:
    """The root between two points with different signs, by bisection and secants.

    >>> round(find_root(lambda x: x * x - 2, 0.0, 2.0), 12)
    1.414213562373
    """
    at_low, at_high = function(low), function(high)
    for step in range(200):
        middle = (low + high) / 2
        if step % 3 and math.isfinite(at_high - at_low) and at_high != at_low:
            middle = high - at_high * (high - low) / (at_high - at_low)
            # Not at an end, where a secant would crawl.
            margin = 1e-3 * (high - low) if step % 3 == 1 else 1e-15 * high
            middle = min(max(middle, low + margin), high - margin)
        if not low < middle < high:
            break
        there = function(middle)
        if there == 0:
            return middle
        if (there > 0) == (at_low > 0):
            low, at_low = middle, there
        else:
            high, at_high = middle, there
        if high - low <= 4e-16 * abs(high):
            break
    return low if abs(at_low) < abs(at_high) else high
