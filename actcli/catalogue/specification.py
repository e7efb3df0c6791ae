"""Reading a specification: `NAME[:PARAM=VALUE[,PARAM=VALUE]]`."""

from __future__ import annotations

import re

from actcli.catalogue.activation import Activation, Number, Symbol
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import catalogue, elementwise_only, find_any
from actcli.catalogue.vector import BoundVector, Declaration
from actcli.errors import UsageError, unknown
from actcli.number_text import read_number

#: Spellings of other languages: a function that is called, and one that something is assigned to.
CALL = re.compile(r"([\w.]+)\(([^()]*)\)")
ASSIGNMENT = re.compile(r"([\w.]+)=([^:]*)")


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
        raise UsageError(f"specification {specification!r} has no name; for example: elu:alpha=1.5")
    if found := CALL.fullmatch(specification) or ASSIGNMENT.fullmatch(specification):
        raise _otherwise_written(specification, *found.groups())
    activation, symbol = find_any(name)
    settings = _framework_defaults(symbol)
    given: set[str] = set()
    for position, part in enumerate(rest.split(",") if colon else ()):
        key, equals, text = part.partition("=")
        if not equals:
            key, text = _first_parameter(activation, specification, position), part
        if activation.variants and key == activation.variants.name:
            activation = _variant(activation, text)
            continue
        key = _canonical(key, symbol)
        if key in given:
            raise UsageError(f"parameter {key!r} stands twice in {specification!r}")
        given.add(key)
        settings[key] = _value(activation, key, text)
    return bind(activation, settings, symbol)


def takes(specification: str, key: str) -> bool:
    """Whether the function of a specification has a parameter of that name.

    >>> takes("torch.nn.functional.leaky_relu:0.1", "negative_slope"), takes("tanh", "alpha")
    (True, False)
    """
    try:
        activation, symbol = find_any(specification.partition(":")[0])
    except UsageError:
        return False
    variants = (activation.variants.name,) if activation.variants else ()
    return _canonical(key, symbol) in (*activation.defaults, *variants)


def _otherwise_written(specification: str, name: str, values: str) -> UsageError:
    """What to say of `leaky_relu(0.1)` and `leaky_relu=0.1`."""
    try:
        find_any(name)
    except UsageError:
        if "(" in specification:
            raise
        return UsageError(
            f"{specification!r} names no function; a parameter stands with one: elu:{specification}"
        )
    settings = [part.strip().replace("'", "").replace('"', "") for part in values.split(",")]
    settings = [part.replace(" ", "") for part in settings if part not in ("", "x")]
    right = f"{name}:{','.join(settings)}" if settings else name
    return UsageError(f"{specification!r} is written {right} here")


def _framework_defaults(symbol: Symbol | None) -> dict[str, Number]:
    if symbol is None:
        return {}
    return {a.parameter: a.default for a in symbol.arguments if a.default is not None}


def _first_parameter(activation: Declaration, specification: str, position: int) -> str:
    if activation.parameters and position == 0:
        return activation.parameters[0].name
    if activation.variants and position == 0:
        return activation.variants.name
    if not activation.parameters:
        raise UsageError(f"{activation.name} has no parameters, but {specification!r} sets one")
    raise UsageError(
        f"in {specification!r} only the first parameter may stand without its name; "
        f"write {activation.name}:{activation.parameters[0].name}=VALUE,PARAM=VALUE"
    )


def _variant(activation: Declaration, word: str) -> Activation:
    variants = activation.variants
    assert variants is not None
    word = variants.spellings.get(word.capitalize(), word)
    if word not in variants.choices:
        raise unknown(f"value of {variants.name}", word, variants.choices)
    return catalogue()[variants.choices[word]]


def _canonical(key: str, symbol: Symbol | None) -> str:
    for argument in symbol.arguments if symbol else ():
        if key == argument.keyword:
            return argument.parameter
    return key


def _value(activation: Declaration, key: str, text: str) -> Number:
    number = read_number(text)
    if number is None:
        raise UsageError(f"{key}={text} of {activation.name} is no number; for example {key}=0.5")
    return number
