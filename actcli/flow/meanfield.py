"""Mean-field theory: how lengths and correlations travel through a wide network of random weights.

A layer computes z = W f(z before) + b with independent normal weights of variance sigma_w^2/fan-in
and biases of variance sigma_b^2. Then z is normal with variance q, which follows the length map,
and the correlation of two inputs follows another map. On its way back, the square of a gradient
changes by a factor chi from layer to layer. The theory is that of

- Poole, Lahiri, Raghu, Sohl-Dickstein, Ganguli: Exponential expressivity in deep neural networks
  through transient chaos, 2016, arXiv:1606.05340;
- Schoenholz, Gilmer, Ganguli, Sohl-Dickstein: Deep information propagation, 2017, arXiv:1611.01232.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from actcli.catalogue.bound import BoundActivation
from actcli.flow.gaussian import Moments, moments, products
from actcli.flow.lengths import (
    GREATEST,
    LEAST,
    SAME,
    TINY,
    Length,
    Variances,
    follow_length,
    following,
    oscillates,
)

#: A length that stands for infinity, unless f oscillates: there f is its asymptotes.
HUGE = 1e20


class MeanField(NamedTuple):
    """Signals and gradients far from both ends of a network.

    `chi` is sigma_w^2 E[f'(u)^2] at the final length, the factor of squared gradients from layer to
    layer: the point is "ordered" below 1, "critical" at 1, "chaotic" above. `growth` is the slope
    of the length map there. `correlation` is the limit of the correlation of two inputs, and
    `chi_correlation` the slope of its map there; both are nan if lengths explode. Depth scales are
    the layers over which the deviation of the length or the correlation from its fixed point, or
    the squared gradient, shrinks (if negative, grows) by e; inf at a critical point, nan if there
    is none. If f `jumps`, the slope of the correlation map at 1 is infinite, whatever chi is.
    """

    length: Length
    growth: float
    chi: float
    phase: str
    correlation: float
    chi_correlation: float
    length_depth: float
    correlation_depth: float
    gradient_depth: float
    jumps: bool


def analyse(bound: BoundActivation, variances: Variances) -> MeanField:
    """The mean-field theory of a network of one activation.

    Fixed points and slopes are accurate to about 1e-9, and depth scales near a critical point to
    1e-9 times their square.

    >>> from actcli.catalogue.specification import parse
    >>> field = analyse(parse("relu"), Variances(2.0))
    >>> field.phase, round(field.chi, 12)
    ('critical', 1.0)
    """
    length = follow_length(bound, variances)
    far = GREATEST if oscillates(bound) else HUGE
    q = {"vanishes": TINY, "explodes": far}.get(length.fate, length.q)
    here = moments(bound, q)
    chi = variances.weight * here.slope
    jumps = any(point.jump for point in bound.breakpoints)
    growth = correlation = slope = math.nan
    if length.fate != "explodes":
        # At a length of 0 the slope is the quotient, which does not cancel.
        per_length = here.square / q if length.fate == "vanishes" else here.growth
        chi = 0.0 if length.fate == "vanishes" and chi < LEAST else chi
        growth = variances.weight * per_length
        correlation, slope = _correlation(bound, variances, q, here, jumps)
    return MeanField(
        length=length,
        growth=growth,
        chi=chi,
        phase=_phase(chi),
        correlation=correlation,
        chi_correlation=slope,
        length_depth=depth_scale(abs(growth)) if length.fate == "settles" else math.nan,
        correlation_depth=depth_scale(slope),
        gradient_depth=depth_scale(chi),
        jumps=jumps,
    )


def _phase(chi: float) -> str:
    if math.isnan(chi):
        return "chaotic"
    return "critical" if abs(chi - 1) < 1e-9 else "ordered" if chi < 1 else "chaotic"


def depth_scale(factor: float) -> float:
    """The layers after which a factor per layer amounts to 1/e: -1/log(factor).

    >>> depth_scale(math.exp(-0.25)), depth_scale(1.0), depth_scale(0.0)
    (4.0, inf, 0.0)
    """
    if not factor >= 0:
        return math.nan
    if factor == 0:
        return 0.0
    if math.isinf(factor) or abs(factor - 1) < SAME:
        return math.inf if abs(factor - 1) < SAME else 0.0
    return -1 / math.log(factor)


def _correlation(
    bound: BoundActivation, variances: Variances, q: float, here: Moments, jumps: bool
) -> tuple[float, float]:
    """The stable fixed point of correlations, and the slope of their map there.

    On [0, 1] the map is a power series without negative coefficients, so it is convex: 1 is stable
    if the slope there is at most 1; else a single other point is, which Newton's method reaches
    from 0.
    """
    total = following(here, variances)
    if not 0 < total < math.inf:
        return math.nan, math.nan
    scale = q / total
    at_one = variances.weight * here.slope * scale
    if at_one <= 1 + 1e-9 and not jumps:
        return 1.0, at_one
    # With jumps the slope is not known, so secants replace tangents.
    c, slope, known = 0.0, math.nan, None
    for _ in range(60):
        pair = products(bound, q, c)
        apart = (variances.weight * pair.value + variances.bias) / total - c
        slope = variances.weight * pair.slope * scale
        if jumps:
            slope = 0.0 if known is None else 1 + (apart - known[1]) / (c - known[0])
            known = (c, apart)
        step = apart / (1 - slope) if slope < 1 else 0.0
        if abs(step) < 1e-12 or c + step >= 1:
            break
        c += step
    return c, slope
