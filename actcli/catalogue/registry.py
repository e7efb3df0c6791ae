"""Finding a function by name, alias or a framework's name. Nothing here is a list of names."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import TypeVar

from actcli.catalogue.activation import Activation, Symbol
from actcli.catalogue.vector import Declaration, VectorActivation
from actcli.console import FUNCTIONS_VARIABLE
from actcli.errors import UsageError, fold, unknown

Declared = TypeVar("Declared", Activation, VectorActivation)

#: How people shorten the names of the frameworks' modules.
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
    """The activations declared in this package by name, in order of declaration."""
    import actcli.catalogue.families as families

    return _declared_below(families, Activation)


@cache
def built_in_vectors() -> dict[str, VectorActivation]:
    """The vector functions declared in this package by name, in order of declaration."""
    import actcli.catalogue.vector_families as families

    return _declared_below(families, VectorActivation)


def _declared_below(families: ModuleType, kind: type[Declared]) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for module in pkgutil.iter_modules(families.__path__):
        declared = importlib.import_module(f"{families.__name__}.{module.name}")
        found.update(_declared_in(vars(declared).values(), kind))
    return found


def _declared_in(values: Iterable[object], kind: type[Declared]) -> dict[str, Declared]:
    return {value.name: value for value in values if isinstance(value, kind)}


@cache
def added() -> dict[str, Declaration]:
    """Every function, of either kind, that packages add, by name."""
    from actcli.catalogue import packages

    if packages.loading():  # what is being added asks what there is
        return {}
    found = packages.load({**built_in(), **built_in_vectors()})
    catalogue.cache_clear()
    vectors.cache_clear()
    return found


@cache
def catalogue() -> dict[str, Activation]:
    """Every elementwise activation by name: the built-in ones and those that packages add."""
    return {**built_in(), **_declared_in(added().values(), Activation)}


@cache
def vectors() -> dict[str, VectorActivation]:
    """Every vector function by name: the built-in ones and those that packages add."""
    return {**built_in_vectors(), **_declared_in(added().values(), VectorActivation)}


#: Where a word is looked up, in this order: what costs least comes first, packages come last.
SEARCHED: tuple[Callable[[], Mapping[str, Declaration]], ...] = (
    built_in,
    built_in_vectors,
    catalogue,
    vectors,
)


def names(kind: str = "elementwise") -> list[str]:
    """The canonical names, sorted: of the "elementwise" functions, the "vector" ones or "all".

    >>> names("vector")[-3:]
    ['softmin', 'sparsemax', 'swiglu']
    """
    kinds: dict[str, tuple[Callable[[], Mapping[str, Declaration]], ...]]
    kinds = {"elementwise": (catalogue,), "vector": (vectors,), "all": (catalogue, vectors)}
    if kind not in kinds:
        raise unknown("kind", kind, kinds)
    return sorted(name for declared in kinds[kind] for name in declared())


def functions_with(parameter: str) -> list[Declaration]:
    """The functions of this package that have a parameter, by its name here or in a framework."""
    declared: list[Declaration] = [*built_in().values(), *built_in_vectors().values()]
    return [activation for activation in declared if parameter in parameter_names(activation)]


def parameter_names(activation: Declaration) -> set[str]:
    """What a function, or any framework that has it, calls its parameters."""
    names = {argument.keyword for symbol in activation.symbols for argument in symbol.arguments}
    variants = {activation.variants.name} if activation.variants else set()
    return names | variants | set(activation.defaults)


def spellings(activation: Declaration) -> Iterator[tuple[str, Symbol | None]]:
    """Every name that means the activation: canonical, aliases, frameworks'."""
    yield activation.name, None
    for alias in activation.aliases:
        yield alias, None
    for symbol in activation.symbols:
        if symbol.resolves:
            yield symbol.name, symbol
            for name in symbol.also:
                yield name, symbol


def find(word: str) -> tuple[Activation, Symbol | None]:
    """The elementwise activation a word names, and the framework's symbol if the word is one.

    Raises UsageError with the nearest known names if there is none, or if it is a vector function.

    >>> find("swish")[0].name
    'silu'
    >>> find("nn.LeakyReLU")[1].framework
    'torch'
    """
    activation, symbol = find_any(word)
    if isinstance(activation, VectorActivation):
        raise elementwise_only(activation.name)
    return activation, symbol


def elementwise_only(name: str) -> UsageError:
    """The error for a vector function where a function of one number is needed."""
    return UsageError(
        f"{name} works on whole vectors, but this needs a function of one number; "
        f"what works: actcli eval {name}, actcli info {name}"
    )


def find_any(word: str) -> tuple[Declaration, Symbol | None]:
    """What a word names, elementwise or of vectors, and the framework's symbol if it is one.

    The functions of the user's own file come first. Raises UsageError with the nearest known names
    if there is none.

    >>> find_any("F.softmax")[0].name
    'softmax'
    """
    own = _own(word)
    return (own, None) if own is not None else find_declared(word, own_names())


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


def find_declared(word: str, others: Sequence[str] = ()) -> tuple[Declaration, Symbol | None]:
    """As `find_any`, without the user's own functions; `others` are suggested all the same."""
    for declared in SEARCHED:
        if found := _lookup(word, declared()):
            return found
    known = [
        name
        for declared in SEARCHED[2:]
        for activation in declared().values()
        for name, symbol in spellings(activation)
        if (symbol is not None) == ("." in word)
    ]
    known += others
    raise unknown("activation", word, known, "see: actcli list")


def _lookup(
    word: str, activations: Mapping[str, Declaration]
) -> tuple[Declaration, Symbol | None] | None:
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
    word: str, activations: Mapping[str, Declaration]
) -> tuple[Declaration, Symbol | None] | None:
    for activation in activations.values():
        for name, symbol in spellings(activation):
            if symbol is not None and name == word:
                return activation, symbol
    return None


def expand(word: str) -> str:
    """A framework's name with the customary short forms written out.

    >>> expand("F.gelu"), expand("tf.keras.activations.relu")
    ('torch.nn.functional.gelu', 'keras.activations.relu')
    """
    for short, full in ABBREVIATIONS:
        if word.startswith(short):
            return expand(full + word[len(short) :])
    return word
