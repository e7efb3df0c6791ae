"""Reading a specification: `NAME[:PARAM=VALUE[,PARAM=VALUE]]`."""

from __future__ import annotations

import re

from actcli.catalogue.activation import Activation, Number, Symbol
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import catalogue, elementwise_only, find_any
from actcli.catalogue.vector import BoundVector, Declaration
from actcli.errors import UsageError, clipped, unknown
from actcli.number_text import read_number

#: What a name of a function looks like; other words may be formulas.
NAMELIKE = re.compile(r"(?!.*[²³])[A-Za-z_][\w.]*(?:-\w[\w.]*)*")


def parse(specification: str) -> BoundActivation:
    """The elementwise activation and parameters that a specification names.

    As `parse_any`, but a vector function is a UsageError.

    >>> parse("leaky_relu:0.01").parameters
    {'alpha': 0.01}
    """
    bound = parse_any(specification)
    if isinstance(bound, BoundVector):
        raise elementwise_only(bound.name)
    return bound


def parse_any(specification: str) -> BoundActivation | BoundVector:
    """The function, elementwise or of vectors, and parameters that a specification names.

    A framework's name brings that framework's defaults, and its keywords are understood.
    Raises UsageError that names the offending part.

    >>> parse_any("maxout:3").parameters
    {'k': 3.0}
    >>> parse_any("torch.nn.functional.leaky_relu").parameters
    {'alpha': 0.01}
    """
    name, colon, rest = specification.partition(":")
    if not name:
        raise UsageError(
            f"specification {clipped(specification)!r} has no name; for example: elu:alpha=1.5"
        )
    named = NAMELIKE.fullmatch(name) or re.search("[\ud800-\udfff]", name)  # or no text at all
    if not named or "x" in name.split("-") or name.startswith("x."):
        return _formula(specification)
    try:
        activation, symbol = find_any(name)
    except UsageError:
        if not _is_elementary(name):
            raise
        return _formula(specification)
    settings = framework_defaults(symbol)
    given: set[str] = set()
    for position, part in enumerate(rest.split(",") if colon else ()):
        key, equals, text = part.partition("=")
        if not equals:
            key, text = _first_parameter(activation, specification, position), part
        if activation.variants and key == activation.variants.name:
            activation = _variant(activation, text)
            continue
        key = canonical(key, activation, symbol)
        if key in given:
            raise UsageError(
                f"parameter {clipped(key)!r} stands twice in {clipped(specification)!r}"
            )
        given.add(key)
        settings[key] = _value(activation, key, text)
    return bind(activation, settings, symbol)


def _formula(specification: str) -> BoundActivation:
    from actcli.language.formula import bind_formula

    return bind_formula(specification)


def _is_elementary(name: str) -> bool:
    from actcli.language import elementary

    return name in elementary.CONSTANTS or elementary.find_elementary(name) is not None


def framework_defaults(symbol: Symbol | None) -> dict[str, Number]:
    """The parameters that a framework's name sets."""
    if symbol is None:
        return {}
    return {a.parameter: a.default for a in symbol.arguments if a.default is not None}


def _first_parameter(activation: Declaration, specification: str, position: int) -> str:
    if activation.parameters and position == 0:
        return activation.parameters[0].name
    if activation.variants and position == 0:
        return activation.variants.name
    if not activation.parameters:
        raise UsageError(
            f"{activation.name} has no parameters, but {clipped(specification)!r} sets one"
        )
    raise UsageError(
        f"in {clipped(specification)!r} only the first parameter may stand without its name; "
        f"write {activation.name}:{activation.parameters[0].name}=VALUE,PARAM=VALUE"
    )


def _variant(activation: Declaration, word: str) -> Activation:
    variants = activation.variants
    assert variants is not None
    if word not in variants.choices:
        raise unknown(f"value of {variants.name}", word, variants.choices)
    return catalogue()[variants.choices[word]]


def canonical(key: str, activation: Declaration, symbol: Symbol | None) -> str:
    """Our name of a parameter that may be written with a framework's keyword."""
    for argument in symbol.arguments if symbol else ():
        if key == argument.keyword:
            return argument.parameter
    return key


def _value(activation: Declaration, key: str, text: str) -> Number:
    number = read_number(text)
    if number is None:
        raise UsageError(
            f"{key}={clipped(text)} of {activation.name} is no number; for example {key}=0.5"
        )
    return number
