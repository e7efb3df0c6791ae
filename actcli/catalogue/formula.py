"""Formulas as activations: typed instead of named, but used like those of the catalogue."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from actcli.arithmetic.numbers import Number, read_number
from actcli.catalogue.activation import FINITE, Activation, Citation, Domain, Parameter
from actcli.catalogue.definitions import BUILT_IN, Functions, read_tree
from actcli.errors import UsageError, clipped, nearest
from actcli.language.elementary import CONSTANTS, by_name, find_elementary
from actcli.language.parser import Names, X, as_tree, assignment
from actcli.language.tree import Node, walk
from actcli.language.tree import Parameter as Name

if TYPE_CHECKING:
    from actcli.language.program import Program

#: A text is a formula if x stands alone in it, perhaps with a superscript.
X_ALONE = re.compile(r"(?<![\w.])x(?![^\W²³]|\.)")
HEADER = re.compile(r"\s*([A-Za-z_]\w*)\s*\((.*)\)\s*")
ANY = Domain("a number", lambda value: value == value)


def read_formula(
    word: str, functions: Functions, settings: Mapping[str, Number] | None = None
) -> tuple[TypedFormula, dict[str, Number]]:
    """The activation that a formula defines, and the values of its parameters.

    `word` is a formula or `NAME(x, PARAM=VALUE) = FORMULA`, perhaps followed by
    `:PARAM=VALUE,...`; `settings` take precedence over these.
    Raises UsageError for any fault, in one line that marks the place.
    """
    if found := re.match(r"\s*lambda\b[^:]*:\s*(.*)", word, re.DOTALL):
        raise _fault(word, f"a formula is what the lambda returns: {clipped(found[1])!r}")
    if ":=" in word:
        raise _fault(
            word,
            "':=' has no meaning here; a formula is named by "
            "'name(x) = formula', a parameter set by 'formula:name=value'",
        )
    text, colon, rest = word.partition(":")
    if find_elementary(text):  # log, as a function of x
        text = f"{text}(x)"
    given = _read_settings(rest, word, functions) if colon else {}
    given.update(settings or {})
    function, defaults = _read_definition(text, given, functions)
    for name in given:
        if name not in function.parameter_names:
            known = ", ".join(function.parameter_names) or "none"
            raise UsageError(
                f"formula {clipped(text)!r} has no parameter {clipped(name)!r}; "
                f"it has: {clipped(known)}"
            )
    values = {**defaults, **given}
    missing = [name for name in function.parameter_names if name not in values]
    if missing:
        raise _without_value(text, missing[0], function.parameter_names)
    return function.with_values(values), values


def _fault(text: str, words: str) -> UsageError:
    return UsageError(f"formula {clipped(text)!r}: {words}")


def _without_value(text: str, name: str, names: tuple[str, ...]) -> UsageError:
    known = [*CONSTANTS, "x", *by_name()]
    close = [word for word in nearest(name, known) if len(name) > 1]
    hint = f"; or is it {' or '.join(close)}?" if close else ""
    settings = clipped(",".join(f"{other}=VALUE" for other in names))
    shown = clipped(text)
    return _fault(text, f"{clipped(name)} has no value; give it one: '{shown}:{settings}'{hint}")


def _read_definition(
    text: str, given: Collection[str], functions: Functions
) -> tuple[TypedFormula, dict[str, Number]]:
    """The function of a formula, with or without a header, and its defaults.

    A name in `given` is a parameter, even if a constant has the same name.
    """
    place = assignment(text)
    name, body = "", text
    defaults: dict[str, Number] = {}
    if place < 0:
        order = tuple(name for name in given if name in CONSTANTS and _stands_in(name, text))
    else:
        name, defaults, order = _read_header(text[:place], text, functions)
        body = text[place + 1 :]
    body = body.strip()
    if name and re.search(rf"(?<![\w.]){name}\s*\(", body):
        raise _fault(
            text, f"{clipped(name)} is used in its own definition; a formula cannot call itself"
        )
    tree = read_tree(body, Names(parameters=order), functions)
    found = [node.name for node in walk(tree) if isinstance(node, Name)]
    others = tuple(sorted(set(found) - set(order)))
    if name:
        _check_name(name, text)
    elif not X_ALONE.search(body):
        raise UsageError(
            f"formula {clipped(text)!r} has no x; a constant needs a name: 'c(x) = {clipped(text)}'"
        )
    if name and others:
        raise _fault(
            text,
            f"{clipped(others[0])} is not a parameter of "
            f"{clipped(name)}; write {clipped(name)}(x, {clipped(others[0])}=VALUE) = ...",
        )
    return TypedFormula.of(name, body, tree, (*order, *others)), defaults


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){name}(?![\w.(])", text) is not None


def _read_header(
    header: str, text: str, functions: Functions
) -> tuple[str, dict[str, Number], tuple[str, ...]]:
    match = HEADER.fullmatch(header)
    inner = [part.strip() for part in match[2].split(",")] if match else []
    if not match or not inner or inner[0] != "x":
        raise _fault(
            text,
            "before '=' write a name with x and parameters, "
            "as in 'swoosh(x, a=0.08) = log(1+exp(x-1)) - a*x'",
        )
    defaults: dict[str, Number] = {}
    order: list[str] = []
    for part in inner[1:]:
        name, equals, value = (piece.strip() for piece in part.partition("="))
        _check_parameter(name, text)
        if name in order:
            raise _fault(text, f"parameter {clipped(name)} is given twice")
        order.append(name)
        if equals:
            defaults[name] = read_constant(value, f"{name}={value}", functions)
    return match[1], defaults, tuple(order)


def _check_parameter(name: str, text: str) -> None:
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise _fault(text, f"{clipped(name)!r} is not a name for a parameter")
    if name == "x" or find_elementary(name):
        raise _fault(text, f"a parameter cannot be called {clipped(name)}")


def defined_name(line: str, functions: Functions) -> str:
    """The name that a line in a file of formulas defines."""
    place = assignment(line)
    if place < 0:
        raise UsageError(f"{clipped(line.strip())!r} has no name: NAME(x, PARAM=VALUE) = FORMULA")
    return _read_header(line[:place], line.strip(), functions)[0]


def _check_name(name: str, text: str) -> None:
    from actcli.catalogue.registry import find_declared

    if name == "x" or find_elementary(name) or name in CONSTANTS:
        raise _fault(text, f"{clipped(name)} has a meaning of its own; take another name")
    try:
        found, _ = find_declared(name)
    except UsageError:
        return
    raise _fault(text, f"the catalogue has {found.name} under the name {name}; take another name")


def _read_settings(rest: str, word: str, functions: Functions) -> dict[str, Number]:
    given: dict[str, Number] = {}
    for part in split_settings(rest):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise UsageError(
                f"in {clipped(word)!r} a parameter of a formula needs its name: "
                f"write beta={clipped(part) or 1}"
            )
        if name in given:
            raise UsageError(f"parameter {clipped(name)!r} is given twice in {clipped(word)!r}")
        given[name] = read_constant(value, f"{name}={value}", functions)
    return given


def split_settings(text: str) -> list[str]:
    """The settings, split at the commas outside parentheses.

    >>> split_settings("a=1,b=max(2,3)")
    ['a=1', 'b=max(2,3)']
    """
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def read_constant(text: str, setting: str, functions: Functions = BUILT_IN) -> Number:
    """The real number that a text stands for: a number or a formula of constants.

    >>> read_constant("0.5", "a=0.5"), read_constant("1/4", "a=1/4"), read_constant("1/6", "a=1/6")
    (0.5, 0.25, 0.16666666666666666)
    """
    from actcli.catalogue.constants import exact_number

    number = read_number(text)
    if number is not None:
        if math.isnan(number) or (math.isinf(number) and "inf" not in text.lower()):
            raise UsageError(
                f"{clipped(setting)} is not a number that a parameter can have: it is not in "
                "float64, whose largest number is 1.8e308"
            )
        return number
    try:
        tree = read_tree(text, Names(variables=(), open_=False), functions)
    except UsageError as error:
        raise UsageError(
            f"{clipped(setting)} is neither a number nor a formula of constants as 1/6 or pi: "
            f"{error}"
        ) from None
    return exact_number(tree, text, setting)


class TypedFormula(Activation):
    """An activation whose facts are derived from its formula on demand.

    `values` are its parameters as set, for which the facts hold.
    """

    tree: Node = X
    named: bool = False
    values: Mapping[str, Number] = MappingProxyType({})

    @classmethod
    def of(cls, name: str, body: str, tree: Node, parameters: tuple[str, ...]) -> TypedFormula:
        """The function of a formula; without a name it is called by its text."""
        function = cls(
            name=name or body,
            text=body,
            derivative_text="",
            second_derivative_text="",
            formulas=None,
            citation=Citation("a formula of one's own"),
            family="formulas",
            parameters=tuple(Parameter(each, 0.0, "", domain=ANY) for each in parameters),
        )
        function.tree = tree
        function.named = bool(name)
        return function

    @property
    def typed(self) -> bool:
        return True

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    def with_values(self, values: Mapping[str, Number]) -> TypedFormula:
        """The same function with its parameters set; these become its defaults."""
        parameters = tuple(
            Parameter(name, values[name], "a parameter of the formula", domain=FINITE)
            for name in self.parameter_names
        )
        made = TypedFormula(*self)._replace(parameters=parameters)
        made.tree, made.named, made.values = self.tree, self.named, dict(values)
        return made

    @cached_property
    def program(self) -> Program:
        """The formula with its parameters, step by step."""
        from actcli.language.program import build

        return build(self.tree, {name: as_tree(value) for name, value in self.values.items()})

    @cached_property
    def derivative_trees(self) -> tuple[Node, Node]:
        """The trees of the two derivatives."""
        from actcli.language import symbolic

        first = symbolic.derivative(self.tree)
        return first, symbolic.derivative(first)

    @cached_property
    def derivative_text(self) -> str:
        from actcli.language.words import write_text

        return write_text(self.derivative_trees[0])

    @cached_property
    def second_derivative_text(self) -> str:
        from actcli.language.words import write_text

        return write_text(self.derivative_trees[1])


__all__ = ["TypedFormula", "read_constant", "read_formula"]
