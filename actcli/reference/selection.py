"""The selection of functions by words: names, aliases, families and frameworks."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from actcli.catalogue.activation import Activation
from actcli.errors import fold, unknown


def select(activations: Collection[Activation], words: Sequence[str]) -> list[Activation]:
    """The activations that all of the words fit.

    A word fits if it is the family or a framework of the activation, or part of its name or of an
    alias. Raises UsageError for a word that fits no activation.

    >>> from actcli.catalogue.registry import elementwise
    >>> [a.name for a in select(elementwise().values(), ["gelu", "torch"])]
    ['gelu', 'gelu_tanh']
    """
    chosen = list(activations)
    for word in words:
        fitting = [activation for activation in chosen if fits(activation, word)]
        if not fitting and not any(fits(activation, word) for activation in activations):
            raise unknown("name, family or framework", word, _vocabulary(activations))
        chosen = fitting
    return chosen


def fits(activation: Activation, word: str) -> bool:
    """Whether a word describes the activation."""
    word = fold(word)
    named = any(word in fold(name) for name in (activation.name, *activation.aliases))
    return named or word in map(fold, {activation.family, *_frameworks(activation)})


def _frameworks(activation: Activation) -> set[str]:
    return {
        name for symbol in activation.symbols for name in (symbol.framework, module(symbol.name))
    }


def module(name: str) -> str:
    """The module of a dotted name, which is what a framework is called in code.

    >>> module("tf.nn.gelu")
    'tf'
    """
    return name.partition(".")[0]


def _vocabulary(activations: Collection[Activation]) -> list[str]:
    words: dict[str, None] = {}
    for activation in activations:
        for word in (activation.name, activation.family, *activation.aliases):
            words[word] = None
        words.update(dict.fromkeys(sorted(_frameworks(activation))))
    return list(words)
