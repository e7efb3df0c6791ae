"""The grids of float32 and float64: the error of intervals in use, proven by balls.

A grid is fitted at nodes and judged at points between them. Here the difference between function
and polynomial is enclosed over the whole of an interval: its Taylor coefficients are those of the
function in the middle less those of the polynomial, and a wide ball bounds the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from typing import Any, NamedTuple

import flint
import numpy as np
import pytest
from flint import arb

from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.evaluating import cubics, pieces, sextics
from actcli.language import balls
from actcli.language.straight import straight
from actcli.numerics.dtypes import get_dtype

BITS = 330
ORDERS = (0, 1, 2)
#: One in so many intervals is looked at: neighbours are alike.
STEP = {"float32": 11, "float64": 7}


class Interval(NamedTuple):
    """A polynomial in r = x PER_UNIT - k from -1/2 to 1/2, and what it is said to be good to."""

    order: int
    middle: float
    coefficients: list[Any]
    lost: float
    error: float


def of_cubics(name: str) -> Iterator[Interval]:
    return intervals_of(cubics.of_formulas(parse(name), ORDERS))


def of_pieces(formula: str) -> Iterator[Interval]:
    made = pieces.Pieces(parse(formula).program, ORDERS, get_dtype("float32"))
    x = np.linspace(-16, 16, 1 << 16, dtype=np.float32)
    made.evaluate(x, [np.empty_like(x) for _ in ORDERS], made.workspace(x.size))
    grid = cubics.of_pieces(made)
    assert np.isfinite(grid.columns[0].constant).mean() > 0.3
    return intervals_of(grid)


def intervals_of(made: cubics.Cubics) -> Iterator[Interval]:
    for k in range(-cubics.HALF, cubics.HALF + 1, STEP["float32"]):
        for order, column in zip(ORDERS, made.columns, strict=True):
            powers = [float(part[k + cubics.HALF]) for part in column]
            if math.isfinite(powers[0]):
                # the roundings of the last two terms in float32, and of the others in float64
                lost = 2.0**-24 * (3 * abs(powers[2]) / 4 + 5 * abs(powers[3]) / 8)
                lost += 2.0**-53 * (abs(powers[0]) + 2 * abs(powers[1]))
                # half of what Ziv's test allows: the other is that of the formulas
                middle = k / cubics.PER_UNIT
                yield Interval(order, middle, [arb(p) for p in powers], lost, cubics.ERROR)


def of_sextics(name: str) -> Iterator[Interval]:
    made = sextics.Sextics(parse(name), ORDERS)
    for k in range(-sextics.HALF, sextics.HALF + 1, STEP["float64"]):
        at = k + sextics.HALF
        for order, column in zip(ORDERS, made.columns, strict=True):
            if math.isfinite(column.high[at]):
                powers = column.powers[:, at].tolist()
                first = arb(float(column.high[at])) + arb(float(column.low[at]))
                # each product, sum and coefficient of what is added to the middle
                lost = 2.0**-53 * (2.5 * abs(powers[0]) + 2 * sum(map(abs, powers[1:])))
                yield Interval(
                    order,
                    k / sextics.PER_UNIT,
                    [first, *map(arb, powers)],
                    lost,
                    float(column.error[at]),
                )


KINDS = {
    "float32": (of_cubics, cubics.PER_UNIT),
    "float64": (of_sextics, sextics.PER_UNIT),
    "typed": (of_pieces, cubics.PER_UNIT),
}
TYPED = (
    "x*sigmoid(1.3*x)",
    "x*x*x - 3*x",
    "log(exp(x) + exp(-x))",
    "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
    "exp(-x*x)*(1 + tanh(4*x))",
    "x*tanh(exp(x))",
    "sin(5*x) + where(x > 0.3, x*x, 0)",
)


#: What is less rounds to 0 in float32, of its own sign.
GONE = 2.0**-150
#: Terms of Taylor series, some more than the polynomials have, so that the rest is next to nothing.
DEGREE = {"float32": 8, "float64": 11, "typed": 8}
#: r from -1/2 to 1/2, in parts: their middles and all of them.
PARTS = [(arb(middle), arb(middle, 1 / 64)) for middle in np.arange(-31, 32, 2) / 64]


def largest(powers: list[Any]) -> Any:
    """No value of a polynomial for r from -1/2 to 1/2 is larger (the mean value form)."""
    slope = [k * coefficient for k, coefficient in enumerate(powers)][1:]
    found = [value_of(powers, r) + value_of(slope, part) * (part - r) for r, part in PARTS]
    return max(abs(value).upper() for value in found)


def value_of(powers: list[Any], r: Any) -> Any:
    """A polynomial at a ball."""
    total = arb(0)
    for coefficient in reversed(powers):
        total = total * r + coefficient
    return total


class Model(NamedTuple):
    """Taylor coefficients in r of a function over an interval, and no less than what they leave."""

    coefficients: list[Any]
    rest: Any

    @classmethod
    def of(
        cls, there: list[Any], over: list[list[Any]], order: int, degree: int, per_unit: int
    ) -> Model:
        coefficients = [
            there[j + order] * math.perm(j + order, order) / arb(per_unit) ** j
            for j in range(degree + 1)
        ]
        last = degree + 1 + order
        rest = max(abs(part[last]).upper() for part in over) * math.perm(last, order)
        return cls(coefficients, rest / arb(2 * per_unit) ** (degree + 1))

    @property
    def least(self) -> Any:
        """No value is smaller."""
        swing = sum(abs(c) / arb(2) ** j for j, c in enumerate(self.coefficients) if j)
        return abs(self.coefficients[0]) - swing - self.rest

    def missed(self, powers: list[Any]) -> Any:
        """No value is further from a polynomial's."""
        pairs = zip_longest(self.coefficients, powers, fillvalue=arb(0))
        return largest([own - other for own, other in pairs]) + self.rest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name in elementwise() for kind in ("float32", "float64")]
    + [(formula, "typed") for formula in TYPED],
)
def test_no_interval_is_worse_than_it_says(name: str, kind: str) -> None:
    intervals, per_unit = KINDS[kind]
    degree = DEGREE[kind]
    series = straight(parse(name).program, degree + 2 + max(ORDERS), BITS)
    if series is None:
        pytest.skip("its definition has branches that a ball cannot choose between")
    with balls.LOCK:
        for one in intervals(name):
            flint.ctx.prec = BITS  # making intervals sets another
            if not any(c != 0 for c in one.coefficients):
                continue  # 0 all over, as what is smaller than any number of the dtype
            if abs(one.coefficients[0]) < GONE:
                assert rounds_to_nothing(one, series, per_unit), one
            else:
                assert is_proven(one, series, degree, per_unit), one


def is_proven(one: Interval, series: Any, degree: int, per_unit: int) -> bool:
    """Whether the error is no larger; a remainder that is too large is that of narrower balls.

    Where even those have none (sin(x)/x next to 0, tanh of what is huge) points have to do.
    """
    there = series(arb(one.middle))
    for parts in (1, 16):
        width = 1 / (2 * per_unit * parts)
        ends = [one.middle + (2 * part + 1 - parts) * width for part in range(parts)]
        over = [series(arb(end, width)) for end in ends]
        if there is not None and None not in over:
            model = Model.of(there, over, one.order, degree, per_unit)
            if model.missed(one.coefficients) + one.lost <= one.error * model.least:
                return True
    return all(map(partial(is_good_at, one, series, per_unit), np.arange(-31, 32) / 64))


def rounds_to_nothing(one: Interval, series: Any, per_unit: int) -> bool:
    """Whether all values round to a 0 of the sign of the constant that stands for them."""
    over = series(arb(one.middle, 1 / (2 * per_unit)))
    return bool(
        not any(c != 0 for c in one.coefficients[1:])
        and abs(over[one.order] * math.factorial(one.order)) < GONE
        and over[one.order] * one.coefficients[0] > 0
    )


def is_good_at(one: Interval, series: Any, per_unit: int, r: float) -> bool:
    found = series(arb(one.middle + r / per_unit))
    value = found[one.order] * math.factorial(one.order)
    apart = abs(value_of(one.coefficients, arb(r)) - value)
    return bool(apart + one.lost <= one.error * abs(value))
