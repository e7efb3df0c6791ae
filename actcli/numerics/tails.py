"""Tails: where the results of a function are signed zeros from some x on, proven by wide balls."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import flint
from flint import arb

from actcli.language import balls
from actcli.language.program import Program

#: Anything smaller rounds to 0 in every dtype.
NOTHING = arb((1, -1090))
BITS = 128
#: The exponents of the outermost and the innermost octave examined.
LAST, FIRST = 1023, 4
#: The parts into which the octave where a tail begins is divided.
PARTS = 16


class Tails(NamedTuple):
    """The result is 0 beyond `left` (below 0) and `right`; infinite if there is no such tail."""

    left: float
    right: float


@lru_cache(256)
def tails(program: Program, order: int) -> Tails:
    """The tails of one order of a program."""
    with balls.LOCK:
        return Tails(-_from(program, order, -1), _from(program, order, 1))


def _from(program: Program, order: int, side: int) -> float:
    """The size from which on all results are 0, octave by octave from the outermost."""
    reached = math.inf
    for power in range(LAST, FIRST - 1, -1):
        low = math.ldexp(1.0, power)
        if _is_nothing(program, order, side * arb(low), side * arb((1, power + 1))):
            reached = low
            continue
        if power < LAST:  # the tail may begin within the octave
            for part in range(PARTS - 1, 0, -1):
                start = low * (1 + part / PARTS)
                if not _is_nothing(program, order, side * arb(start), side * arb(reached)):
                    break
                reached = start
        break
    return reached


def _is_nothing(program: Program, order: int, one: Any, other: Any) -> bool:
    flint.ctx.prec = BITS
    found: Any = balls.evaluate(program, one.union(other), order + 1, BITS)
    if isinstance(found, balls.Trouble) or len(found) <= order:
        return False
    return bool(abs(found[order]) * math.factorial(order) < NOTHING)
