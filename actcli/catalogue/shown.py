"""The formulas of a function as they are shown.

A parameter that was set is shown by its value, an optional one is left out at its default, and the
others are shown by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.definitions import read_tree, texts
from actcli.language.elementary import EQUAL, MULTIPLY, NOT_EQUAL, WHERE
from actcli.language.parser import Names, as_tree
from actcli.language.symbolic import replaced
from actcli.language.tree import Apply, Call, Constant, Node, Number, Parameter, Variable, walk
from actcli.language.words import SIGNS, Mathtext, write_conditional


class Shown(NamedTuple):
    """The formulas of value and derivatives, and their abbreviations."""

    where: tuple[tuple[str, str], ...]
    value: str
    derivative: str = ""
    second_derivative: str = ""


def shown(bound: BoundActivation, derivatives: bool = True) -> Shown:
    """The formulas of a function with its parameters, those of the derivatives if wanted.

    >>> from actcli.catalogue.specification import parse
    >>> shown(parse("relu")).value, shown(parse("relu:threshold=10")).value
    ('x if x > 0 else 0', 'x if x > 10 else 0')
    """
    activation = bound.activation
    values = _put_in(bound)
    formulas = texts(activation) if derivatives else (activation.text,)
    if activation.typed or not values:
        return Shown(activation.where, *formulas)
    names = _names(bound)
    trees = [_decided(_tree(text, names, values), {}) for text in formulas]
    where = tuple(
        (name, write_conditional(_tree(text, names, values))) for name, text in activation.where
    )
    used = {node.name for tree in trees for node in walk(tree) if isinstance(node, Parameter)}
    kept = tuple((name, text) for name, text in where if name in used or _needed(name, where))
    return Shown(kept, *map(write_conditional, trees))


def mathtexts(bound: BoundActivation) -> tuple[str, str]:
    """The function and its derivative in mathtext, with symbols for parameters.

    >>> from actcli.catalogue.specification import parse
    >>> print(*mathtexts(parse("lisht")), sep="; ")
    x\\,\\tanh(x); \\tanh(x) + x(1 - \\tanh^{2}(x))
    """
    activation = bound.activation
    from actcli.catalogue.formula import TypedFormula

    if isinstance(activation, TypedFormula):
        writer = Mathtext()
        return writer.write(activation.tree), writer.write(activation.derivative_trees[0])
    names, known = _names(bound), _known(bound)
    optional = {p.name: known[p.name] for p in activation.parameters if p.optional}
    lets = {name: _tree(text, names, optional) for name, text in activation.where}
    value, derivative = (
        _decided(_tree(text, names, optional), known) for text in texts(activation)[:2]
    )
    value = _whole(value, lets)
    short = {name: tree for name, tree in lets.items() if _is_short(tree)}
    derivative = replaced(derivative, short)
    longer = {name: replaced(tree, short) for name, tree in lets.items()}
    writer = Mathtext(symbols(bound))
    parts = [writer.write(derivative), *_abbreviations(writer, derivative, longer)]
    return writer.write(value), r",\ ".join(parts)


def _abbreviations(writer: Mathtext, tree: Node, lets: dict[str, Node]) -> Iterator[str]:
    """The meanings of the abbreviations in a formula, in the order of their first use."""
    waiting, told = [tree], set()
    while waiting:
        used = [node.name for node in walk(waiting.pop(0)) if isinstance(node, Parameter)]
        for name in dict.fromkeys(used):
            base = name.lstrip("d") or name  # u' needs no explanation besides u
            if base in lets and base not in told:
                told.add(base)
                waiting.append(lets[base])
                yield f"{writer.parameter(base)}={writer.write(lets[base])}"


def trees(bound: BoundActivation) -> tuple[Node, ...]:
    """The function and both derivatives, with set parameters and abbreviations substituted."""
    activation, values = bound.activation, _put_in(bound)
    names = _names(bound)
    lets = {name: _tree(text, names, values) for name, text in activation.where}
    return tuple(
        _whole(_decided(_tree(text, names, values), _known(bound)), lets)
        for text in texts(activation)
    )


def _whole(tree: Node, lets: dict[str, Node]) -> Node:
    """The tree with its abbreviations substituted, the last first, since it may use the others."""
    for name in reversed(lets):
        tree = replaced(tree, {name: lets[name]})
    return tree


def symbols(bound: BoundActivation) -> dict[str, str]:
    """The symbols of parameters and abbreviations; du is the derivative of u."""
    written = {parameter.name: parameter.symbol for parameter in bound.activation.parameters}
    names = [name for name, _ in bound.activation.where]
    for name in names:
        base = name.lstrip("d")
        if base != name and base in names:
            written[name] = f"{base}{PRIMES[len(name) - len(base)]}"
    return written


#: Marks of the derivatives of an abbreviation, by order.
PRIMES = ("", r"^{\prime}", r"^{\prime\prime}")


def _is_short(tree: Node) -> bool:
    """Whether this is a function of x, or of x and a parameter, with a short symbol."""
    if isinstance(tree, Apply) and tree.function.name in SIGNS:
        inner = tree.argument
    elif isinstance(tree, Call) and tree.function.name in (*SIGNS, "exp"):
        inner = tree.arguments[0]
    else:
        return False
    if isinstance(inner, Call) and inner.function is MULTIPLY:
        return all(isinstance(part, Parameter | Variable) for part in inner.arguments)
    return isinstance(inner, Variable)


def _decided(node: Node, values: dict[str, Node]) -> Node:
    """The tree without conditions that parameters alone decide."""
    if not isinstance(node, Call):
        return node
    arguments = tuple(_decided(argument, values) for argument in node.arguments)
    if node.function is WHERE and isinstance(arguments[0], Call):
        condition = arguments[0]
        sides = [replaced(side, values) for side in condition.arguments]  # a number, if known
        if condition.function in (EQUAL, NOT_EQUAL) and all(
            isinstance(side, Number | Constant) for side in sides
        ):
            return arguments[1 if (sides[0] == sides[1]) is (condition.function is EQUAL) else 2]
    return Call(node.function, arguments)


def _names(bound: BoundActivation) -> list[str]:
    return [*bound.activation.defaults, *(name for name, _ in bound.activation.where)]


def _put_in(bound: BoundActivation) -> dict[str, Node]:
    """The values that are substituted for names."""
    known = _known(bound)
    return {
        parameter.name: known[parameter.name]
        for parameter in bound.activation.parameters
        if parameter.optional or parameter.name in bound.changed
    }


def _known(bound: BoundActivation) -> dict[str, Node]:
    return {name: as_tree(value) for name, value in bound.parameters.items()}


def _tree(text: str, names: list[str], values: dict[str, Node]) -> Node:
    return replaced(read_tree(text, Names(names, open_=False)), values)


def _needed(name: str, where: tuple[tuple[str, str], ...]) -> bool:
    """Whether another abbreviation uses this one."""
    return any(name in text for other, text in where if other != name)
