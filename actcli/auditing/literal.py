"""Where a formula computed step by step goes wrong: which steps overflow or lose digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.evaluate import evaluate
from actcli.language import elementary
from actcli.language.program import Program
from actcli.language.tree import Call, Constant, Node, Number, Variable
from actcli.language.words import Text
from actcli.numerics.digits import shortest
from actcli.numerics.dtypes import DType
from actcli.numerics.places import Places, largest_place, nearest_places, numbers
from actcli.numerics.stepwise import Stepwise
from actcli.numerics.stepwise import evaluate as evaluate_literally
from actcli.numerics.ulp import ulp

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Numbers examined: over the whole dtype, and evenly around 0.
SPREAD, EVEN, AROUND = 600, 801, 20.0
#: Longer programs are not examined.
MOST_STEPS = 60
#: An error in ulp worth mentioning, and the factor by which a step must have raised it.
WORTH, RAISED = 8.0, 4.0
#: How many steps are named, and in how many characters each.
NAMED, LONGEST = 2, 60
#: Functions that are infinite at an end of their domain, and never overflow.
POLES = ("log", "log2", "log10", "log1p", "atanh", "erfinv")


def remarks(bound: BoundActivation, dtype: DType, between: DType) -> list[str]:
    """What goes wrong in computing the value with each step rounded to `between`."""
    program = bound.program
    if len(program.steps) > MOST_STEPS:
        return []
    with np.errstate(all="ignore"):
        study = _Study(bound, dtype, between)
        return [*study.overflows(), *study.losses()]


class _Wrong(NamedTuple):
    """The errors of results in ulp, and whether they are wrong at all."""

    error: Floats
    wrong: Mask


class _Study:
    def __init__(self, bound: BoundActivation, dtype: DType, between: DType) -> None:
        self.bound, self.dtype, self.between = bound, dtype, between
        self.program: Program = bound.program
        self.arithmetic = Stepwise(between)
        self.at = _grid(dtype)
        self.x = numbers(self.at, dtype)
        self.found = self._judged(self.x)

    def overflows(self) -> Iterator[str]:
        """A line for each step that overflows where the result is wrong."""
        for place, step in enumerate(self.program.steps):
            if step.function is None:
                continue
            over = self._overflows(self.at, place)
            ends = [
                self._first(np.flatnonzero(over & (np.sign(self.at) == side)), side, place)
                for side in (-1, 1)
            ]
            known = [f"x = {self._number(end)}" for end in ends if end is not None]
            if known:
                yield f"{self._text(place)} overflows from {' and '.join(known)} on"

    def losses(self) -> Iterator[str]:
        """A line for each of the steps that lose most digits."""
        bad = np.flatnonzero(self.found.error >= WORTH)
        if not bad.size:
            return
        x, error = self.x[bad], self.found.error[bad]
        blamed = self._blamed(x)
        worst = {p: float(error[blamed == p].max()) for p in np.unique(blamed).tolist() if p >= 0}
        for place in sorted(worst, key=lambda p: (-worst[p], p))[:NAMED]:
            mine = blamed == place
            where, most = self.at[bad][mine], self.at[bad][mine & (error == worst[place])]
            low, high = self._number(int(where.min())), self._number(int(where.max()))
            top = self._number(int(most[np.argmin(np.abs(most))]))
            line = f"{self._text(place)} {self._verb(place)}: about {_few(worst[place])} ulp"
            between = f", {WORTH:g} or more from x = {low} to {high}" if low != high else ""
            yield f"{line} at x = {top}{between}"

    def _judged(self, x: NDArray[np.generic]) -> _Wrong:
        (got,) = evaluate_literally(self.program, x, (0,), self.dtype, self.between)
        (true,) = evaluate(self.bound, x, (0,), self.dtype, threads=1)
        return _beside(got.astype(np.float64), true.astype(np.float64), self.dtype)

    def _steps(self, x: NDArray[np.generic]) -> list[Floats]:
        return self.arithmetic.steps(self.program, self.arithmetic.rounded(x))

    def _overflows(self, at: Places, place: int) -> Mask:
        """Where a step overflows, and the result is wrong."""
        x = self.x if at is self.at else numbers(at, self.dtype)
        found = self.found if at is self.at else self._judged(x)
        step, values = self.program.steps[place], self._steps(x)
        function = step.function
        assert function is not None
        if function.condition or function.name in POLES:
            return np.zeros(at.shape, bool)
        arguments = [values[p] for p in step.places]
        over = ~np.isfinite(values[place]) & np.all([np.isfinite(a) for a in arguments], axis=0)
        if function in (elementary.DIVIDE, elementary.POWER_OF):
            over &= arguments[function is elementary.DIVIDE] != 0
        if not self.between.has_infinity:  # an overflow is nan too
            rough = function.numpy(np, *arguments)
            over &= ~np.isnan(np.asarray(rough, np.float64))
        elif function is not elementary.WHERE:
            over &= np.isinf(values[place])
        return np.asarray(over & found.wrong)

    def _first(self, spots: NDArray[np.intp], side: int, place: int) -> int | None:
        """The place nearest to 0 on one side where a step overflows, found by bisection."""
        if not spots.size:
            return None
        spot = int(spots.min() if side > 0 else spots.max())
        inner, outer = int(self.at[spot - side]), int(self.at[spot])
        while abs(outer - inner) > 1:
            middle = (inner + outer) // 2
            if self._overflows(np.array([middle]), place)[0]:
                outer = middle
            else:
                inner = middle
        return outer

    def _blamed(self, x: NDArray[np.generic]) -> NDArray[np.intp]:
        """The step that raised the error most at each x; -1 for none."""
        from actcli.numerics.certified import certified

        values, wide = self._steps(x), x.astype(np.float64)
        errors: list[Floats] = []
        blamed, most = np.full(x.shape, -1, np.intp), np.full(x.shape, RAISED)
        for place, step in enumerate(self.program.steps):
            if step.function is None or step.function.condition:
                errors.append(np.zeros(x.shape))
                continue
            (true,) = certified(self.program.until(place), wide, (0,), self.between)
            errors.append(_beside(values[place], true.astype(np.float64), self.between).error)
            before = np.max([np.maximum(errors[p], 1.0) for p in step.places], axis=0)
            raised = errors[place] / before
            better = raised > most
            blamed[better], most[better] = place, raised[better]
        return blamed

    def _verb(self, place: int) -> str:
        if self.program.steps[place].function in (elementary.ADD, elementary.SUBTRACT):
            return "cancels"
        return "magnifies the rounding inside it"

    def _number(self, at: int) -> str:
        return shortest(numbers([at], self.dtype), self.dtype)[0]

    def _text(self, place: int) -> str:
        text = Text().write(_tree(self.program, place))
        return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _beside(got: Floats, true: Floats, dtype: DType) -> _Wrong:
    told = np.isfinite(got) & np.isfinite(true)
    error = np.where(told, np.abs(got - true) / ulp(np.where(told, true, 0.0), dtype), 0.0)
    alike = (got == true) | (np.isnan(got) & np.isnan(true))
    return _Wrong(error, ~alike)


def _few(error: float) -> str:
    return f"{error:,.0f}" if error < 1e6 else f"{error:.2g}"


def _grid(dtype: DType) -> Places:
    """Places of a dtype: all of 8 bits, else some of every size and some around 0."""
    end = largest_place(dtype)
    if dtype.bits == 8:
        return np.arange(-end, end + 1)
    wide = (np.linspace(-1.0, 1.0, 2 * SPREAD + 1) * end).astype(np.int64)
    even = nearest_places(np.linspace(-AROUND, AROUND, EVEN), dtype)
    return np.unique(np.clip(np.concatenate([wide, even]), -end, end))


def _tree(program: Program, place: int) -> Node:
    trees: list[Node] = []
    for step in program.steps[: place + 1]:
        if step.function is not None:
            trees.append(Call(step.function, tuple(trees[p] for p in step.places)))
        elif step.name == "x":
            trees.append(Variable())
        else:
            trees.append(Constant(step.name) if step.name else Number(step.value))
    return trees[place]
