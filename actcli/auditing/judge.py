"""Judge results against the true values, block by block."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.auditing import regions
from actcli.auditing.findings import WORST, Errors, Findings, Measured, Sighting, Tally, worst_of
from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.distances import absolute_distances, ulp_distances
from actcli.evaluating.kinks import Kinks
from actcli.evaluating.landmarks import find_landmarks
from actcli.evaluating.truth import TrueValues, Truth, rounded
from actcli.numerics.dtypes import Array, DType

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: The number of bins of bit patterns in a picture, as a power of 2.
BIN_BITS = 12


class Close(NamedTuple):
    """Which results are close enough: |got - true| <= absolute + relative * |true|."""

    absolute: float = 0.0
    relative: float = 0.0


class Rules(NamedTuple):
    """How results are judged: errors above `tolerance` ulp are counted, some are forgiven.

    `bins` asks for the errors by bit pattern that a picture shows, `worst` for so many of the worst
    inputs, `every` for the errors of all. Only inputs `between` two ends, which count, are judged.
    Results that are not `close` are counted. With `nan_at_infinity` nan is as right as any other
    result at infinite inputs.
    """

    tolerance: float = 1.0
    flush: bool = False
    saturate: bool = False
    upstream: float | None = None
    bins: bool = False
    between: tuple[float, float] | None = None
    close: Close | None = None
    nan_at_infinity: bool = False
    worst: int = WORST
    every: bool = False


class Verdict(NamedTuple):
    """The verdict on each result of a column.

    `wanted` is the correct rounding. `error` is in ulp, 0 where ulp cannot express it, which is
    outside `in_ulp`. Results are correctly rounded where `agrees`, wrong in a way that ulp cannot
    express where `wrong`, and right by another choice at a kink than `own` where `chosen`. `truth`
    is what the error is from.
    """

    values: Floats
    wanted: Array
    own: Array
    error: Floats
    agrees: Mask
    in_ulp: Mask
    wrong: Mask
    chosen: Mask
    forgiven: int
    truth: Truth


class Judge:
    """Judges the columns of one activation, results of one dtype; x may be of another."""

    def __init__(
        self,
        bound: BoundActivation,
        orders: Sequence[int],
        dtype: DType,
        rules: Rules,
        x_dtype: DType | None = None,
    ) -> None:
        self._begin(bound, orders, dtype, rules, x_dtype)
        landmarks = find_landmarks(bound, dtype)
        self.middle = landmarks.middle
        self.true_values = TrueValues(bound, orders, dtype, rules.upstream)
        at_ends = self.true_values(np.array([-np.inf, np.inf]).astype(dtype.numpy))
        self.ends = [_wide(rounded(truth, dtype, rules.saturate)) for truth in at_ends]
        self.at_zero = (
            self.true_values(np.array([-0.0, 0.0]).astype(dtype.numpy)) if rules.flush else []
        )

    def _begin(
        self, bound: BoundActivation, orders: Sequence[int], dtype: DType, rules: Rules,
        x_dtype: DType | None = None,
    ) -> None:  # fmt: skip
        self.bound = bound
        self.orders = tuple(orders)
        self.dtype = dtype
        self.x_dtype = x_dtype or dtype
        self.rules = rules
        self.is_odd = bound.facts.symmetry == "odd"
        self.least = 2.0**dtype.smallest_normal_exponent
        self.kinks = [
            Kinks(bound, order, 1.0 if order != 1 or rules.upstream is None else rules.upstream)
            for order in orders
        ]

    def __reduce__(self) -> tuple[Any, ...]:
        return Judge, (self.bound, self.orders, self.dtype, self.rules, self.x_dtype)

    def nothing(self) -> list[Findings]:
        """The findings for each column before anything is judged."""
        return [Findings(self.rules.worst) for _ in self.orders]

    def judge(self, x: Array, got: Sequence[Array]) -> list[Findings]:
        """The findings for each column at some inputs."""
        wide = _wide(x)
        if self.rules.between is not None:
            first, last = self.rules.between
            inside = (first <= wide) & (wide <= last)
            if not inside.all():
                x, wide, got = x[inside], wide[inside], [column[inside] for column in got]
        if not x.size:
            return self.nothing()
        with np.errstate(all="ignore"):
            return [
                self._column(place, x, wide, column, truth)
                for place, (column, truth) in enumerate(zip(got, self.true_values(x), strict=True))
            ]

    def verdict(self, place: int, wide: Floats, got: Array, truth: Truth) -> Verdict:
        """The verdict on the column at that place of the orders, result by result.

        `wide` are the inputs as float64, `truth` their true values.
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
            wanted, error, truth, forgiven = self._forgive(place, wide, got, wanted, truth, error)
            right = _wide(wanted)
        agrees = values == right
        chosen = np.zeros(values.shape, bool)
        for kink, _, _ in self.kinks[place].sides:
            chosen |= (wide == kink) & agrees & (values != _wide(own))
        in_ulp = np.isfinite(values) & np.isfinite(right)
        if not in_ulp.all():
            agrees |= np.isnan(values) & np.isnan(right)
            error = np.where(in_ulp, error, 0.0)
        if self.rules.nan_at_infinity:
            allowed = np.isinf(wide) & np.isnan(values) & ~agrees
            if allowed.any():
                wanted = np.where(allowed, got, wanted)
                agrees |= allowed
                forgiven += int(np.count_nonzero(allowed))
        return Verdict(
            values, wanted, own, error, agrees, in_ulp, ~in_ulp & ~agrees, chosen, forgiven, truth
        )

    def _column(
        self, place: int, x: Array, wide: Floats, got: Array, truth: Truth,
        code: NDArray[np.intp] | None = None,
    ) -> Findings:  # fmt: skip
        """What is found in a column; `code` are the regions if they do not follow from x."""
        verdict = self.verdict(place, wide, got, truth)
        values, error, wrong = verdict.values, verdict.error, verdict.wrong
        right = _wide(verdict.wanted)
        size = truth.size()
        if truth.exponent is not None:
            size[(size == 0) & (truth.high != 0)] = self.dtype.smallest / 2
        spots = None if code is None else np.arange(x.size)
        if code is None:
            code = regions.codes(
                wide, size, _wide(verdict.own), (self.ends[place][0], self.ends[place][1]),
                self.middle, self.dtype, self.x_dtype,
            )  # fmt: skip
        (found,) = self.nothing()[:1]
        found.forgiven = verdict.forgiven
        view = _View(x, wide, got, verdict.wanted, error, spots)
        true_size = size if verdict.truth is truth else verdict.truth.size()
        absolute = absolute_distances(error, verdict.truth, self.dtype)
        # below the normal numbers even a correct rounding may be off by the whole value
        told = verdict.in_ulp & (true_size >= self.least)
        relative = np.where(told, absolute / true_size, np.nan)
        self._count(found, code, view, verdict, absolute, relative)
        if not verdict.in_ulp.all():
            self._sort_wrong(found, view, values, right, wrong)
        self._zero_signs(found, place, view, values, right, truth)
        if verdict.chosen.any():
            found.choices.count = int(np.count_nonzero(verdict.chosen))
            beside = _View(x, wide, got, verdict.own, error, spots)
            found.choices.first = beside.nearest(verdict.chosen, wrong)
        beyond = wrong | (error > self.rules.tolerance)
        if beyond.any():
            found.beyond = int(np.count_nonzero(beyond))
            beyond &= ~np.isnan(wide)  # nan is on neither side
            negative = np.signbit(wide)
            found.first_negative = view.nearest(beyond & negative, wrong)
            found.first_positive = view.nearest(beyond & ~negative, wrong)
        if self.rules.close is not None:
            most, share = self.rules.close
            far = wrong | (verdict.in_ulp & (absolute > most + share * true_size))
            found.not_close.count = int(np.count_nonzero(far))
            found.not_close.first = view.nearest(far, wrong)
        if self.rules.every:
            in_ulp, in_size = (np.where(wrong, np.nan, errors) for errors in (error, absolute))
            found.every = Errors(x, got, verdict.wanted, in_ulp, in_size, relative)
        if self.rules.bins:
            _fill_bins(found, x, error, wrong, self.x_dtype)
        return found

    def _saturated(self, truth: Truth, right: Floats) -> Truth:
        """The true values, with the largest number instead of anything beyond it."""
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
        self, place: int, wide: Floats, got: Array, wanted: Array, truth: Truth, error: Floats
    ) -> tuple[Array, Floats, Truth, int]:
        """The wanted results, errors and true values if subnormal numbers may count as 0."""
        values = _wide(got)
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
            truth = truth.replaced(spots, instead.at(better))
        right = _wide(wanted)
        flushed = (values == 0) & (np.abs(right) < self.least)
        error[flushed] = 0.0
        wanted[flushed] = got[flushed]
        return wanted, error, truth, int(np.count_nonzero(differed & (values == _wide(wanted))))

    def _count(
        self, found: Findings, code: NDArray[np.intp], view: _View, verdict: Verdict,
        absolute: Floats, relative: Floats,
    ) -> None:  # fmt: skip
        counts = np.bincount(code, minlength=len(regions.NAMES))
        present = np.flatnonzero(counts)
        for region in present.tolist():
            chosen = slice(None) if len(present) == 1 else np.flatnonzero(code == region)
            part = view[chosen]
            in_ulp = int(np.count_nonzero(verdict.in_ulp[chosen]))
            tally = Tally(
                inputs=int(counts[region]),
                correct=int(np.count_nonzero(verdict.agrees[chosen])),
                wrong=int(np.count_nonzero(verdict.wrong[chosen])),
                ulp=part.measured(part.error, in_ulp),
                absolute=part.measured(absolute[chosen], in_ulp),
                relative=part.measured_where_known(relative[chosen]),
                low=float(np.fmin.reduce(part.wide, initial=np.inf)),
                high=float(np.fmax.reduce(part.wide, initial=-np.inf)),
            )
            found.regions[region] = tally
            found.whole.add(tally)
        if found.whole.ulp.largest > 0:
            found.worst = view.worst(self.rules.worst)

    def _sort_wrong(
        self, found: Findings, view: _View, values: Floats, right: Floats, wrong: Mask
    ) -> None:
        if not wrong.any():
            return
        for kind, mask in wrong_kinds(values, right, wrong).items():
            found.kinds[kind].count = int(np.count_nonzero(mask))
            found.kinds[kind].first = view.nearest(mask, wrong)

    def _zero_signs(
        self, found: Findings, place: int, view: _View, values: Floats, right: Floats, truth: Truth
    ) -> None:
        """Count zeros of the wrong sign where there is a right one: f(x) is not 0, or f is odd."""
        wrong = (values == 0) & (right == 0)
        if not wrong.any():
            return
        wrong &= np.signbit(values) != np.signbit(right)
        signed = truth.high != 0
        if self.is_odd and self.orders[place] == 0:
            signed |= view.wide == 0
        wrong &= signed
        found.zero_signs.count = int(np.count_nonzero(wrong))
        found.zero_signs.first = view.nearest(wrong, wrong)


def wrong_kinds(values: Floats, right: Floats, wrong: Mask) -> dict[str, Mask]:
    """Where results are wrong in each way that ulp cannot express, by the names of `KINDS`."""
    return {
        "spurious_nan": wrong & np.isnan(values),
        "missing_nan": wrong & np.isnan(right),
        "spurious_infinity": wrong & np.isinf(values) & ~np.isnan(right),
        "missing_infinity": wrong & np.isfinite(values) & np.isinf(right),
    }


class _View:
    """Inputs with their results, and the sightings among them; `spots` are their indices."""

    def __init__(
        self, x: Array, wide: Floats, got: Array, wanted: Array, error: Floats,
        spots: NDArray[np.intp] | None = None,
    ) -> None:  # fmt: skip
        self.x, self.wide, self.got, self.wanted = x, wide, got, wanted
        self.error = error
        self.spots = spots

    def __getitem__(self, chosen: Any) -> _View:
        return _View(
            self.x[chosen], self.wide[chosen], self.got[chosen], self.wanted[chosen],
            self.error[chosen], None if self.spots is None else self.spots[chosen],
        )  # fmt: skip

    def measured(self, errors: Floats, inputs: int) -> Measured:
        """Errors in one measure, of so many inputs that have one; those of the others are 0."""
        worst = int(errors.argmax())
        return Measured(inputs, float(errors.sum()), float(errors[worst]), self.sighting(worst))

    def measured_where_known(self, errors: Floats) -> Measured:
        """Errors in one measure, which are nan where an input has none."""
        known = ~np.isnan(errors)
        if known.all():
            return self.measured(errors, errors.size)
        if not known.any():
            return Measured()
        return self[known].measured(errors[known], int(np.count_nonzero(known)))

    def sighting(self, index: int, wrong: bool = False) -> Sighting:
        one = slice(index, index + 1)
        x, got, wanted = (
            int(np.ascontiguousarray(part[one]).view(f"u{part.itemsize}")[0])
            for part in (self.x, self.got, self.wanted)
        )
        error = math.nan if wrong else float(self.error[index])
        spot = 0 if self.spots is None else int(self.spots[index])
        return Sighting(float(self.wide[index]), x, got, wanted, error, spot)

    def nearest(self, mask: Mask, wrong: Mask) -> Sighting | None:
        """The input nearest to 0 where the mask holds; infinities come after that, nan last."""
        spots = np.flatnonzero(mask)
        if not spots.size:
            return None
        far = np.abs(self.wide[spots])
        far[np.isnan(far)] = np.inf
        index = int(spots[far.argmin()])
        return self.sighting(index, bool(wrong[index]))

    def worst(self, most: int) -> list[Sighting]:
        few = min(most, self.error.size)
        if not few:
            return []
        least = np.partition(self.error, self.error.size - few)[-few]
        above = np.flatnonzero(self.error > least)
        level = np.flatnonzero(self.error == least)
        level = level[np.argsort(np.abs(self.wide[level]), kind="stable")[:few]]
        spots = np.concatenate([above, level]).tolist()
        return worst_of([self.sighting(i) for i in spots if self.error[i] > 0], most)


def _fill_bins(found: Findings, x: Array, error: Floats, wrong: Mask, dtype: DType) -> None:
    count = 1 << min(BIN_BITS, dtype.bits)
    shift = np.array(max(0, dtype.bits - BIN_BITS), dtype.unsigned)
    at = (np.ascontiguousarray(x).view(dtype.unsigned) >> shift).astype(np.intp)
    found.bins = np.zeros(count)
    np.maximum.at(found.bins, at, error)
    found.seen_bins, found.wrong_bins = np.zeros((2, count), bool)
    found.seen_bins[at] = True
    found.wrong_bins[at[wrong]] = True


def _wide(values: Array) -> Floats:
    with np.errstate(invalid="ignore"):  # a signalling nan is a nan
        wide: Floats = values.astype(np.float64)
    return wide
