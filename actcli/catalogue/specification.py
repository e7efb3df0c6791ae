"""Reading a specification: `NAME[:PARAM=VALUE[,PARAM=VALUE]]`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from actcli.arithmetic.numbers import read_number
from actcli.catalogue.activation import Activation, Number, Symbol
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.built_in import canonical, framework_defaults, named
from actcli.catalogue.registry import find_declared, functions
from actcli.console import FUNCTIONS_VARIABLE
from actcli.errors import UsageError, clipped, unknown

if TYPE_CHECKING:
    from actcli.catalogue.definitions import Functions

#: Names of functions look like this; other words may be formulas.
NAMELIKE = re.compile(r"(?!.*[²³])[A-Za-z_][\w.]*(?:-\w[\w.]*)*")
#: Spellings of other languages: a function call, and an assignment to a function.
CALL = r"([\w.]+)\(([^()]*)\)"
ASSIGNMENT = r"([\w.]+)=([^:]*)"


def parse(specification: str) -> BoundActivation:
    """The function and parameters that a specification names.

    A framework's name brings that framework's defaults, and its keywords are understood.
    Raises UsageError with the faulty part.

    >>> parse("maxout:3").parameters
    {'k': 3.0}
    >>> parse("torch.nn.functional.leaky_relu").parameters
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
        activation, symbol = find(name)
    except UsageError:
        if (elementary := _elementary(name, rest)) is not None:
            return elementary
        raise
    settings = framework_defaults(symbol)
    given: set[str] = set()
    for position, part in enumerate(_parts(rest) if colon else ()):
        key, equals, text = part.partition("=")
        if not equals:
            key, text = _first_parameter(activation, specification, position), part
        if activation.variants and key == activation.variants.name:
            activation = _variant(activation, text)
            continue
        key = canonical(key, symbol)
        if key in given:
            raise UsageError(
                f"parameter {clipped(key)!r} is given twice in {clipped(specification)!r}"
            )
        given.add(key)
        settings[key] = _value(activation, key, text)
    return bind(activation, settings, symbol)


def _parts(settings: str) -> list[str]:
    """The settings, split at commas, except for those inside a formula of constants."""
    if "(" not in settings:
        return settings.split(",")
    from actcli.catalogue.formula import split_settings

    return split_settings(settings)


def find(word: str) -> tuple[Activation, Symbol | None]:
    """The function that a word names, and the framework's symbol if the word is one.

    The user's own functions come first. Raises UsageError with the nearest known names if there is
    no such function.

    >>> find("swish")[0].name, find("F.softmax")[0].name
    ('silu', 'softmax')
    >>> find("nn.LeakyReLU")[1].framework
    'torch'
    """
    if FUNCTIONS_VARIABLE not in os.environ:
        found = named(word)
        return (found, None) if found else find_declared(word)
    from actcli.catalogue.own_functions import find

    return find(word)


def own() -> dict[str, Activation]:
    """The user's own functions by name, in the order of their file."""
    if FUNCTIONS_VARIABLE not in os.environ:
        return {}
    from actcli.catalogue.own_functions import own_functions

    return own_functions()


def takes(specification: str, key: str) -> bool:
    """Whether the function of a specification has a parameter of that name.

    >>> takes("torch.nn.functional.leaky_relu:0.1", "negative_slope"), takes("tanh", "alpha")
    (True, False)
    """
    try:
        activation, symbol = find(specification.partition(":")[0])
    except UsageError:
        return False
    variants = (activation.variants.name,) if activation.variants else ()
    return canonical(key, symbol) in (*activation.defaults, *variants)


def _check_spelling(specification: str) -> None:
    """UsageError for `leaky_relu(0.1)` and `leaky_relu=0.1`, which are written differently here."""
    found = re.fullmatch(CALL, specification) or re.fullmatch(ASSIGNMENT, specification)
    if not found:
        return
    name, values = found.groups()
    try:
        find(name)
    except UsageError:
        if "(" in specification:
            return
        raise UsageError(
            f"{specification!r} names no function; a parameter stands with one: elu:{specification}"
        ) from None
    settings = [part.strip().replace("'", "").replace('"', "") for part in values.split(",")]
    settings = [part.replace(" ", "") for part in settings if part]
    right = f"{name}:{','.join(settings)}" if settings else name
    raise UsageError(f"{specification!r} is written {right} here")


def _formula(specification: str) -> BoundActivation:
    from actcli.catalogue.formula import X_ALONE

    if not X_ALONE.search(specification):
        _check_spelling(specification)
    return bind_formula(specification)


def _first_parameter(activation: Activation, specification: str, position: int) -> str:
    if activation.parameters and position == 0:
        return activation.parameters[0].name
    if activation.variants and position == 0:
        return activation.variants.name
    if not activation.parameters:
        raise UsageError(
            f"{activation.name} has no parameters, but {clipped(specification)!r} sets one"
        )
    raise UsageError(
        f"in {clipped(specification)!r} only the first parameter may be given without its name; "
        f"write {activation.name}:{activation.parameters[0].name}=VALUE,PARAM=VALUE"
    )


def _variant(activation: Activation, word: str) -> Activation:
    variants = activation.variants
    assert variants is not None
    word = variants.spellings.get(word.capitalize(), word)
    if word not in variants.choices:
        raise unknown(f"value of {variants.name}", word, variants.choices)
    return functions()[variants.choices[word]]


def _value(activation: Activation, key: str, text: str) -> Number:
    number = read_number(text)
    if number is not None:
        return number
    if not re.search(r"[0-9a-z]", text):
        raise UsageError(
            f"{key}={clipped(text)} of {activation.name} is not a number; for example {key}=0.5"
        )
    from actcli.catalogue.formula import read_constant

    return read_constant(text, f"{key}={text}", all_functions())


def _elementary(name: str, rest: str) -> BoundActivation | None:
    """An elementary function of formulas by its bare name; None if there is no such function."""
    from actcli.language.elementary import CONSTANTS, find_elementary

    entry = find_elementary(name)
    if entry is None:
        return _formula(name) if name in CONSTANTS else None
    if entry.count > 1:
        others = ", ".join(["0"] * (entry.count - entry.conditions - 1))
        example = f"{name}(x, {others})" if not entry.conditions else f"{name}(x > 0, x, 0)"
        raise UsageError(
            f"{name} takes {entry.count} arguments; write it as a formula: '{example}'"
        ) from None
    if rest:
        raise UsageError(f"{name} has no parameters, but {name}:{clipped(rest)} sets one") from None
    return _formula(f"{entry.name}(x)")


def is_formula(word: str) -> bool:
    """Whether a word on the command line is a formula rather than the name of a function.

    >>> [is_formula(w) for w in ("x", "-x**2", "c(x) = 2", "relu", "elu:alpha=1", "F.relu", "2+3")]
    [True, True, True, False, False, False, True]
    """
    from actcli.catalogue.formula import X_ALONE

    body = word.partition(":")[0]
    return bool(X_ALONE.search(body)) or not NAMELIKE.fullmatch(body)


def bind_formula(word: str, settings: Mapping[str, Number] | None = None) -> BoundActivation:
    """The activation that a formula on the command line stands for, with further settings.

    >>> bind_formula("x*sigmoid(beta*x):beta=1.5").parameters
    {'beta': 1.5}
    """
    from actcli.catalogue.formula import read_formula

    function, values = read_formula(word, all_functions(), settings)
    ordered = {name: values[name] for name in function.parameter_names}
    return BoundActivation(function, ordered)


def all_functions() -> Functions:
    """What formulas may call: every function."""
    from actcli.catalogue.definitions import Functions

    return Functions(find, functions)
