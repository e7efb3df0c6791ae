"""Programs for intervals, rewritten where they cancel or overflow on the way to the result.

1 + erf u, 1 + tanh u, 1/(1 + exp u) and log(1 + exp u) become single functions.
"""

from __future__ import annotations

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.program import Builder, Program, Step, _needed

LOGISTIC = elementary.LOGISTIC
SOFTPLUS = elementary.SOFTPLUS
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
    function, parts = step.function, [builder.steps[p] for p in places]
    if function in (elementary.ADD, elementary.SUBTRACT):
        minus = function is elementary.SUBTRACT
        for k in (0,) if minus else (0, 1):
            inner = parts[1 - k]
            if _is_one(parts[k]) and inner.function and inner.function.name in TANGENT:
                return _one_plus(builder, inner.function, inner.places[0], minus)
    if function is elementary.DIVIDE:
        exponent = _exponent(builder, parts[1])
        if exponent is not None:
            turned = builder.place(Step(elementary.NEGATIVE, (exponent,)))
            logistic = builder.place(Step(LOGISTIC, (turned,)))
            return builder.place(Step(elementary.MULTIPLY, (places[0], logistic)))
    if function and function.name == "log":
        exponent = _exponent(builder, parts[0])
        if exponent is not None:
            return builder.place(Step(SOFTPLUS, (exponent,)))
    if function and function.name == "log1p" and _is_exp(parts[0]):
        return builder.place(Step(SOFTPLUS, (parts[0].places[0],)))
    return builder.place(step._replace(places=places))


def _is_one(step: Step) -> bool:
    return step.function is None and not step.name and step.value == 1


def _is_exp(step: Step) -> bool:
    return step.function is not None and step.function.name == "exp"


def _exponent(builder: Builder, step: Step) -> int | None:
    """The place of u in a step 1 + exp u; None for other steps."""
    if step.function is not elementary.ADD:
        return None
    first, second = (builder.steps[p] for p in step.places)
    for one, other in ((first, second), (second, first)):
        if _is_one(one) and _is_exp(other):
            return other.places[0]
    return None


def _one_plus(builder: Builder, function: Elementary, argument: int, minus: bool) -> int:
    """1 + f(u), or 1 - f(u) = 1 + f(-u)."""
    if function.name == "erf":
        if not minus:
            argument = builder.place(Step(elementary.NEGATIVE, (argument,)))
        return builder.place(Step(elementary.by_name()["erfc"], (argument,)))
    factor = builder.place(Step(None, value=-2.0 if minus else 2.0))
    two = builder.place(Step(None, value=2.0))
    doubled = builder.place(Step(elementary.MULTIPLY, (factor, argument)))
    logistic = builder.place(Step(LOGISTIC, (doubled,)))
    return builder.place(Step(elementary.MULTIPLY, (two, logistic)))
