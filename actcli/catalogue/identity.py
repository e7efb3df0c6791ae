"""Which function of the catalogue a formula is, and with which parameters.

Two functions count as the same if their certified values agree to many digits at many points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from flint import arb

from actcli.arithmetic import plain
from actcli.arithmetic.numbers import Number, key
from actcli.catalogue.activation import Activation
from actcli.catalogue.bound import BoundActivation, bind, with_defaults
from actcli.catalogue.built_in import framework_defaults
from actcli.catalogue.formula import read_constant
from actcli.catalogue.registry import elementwise
from actcli.errors import UsageError
from actcli.features.breakpoints import nearest_value
from actcli.language import balls
from actcli.language.program import Program

#: Where values are compared, with how many bits, and to how many they must agree.
POINTS = (
    0.71, -0.83, 2.3, -2.9, 0.0, 1.0, -1.0, 5.5, -6.1, 0.013, -0.0071, 3.7, -4.3, 9.9, -11.3,
    17.0, -19.0, 41.5, -37.3, 120.0, -133.7, 0.49, -0.51, 1e4, -1e4, 1e8, -1e8,
    3e-9, -3e-9, 3e77, -3e77, 1.3e301, -1.3e301,
)  # fmt: skip
BITS, ALIKE = 256, 160
#: Smaller balls only have to overlap.
NOTHING = arb((1, -220))
#: Where parameters are solved for, and the grid of their values.
PROBES = (-0.83, 0.71, 2.3, -4.3, 9.9)
GRID = tuple(
    sign * mantissa * 10.0**power
    for sign in (-1, 1)
    for power in range(-4, 4)
    for mantissa in (1, 1.9, 3.7, 7.1)
)
#: The most functions returned.
MOST = 4
#: Values of parameters for which many functions coincide.
DEGENERATE = (0.0, 1.0)


class Same(NamedTuple):
    """A function of the catalogue that equals the formula.

    `names` are those of frameworks whose function has these parameters. At the points `differs` the
    derivative differs by convention.
    """

    bound: BoundActivation
    names: tuple[str, ...]
    differs: tuple[float, ...]


def same_functions(program: Program, breakpoints: Sequence[float] = ()) -> tuple[Same, ...]:
    """The functions of the catalogue that equal a program, those with default parameters first.

    >>> from actcli.catalogue.specification import bind_formula
    >>> formula = bind_formula("x*tanh(log(1+exp(x)))")
    >>> [same.bound.specification for same in same_functions(formula.program)]
    ['mish']
    """
    with balls.LOCK:
        wanted = [_value(program, x) for x in POINTS]
        found = [bound for bound in _defaults() if _is(bound, wanted, program)]
    for bound in _solved(wanted, program, {bound.name for bound in found if not bound.changed}):
        if all(bound.specification != other.specification for other in found):
            found.append(bound)
    unique = {bound.specification: bound for bound in reversed(found)}
    chosen = sorted(unique.values(), key=lambda bound: (len(bound.changed), found.index(bound)))
    return tuple(
        Same(bound, _names(bound), _differs(program, bound, breakpoints)) for bound in chosen[:MOST]
    )


@cache
def _defaults() -> tuple[BoundActivation, ...]:
    """All functions with our defaults, then with those of frameworks."""
    own = [with_defaults(entry) for entry in elementwise().values()]
    theirs = []
    for entry in elementwise().values():
        for symbol in entry.symbols:
            try:
                bound = bind(entry, framework_defaults(symbol))
            except UsageError:
                continue
            if bound.changed:
                theirs.append(bound)
    return (*own, *theirs)


def _value(program: Program, x: float) -> Any:
    """A precise ball; None if there is no value."""
    found: Any = None
    for bits in (BITS, 8 * BITS):
        found = balls.evaluate(program, arb(x), 1, bits)
        if isinstance(found, balls.Trouble):
            return None
        if found[0].is_zero() or found[0].rel_accuracy_bits() > ALIKE:
            break
    return found[0] if found[0].is_finite() else None


def _is(bound: BoundActivation, wanted: Sequence[Any], formula: Program) -> bool:
    """Whether a function has these values at all points. The lock must be held."""
    program, compared = bound.program, 0
    for x, value in zip(POINTS, wanted, strict=True):
        own = _value(program, x)
        if (own is None) != (value is None):  # one of them has a limit instead of a value
            known = own if value is None else value
            other = nearest_value(formula if value is None else program, x, 0)
            if not _alike(known, arb(other)):
                return False
        elif value is not None and not _alike(own, value):
            return False
        compared += 1
    if compared <= len(POINTS) // 3:
        return False
    return all(nearest_value(program, x, 1) == nearest_value(formula, x, 1) for x in PROBES[:2])


def _alike(a: Any, b: Any) -> bool:
    if abs(a) < NOTHING and abs(b) < NOTHING:
        return bool(a.overlaps(b))
    return bool(abs(a - b) <= (abs(a) + abs(b)) * arb((1, -ALIKE)))


def _solved(wanted: Sequence[Any], program: Program, known: set[str]) -> Iterator[BoundActivation]:
    """Functions that have the values wanted once a parameter is set."""
    values = [None if ball is None else float(ball.mid()) for ball in wanted]
    literals = [step.value for step in program.steps if step.function is None and not step.name]
    for entry in elementwise().values():
        if entry.name in known:
            continue
        for parameter in entry.parameters:
            for number in _candidates(entry, parameter.name, values, literals, not known):
                try:
                    bound = bind(entry, {parameter.name: number})
                except UsageError:
                    continue
                if not bound.changed or (known and number in DEGENERATE):
                    continue
                with balls.LOCK:
                    if _is(bound, wanted, program):
                        yield bound
                        break


def _candidates(
    entry: Activation,
    name: str,
    values: Sequence[float | None],
    literals: Sequence[float],
    others: bool,
) -> Iterator[Number]:
    """Values of a parameter with which a function has about the wanted value at a probe.

    Numbers that occur in the formula come first, then, with `others`, roots.
    """
    for probe in PROBES:
        target = values[POINTS.index(probe)]
        if target is None or not math.isfinite(target):
            return
        for literal in literals:
            for value in (literal, -literal, 1 / literal if literal else 0.0):
                if abs(_at(entry, name, value, probe) - target) <= 1e-12 * abs(target):
                    yield value
        roots = _roots(entry, name, probe, target) if others else None
        for root in roots or ():
            yield from _nearby(root, literals)
        if roots is not None:
            return


def _at(entry: Activation, name: str, value: float, x: float) -> float:
    parameters = {**entry.defaults, name: value}
    if entry.check(**parameters) or not all(
        p.domain.contains(parameters[p.name]) for p in entry.parameters
    ):
        return math.nan
    assert entry.formulas is not None
    with np.errstate(all="ignore"):
        return float(entry.formulas(plain, np.array([x]), **parameters)[0]()[0])


def _roots(entry: Activation, name: str, x: float, target: float) -> list[float] | None:
    """Parameters with which the function is `target` at x; None if they have no effect."""
    grid = sorted({*GRID, 0.0, float(entry.defaults[name])})
    rows = [(value, _at(entry, name, value, x) - target) for value in grid]
    rows = [(value, off) for value, off in rows if math.isfinite(off)]
    if len({off for _, off in rows}) < 2:
        return None
    exact = [value for value, off in rows if abs(off) <= 1e-14 * abs(target)]
    if exact:
        return exact[:MOST]
    return [
        _halved(entry, name, x, target, a, b, first)
        for (a, first), (b, last) in pairwise(rows)
        if first * last < 0
    ][:MOST]


def _halved(
    entry: Activation, name: str, x: float, target: float, a: float, b: float, first: float
) -> float:
    for _ in range(60):
        middle = (a + b) / 2
        off = _at(entry, name, middle, x) - target
        if off == 0:
            return middle
        a, b = (middle, b) if (off > 0) == (first > 0) else (a, middle)
    return (a + b) / 2


def _nearby(found: float, literals: Sequence[float]) -> Iterator[Number]:
    """Numbers that people write, close to the one found."""
    for literal in literals:
        for value in (literal, -literal, 1 / literal if literal else 0.0):
            if abs(value - found) <= 1e-9 * max(abs(found), 1e-9):
                yield value
    short = (float(f"{found:.{digits}g}") for digits in (3, 6, 10))
    yield from (value for value in short if abs(value - found) <= 1e-9 * abs(found))
    yield found
    from fractions import Fraction

    for limit in (64, 10_000):
        fraction = Fraction(found).limit_denominator(limit)
        if fraction and abs(float(fraction) - found) <= 1e-9 * abs(found):
            yield read_constant(f"{fraction.numerator}/{fraction.denominator}", "value")
    for words in ("pi", "2*pi", "pi/2", "sqrt(2)", "1/sqrt(2)", "log(2)", "1/log(2)", "e"):
        constant = read_constant(words, words)
        for sign in ("", "-"):
            if abs(float(f"{sign}1") * float(constant) - found) <= 1e-9 * abs(found):
                yield read_constant(f"{sign}{words}", words)


def _names(bound: BoundActivation) -> tuple[str, ...]:
    """The names of the function in frameworks whose defaults are these parameters."""
    found = []
    for symbol in bound.activation.symbols:
        if not symbol.resolves:
            continue
        parameters = {**bound.activation.defaults, **framework_defaults(symbol)}
        if all(key(parameters[name]) == key(bound.parameters[name]) for name in parameters):
            found.append(symbol.name)
    return tuple(found)


def _differs(
    program: Program, bound: BoundActivation, breakpoints: Sequence[float]
) -> tuple[float, ...]:
    """Breakpoints at which the derivatives differ by convention."""
    theirs = bound.program
    return tuple(
        x for x in breakpoints[:8]
        if nearest_value(program, x, 1) != nearest_value(theirs, x, 1)
    )  # fmt: skip
