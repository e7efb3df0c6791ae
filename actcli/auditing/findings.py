"""What was found of one column: counts, sums and the most telling inputs; parts can be joined."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: How many of the worst inputs are kept.
WORST = 5
#: What a result can be wrong in other than by some ulp, and what that means.
KINDS = {
    "spurious_nan": "nan where a number is right",
    "missing_nan": "a number where nan is right",
    "spurious_infinity": "infinity where it is not right",
    "missing_infinity": "a finite number where infinity is right",
}


class Sighting(NamedTuple):
    """An input, what came out and what should have, as bit patterns; the error in ulp.

    The error is nan for what cannot be told in ulp. `x` is the input as a number.
    """

    x: float
    pattern: int
    got: int
    wanted: int
    error: float


def nearer(first: Sighting | None, second: Sighting | None) -> Sighting | None:
    """The one whose input is nearer to 0, the first if neither is."""
    if first is None or second is None:
        return first or second
    return second if abs(second.x) < abs(first.x) else first


@dataclass(slots=True)
class Tally:
    """Some inputs: `told` of them have an error in ulp, `odd` are wrong in another way."""

    inputs: int = 0
    correct: int = 0
    told: int = 0
    odd: int = 0
    total: float = 0.0
    largest: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    worst: Sighting | None = None

    @property
    def mean(self) -> float:
        """The mean error in ulp of those that have one."""
        return self.total / self.told if self.told else 0.0

    def add(self, other: Tally) -> None:
        """Count what another has counted."""
        self.inputs += other.inputs
        self.correct += other.correct
        self.told += other.told
        self.odd += other.odd
        self.total += other.total
        if other.largest > self.largest or self.worst is None:
            self.worst = other.worst
        self.largest = max(self.largest, other.largest)
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)


@dataclass(slots=True)
class Odd:
    """Inputs that are wrong in one way that is not told in ulp, and the one nearest to 0."""

    count: int = 0
    first: Sighting | None = None

    def add(self, other: Odd) -> None:
        """Count what another has counted."""
        self.count += other.count
        self.first = nearer(self.first, other.first)


def _kinds() -> dict[str, Odd]:
    return {kind: Odd() for kind in KINDS}


@dataclass(slots=True)
class Findings:
    """All that is known of one column."""

    whole: Tally = field(default_factory=Tally)
    regions: dict[int, Tally] = field(default_factory=dict)
    kinds: dict[str, Odd] = field(default_factory=_kinds)
    zero_signs: Odd = field(default_factory=Odd)
    choices: Odd = field(default_factory=Odd)
    forgiven: int = 0
    beyond: int = 0
    first_negative: Sighting | None = None
    first_positive: Sighting | None = None
    worst: list[Sighting] = field(default_factory=list)
    #: For each bin of bit patterns, if asked for: the largest error in ulp, and whether an input is
    #: there, and one that is wrong otherwise.
    bins: NDArray[np.float64] | None = None
    seen_bins: NDArray[np.bool_] | None = None
    odd_bins: NDArray[np.bool_] | None = None

    @property
    def odd(self) -> int:
        """How many inputs are wrong otherwise than by some ulp."""
        return self.whole.odd

    def exceeds(self, ulp: float) -> bool:
        """Whether an error is larger than so many ulp, or cannot be told in ulp."""
        return self.whole.largest > ulp or self.odd > 0

    def add(self, other: Findings) -> None:
        """Add what was found in another part."""
        self.whole.add(other.whole)
        for code, tally in other.regions.items():
            self.regions.setdefault(code, Tally()).add(tally)
        for kind, odd in other.kinds.items():
            self.kinds[kind].add(odd)
        self.zero_signs.add(other.zero_signs)
        self.choices.add(other.choices)
        self.forgiven += other.forgiven
        self.beyond += other.beyond
        self.first_negative = nearer(self.first_negative, other.first_negative)
        self.first_positive = nearer(self.first_positive, other.first_positive)
        self.worst = worst_of([*self.worst, *other.worst])
        self.bins = _largest(self.bins, other.bins)
        self.seen_bins = _largest(self.seen_bins, other.seen_bins)
        self.odd_bins = _largest(self.odd_bins, other.odd_bins)


def _largest(first: NDArray[Any] | None, second: NDArray[Any] | None) -> NDArray[Any] | None:
    if first is None or second is None:
        return first if second is None else second
    return np.asarray(np.maximum(first, second))


def worst_of(sightings: Iterable[Sighting]) -> list[Sighting]:
    """The few with the largest errors, the nearest to 0 first where they are equal."""
    return sorted(sightings, key=lambda seen: (-seen.error, abs(seen.x), seen.x))[:WORST]
