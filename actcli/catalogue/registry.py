"""Functions by name, alias or a framework's name. Nothing here is a list of names."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from actcli.catalogue.activation import Activation, Symbol
from actcli.console import FUNCTIONS_VARIABLE
from actcli.errors import UsageError, fold, unknown

#: Common short forms of the frameworks' modules.
ABBREVIATIONS = (
    ("tensorflow.", "tf."),
    ("tf.keras.", "keras."),
    ("F.", "torch.nn.functional."),
    ("nn.functional.", "torch.nn.functional."),
    ("nn.", "torch.nn."),
    ("jnp.", "jax.numpy."),
    ("flax.nn.", "flax.linen."),
)


@cache
def built_in() -> dict[str, Activation]:
    """The functions declared in this package by name, in order of declaration."""
    import actcli.catalogue.families as families

    found: dict[str, Activation] = {}
    for module in pkgutil.iter_modules(families.__path__):
        declared = importlib.import_module(f"{families.__name__}.{module.name}")
        for value in vars(declared).values():
            if isinstance(value, Activation):
                found[value.name] = value._replace(family=module.name)
    return found


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


def parameter_names(activation: Activation) -> set[str]:
    """The names of a function's parameters, here and in the frameworks that have it."""
    names = {argument.keyword for symbol in activation.symbols for argument in symbol.arguments}
    variants = {activation.variants.name} if activation.variants else set()
    return names | variants | set(activation.defaults)


def spellings(activation: Activation) -> Iterator[tuple[str, Symbol | None]]:
    """Every name of the activation: canonical, aliases, frameworks'."""
    yield activation.name, None
    for alias in activation.aliases:
        yield alias, None
    for symbol in activation.symbols:
        if symbol.resolves:
            yield symbol.name, symbol
            for name in symbol.also:
                yield name, symbol


def find(word: str) -> tuple[Activation, Symbol | None]:
    """The function that a word names, and the framework's symbol if the word is one.

    The user's own functions come first. Raises UsageError with the nearest known names if there is
    no such function.

    >>> find("swish")[0].name, find("F.softmax")[0].name
    ('silu', 'softmax')
    >>> find("nn.LeakyReLU")[1].framework
    'torch'
    """
    own = _own(word)
    return (own, None) if own is not None else find_declared(word, own_names())


def elementwise_only(name: str) -> UsageError:
    """The error for a vector function where a function of one number is needed."""
    return UsageError(
        f"{name} works on whole vectors, but this needs a function of one number; "
        f"what works: actcli eval {name}, actcli info {name}"
    )


def _own(word: str) -> Activation | None:
    if FUNCTIONS_VARIABLE not in os.environ:
        return None
    from actcli.language.own_functions import find_own

    return find_own(word)


def own() -> dict[str, Activation]:
    """The user's own functions by name, in the order of their file."""
    if FUNCTIONS_VARIABLE not in os.environ:
        return {}
    from actcli.language.own_functions import own_functions

    return own_functions()


def own_names() -> list[str]:
    """The names of the user's own functions, in the order of their file."""
    if FUNCTIONS_VARIABLE not in os.environ:
        return []
    from actcli.language import own_functions

    return own_functions.own_names()


def find_declared(word: str, others: Sequence[str] = ()) -> tuple[Activation, Symbol | None]:
    """As `find`, without the user's own functions; `others` are further names to suggest."""
    # Packages come last: loading them takes time, which only an unknown word is worth.
    if found := _lookup(word, built_in()) or _lookup(word, functions()):
        return found
    known = [
        name
        for activation in functions().values()
        for name, symbol in spellings(activation)
        if (symbol is not None) == ("." in word)
    ]
    known += others
    raise unknown("activation", word, known, "see: actcli list")


def _lookup(
    word: str, activations: Mapping[str, Activation]
) -> tuple[Activation, Symbol | None] | None:
    if word in activations:
        return activations[word], None
    if "." in word:
        return _lookup_qualified(expand(word), activations)
    folded = fold(word)
    for activation in activations.values():
        for name, symbol in spellings(activation):
            if symbol is None and fold(name) == folded:
                return activation, None
    return None


def _lookup_qualified(
    word: str, activations: Mapping[str, Activation]
) -> tuple[Activation, Symbol | None] | None:
    for activation in activations.values():
        for name, symbol in spellings(activation):
            if symbol is not None and name == word:
                return activation, symbol
    return None


def expand(word: str) -> str:
    """A framework's name with common short forms expanded.

    >>> expand("F.gelu"), expand("tf.keras.activations.relu")
    ('torch.nn.functional.gelu', 'keras.activations.relu')
    """
    for short, full in ABBREVIATIONS:
        if word.startswith(short):
            return expand(full + word[len(short) :])
    return word
