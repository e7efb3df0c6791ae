"""Integrals over a normal density: Gauss-Legendre panels, halved until they are fine enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Integrands at u (panels by nodes) as rows, each times `root` twice. `root` is the square root of
#: the density, a factor for each of two functions whose product might overflow.
Terms = Callable[[Floats, Floats], Floats]

NODES = 20
#: A panel is fine enough if its last Legendre coefficients are this small relative to the whole;
#: the error of the integral is then about the square of that.
RESOLVED = 1e-9
NEGLIGIBLE = 1e-18
#: Panels reach this many deviations from 0, and further if the integrand still counts there.
REACH, FURTHEST = 9.5, 400.0
#: Edges are at powers of 2 from this exponent on, for the function's own scale around 0.
FINEST = -6
MOST_HALVINGS = 60
#: The most panels, which only functions that oscillate need...
MOST_PANELS = 1 << 14
#: ... and if they oscillate too fast to be resolved.
FEW_PANELS = 1 << 6


class Rule(NamedTuple):
    """Nodes and weights on [-1, 1], and the weights of the last coefficients of a series."""

    nodes: Floats
    weights: Floats
    last: Floats


@cache
def gauss_legendre(size: int) -> Rule:
    """The Gauss-Legendre rule with `size` nodes, by the eigenvectors of its Jacobi matrix.

    >>> rule = gauss_legendre(20)
    >>> bool(abs(rule.weights @ rule.nodes**38 - 2 / 39) < 1e-14)
    True
    """
    k = np.arange(1, size)
    beside = k / np.sqrt(4.0 * k * k - 1)
    nodes, vectors = np.linalg.eigh(np.diag(beside, 1) + np.diag(beside, -1))
    weights = 2 * vectors[0] ** 2
    polynomials = [np.ones(size), nodes]
    for n in range(1, size - 1):
        polynomials.append(
            ((2 * n + 1) * nodes * polynomials[n] - n * polynomials[n - 1]) / (n + 1)
        )
    last = [(n + 0.5) * weights * polynomials[n] for n in (size - 2, size - 1)]
    return Rule(nodes, weights, np.array(last).T)


def feature_edges(breaks: Iterable[float], reach: float, finest: int = FINEST) -> list[float]:
    """Breakpoints, and powers of 2 on both sides of 0, up to a reach.

    >>> feature_edges([1.5], 3.0, finest=0)
    [-2.0, -1.0, 0.0, 1.0, 1.5, 2.0]
    """
    powers = [2.0**k for k in range(finest, math.ceil(math.log2(reach)))]
    edges = {0.0, *breaks, *powers, *(-power for power in powers)}
    return sorted(edge for edge in edges if abs(edge) < reach)


def integrate(
    terms: Terms, deviation: float, breaks: Iterable[float] = (), most: int = MOST_PANELS
) -> Floats:
    """The expectations of integrands of a normal u of mean 0, accurate to about 1e-13 of E|g|.

    The integrands may jump or bend only at `breaks`. Overflow is inf. No panels are halved if there
    are more than `most`.

    >>> moments = integrate(lambda u, root: np.stack([(u * root) ** 2, abs(u) * root**2]), 3.0)
    >>> [round(float(moment), 12) for moment in moments / (9, 3 * math.sqrt(2 / math.pi))]
    [1.0, 1.0]
    """
    breaks = list(breaks)
    reach = REACH * deviation
    steps = np.arange(-2 * REACH, 2 * REACH + 0.5) * (deviation / 2)
    edges = np.unique(np.concatenate([steps, feature_edges(breaks, reach)]))
    total, size, ends = _adaptive(terms, deviation, edges, 0.0, most)
    while np.any(ends > NEGLIGIBLE * size) and reach < FURTHEST * deviation:
        further = np.arange(reach, 1.5 * reach + deviation / 4, deviation / 2)
        here = [b for b in breaks if abs(b) > reach]
        for side in (
            np.unique(np.concatenate([-further, [b for b in here if -further[-1] < b < 0]])),
            np.unique(np.concatenate([further, [b for b in here if 0 < b < further[-1]]])),
        ):
            more, its_size, ends_there = _adaptive(terms, deviation, side, size, most)
            total, size = total + more, size + its_size
            ends = ends_there if side[0] < 0 else np.maximum(ends, ends_there)
        reach = float(further[-1])
    return np.where(np.isfinite(size), total, np.inf)


def _adaptive(
    terms: Terms, deviation: float, edges: Floats, known: float | Floats, most: int
) -> tuple[Floats, Floats, Floats]:
    """Integrals, the integrals of absolute values, and the parts of the latter at both ends."""
    rule = gauss_legendre(NODES)
    left, right = edges[:-1], edges[1:]
    norm = 1 / math.sqrt(deviation * math.sqrt(2 * math.pi))
    total = size = np.zeros(())
    ends: Floats | None = None
    with np.errstate(all="ignore"):
        for halving in range(MOST_HALVINGS):
            half = (right - left) / 2
            u = ((left + right) / 2)[:, None] + half[:, None] * rule.nodes
            root = norm * np.exp(-((u / (2 * deviation)) ** 2))
            values = terms(u, root)
            parts = half * (values @ rule.weights)
            sizes = half * (np.abs(values) @ rule.weights)
            last = half * np.abs(values @ rule.last).max(axis=-1)
            if ends is None:
                ends = np.maximum(sizes[:, 0], sizes[:, -1])
            whole = known + size + sizes.sum(axis=1)
            coarse = (last > RESOLVED * whole[:, None]).any(axis=0)
            if len(half) > most or halving == MOST_HALVINGS - 1:
                coarse[:] = False
            total = total + parts[:, ~coarse].sum(axis=1)
            size = size + sizes[:, ~coarse].sum(axis=1)
            if not coarse.any():
                break
            left, right = left[coarse], right[coarse]
            middle = (left + right) / 2
            left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
    assert ends is not None
    return total, size, ends
