"""Polynomials with the least weighted error on points, in real numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from actcli.fitting.number_format import Floats

#: Exchanges after which the polynomial is taken as it is.
EXCHANGES = 12
#: How near the error at the references may be to the largest.
NEAR = 1.02


def minimax(t: Floats, f: Floats, unit: Floats, powers: list[int]) -> Floats:
    """Coefficients of the given powers of t with the least largest |p(t) - f| / unit.

    t, f, unit: points in rising order and what is measured there; as many coefficients as powers,
    of which there may be more than points. The exchange algorithm of Remez on the points.
    """
    size = float(np.max(np.abs(t))) or 1.0
    s = t / size
    weight = 1 / unit
    basis = np.stack([s**power for power in powers], axis=1) * weight[:, None]
    wanted = f * weight
    count = len(powers)
    with np.errstate(all="ignore"):
        scales = np.float64(size) ** -np.array(powers, np.float64)
    if t.size <= count + 1:
        found = np.linalg.lstsq(basis, wanted, rcond=None)[0]
        with np.errstate(all="ignore"):
            return np.asarray(np.where(found == 0, 0.0, found * scales))
    angles = np.cos(np.linspace(np.pi, 0, count + 1))
    places = np.round((angles + 1) / 2 * (t.size - 1)).astype(int)
    for k in range(1, count + 1):
        places[k] = max(places[k], places[k - 1] + 1)
    for k in range(count - 1, -1, -1):
        places[k] = min(places[k], places[k + 1] - 1)
        places[-1] = min(places[-1], t.size - 1)
    best: Floats = np.zeros(count)
    least = np.inf
    for _ in range(EXCHANGES):
        signs = np.where(np.arange(count + 1) % 2, -1.0, 1.0)
        system = np.column_stack([basis[places], signs])
        try:
            solution = np.linalg.solve(system, wanted[places])
        except np.linalg.LinAlgError:
            solution = np.linalg.lstsq(system, wanted[places], rcond=None)[0]
        error = basis @ solution[:count] - wanted
        largest = float(np.max(np.abs(error)))
        if largest < least:
            least, best = largest, solution[:count]
        if largest <= NEAR * abs(solution[-1]):
            break
        places = _exchanged(error, count + 1)
        if places.size < count + 1:
            break
    if not np.isfinite(least):
        best = np.linalg.lstsq(basis, wanted, rcond=None)[0]
    with np.errstate(all="ignore"):
        return np.asarray(best * scales)


def _exchanged(error: Floats, count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """The places of the largest errors of alternating signs, so many of them."""
    positive = error >= 0
    edges = np.flatnonzero(positive[1:] != positive[:-1]) + 1
    bounds = [0, *edges.tolist(), error.size]
    peaks = [first + int(np.argmax(np.abs(error[first:last]))) for first, last in pairwise(bounds)]
    while len(peaks) > count:
        if abs(error[peaks[0]]) < abs(error[peaks[-1]]):
            peaks.pop(0)
        else:
            peaks.pop()
    return np.array(peaks, np.intp)
