"""A derivative that lacks a factor, as when the chain or the product rule is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.formula import TypedFormula
from actcli.catalogue.shown import trees
from actcli.language.elementary import ADD, DIVIDE, MULTIPLY, NEGATIVE, SUBTRACT, WHERE
from actcli.language.parser import as_tree
from actcli.language.program import Program, build
from actcli.language.tree import Call, Node
from actcli.language.words import Text

#: What is looked into for products; the arguments of other functions are no part of the derivative.
INTO = (ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, WHERE)


def without_a_factor(bound: BoundActivation) -> Iterator[tuple[str, Program]]:
    """The derivative without one of its factors or divisors, which is named, one after the other.

    >>> from actcli.catalogue.specification import parse
    >>> [factor for factor, _ in without_a_factor(parse("sigmoid"))]
    ['sigmoid(x)', '1 - sigmoid(x)']
    """
    activation = bound.activation
    if isinstance(activation, TypedFormula):
        tree = activation.derivative_trees[0]
    else:
        tree = trees(bound)[1]
    values = {name: as_tree(value) for name, value in bound.parameters.items()}
    told = set()
    for factor, rest in _without(tree):
        text = Text().write(factor)
        if text not in told:
            told.add(text)
            yield text, build(rest, values)


def _without(node: Node) -> Iterator[tuple[Node, Node]]:
    """Each factor of a product below, and the tree without it."""
    if not isinstance(node, Call) or node.function not in INTO:
        return
    if node.function is MULTIPLY:
        first, second = node.arguments
        yield first, second
        yield second, first
    elif node.function is DIVIDE:
        yield node.arguments[1], node.arguments[0]
    for place, argument in enumerate(node.arguments):
        for factor, rest in _without(argument):
            arguments = (*node.arguments[:place], rest, *node.arguments[place + 1 :])
            yield factor, Call(node.function, arguments)
