"""The one family of errors: each says what was wrong, with which value, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable


class ActcliError(ValueError):
    """What a user can cause. The message is one line; the status is what the process exits with."""

    status = 1


class DataError(ActcliError):
    """Input that cannot be used, or output that cannot be written (exit status 1)."""


class UsageError(ActcliError):
    """A request that cannot be understood (exit status 2)."""

    status = 2


#: No name is longer.
LONGEST_WORD = 100
#: How much of a long word stands in a message.
SHOWN = 60


def clipped(text: str) -> str:
    """A word as a message shows it: not all of one that is very long.

    >>> clipped("x" * 100) == "x" * 60 + "..."
    True
    """
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The `known` words closest to `word`, nearest first; case, `-` and `_` do not count.

    >>> nearest("Leaky-Relo", ["relu", "leaky_relu", "tanh"])
    ['leaky_relu']
    """
    import difflib

    folded = {fold(name): name for name in known}
    if len(word) > LONGEST_WORD:  # like none of them, and slow to compare
        return []
    close = difflib.get_close_matches(fold(word), folded, n=count, cutoff=0.6)
    return [folded[name] for name in close]


def fold(word: str) -> str:
    """The form in which two spellings of a name are compared.

    >>> fold("Hard-Swish") == fold("hard_swish")
    True
    """
    return word.lower().replace("-", "_")


def unknown(kind: str, word: str, known: Iterable[str], advice: str = "") -> UsageError:
    """The error for a name that is not known, with the nearest known ones.

    >>> print(unknown("dtype", "float31", ["float16", "float32"]))
    unknown dtype 'float31'; did you mean float32 or float16?
    """
    names = list(known)
    close = nearest(word, names)
    if close:
        hint = f"did you mean {' or '.join(close)}?"
    elif len(names) <= 12:
        hint = f"known: {', '.join(names)}"
    else:
        hint = advice
    return UsageError(f"unknown {kind} {clipped(word)!r}" + (f"; {hint}" if hint else ""))
