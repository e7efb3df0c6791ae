"""Steps, and programs for intervals, rewritten where they cancel or overflow on the way.

1 + erf u, 1 + tanh u, 1/(1 + exp u) and log(1 + exp u) become single functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.program import Builder, Program, Step, _needed

LOG, LOG1P, EXP, EXPM1 = (elementary.by_name()[name] for name in ("log", "log1p", "exp", "expm1"))
TANGENT = ("tanh", "erf")


def uncancelled(program: Program) -> Program:
    """The same function in steps with tight intervals."""
    builder = Builder()
    moved: list[int] = []
    for step in program.steps:
        places = tuple(moved[p] for p in step.places)
        moved.append(_rewritten(builder, step, places))
    return Program(_needed(builder.steps, moved[-1]))


def _rewritten(builder: Builder, step: Step, places: tuple[int, ...]) -> int:
    step = step._replace(places=places)
    found = one_plus(builder.steps, step)
    if found is not None:
        return _one_plus(builder, found)
    if step.function is elementary.DIVIDE:
        exponent = _exponent(builder.steps, builder.steps[places[1]])
        if exponent is not None:
            turned = builder.place(Step(elementary.NEGATIVE, (exponent,)))
            logistic = builder.place(Step(elementary.LOGISTIC, (turned,)))
            return builder.place(Step(elementary.MULTIPLY, (places[0], logistic)))
    sharp = sharper(builder.steps, step)
    return builder.place(sharp if sharp.function is elementary.SOFTPLUS else step)


class OnePlus(NamedTuple):
    """1 + f(u) or, with `minus`, 1 - f(u): a function that has 1 as its limit, and u's place."""

    function: Elementary
    place: int
    minus: bool


def one_plus(steps: Sequence[Step], step: Step) -> OnePlus | None:
    """What a step is that adds 1 to tanh or erf, or takes those from 1."""
    if step.function is not elementary.ADD and step.function is not elementary.SUBTRACT:
        return None
    minus = step.function is elementary.SUBTRACT
    place = step.places[1] if minus and _is_one(steps[step.places[0]]) else _beside_one(steps, step)
    other = None if place is None else steps[place]
    if other is not None and other.function is not None and other.function.name in TANGENT:
        return OnePlus(other.function, other.places[0], minus)
    return None


def sharper(steps: Sequence[Step], step: Step) -> Step:
    """log(1 + u) as log1p(u) and exp(u) - 1 as expm1(u), which keep the digits of a small u.

    log(1 + exp(v)) becomes softplus(v), which also keeps the digits of its derivatives, and
    1/(1 + exp(-v)) the logistic function, which does not overflow on the way.
    """
    found = _sharper(steps, step)
    if found.function is LOG1P and steps[found.places[0]].function is EXP:
        return step._replace(function=elementary.SOFTPLUS, places=steps[found.places[0]].places)
    return found


def _sharper(steps: Sequence[Step], step: Step) -> Step:
    if step.function is LOG:
        small = _beside_one(steps, steps[step.places[0]])
        if small is not None:
            return step._replace(function=LOG1P, places=(small,))
    elif step.function is elementary.DIVIDE:
        first, second = (steps[place] for place in step.places)
        exponent = _exponent(steps, second) if _is_one(first) else None
        if exponent is not None and steps[exponent].function is elementary.NEGATIVE:
            return step._replace(function=elementary.LOGISTIC, places=steps[exponent].places)
    elif step.function is elementary.SUBTRACT:
        first, second = (steps[place] for place in step.places)
        if first.function is EXP and _is_one(second):
            return step._replace(function=EXPM1, places=first.places)
    return step


def _is_one(step: Step) -> bool:
    return step.function is None and not step.name and step.value == 1


def _beside_one(steps: Sequence[Step], step: Step) -> int | None:
    """The place of u in a step 1 + u or u + 1; None for other steps."""
    if step.function is elementary.ADD:
        for one, other in (step.places, step.places[::-1]):
            if _is_one(steps[one]):
                return other
    return None


def _exponent(steps: Sequence[Step], step: Step) -> int | None:
    """The place of u in a step 1 + exp u; None for other steps."""
    place = _beside_one(steps, step)
    return steps[place].places[0] if place is not None and steps[place].function is EXP else None


def _one_plus(builder: Builder, found: OnePlus) -> int:
    """1 + f(u), or 1 - f(u) = 1 + f(-u)."""
    argument = found.place
    if found.function.name == "erf":
        if not found.minus:
            argument = builder.place(Step(elementary.NEGATIVE, (argument,)))
        return builder.place(Step(elementary.by_name()["erfc"], (argument,)))
    factor = builder.place(Step(None, value=-2.0 if found.minus else 2.0))
    two = builder.place(Step(None, value=2.0))
    doubled = builder.place(Step(elementary.MULTIPLY, (factor, argument)))
    logistic = builder.place(Step(elementary.LOGISTIC, (doubled,)))
    return builder.place(Step(elementary.MULTIPLY, (two, logistic)))
