"""Finding an activation by name, alias or a framework's name. Nothing here is a list of names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from actcli.catalogue.activation import Activation, Symbol
from actcli.errors import UsageError, fold, unknown

ENTRY_POINT_GROUP = "actcli.activations"

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

    found: dict[str, Activation] = {}
    for module in pkgutil.iter_modules(families.__path__):
        declared = importlib.import_module(f"{families.__name__}.{module.name}")
        found.update(_declared_in(vars(declared).values()))
    return found


def _declared_in(values: object) -> dict[str, Activation]:
    return {value.name: value for value in values if isinstance(value, Activation)}  # type: ignore[attr-defined]


@cache
def catalogue() -> dict[str, Activation]:
    """Every activation by name: the built-in ones and those that installed packages add."""
    from importlib.metadata import entry_points

    found = dict(built_in())
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            added = point.load()
        except Exception as error:
            raise UsageError(
                f"the package that adds {point.name!r} to actcli fails to load: {error}"
            ) from error
        values = [added] if isinstance(added, Activation) else list(vars(added).values())
        for name, activation in _declared_in(values).items():
            found.setdefault(name, activation)
    return found


def names() -> list[str]:
    """The canonical names, sorted."""
    return sorted(catalogue())


def spellings(activation: Activation) -> Iterator[tuple[str, Symbol | None]]:
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
    """The activation a word names, and the framework's symbol if the word is one.

    Raises UsageError with the nearest known names if there is none.

    >>> find("swish")[0].name
    'silu'
    >>> find("nn.LeakyReLU")[1].framework
    'torch'
    """
    found = _lookup(word, built_in()) or _lookup(word, catalogue())
    if found is None:
        known = [
            name
            for activation in catalogue().values()
            for name, symbol in spellings(activation)
            if (symbol is not None) == ("." in word)
        ]
        raise unknown("activation", word, known, "see: actcli list")
    return found


def _lookup(
    word: str, activations: dict[str, Activation]
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
    word: str, activations: dict[str, Activation]
) -> tuple[Activation, Symbol | None] | None:
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
