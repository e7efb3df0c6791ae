"""Inputs worth testing a kernel with: where errors are likely, and a spread."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.landmarks import Landmarks, find_landmarks
from actcli.numerics.chance import words
from actcli.numerics.dtypes import Array, DType
from actcli.numerics.places import (
    Places,
    distinct,
    largest_place,
    nearest_places,
    numbers,
    others,
    places,
)

#: The default number of points; for 8 and 16 bits it is every number.
COUNT = 4096
#: The number of points on each side of a kind with many (powers of two, subnormals).
EACH = 300
#: The binary exponents between which most of the spread lies, where most activations change most.
BUSY = (-24, 10)
SEED = 1


def worth_testing(bound: BoundActivation, dtype: DType, count: int | None = None) -> Array:
    """Different numbers of the dtype, sorted: -inf first, -0.0 before 0.0, nan last.

    Chosen first are both zeros, infinities and nan, the ends of the dtype and breakpoints, then
    roots, stationary points and the places where a column saturates, under- or overflows, each with
    its neighbours, then powers of two, subnormals and tails; a log-uniform spread makes up the
    count. The default count is COUNT, or every number of 8 and 16 bits. The result is always the
    same.
    """
    end = largest_place(dtype)
    specials = [-0.0, np.nan, *([-np.inf, np.inf] if dtype.has_infinity else [])]
    if count is None and dtype.bits <= 16:
        chosen = np.arange(-end, end + 1)
    else:
        wanted = max(1, (count or COUNT) - len(specials))
        chosen = _first(_kinds(bound, dtype, find_landmarks(bound, dtype)), wanted, end)
        if len(chosen) < wanted:
            chosen = _filled(chosen, wanted, dtype)
    values = np.concatenate([numbers(chosen, dtype), np.array(specials).astype(dtype.numpy)])
    # sorted by sign too, since -0.0 equals 0.0
    wide = values.astype(np.float64)
    return values[np.lexsort((~np.signbit(wide), wide))]


def _kinds(bound: BoundActivation, dtype: DType, landmarks: Landmarks) -> Iterator[Places]:
    """Places of one kind after the other, the most useful first."""
    end = largest_place(dtype)
    least = int(places(np.array([2.0**dtype.smallest_normal_exponent], dtype.numpy), dtype)[0])
    yield _both(np.array([0, 1, end, least, least - 1]))
    yield nearest_places([point.x for point in bound.breakpoints], dtype)
    yield landmarks.changes
    yield _around(nearest_places([point.x for point in bound.breakpoints], dtype), 2)
    yield _around(landmarks.changes, 1)
    yield _both(nearest_places([1.0, 2.0, 0.5], dtype))
    yield _both(np.array([2, 3, end - 1, end // 2, least + 1, least // 2]))
    bits = dtype.mantissa_bits
    powers = np.arange(least, end + 1, 1 << bits)
    subnormals = 1 << np.arange(bits)
    yield _both(_thinned(powers, EACH))
    yield _both(_thinned(subnormals, EACH))
    yield _around(_both(_thinned(powers, EACH)), 1)
    yield _both(_thinned(distinct(np.linspace(1, least, EACH).astype(np.int64)), EACH))
    yield np.concatenate([_tail(landmarks, dtype, side) for side in (-1, 1)])


def _tail(landmarks: Landmarks, dtype: DType, side: int) -> Places:
    """Evenly spaced numbers from the beginning of a tail to its end, or 10 times as far out."""
    begin = landmarks.middle[side > 0]
    with np.errstate(all="ignore"):
        marks = numbers(landmarks.changes, dtype).astype(np.float64) * side
    beyond = marks[(marks > abs(begin)) & (marks < 2000)]
    stop = side * (float(beyond.max()) if beyond.size else 10 * abs(begin))
    return nearest_places(np.linspace(begin, stop, EACH), dtype)


def _first(kinds: Iterator[Places], most: int, end: int) -> Places:
    """The first `most` different places within the dtype, 0 among them, sorted."""
    found = np.zeros(1, np.int64)
    for kind in kinds:
        new = others(distinct(kind[np.abs(kind) <= end]), found)
        if len(found) + len(new) >= most:
            return distinct(found, _thinned(new, most - len(found)))
        found = distinct(found, new)
    return found


def _filled(chosen: Places, wanted: int, dtype: DType) -> Places:
    """The chosen places and a spread uniform in the bits, so nearly in the logarithm."""
    end = largest_place(dtype)
    busy = nearest_places(2.0 ** np.array(BUSY), dtype)
    seed = SEED
    while (missing := wanted - len(chosen)) > 0 and len(chosen) < 2 * end + 1:
        everywhere = _strata(seed, 1, end, max(1, missing // 8))
        inside = _strata(seed + 1, int(busy[0]), int(busy[1]), max(1, missing - missing // 4))
        if len(chosen) > (busy[1] - busy[0]):  # nearly all of those are taken
            everywhere = np.arange(1, end + 1) if end < 1 << 16 else everywhere
        spread = distinct(-inside[::2], inside[1::2], -everywhere, everywhere)
        new = others(spread, chosen)
        chosen = distinct(chosen, _thinned(new, missing))
        seed += 2
    return chosen


def _strata(seed: int, low: int, high: int, count: int) -> Places:
    """One place from each of `count` equal parts of low..high."""
    width = max(1, (high - low) // count)
    index = np.arange(count, dtype=np.int64)
    begin = low + index * width
    chance = (words(index, seed) % np.uint64(width)).astype(np.int64)
    found: Places = np.minimum(begin + chance, high)
    return found


def _both(of: Places) -> Places:
    return distinct(-of, of)


def _around(of: Places, reach: int) -> Places:
    return distinct((of[:, None] + np.arange(-reach, reach + 1)).ravel())


def _thinned(of: Places, most: int) -> Places:
    """At most `most` of them, evenly chosen."""
    if len(of) <= most:
        return of
    return of[np.linspace(0, len(of) - 1, max(most, 0)).astype(np.intp)]
