"""A derivative that lacks a factor, as when the chain or the product rule is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.formula import TypedFormula
from actcli.catalogue.shown import trees
from actcli.language.elementary import ADD, DIVIDE, MULTIPLY, NEGATIVE, POWER_OF, SUBTRACT, WHERE
from actcli.language.parser import as_tree
from actcli.language.symbolic import replaced
from actcli.language.tree import Call, Node, Number
from actcli.language.words import Text

#: What is looked into for products; the arguments of other functions are no part of the derivative.
INTO = (ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, WHERE)


def without_a_factor(bound: BoundActivation) -> Iterator[tuple[str, BoundActivation]]:
    """The derivative without one of its factors or divisors, which is named, one after the other.

    >>> from actcli.catalogue.specification import parse
    >>> [missing for missing, _ in without_a_factor(parse("sigmoid"))]
    ['the factor sigmoid(x)', 'the factor 1 - sigmoid(x)']
    >>> [missing for missing, _ in without_a_factor(parse("tanh"))]
    ['the square of tanh(x)']
    """
    activation = bound.activation
    if isinstance(activation, TypedFormula):
        tree = activation.derivative_trees[0]
    else:
        tree = trees(bound)[1]
    values = {name: as_tree(value) for name, value in bound.parameters.items()}
    told = set()
    for word, part, rest in _without(tree):
        missing = f"the {word} {Text().write(part)}"
        if missing not in told:
            told.add(missing)
            rest = replaced(rest, values)
            name = Text().write(rest)
            yield missing, BoundActivation(TypedFormula.of(name, name, rest, ()))


def _without(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """What can be missing of the products below: what to call it, itself, the tree without it."""
    if not isinstance(node, Call):
        return
    if node.function is POWER_OF and node.arguments[1] == Number(2.0):
        yield "square of", node.arguments[0], node.arguments[0]
    if node.function not in INTO:
        return
    if node.function is MULTIPLY:
        first, second = node.arguments
        yield "factor", first, second
        yield "factor", second, first
    elif node.function is DIVIDE:
        yield "divisor", node.arguments[1], node.arguments[0]
    for place, argument in enumerate(node.arguments):
        for word, part, rest in _without(argument):
            arguments = (*node.arguments[:place], rest, *node.arguments[place + 1 :])
            yield word, part, Call(node.function, arguments)
