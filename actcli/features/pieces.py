"""A program on one of its pieces, with every branch decided, so that it is smooth."""

from __future__ import annotations

from typing import Any

import flint
from flint import arb

from actcli.language import balls, elementary
from actcli.language.balls import Trouble
from actcli.language.program import Builder, Program, Step, _needed

#: Functions that are constant on a piece.
CONSTANT = (elementary.SIGN_OF, elementary.FLOOR, elementary.CEIL, elementary.ROUND)
#: float64 holds all integers up to here.
WHOLE = 2**53
#: The precisions in which branches are decided.
BITS = (128, 1024, balls.LAST)


def breaking(program: Program) -> list[int]:
    """The places of the steps that may have breakpoints."""
    return [
        place for place, step in enumerate(program.steps) if step.function and step.function.breaks
    ]


def frozen(program: Program, x: float) -> Program | None:
    """The program with the branches that it takes at x; None if one is undecided."""
    if not breaking(program):
        return program
    with balls.LOCK:
        for bits in BITS:
            flint.ctx.prec = bits
            made = _frozen(program, balls.Evaluator(program, arb(x), 1, bits).values())
            if made is not None:
                return made
    return None


def _frozen(program: Program, values: list[Any]) -> Program | None:
    builder = Builder()
    #: the new place of each step of the program; None if it is not needed
    moved: list[int | None] = []
    for place, step in enumerate(program.steps):
        function = step.function
        if function is None:
            moved.append(builder.place(step))
        elif function.condition:
            moved.append(None)
        else:
            moved.append(_placed(builder, step, place, moved, values))
    last = moved[-1]
    return None if last is None else Program(_needed(builder.steps, last))


def _placed(
    builder: Builder, step: Step, place: int, moved: list[int | None], values: list[Any]
) -> int | None:
    function, places = step.function, step.places
    arguments = [values[p] for p in places]
    if function is elementary.WHERE:
        if isinstance(arguments[0], Trouble):
            return None
        return moved[places[1] if arguments[0] else places[2]]
    if function in CONSTANT:
        value = values[place]
        return None if isinstance(value, Trouble) else _number(builder, value)
    if function in (elementary.MINIMUM, elementary.MAXIMUM):
        sign = _sign(arguments[0], arguments[1])
        if sign is None:
            return None
        least = function is elementary.MINIMUM
        return moved[places[0] if (sign <= 0) == least else places[1]]
    if function is elementary.CLIP:
        return _clipped(arguments, [moved[p] for p in places])
    if function is elementary.ABSOLUTE:
        sign = _sign(arguments[0], arb(0))
        inner = moved[places[0]]
        if sign is None or inner is None:
            return None
        return inner if sign >= 0 else builder.place(Step(elementary.NEGATIVE, (inner,)))
    new = [moved[p] for p in places]
    if any(p is None for p in new):
        return None
    return builder.place(step._replace(places=tuple(new)))  # type: ignore[arg-type]


def _clipped(arguments: list[Any], moved: list[int | None]) -> int | None:
    below, above = _sign(arguments[0], arguments[1]), _sign(arguments[0], arguments[2])
    ends = _sign(arguments[1], arguments[2])
    if below is None or above is None or ends is None:
        return None
    if ends > 0 or above >= 0:
        return moved[2]
    return moved[1] if below <= 0 else moved[0]


def _number(builder: Builder, value: Any) -> int | None:
    if isinstance(value, float):
        return builder.place(Step(None, value=value))
    if not abs(value) <= WHOLE:
        return None
    return builder.place(Step(None, value=float(int(value.unique_fmpz()))))


def _sign(a: Any, b: Any) -> int | None:
    if isinstance(a, Trouble) or isinstance(b, Trouble):
        return None
    if isinstance(a, float) or isinstance(b, float):
        left = a if isinstance(a, float) else 0.0
        right = b if isinstance(b, float) else 0.0
        return (left > right) - (left < right)
    difference = a - b
    if difference > 0:
        return 1
    if difference < 0:
        return -1
    if difference.is_zero() or (
        flint.ctx.prec >= balls.LAST and abs(difference) < arb((1, -balls.TINY))
    ):
        return 0
    return None
