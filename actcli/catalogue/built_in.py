"""The functions of this package, and how functions and their parameters are called."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

from actcli.catalogue.activation import Activation, Number, Symbol
from actcli.errors import fold, unknown

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
        found.update(_of_family(module.name))
    return found


@cache
def _of_family(family: str) -> dict[str, Activation]:
    declared = vars(importlib.import_module(f"actcli.catalogue.families.{family}"))
    return {
        value.name: value._replace(family=family)
        for value in declared.values()
        if isinstance(value, Activation)
    }


def named(word: str) -> Activation | None:
    """The function of exactly that name, for which only the file of its family is read."""
    from actcli.catalogue.computed import FAMILIES

    return _of_family(FAMILIES[word])[word] if word in FAMILIES else None


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


def find_built_in(word: str) -> tuple[Activation, Symbol | None]:
    """The function of this package that a word names."""
    if found := lookup(word, built_in()):
        return found
    raise unknown("activation", word, built_in())


def lookup(
    word: str, activations: Mapping[str, Activation]
) -> tuple[Activation, Symbol | None] | None:
    """The function among some that a word names."""
    if word in activations:
        return activations[word], None
    qualified = expand(word) if "." in word else ""
    folded = fold(word)
    for activation in activations.values():
        for name, symbol in spellings(activation):
            same = name == qualified if symbol else not qualified and fold(name) == folded
            if same:
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


def canonical(key: str, symbol: Symbol | None) -> str:
    """Our name for a parameter that may be written with a framework's keyword."""
    for argument in symbol.arguments if symbol else ():
        if key == argument.keyword:
            return argument.parameter
    return key


def framework_defaults(symbol: Symbol | None) -> dict[str, Number]:
    """The parameters that a framework's name sets."""
    if symbol is None:
        return {}
    return {a.parameter: a.default for a in symbol.arguments if a.default is not None}
