"""Value and derivatives of a program by forward differentiation, in any arithmetic.

The derivatives of elementary functions are formulas themselves, so an arithmetic need only apply
single functions to values, such as numbers that may be infinite or rounded arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from actcli.language import elementary, symbolic
from actcli.language.elementary import Elementary
from actcli.language.program import Program, Step, build

#: A value and its derivatives; None is a derivative that is 0 for every x.
Jet = tuple[Any, ...]
ARGUMENTS = ("u", "v", "w")


class Jets:
    """Programs evaluated in one arithmetic.

    `leaf(step)` returns the value of a number or constant, `apply(function, arguments)` that of a
    function, an operator, a condition or a choice.
    """

    def __init__(
        self, leaf: Callable[[Step], Any], apply: Callable[[Elementary, Sequence[Any]], Any]
    ) -> None:
        self.leaf = leaf
        self.apply = apply

    def evaluate(self, program: Program, given: Mapping[str, Jet], count: int) -> Jet:
        """The first `count` of value and derivatives, given the jets of names."""
        jets: list[Jet] = []
        for step in program.steps:
            if step.function is None:
                known = given.get(step.name) if step.name else None
                jets.append(known or (self.leaf(step), *(None,) * (count - 1)))
            else:
                jets.append(self._step(step.function, [jets[p] for p in step.places], count))
        return jets[-1]

    def _step(self, function: Elementary, arguments: list[Jet], count: int) -> Jet:
        if function is elementary.WHERE:
            return self._choice(arguments, count)
        value = self.apply(function, [argument[0] for argument in arguments])
        fixed = all(part is None for argument in arguments for part in argument[1:])
        if count == 1 or fixed or function.condition:
            return (value, *(None,) * (count - 1))
        moving = [k for k, argument in enumerate(arguments) if argument[1] is not None]
        jet: Jet = (value,)
        for order in range(1, count):
            names = dict(zip(ARGUMENTS, (argument[:order] for argument in arguments), strict=False))
            rates = {k: self._rate(function, k, {**names, "y": jet}, order) for k in moving}
            total = None
            for k in moving:
                for lower in range(order):
                    term = self._product(rates[k][lower], arguments[k][order - lower])
                    for _ in range(math.comb(order - 1, lower) - 1):
                        total = self._sum(total, term)
                    total = self._sum(total, term)
            jet = (*jet, total)
        return jet

    def _rate(self, function: Elementary, k: int, names: Mapping[str, Jet], order: int) -> Jet:
        return self.evaluate(rule(function, k), names, order)

    def _choice(self, arguments: list[Jet], count: int) -> Jet:
        condition, first, second = arguments
        parts: list[Any] = []
        for order in range(count):
            one, other = first[order], second[order]
            if one is None and other is None:
                parts.append(None)
                continue
            one, other = (ZERO if part is None else part for part in (one, other))
            parts.append(self.apply(elementary.WHERE, [condition[0], one, other]))
        return tuple(parts)

    def _sum(self, a: Any, b: Any) -> Any:
        if a is None or b is None:
            return b if a is None else a
        return self.apply(elementary.ADD, [a, b])

    def _product(self, rate: Any, slope: Any) -> Any:
        if rate is None or slope is None:
            return None
        if slope is ONE or rate is ONE:
            return rate if slope is ONE else slope
        return self.apply(elementary.MULTIPLY, [rate, slope])


#: The derivative of x, recognised by identity and not multiplied by, and the value of a None.
ONE = 1.0 + 0.0
ZERO = 0.0


@cache
def rule(function: Elementary, k: int) -> Program:
    """The derivative of a function in its argument k, as a program of u, v, w and y."""
    return build(symbolic.rule(function, k), {}, (*ARGUMENTS, "y"))
