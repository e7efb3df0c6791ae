"""True values of typed formulas: trees of `reader`, differentiated forward in `reals`.

At a kink the conventions hold that are promised; where numerator and denominator vanish, or an
infinity meets a zero, the node is followed towards x from both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from flint import arb

from tests.oracle import formulas, reals
from tests.oracle.calculus import slopes_of, value_of
from tests.oracle.reader import Node, read
from tests.oracle.reals import NAN, ONE, PRECISIONS, DoubtError, Functions, Real, State, floor
from tests.support.formats import Format, round_fraction

#: How near to a point its limits are looked for, with how many bits, and how near these must come.
NEAR = (Fraction(1, 2**1200), Fraction(5, 7 * 2**1230))
NEAR_BITS = 14_000
MEETING = 400
#: No slope, whatever x is.
FLAT = Real(0.0)
#: Value, derivative and second derivative.
Jet = tuple[Real, Real, Real]


class Expected(NamedTuple):
    """What a result must be; `signed`: whether the sign of a zero is settled."""

    value: float
    signed: bool


class Typed:
    """A formula, evaluated as rigorously as each input needs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = read(text)
        self.plain = not _has_catalogue(self.tree)

    def expected(self, x: float, form: Format) -> list[Expected | None]:
        """The right results of the three orders; None where this oracle does not know."""
        found: list[Expected | None] = [None, None, None]
        for bits in PRECISIONS:
            reals.set_bits(bits)
            State.guessed = State.unsure = False
            last = bits == PRECISIONS[-1]
            try:
                jet = evaluate(self.tree, Real(x))
            except DoubtError:
                continue
            for order in range(3):
                if found[order] is None:
                    found[order] = self._rounded(jet, order, x, form, last)
            if all(found):
                break
        return found

    def _rounded(self, jet: Jet, order: int, x: float, form: Format, last: bool) -> Expected | None:
        if jet[0].is_nan:
            return None if State.unsure else Expected(math.nan, True)
        value, signed = jet[order], self.plain and order == 0 and not State.guessed
        if order and (value.is_nan or jet[0].is_infinite):
            limit, sides = followed(self.tree, Real(x), order)
            if sides < 1 + jet[0].is_infinite or limit.is_nan:
                return None
            value, last = limit, True
        number = rounded(value, form, last)
        if number == 0 and not value.special:
            # deeper down the balls need not tell the sign
            signed = bool(abs(value.ball()) > arb((1, -3000)))
        return None if number is None else Expected(number, signed)

    def limit(self, sign: int, order: int) -> float | None:
        """The limit at an infinity in float64, if it shows plainly."""
        values = []
        with _precisely():
            for factor in (1, 3, 4, 7, 11, 13, 17, 18, 23, 29, 30, 37):
                try:
                    far = Real(sign * factor * (Fraction(1, 41) + 2**2000))
                    values.append(evaluate(self.tree, far)[order])
                except (DoubtError, RecursionError):
                    return None
            if any(value.is_nan for value in values):
                return math.nan if all(value.is_nan for value in values) else None
            try:
                return _tendency(values)
            except DoubtError:
                return None


def _tendency(values: list[Real]) -> float | None:
    first, last = values[0], values[-1]
    if all(value.special and value.value == first.value for value in values):
        return float(first.value)
    tiny, sizes = Fraction(1, 2**300), [abs(v) for v in values]
    if abs(last - first) < abs(last) * tiny:
        return float(last.ball().mid())
    if all(v.sign() == first.sign() for v in values) and all(a < b for a, b in pairwise(sizes)):
        return first.sign() * math.inf if sizes[0] > Real(2) ** 500 else None
    return 0.0 if all(size < tiny for size in sizes) and sizes[-1] < sizes[0] / 2 else None


def _has_catalogue(node: Node) -> bool:
    if node[0] == "catalogue":
        return True
    return node[0] == "call" and any(map(_has_catalogue, node[2]))


def rounded(value: Real, form: Format, last: bool) -> float | None:
    """A number rounded to a format; None if so many bits leave two."""
    if value.special:
        if value.is_infinite and not form.has_infinity:
            return math.nan
        return float(value.value)
    if isinstance(value.value, Fraction):
        return round_fraction(value.value, form)
    ball = value.value
    ends = [_rounded_end(end, form) for end in (ball.lower(), ball.upper())]
    if math.isinf(ends[0]) and ends[0] == ends[1]:
        return math.copysign(form.overflow, ends[0])
    if ends[0] == ends[1]:
        # an end at 0 has no sign of its own, and a ball around it none at all
        signs = {math.copysign(1, end) for end in ends}
        if ends[0] != 0 or len(signs) == 1:
            return ends[0] if ends[0] == 0 else ends[1]
        return None
    if last and all(map(math.isfinite, ends)):
        tie = (Fraction(ends[0]) + Fraction(ends[1])) / 2
        distance = abs(ball - Real(tie).ball())
        if distance < arb((1, -MEETING + 60)) * abs(ball):
            return round_fraction(tie, form)
    return None


def _rounded_end(end: Any, form: Format) -> float:
    if abs(end) > arb((1, 1100)):
        return math.inf if end > 0 else -math.inf
    if abs(end) < arb((1, -1200)):
        return math.copysign(0.0, 1 if end > 0 else -1 if end < 0 else 1)
    mantissa, exponent = end.man_exp()
    number = int(mantissa) * Fraction(2) ** int(exponent)
    found = round_fraction(number, form)
    return math.copysign(math.inf, number) if math.isnan(found) else found


@contextmanager
def _precisely() -> Iterator[None]:
    """Many bits, and no zero that is only taken for one."""
    bits, last = State.bits, reals.PRECISIONS
    reals.PRECISIONS = (10 * NEAR_BITS,)
    reals.set_bits(NEAR_BITS)
    try:
        yield
    finally:
        reals.PRECISIONS = last
        reals.set_bits(bits)


def followed(node: Node, x: Real, order: int) -> tuple[Real, int]:
    """The limit of a node at a number, and how many sides have it.

    Where they do not, 0 and -0 have the limit from their own sides.
    """
    point = x.rational
    if point is None:
        return NAN, 0
    if State.bits == NEAR_BITS:  # a limit inside a limit: no formula that is tested has one
        return NAN, 0
    with _precisely():
        left, right = (_from_side(node, point, side, order) for side in (-1, 1))
    if left.is_nan or right.is_nan:
        found = right if left.is_nan else left
        return found, int(not found.is_nan)
    try:
        if _meet(left, right):
            return _joined(left, right), 2
    except DoubtError:
        return NAN, 0
    if x.is_zero:
        return (left if x.negative_sign() else right), 0
    return NAN, 0


def _meet(a: Real, b: Real) -> bool:
    if a.is_infinite or b.is_infinite:
        return a.special and b.special and bool(a.value == b.value)
    return bool(abs((a - b).ball()) < arb((1, -MEETING)) * (1 + abs(a.ball())))


def _joined(a: Real, b: Real) -> Real:
    if a.is_infinite:
        return a
    ball = (a.ball() + b.ball()) / 2
    if abs(ball) < arb((1, -MEETING)):
        State.guessed = True
        return Real(0.0)
    return Real(ball + arb(0, arb((1, -MEETING)) * abs(ball)))


def _from_side(node: Node, point: Fraction, side: int, order: int) -> Real:
    values = []
    for distance in NEAR:
        try:
            values.append(evaluate(node, Real(point + side * distance))[order])
        except DoubtError:
            return NAN
    far, near = values
    if far.is_nan or near.is_nan:
        return NAN
    try:
        if far.sign() == near.sign() and abs(near) > abs(far) * 16 and abs(near) > Real(2) ** 200:
            return Real(math.inf * far.sign())
        return _joined(far, near) if _meet(far, near) else NAN
    except DoubtError:
        return NAN


def evaluate(node: Node, x: Real) -> Jet:
    """Value and two derivatives of a tree at x; where it has no value, it has no slope."""
    jet = _evaluated(node, x)
    return (NAN, NAN, NAN) if jet[0].is_nan else jet


def _evaluated(node: Node, x: Real) -> Jet:
    kind = node[0]
    if kind == "x":
        return x, ONE, FLAT
    if kind == "number":
        return Real(node[1]), FLAT, FLAT
    if kind == "constant":
        name = node[1]
        number = reals.pi() if name == "pi" else Real(math.inf)
        return value_of("exp", ONE) if name == "e" else number, FLAT, FLAT
    if kind == "catalogue":
        return _catalogue(node, x)
    name, nodes = node[1], node[2]
    if name == "where":
        return evaluate(nodes[1] if holds(nodes[0], x) else nodes[2], x)
    jets = [evaluate(part, x) for part in nodes]
    rule = RULES.get(name)
    if rule is None:
        y = value_of(name, jets[0][0])
        if _constant(jets[0]) or y.is_nan:
            return y, FLAT, FLAT
        return _chained(jets[0], y, *slopes_of(name, jets[0][0], y))
    found = rule(*jets)
    if found[0].is_nan and not any(jet[0].is_nan for jet in jets) and name in LIMITED:
        return _limits(node, x)
    return found


#: Nodes that have limits where IEEE 754 has none.
LIMITED = ("divide", "multiply")


def _limits(node: Node, x: Real) -> Jet:
    value, first, second = (followed(node, x, order)[0] for order in range(3))
    State.unsure = State.unsure or value.is_nan
    return value, first, second


def holds(node: Node, x: Real) -> bool:
    """Whether a condition is true."""
    name, nodes = node[1], node[2]
    if name == "and":
        return all(holds(part, x) for part in nodes)
    if name == "or":
        return any(holds(part, x) for part in nodes)
    if name == "not":
        return not holds(nodes[0], x)
    a, b = (evaluate(part, x)[0] for part in nodes)
    if a.is_nan or b.is_nan:
        return name == "not_equal"
    side = a.compare(b)
    return {
        "less": side < 0,
        "less_equal": side <= 0,
        "greater": side > 0,
        "greater_equal": side >= 0,
        "equal": side == 0,
        "not_equal": side != 0,
    }[name]


def _constant(jet: Jet) -> bool:
    return jet[1] is FLAT and jet[2] is FLAT


def _times(a: Real, b: Real) -> Real:
    if a is FLAT or b is FLAT:
        return FLAT
    return b if a is ONE else a if b is ONE else a * b


def _plus(a: Real, b: Real) -> Real:
    if a is FLAT or b is FLAT:
        return b if a is FLAT else a
    return a + b


def _minus(a: Real) -> Real:
    return a if a is FLAT else -a


def _chained(u: Jet, y: Real, slope: Real, bend: Real) -> Jet:
    first = _times(slope, u[1])
    return y, first, _plus(_times(bend, _times(u[1], u[1])), _times(slope, u[2]))


def _add(a: Jet, b: Jet) -> Jet:
    return a[0] + b[0], _plus(a[1], b[1]), _plus(a[2], b[2])


def _negative(a: Jet) -> Jet:
    return -a[0], _minus(a[1]), _minus(a[2])


def _subtract(a: Jet, b: Jet) -> Jet:
    return _add(a, _negative(b))


def _multiply(a: Jet, b: Jet) -> Jet:
    cross = _times(a[1], b[1])
    return (
        a[0] * b[0],
        _plus(_times(a[1], b[0]), _times(a[0], b[1])),
        _plus(_plus(_times(a[2], b[0]), _times(a[0], b[2])), _plus(cross, cross)),
    )


def _divide(a: Jet, b: Jet) -> Jet:
    value = a[0] / b[0]
    if _constant(a) and _constant(b):
        return value, FLAT, FLAT
    first = _plus(a[1], _minus(_times(value, b[1])))
    first = first if first is FLAT else first / b[0]
    cross = _times(first, b[1])
    second = _plus(a[2], _minus(_plus(_plus(cross, cross), _times(value, b[2]))))
    return value, first, second if second is FLAT else second / b[0]


def _power(a: Jet, b: Jet) -> Jet:
    base, exponent = a[0], b[0]
    if base.is_nan or exponent.is_nan:
        return NAN, FLAT, FLAT
    whole = exponent.rational
    if _constant(b) and whole is not None and whole.denominator == 1:
        return _whole_power(a, int(whole))
    if exponent.is_zero:
        value = ONE
    elif base.is_zero:
        value = Real(0.0 if exponent > 0 else math.inf)
    elif base.special or exponent.special:
        State.unsure = True
        return NAN, NAN, NAN
    elif base < 0:
        # a value at whole numbers alone, so no derivative
        if whole is None or whole.denominator != 1:
            return NAN, FLAT, FLAT
        return _whole_power((base, FLAT, FLAT), int(whole))[0], NAN, NAN
    else:
        logarithm = value_of("log", base)
        value = _rational_power(base, exponent) or value_of("exp", exponent * logarithm)
    if _constant(a) and _constant(b):
        return value, FLAT, FLAT
    if base.is_zero:
        return value, *_slopes_from_zero(a, b)
    # y = exp(w) with w = b log a
    one_over = 1 / base
    log_jet = _chained(a, value_of("log", base), one_over, -one_over * one_over)
    w = _multiply(b, log_jet)
    return _chained((w[0], w[1], w[2]), value, value, value)


def _slopes_from_zero(a: Jet, b: Jet) -> tuple[Real, Real]:
    """Of x**p at 0, from the right."""
    if not _constant(b) or a[1] is not ONE or a[2] is not FLAT:
        return NAN, NAN
    p = b[0]
    slopes = []
    for order, factor in ((1, p), (2, p * (p - 1))):
        side = p.compare(order)
        slopes.append(Real(0.0) if side > 0 else Real(math.inf * factor.sign()))
    return slopes[0], slopes[1]


def _rational_power(base: Real, exponent: Real) -> Real | None:
    a, p = base.rational, exponent.rational
    if a is None or p is None or p.denominator > 64 or abs(p.numerator) > 10_000:
        return None
    root = reals.root_of(a, p.denominator)
    return None if root is None else Real(root) ** p.numerator


def _whole_power(a: Jet, n: int) -> Jet:
    if n == 0:
        return ONE, FLAT, FLAT
    value = a[0] ** n
    if _constant(a):
        return value, FLAT, FLAT
    slope = n * a[0] ** (n - 1)
    bend = n * (n - 1) * a[0] ** (n - 2) if n != 1 else FLAT
    return _chained(a, value, ONE if n == 1 else slope, bend)


def _absolute(a: Jet) -> Jet:
    side = a[0].sign() if not a[0].is_nan else 1
    if side == 0:
        return Real(0.0), *(FLAT if _constant(a) else Real(0.0),) * 2
    return a if side > 0 else _negative(a)


def _flat(function: Callable[[Real], Any]) -> Callable[[Jet], Jet]:
    def rule(a: Jet) -> Jet:
        z = a[0]
        if z.special:
            return (Real(float(z.value)) if function is not _sign else _sign(z)), FLAT, FLAT
        found = Real(function(z))
        if found.is_zero and z.sign() < 0:
            found = Real(-0.0)
        return found, FLAT, FLAT

    return rule


def _sign(z: Real) -> Real:
    if z.is_nan:
        return z
    State.guessed = State.guessed or z.is_zero  # libraries differ in the sign
    return Real(z.sign())


def _ceil(z: Real) -> Fraction:
    return -floor(-z)


def _round(z: Real) -> Fraction:
    below = floor(z)
    side = (z - below).compare(Fraction(1, 2))
    up = side > 0 or (side == 0 and below % 2 == 1)
    return below + 1 if up else below


def _mean(a: Jet, b: Jet) -> Jet:
    half = Real(Fraction(1, 2))
    parts = [_times(_plus(a[order], b[order]), half) for order in (1, 2)]
    return a[0], parts[0], parts[1]


def _extreme(side: int) -> Callable[[Jet, Jet], Jet]:
    def rule(a: Jet, b: Jet) -> Jet:
        if a[0].is_nan or b[0].is_nan:
            return NAN, FLAT, FLAT
        found = a[0].compare(b[0])
        if found == 0:
            State.guessed = State.guessed or a[0].is_zero  # max(-0, 0) may be either
            return _mean(a, b)
        return a if found == side else b

    return rule


def _clip(a: Jet, low: Jet, high: Jet) -> Jet:
    if a[0].is_nan:
        return NAN, FLAT, FLAT
    inside = low if a[0] <= low[0] else a
    State.guessed = State.guessed or a[0].is_zero
    return high if inside[0] >= high[0] else inside


RULES: dict[str, Callable[..., Jet]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "negative": _negative,
    "power": _power,
    "abs": _absolute,
    "sign": _flat(_sign),
    "floor": _flat(floor),
    "ceil": _flat(_ceil),
    "round": _flat(_round),
    "min": _extreme(-1),
    "max": _extreme(1),
    "clip": _clip,
}


def _catalogue(node: Node, x: Real) -> Jet:
    _, name, settings, argument = node
    u = evaluate(argument, x)
    if u[0].is_nan:
        return NAN, FLAT, FLAT
    if u[0].is_infinite:
        raise DoubtError
    given: dict[str, Any] = {}
    for key, value in settings.items():
        number = evaluate(value, x)[0]
        given[key] = float(number.value) if number.is_infinite else number
    defaults = {key: Real(value) for key, value in _defaults(name).items() if key not in given}
    y, slope, bend = formulas()[name](Functions(), u[0], **given, **defaults)
    if _constant(u):
        return Real(y), FLAT, FLAT
    return _chained(u, Real(y), Real(slope), Real(bend))


def _defaults(name: str) -> dict[str, Any]:
    import inspect

    parameters = list(inspect.signature(formulas()[name]).parameters.values())[2:]
    return {p.name: p.default for p in parameters if isinstance(p.default, int | Fraction)}
