"""The formulas of a function as they are shown: with the values of what was set.

A parameter that was set stands with its value, one that a formula may do without is left out at its
default, and the others stand by their names.
"""

from __future__ import annotations

from typing import NamedTuple

from actcli.catalogue.bound import BoundActivation
from actcli.language.parser import Names, as_tree, parse_tree
from actcli.language.symbolic import replaced
from actcli.language.tree import Node, Parameter, walk
from actcli.language.words import Mathtext, write_conditional


class Shown(NamedTuple):
    """The formulas of value and derivatives, what they abbreviate, and two in mathtext."""

    value: str
    derivative: str
    second_derivative: str
    where: tuple[tuple[str, str], ...]
    mathtext: str
    derivative_mathtext: str


def shown(bound: BoundActivation) -> Shown:
    """The formulas of a function with its parameters.

    >>> from actcli.catalogue.specification import parse
    >>> shown(parse("relu")).value, shown(parse("relu:threshold=10")).value
    ('x if x > 0 else 0', 'x if x > 10 else 0')
    """
    activation = bound.activation
    texts = (activation.text, activation.derivative_text, activation.second_derivative_text)
    mathtexts = (activation.mathtext, activation.derivative_mathtext)
    values = _put_in(bound)
    if activation.typed or not values:
        return Shown(*texts, activation.where, *mathtexts)
    symbols = {parameter.name: parameter.symbol for parameter in activation.parameters}
    names = [*activation.defaults, *(name for name, _ in activation.where)]
    trees = [_tree(text, names, values) for text in texts]
    where = tuple((name, _written(text, names, values)) for name, text in activation.where)
    used = {node.name for tree in trees for node in walk(tree) if isinstance(node, Parameter)}
    if any(p.optional and p.name in bound.changed for p in activation.parameters):
        # the declaration's mathtext does not speak of what was set
        writer = Mathtext(symbols)
        mathtexts = (writer.write(trees[0]), writer.write(trees[1]))
    kept = tuple((name, text) for name, text in where if name in used or _needed(name, where))
    value, derivative, second_derivative = map(write_conditional, trees)
    return Shown(value, derivative, second_derivative, kept, *mathtexts)


def _put_in(bound: BoundActivation) -> dict[str, Node]:
    """The values that are put in the place of names."""
    return {
        parameter.name: as_tree(bound.parameters[parameter.name])
        for parameter in bound.activation.parameters
        if parameter.optional or parameter.name in bound.changed
    }


def _tree(text: str, names: list[str], values: dict[str, Node]) -> Node:
    return replaced(parse_tree(text, Names(names, open_=False)), values)


def _written(text: str, names: list[str], values: dict[str, Node]) -> str:
    return write_conditional(_tree(text, names, values))


def _needed(name: str, where: tuple[tuple[str, str], ...]) -> bool:
    """Whether another abbreviation speaks of this one."""
    return any(name in text for other, text in where if other != name)
