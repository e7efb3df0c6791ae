"""Programs: trees as lists of steps, with values for all names, from which everything is computed.

Functions of the catalogue are expanded to their definitions, and repeated parts become one step.
Two formulas with the same program are the same function, whatever their names.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import NamedTuple

from actcli.errors import UsageError
from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.tree import Apply, Call, Constant, Node, Number, Parameter, Variable

#: The most steps of a program: nested functions of the catalogue grow fast.
MOST_STEPS = 20_000


class Step(NamedTuple):
    """One operation on the results of earlier steps, by their places.

    Without a function it is a leaf: `name` is x (or u, v, w, y in rules) or a constant, or
    "" for the number `value`.
    """

    function: Elementary | None
    places: tuple[int, ...] = ()
    name: str = ""
    value: float = 0.0


class Program(NamedTuple):
    """Steps, each after those it needs; the last is the result."""

    steps: tuple[Step, ...]

    def until(self, place: int) -> Program:
        """The program whose result is that step."""
        return Program(_needed(list(self.steps), place))


def _infinite(step: Step) -> bool:
    return step.function is None and math.isinf(step.value)


#: Conditions that hold always or never.
TRUE, FALSE = Step(None, name="true"), Step(None, name="false")
COMPARED: dict[Elementary, Callable[[float, float], bool]] = {
    elementary.LESS: operator.lt,
    elementary.LESS_EQUAL: operator.le,
    elementary.GREATER: operator.gt,
    elementary.GREATER_EQUAL: operator.ge,
    elementary.EQUAL: operator.eq,
    elementary.NOT_EQUAL: operator.ne,
}


class Builder:
    """Collects steps without repetition."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.known: dict[tuple[object, ...], int] = {}

    def place(self, step: Step) -> int:
        """The place of a step, which is simplified if its result is known."""
        known = self._known(step)
        if known is not None:
            return known
        key = (id(step.function), step.places, step.name, step.value.hex())
        if key not in self.known:
            if len(self.steps) >= MOST_STEPS:
                raise UsageError(f"a formula of more than {MOST_STEPS} steps is too long")
            self.known[key] = len(self.steps)
            self.steps.append(step)
        return self.known[key]

    def _known(self, step: Step) -> int | None:
        """The place of a result decided by infinities: -inf, x < inf, and choices by these."""
        function, places = step.function, step.places
        if step.name == "inf":
            return self.place(Step(None, value=math.inf))
        steps = [self.steps[place] for place in places]
        if function is elementary.NEGATIVE and _infinite(steps[0]):
            return self.place(Step(None, value=-steps[0].value))
        if function in COMPARED and any(map(_infinite, steps)):
            # values compared with an infinity are finite, since infinite results have no ball
            left, right = (part.value if _infinite(part) else 0.0 for part in steps)
            return self.place(TRUE if COMPARED[function](left, right) else FALSE)
        if function is elementary.WHERE and steps[0] in (TRUE, FALSE):
            return places[1] if steps[0] is TRUE else places[2]
        if function is elementary.NEITHER and steps[0] in (TRUE, FALSE):
            return self.place(FALSE if steps[0] is TRUE else TRUE)
        for entry, deciding in ((elementary.BOTH, FALSE), (elementary.EITHER, TRUE)):
            if function is entry:
                other = TRUE if deciding is FALSE else FALSE
                for k in (0, 1):
                    if steps[k] is deciding:
                        return places[k]
                    if steps[k] is other:
                        return places[1 - k]
        return None

    def add(self, node: Node, names: Mapping[str, int], seen: dict[int, int] | None = None) -> int:
        """The place of a node's result, given the places of names."""
        seen = {} if seen is None else seen
        if id(node) in seen:
            return seen[id(node)]
        if isinstance(node, Number):
            place = self.place(Step(None, value=node.value))
        elif isinstance(node, Constant):
            place = self.place(Step(None, name=node.name))
        elif isinstance(node, Variable | Parameter):
            place = names[node.name]
        elif isinstance(node, Call):
            places = tuple(self.add(argument, names, seen) for argument in node.arguments)
            place = self.place(Step(node.function, places))
        else:
            place = self._apply(node, names, seen)
        seen[id(node)] = place
        return place

    def _apply(self, node: Apply, names: Mapping[str, int], seen: dict[int, int]) -> int:
        inner = {name: self.add(value, names, seen) for name, value in node.parameters}
        inner["x"] = self.add(node.argument, names, seen)
        return self.add(node.function.definition, inner)


def build(
    node: Node, parameters: Mapping[str, Node], variables: tuple[str, ...] = ("x",)
) -> Program:
    """The program of a tree with these values of its parameters.

    >>> from actcli.language.parser import parse_tree
    >>> len(build(parse_tree("sin(x)*sin(x) + 1"), {}).steps)
    5
    """
    builder = Builder()
    names = {name: builder.add(value, {}) for name, value in parameters.items()}
    for name in variables:
        names[name] = builder.place(Step(None, name=name))
    last = builder.add(node, names)
    return Program(_needed(builder.steps, last))


def _needed(steps: list[Step], last: int) -> tuple[Step, ...]:
    needed = {last}
    for place in range(last, -1, -1):
        if place in needed:
            needed.update(steps[place].places)
    moved = {place: position for position, place in enumerate(sorted(needed))}
    return tuple(
        steps[place]._replace(places=tuple(moved[p] for p in steps[place].places))
        for place in sorted(needed)
    )
