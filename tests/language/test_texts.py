"""The derivatives that the catalogue writes out are those of its definitions, by balls."""

from __future__ import annotations

import math

import pytest
from flint import arb

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.definitions import parsed, texts
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.language import balls
from actcli.language.parser import as_tree
from actcli.language.program import Program, build
from tests.promise.cases import OTHERS

BITS = 4096
#: Irregular, from next to 0 to far out, on both sides.
POINTS = [
    sign * mantissa * 10.0**power
    for sign in (1, -1)
    for mantissa in (1.37, 2.71, 4.19, 7.93)
    for power in range(-6, 3)
]
SPECIFICATIONS = [*elementwise(), *OTHERS]


def written(bound: BoundActivation, text: str) -> Program:
    values = {name: as_tree(value) for name, value in bound.parameters.items()}
    return build(parsed(bound.activation, text), values)


def coefficient(program: Program, x: float, order: int) -> arb | None:
    with balls.LOCK:
        found = balls.evaluate(program, arb(x), order + 1, BITS)
        if isinstance(found, balls.Trouble) or len(found) <= order:
            return None
        return found[order] * math.factorial(order)


@pytest.mark.parametrize("specification", SPECIFICATIONS)
@pytest.mark.sampled(7)
def test_derivatives_are_those_of_the_definition(specification: str) -> None:
    bound = parse(specification)
    compared = 0
    breaks = {point.x for point in bound.breakpoints}
    for order, text in enumerate(texts(bound.activation)[1:], start=1):
        program = written(bound, text)
        for x in [*POINTS, *breaks]:
            if order == 2 and x in breaks:
                continue
            true, shown = coefficient(bound.program, x, order), coefficient(program, x, 0)
            if true is None or shown is None:
                assert true is shown, (text, x)
                continue
            with balls.LOCK:
                apart = abs(true - shown)
                assert apart < arb((1, -330)) * (1 + abs(true)), (text, x)
                assert apart < arb((1, -200)) * abs(true) or abs(true) < arb((1, -250)), (text, x)
            compared += 1
    assert compared > len(POINTS)
