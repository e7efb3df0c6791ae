"""Formulas that call functions of the catalogue: their trees, and the programs of definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from actcli.catalogue.activation import Activation, Number, Symbol
from actcli.catalogue.built_in import (
    built_in,
    canonical,
    find_built_in,
    framework_defaults,
    spellings,
)
from actcli.errors import UsageError, clipped
from actcli.language.parser import Names, Reader, as_tree
from actcli.language.program import Program, build
from actcli.language.symbolic import derivative
from actcli.language.tree import Apply, Node, Part


class Functions(NamedTuple):
    """The functions that a formula may call: the one that a word means, and all by their names."""

    find: Callable[[str], tuple[Activation, Symbol | None]]
    by_name: Callable[[], Mapping[str, Activation]]


BUILT_IN = Functions(find_built_in, built_in)


class DefinitionError(UsageError):
    """A named formula that another one uses cannot be read."""


def read_tree(text: str, names: Names = Names(), functions: Functions = BUILT_IN) -> Node:  # noqa: B008
    """The tree of a formula.

    >>> read_tree("2*gelu(x)").arguments[1].function.name
    'gelu'
    """
    return FormulaReader(text, names, functions).tree()


class FormulaReader(Reader):
    """One formula being read that may call functions of the catalogue."""

    def __init__(self, text: str, names: Names, known: Functions) -> None:
        super().__init__(text, names)
        self.known = known

    def is_function(self, word: str) -> bool:
        try:
            self.known.find(word)
        except UsageError:
            return False
        return True

    def functions(self) -> list[str]:
        elementwise = [one for one in self.known.by_name().values() if not one.vector]
        return super().functions() + [name for one in elementwise for name, _ in spellings(one)]

    def apply(self, word: str, node: ast.Call, depth: int) -> Node:
        try:
            function, symbol = self.known.find(word)
        except DefinitionError:
            raise
        except UsageError:
            return super().apply(word, node, depth)
        if function.vector:
            raise self.fault(
                f"{word} works on whole vectors, a formula on one number x; it stands alone, "
                f"as {word}",
                node,
            )
        if len(node.args) != 1:
            name = function.parameters[0].name if function.parameters else ""
            if len(node.args) > 1 and name:
                remedy = f"give parameters by name: {word}(x, {name}={self.source(node.args[1])})"
            elif len(node.args) > 1:
                remedy = "it has no parameters"
            else:
                remedy = f"write {word}(x)"
            raise self.fault(f"{word} takes one argument, not {len(node.args)}; {remedy}", node)
        return self._bound(function, symbol, word, node, depth)

    def _bound(
        self, function: Activation, symbol: Symbol | None, word: str, node: ast.Call, depth: int
    ) -> Node:
        defaults = {**function.defaults, **framework_defaults(symbol)}
        parameters = {name: as_tree(value) for name, value in defaults.items()}
        for keyword in node.keywords:
            variants = function.variants
            if variants and keyword.arg == variants.name:
                function = self._variant(function, keyword)
                continue
            name = canonical(str(keyword.arg), symbol)
            if name not in function.defaults:
                known = list(function.defaults)
                if not known:
                    raise self.fault(
                        f"{word} has no parameters, so no {clipped(str(keyword.arg))}=", node
                    )
                raise self.unknown(f"parameter of {word}", str(keyword.arg), known, node)
            parameters[name] = self.number(keyword.value, depth)
        argument = self.number(node.args[0], depth)
        return Apply(Definition(function), tuple(parameters.items()), argument, word)

    def _variant(self, function: Activation, keyword: ast.keyword) -> Activation:
        variants = function.variants
        assert variants is not None
        word = str(getattr(keyword.value, "value", ""))
        word = variants.spellings.get(word, word)
        if word not in variants.choices:
            raise self.fault(
                f"{variants.name} is one of {', '.join(map(repr, variants.choices))}", keyword.value
            )
        return self.known.by_name()[variants.choices[word]]


class Definition(Part):
    """What a function that a formula calls is made of."""

    __slots__ = ("activation",)

    def __init__(self, activation: Activation) -> None:
        self.activation = activation

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def name(self) -> str:
        return self.activation.name

    @property
    def defaults(self) -> Mapping[str, Number]:
        return self.activation.defaults

    @property
    def definition(self) -> Node:
        return self.activation.tree or parsed(self.activation, self.activation.text)

    @property
    def slope(self) -> Node:
        if self.activation.formulas is None or not self.activation.derivative_text:
            return derivative(self.definition)
        return parsed(self.activation, self.activation.derivative_text)


def texts(activation: Activation) -> tuple[str, str, str]:
    """The formulas of value and derivatives; one that the record leaves out follows from the last.

    >>> texts(built_in()["leaky_relu"])
    ('x if x > 0 else alpha*x', '1 if x > 0 else alpha', '0')
    """
    first = activation.derivative_text or _differentiated(activation, activation.text)
    second = activation.second_derivative_text or _differentiated(activation, first)
    return activation.text, first, second


def _differentiated(activation: Activation, text: str) -> str:
    from actcli.language.words import write_conditional

    return write_conditional(derivative(parsed(activation, text)))


def parsed(activation: Activation, text: str) -> Node:
    """The tree of one of an activation's texts, with its abbreviations expanded."""
    return _parsed(text, activation.where, tuple(activation.defaults))


@lru_cache(maxsize=512)
def _parsed(text: str, where: tuple[tuple[str, str], ...], parameters: tuple[str, ...]) -> Node:
    lets: dict[str, Node] = {}
    for name, meaning in where:
        lets[name] = read_tree(meaning, Names(parameters, lets, open_=False))
    return read_tree(text, Names(parameters, lets, open_=False))


def program_of(activation: Activation, parameters: Mapping[str, Number]) -> Program:
    """The program of an activation with its parameters set."""
    if activation.program is not None:
        return activation.program
    values = tuple(as_tree(value) for value in parameters.values())
    return _program(activation.text, activation.where, tuple(parameters), values)


@lru_cache(maxsize=256)
def _program(
    text: str, where: tuple[tuple[str, str], ...], names: tuple[str, ...], values: tuple[Node, ...]
) -> Program:
    return build(_parsed(text, where, names), dict(zip(names, values, strict=True)))
