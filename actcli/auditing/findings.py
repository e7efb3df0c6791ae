"""The findings for one column: counts, sums and the worst inputs; parts can be added up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.numerics.dtypes import Array

#: How many of the worst inputs are kept unless others are asked for.
WORST = 5
#: The ways in which a result can be wrong that ulp cannot express.
KINDS = {
    "spurious_nan": "nan where a number is right",
    "missing_nan": "a number where nan is right",
    "spurious_infinity": "infinity where it is not right",
    "missing_infinity": "a finite number where infinity is right",
}


class Place(NamedTuple):
    """Where a result of a function of vectors is: in which vector of a kind and a length."""

    kind: str
    length: int
    vector: int
    element: int

    def __str__(self) -> str:
        return f"{self.kind}, {self.length:,} numbers, [{self.element}]"


class Sighting(NamedTuple):
    """An input, its result and the right one, as bit patterns; the input `x` and the error in ulp.

    The error is nan if ulp cannot express it. `spot` is where it is among those judged together.
    """

    x: float
    pattern: int
    got: int
    wanted: int
    error: float
    spot: int = 0
    place: Place | None = None


def nearer(first: Sighting | None, second: Sighting | None) -> Sighting | None:
    """The one whose input is nearer to 0, the first if neither is."""
    if first is None or second is None:
        return first or second
    return second if abs(second.x) < abs(first.x) else first


@dataclass(slots=True)
class Measured:
    """Errors in one measure: of how many inputs, their sum, the largest, and where that is."""

    inputs: int = 0
    total: float = 0.0
    largest: float = 0.0
    worst: Sighting | None = None

    @property
    def mean(self) -> float:
        """The mean error."""
        return self.total / self.inputs if self.inputs else 0.0

    def add(self, other: Measured) -> None:
        """Count what another has counted."""
        self.inputs += other.inputs
        self.total += other.total
        if other.largest > self.largest or self.worst is None:
            self.worst = other.worst
        self.largest = max(self.largest, other.largest)


@dataclass(slots=True)
class Tally:
    """Counts of inputs; `wrong` are wrong in a way that no measure of errors can express."""

    inputs: int = 0
    correct: int = 0
    wrong: int = 0
    ulp: Measured = field(default_factory=Measured)
    absolute: Measured = field(default_factory=Measured)
    relative: Measured = field(default_factory=Measured)
    low: float = math.inf
    high: float = -math.inf

    def add(self, other: Tally) -> None:
        """Count what another has counted."""
        self.inputs += other.inputs
        self.correct += other.correct
        self.wrong += other.wrong
        self.ulp.add(other.ulp)
        self.absolute.add(other.absolute)
        self.relative.add(other.relative)
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)


@dataclass(slots=True)
class Sightings:
    """The number of inputs with something in common, and the one nearest to 0."""

    count: int = 0
    first: Sighting | None = None

    def add(self, other: Sightings) -> None:
        """Count what another has counted."""
        self.count += other.count
        self.first = nearer(self.first, other.first)


class Errors(NamedTuple):
    """Inputs with their results, the right ones, and the errors; nan where there is none."""

    x: Array
    got: Array
    wanted: Array
    ulp: NDArray[np.float64]
    absolute: NDArray[np.float64]
    relative: NDArray[np.float64]


def _kinds() -> dict[str, Sightings]:
    return {kind: Sightings() for kind in KINDS}


@dataclass(slots=True)
class Findings:
    """All findings for one column, with so many of the worst inputs as `most` says."""

    most: int = WORST
    whole: Tally = field(default_factory=Tally)
    regions: dict[int, Tally] = field(default_factory=dict)
    kinds: dict[str, Sightings] = field(default_factory=_kinds)
    zero_signs: Sightings = field(default_factory=Sightings)
    choices: Sightings = field(default_factory=Sightings)
    forgiven: int = 0
    beyond: int = 0
    not_close: Sightings = field(default_factory=Sightings)
    first_negative: Sighting | None = None
    first_positive: Sighting | None = None
    worst: list[Sighting] = field(default_factory=list)
    #: Those of every input, if asked for; they are not added up.
    every: Errors | None = None
    #: For each bin of bit patterns, if asked for: the largest error in ulp, whether it has an input
    #: at all, and whether it has one that is wrong otherwise.
    bins: NDArray[np.float64] | None = None
    seen_bins: NDArray[np.bool_] | None = None
    wrong_bins: NDArray[np.bool_] | None = None

    @property
    def wrong(self) -> int:
        """How many inputs are wrong in a way that ulp cannot express."""
        return self.whole.wrong

    def exceeds(self, ulp: float) -> bool:
        """Whether an error is larger than `ulp`, or ulp cannot express it."""
        return self.whole.ulp.largest > ulp or self.wrong > 0

    def locate(self, place_of: Callable[[int], Place]) -> None:
        """Say where in its vector each sighting is, by its spot."""

        def located(seen: Sighting | None) -> Sighting | None:
            return seen and seen._replace(place=place_of(seen.spot))

        for tally in (self.whole, *self.regions.values()):
            for measured in (tally.ulp, tally.absolute, tally.relative):
                measured.worst = located(measured.worst)
        for seen in (*self.kinds.values(), self.zero_signs, self.choices, self.not_close):
            seen.first = located(seen.first)
        self.first_negative = located(self.first_negative)
        self.first_positive = located(self.first_positive)
        self.worst = [one._replace(place=place_of(one.spot)) for one in self.worst]

    def add(self, other: Findings) -> None:
        """Add the findings of another part."""
        self.whole.add(other.whole)
        for code, tally in other.regions.items():
            self.regions.setdefault(code, Tally()).add(tally)
        for kind, seen in other.kinds.items():
            self.kinds[kind].add(seen)
        self.zero_signs.add(other.zero_signs)
        self.choices.add(other.choices)
        self.forgiven += other.forgiven
        self.beyond += other.beyond
        self.not_close.add(other.not_close)
        self.first_negative = nearer(self.first_negative, other.first_negative)
        self.first_positive = nearer(self.first_positive, other.first_positive)
        self.worst = worst_of([*self.worst, *other.worst], self.most)
        self.bins = _largest(self.bins, other.bins)
        self.seen_bins = _largest(self.seen_bins, other.seen_bins)
        self.wrong_bins = _largest(self.wrong_bins, other.wrong_bins)


def _largest(first: Array | None, second: Array | None) -> Array | None:
    if first is None or second is None:
        return first if second is None else second
    return np.asarray(np.maximum(first, second))


def worst_of(sightings: Iterable[Sighting], most: int) -> list[Sighting]:
    """The few with the largest errors, among equal ones the nearest to 0 first."""
    return sorted(sightings, key=lambda seen: (-seen.error, abs(seen.x), seen.x))[:most]
