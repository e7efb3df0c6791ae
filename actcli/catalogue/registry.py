"""The functions by name, those that packages add among them. Nothing here is a list of names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from actcli.catalogue.activation import Activation, Symbol
from actcli.catalogue.built_in import built_in, lookup, parameter_names, spellings
from actcli.errors import UsageError, unknown


@cache
def added() -> dict[str, Activation]:
    """The functions that packages add, by name."""
    from actcli.catalogue import packages

    if packages.loading():  # a package being loaded asks which functions there are
        return {}
    found = packages.load(built_in())
    functions.cache_clear()
    return found


@cache
def functions() -> dict[str, Activation]:
    """Every function by name: the built-in ones and those that packages add."""
    return {**built_in(), **added()}


def elementwise() -> dict[str, Activation]:
    """The functions of one number by name."""
    return {name: one for name, one in functions().items() if not one.vector}


def vectors() -> dict[str, Activation]:
    """The functions of vectors by name."""
    return {name: one for name, one in functions().items() if one.vector}


def names(kind: str = "elementwise") -> list[str]:
    """The canonical names, sorted: of the "elementwise" functions, the "vector" ones or "all".

    >>> names("vector")[-3:]
    ['softmin', 'sparsemax', 'swiglu']
    """
    kinds = {"elementwise": (False,), "vector": (True,), "all": (False, True)}
    if kind not in kinds:
        raise unknown("kind", kind, kinds)
    return sorted(name for name, one in functions().items() if bool(one.vector) in kinds[kind])


def functions_with(parameter: str) -> list[Activation]:
    """The built-in functions with that parameter, by its name here or in a framework."""
    return [one for one in built_in().values() if parameter in parameter_names(one)]


def elementwise_only(name: str) -> UsageError:
    """The error for a vector function where a function of one number is needed."""
    return UsageError(
        f"{name} works on whole vectors, but this needs a function of one number; "
        "what takes it: actcli eval, info, compare, points and audit"
    )


def find_declared(word: str, others: Sequence[str] = ()) -> tuple[Activation, Symbol | None]:
    """The function that a word names, and the framework's symbol if the word is one.

    Raises UsageError with the nearest known names, and `others`, if there is none.
    """
    # Packages come last: loading them takes time, which only an unknown word is worth.
    if found := lookup(word, built_in()) or lookup(word, functions()):
        return found
    known = [
        name
        for activation in functions().values()
        for name, symbol in spellings(activation)
        if (symbol is not None) == ("." in word)
    ]
    known += others
    raise unknown("activation", word, known, "see: actcli list")
