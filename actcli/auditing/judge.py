"""Judging results: each against the true value, block by block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.auditing import regions
from actcli.auditing.findings import WORST, Findings, Sighting, Tally, worst_of
from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.distances import ulp_distances
from actcli.evaluating.kinks import Kinks
from actcli.evaluating.landmarks import find_landmarks
from actcli.evaluating.truth import TrueValues, Truth, rounded
from actcli.numerics.dtypes import DType

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: A correct rounding is no further off.
#: As many bins of bit patterns as a picture has use for.
BIN_BITS = 12


class Rules(NamedTuple):
    """How results are judged: what is counted as beyond the bound, and what is forgiven.

    `bins` asks for the errors by bit pattern that a picture shows.
    """

    bound: float = 1.0
    flush: bool = False
    saturate: bool = False
    upstream: float | None = None
    bins: bool = False


class Verdict(NamedTuple):
    """What is found of each result of a column.

    `wanted` is the correct rounding, `error` in ulp and 0 where ulp do not tell it, as `told` says;
    `agrees` where a result is correctly rounded, `odd` where it is wrong in a way that ulp do not
    tell, `chosen` where it is right by another choice at a kink than `own`, the one of this tool.
    """

    values: Floats
    wanted: NDArray[Any]
    own: NDArray[Any]
    error: Floats
    agrees: Mask
    told: Mask
    odd: Mask
    chosen: Mask
    forgiven: int


class Judge:
    """Judges the columns of one activation in one dtype."""

    def __init__(
        self, bound: BoundActivation, orders: Sequence[int], dtype: DType, rules: Rules
    ) -> None:
        self.bound = bound
        self.orders = tuple(orders)
        self.dtype = dtype
        self.rules = rules
        self.odd_function = bound.activation.symmetry == "odd"
        self.least = 2.0**dtype.smallest_normal_exponent
        landmarks = find_landmarks(bound, dtype)
        self.middle = landmarks.middle
        self.true_values = TrueValues(bound, orders, dtype, rules.upstream)
        self.kinks = [
            Kinks(bound, order, 1.0 if order != 1 or rules.upstream is None else rules.upstream)
            for order in orders
        ]
        at_ends = self.true_values(np.array([-np.inf, np.inf]).astype(dtype.numpy))
        self.ends = [_wide(rounded(truth, dtype, rules.saturate)) for truth in at_ends]
        self.at_zero = (
            self.true_values(np.array([-0.0, 0.0]).astype(dtype.numpy)) if rules.flush else []
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Judge, (self.bound, self.orders, self.dtype, self.rules)

    def judge(self, x: NDArray[Any], got: Sequence[NDArray[Any]]) -> list[Findings]:
        """What is found of each column at some inputs."""
        wide = _wide(x)
        with np.errstate(all="ignore"):
            return [
                self._column(place, x, wide, column, truth)
                for place, (column, truth) in enumerate(zip(got, self.true_values(x), strict=True))
            ]

    def verdict(self, place: int, wide: Floats, got: NDArray[Any], truth: Truth) -> Verdict:
        """The verdict on a column, the one at that place of the orders, result by result.

        `wide` are the inputs as float64, `truth` what `true_values` says of them.
        """
        own = rounded(truth, self.dtype, self.rules.saturate)
        values = _wide(got)
        truth = self.kinks[place].nearest(wide, values, truth)
        wanted = rounded(truth, self.dtype, self.rules.saturate)
        right = _wide(wanted)
        if self.rules.saturate:
            truth = self._saturated(truth, right)
        error = ulp_distances(got, truth, self.dtype)
        forgiven = 0
        if self.rules.flush:
            wanted, right, error, forgiven = self._forgive(place, wide, got, values, wanted, error)
        agrees = values == right
        chosen = np.zeros(values.shape, bool)
        for kink, _, _ in self.kinks[place].sides:
            chosen |= (wide == kink) & agrees & (values != _wide(own))
        told = np.isfinite(values) & np.isfinite(right)
        if not told.all():
            agrees |= np.isnan(values) & np.isnan(right)
            error = np.where(told, error, 0.0)
        return Verdict(values, wanted, own, error, agrees, told, ~told & ~agrees, chosen, forgiven)

    def _column(
        self, place: int, x: NDArray[Any], wide: Floats, got: NDArray[Any], truth: Truth
    ) -> Findings:
        verdict = self.verdict(place, wide, got, truth)
        values, error, odd = verdict.values, verdict.error, verdict.odd
        right = _wide(verdict.wanted)
        size = np.abs(truth.high)
        if truth.exponent is not None:
            size = np.ldexp(size, np.clip(truth.exponent, -5000, 5000).astype(np.int32))
            size[(size == 0) & (truth.high != 0)] = self.dtype.smallest / 2
        code = regions.codes(
            wide, size, _wide(verdict.own), (self.ends[place][0], self.ends[place][1]),
            self.middle, self.dtype,
        )  # fmt: skip
        found = Findings(forgiven=verdict.forgiven)
        view = _View(x, wide, got, verdict.wanted, error, self.dtype)
        self._count(found, code, view, verdict.agrees, verdict.told, odd)
        if not verdict.told.all():
            self._sort_odd(found, view, values, right, odd)
        self._zero_signs(found, place, view, values, right, truth)
        if verdict.chosen.any():
            found.choices.count = int(np.count_nonzero(verdict.chosen))
            beside = _View(x, wide, got, verdict.own, error, self.dtype)
            found.choices.first = beside.nearest(verdict.chosen, odd)
        beyond = odd | (error > self.rules.bound)
        if beyond.any():
            found.beyond = int(np.count_nonzero(beyond))
            beyond &= ~np.isnan(wide)  # which lies on no side
            negative = np.signbit(wide)
            found.first_negative = view.nearest(beyond & negative, odd)
            found.first_positive = view.nearest(beyond & ~negative, odd)
        if self.rules.bins:
            _fill_bins(found, x, error, odd, self.dtype)
        return found

    def _saturated(self, truth: Truth, right: Floats) -> Truth:
        """The largest number as the truth where the true value is beyond."""
        over = (np.abs(right) == self.dtype.largest) & ~np.isnan(truth.high)
        exponent = 0 if truth.exponent is None else truth.exponent
        over &= np.abs(np.ldexp(truth.high, np.clip(exponent, -5000, 5000))) >= np.abs(right)
        if not over.any():
            return truth
        return Truth(
            np.where(over, right, truth.high),
            None if truth.low is None else np.where(over, 0.0, truth.low),
            None if truth.exponent is None else np.where(over, 0, truth.exponent),
        )

    def _forgive(
        self,
        place: int,
        wide: Floats,
        got: NDArray[Any],
        values: Floats,
        wanted: NDArray[Any],
        error: Floats,
    ) -> tuple[NDArray[Any], Floats, Floats, int]:
        """What is wanted, and the errors, of one who takes subnormal numbers for 0."""
        differed = values != _wide(wanted)
        wanted, error = wanted.copy(), error.copy()
        inputs = (np.abs(wide) < self.least) & (wide != 0)
        if inputs.any():
            sides = np.signbit(wide[inputs]).astype(np.intp) ^ 1
            instead = self.at_zero[place].at(sides)
            instead = self.kinks[place].nearest(np.zeros(sides.shape), values[inputs], instead)
            other = ulp_distances(got[inputs], instead, self.dtype)
            right = rounded(instead, self.dtype, self.rules.saturate)
            better = (other < error[inputs]) | ~np.isfinite(_wide(right)) | np.isnan(error[inputs])
            spots = np.flatnonzero(inputs)[better]
            error[spots], wanted[spots] = other[better], right[better]
        right = _wide(wanted)
        flushed = (values == 0) & (np.abs(right) < self.least)
        error[flushed] = 0.0
        wanted[flushed] = got[flushed]
        right = _wide(wanted)
        return wanted, right, error, int(np.count_nonzero(differed & (values == right)))

    def _count(
        self, found: Findings, code: NDArray[np.intp], view: _View, agrees: Mask, told: Mask,
        odd: Mask,
    ) -> None:  # fmt: skip
        counts = np.bincount(code, minlength=len(regions.NAMES))
        present = np.flatnonzero(counts)
        for region in present.tolist():
            chosen = slice(None) if len(present) == 1 else np.flatnonzero(code == region)
            part = view[chosen]
            tally = Tally(
                inputs=int(counts[region]),
                correct=int(np.count_nonzero(agrees[chosen])),
                told=int(np.count_nonzero(told[chosen])),
                odd=int(np.count_nonzero(odd[chosen])),
                total=float(part.error.sum()),
                low=float(np.fmin.reduce(part.wide, initial=np.inf)),
                high=float(np.fmax.reduce(part.wide, initial=-np.inf)),
            )
            worst = int(part.error.argmax())
            tally.largest = float(part.error[worst])
            tally.worst = part.sighting(worst)
            found.regions[region] = tally
            found.whole.add(tally)
        if found.whole.largest > 0:
            found.worst = view.worst()

    def _sort_odd(
        self, found: Findings, view: _View, values: Floats, right: Floats, odd: Mask
    ) -> None:
        if not odd.any():
            return
        for kind, mask in odd_kinds(values, right, odd).items():
            found.kinds[kind].count = int(np.count_nonzero(mask))
            found.kinds[kind].first = view.nearest(mask, odd)

    def _zero_signs(
        self, found: Findings, place: int, view: _View, values: Floats, right: Floats, truth: Truth
    ) -> None:
        """Zeros of the wrong sign, where the true value has one: it is not 0, or f is odd."""
        wrong = (values == 0) & (right == 0)
        if not wrong.any():
            return
        wrong &= np.signbit(values) != np.signbit(right)
        signed = truth.high != 0
        if self.odd_function and self.orders[place] == 0:
            signed |= view.wide == 0
        wrong &= signed
        found.zero_signs.count = int(np.count_nonzero(wrong))
        found.zero_signs.first = view.nearest(wrong, wrong)


def odd_kinds(values: Floats, right: Floats, odd: Mask) -> dict[str, Mask]:
    """Where results are wrong in each of the ways that ulp do not tell, by the names of `KINDS`."""
    return {
        "spurious_nan": odd & np.isnan(values),
        "missing_nan": odd & np.isnan(right),
        "spurious_infinity": odd & np.isinf(values) & ~np.isnan(right),
        "missing_infinity": odd & np.isfinite(values) & np.isinf(right),
    }


class _View:
    """What belongs to some inputs, and the sightings among them."""

    def __init__(
        self, x: NDArray[Any], wide: Floats, got: NDArray[Any], wanted: NDArray[Any],
        error: Floats, dtype: DType,
    ) -> None:  # fmt: skip
        self.x, self.wide, self.got, self.wanted = x, wide, got, wanted
        self.error = error
        self.dtype = dtype

    def __getitem__(self, chosen: Any) -> _View:
        return _View(
            self.x[chosen], self.wide[chosen], self.got[chosen], self.wanted[chosen],
            self.error[chosen], self.dtype,
        )  # fmt: skip

    def sighting(self, index: int, odd: bool = False) -> Sighting:
        one = slice(index, index + 1)
        x, got, wanted = (
            int(np.ascontiguousarray(part[one]).view(self.dtype.unsigned)[0])
            for part in (self.x, self.got, self.wanted)
        )
        error = math.nan if odd else float(self.error[index])
        return Sighting(float(self.wide[index]), x, got, wanted, error)

    def nearest(self, mask: Mask, odd: Mask) -> Sighting | None:
        """The one nearest to 0 where the mask holds; an infinite x is further, nan the furthest."""
        spots = np.flatnonzero(mask)
        if not spots.size:
            return None
        far = np.abs(self.wide[spots])
        far[np.isnan(far)] = np.inf
        index = int(spots[far.argmin()])
        return self.sighting(index, bool(odd[index]))

    def worst(self) -> list[Sighting]:
        few = min(WORST, self.error.size)
        least = np.partition(self.error, self.error.size - few)[-few]
        above = np.flatnonzero(self.error > least)
        level = np.flatnonzero(self.error == least)
        level = level[np.argsort(np.abs(self.wide[level]), kind="stable")[:few]]
        spots = np.concatenate([above, level]).tolist()
        return worst_of([self.sighting(i) for i in spots if self.error[i] > 0])


def _fill_bins(found: Findings, x: NDArray[Any], error: Floats, odd: Mask, dtype: DType) -> None:
    count = 1 << min(BIN_BITS, dtype.bits)
    shift = np.array(max(0, dtype.bits - BIN_BITS), dtype.unsigned)
    at = (np.ascontiguousarray(x).view(dtype.unsigned) >> shift).astype(np.intp)
    found.bins = np.zeros(count)
    np.maximum.at(found.bins, at, error)
    found.seen_bins, found.odd_bins = np.zeros((2, count), bool)
    found.seen_bins[at] = True
    found.odd_bins[at[odd]] = True


def _wide(values: NDArray[Any]) -> Floats:
    with np.errstate(invalid="ignore"):  # a signalling nan is a nan
        wide: Floats = values.astype(np.float64)
    return wide
