"""The errors: each says what is wrong, with which value, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The longest message.
LONGEST_MESSAGE = 480
#: How much of the two ends of a long word is kept in a longer message, and then of the message.
WORD_ENDS = 40, 15
MESSAGE_ENDS = 335, 140
CUT = "[...]"
NOT_ENOUGH_MEMORY = "not enough memory for this request; try a smaller one"


def escaped(text: str, kept: str = "") -> str:
    """The text with all control and invisible characters as Python's escape sequences.

    >>> print(escaped(chr(27) + "[31mred").replace(chr(92), "/"))
    /x1b[31mred
    """
    if text.isprintable():
        return text
    return "".join(
        letter
        if letter.isprintable() or letter in kept
        else letter.encode("unicode_escape").decode()
        for letter in text
    )


def one_line(message: str) -> str:
    """A message as shown: one printable line, cut if it is too long.

    >>> one_line(f"unknown dtype {'9' * 70_000}; known: float32")
    'unknown dtype 9999999999999999999999999999999999999999[...]99999999999999; known: float32'
    """
    line = escaped(" ".join(re.split(r"\r?\n", message)))
    if len(line) > LONGEST_MESSAGE:
        longest = sum(WORD_ENDS) + len(CUT)
        line = re.sub(rf"\S{{{longest},}}", lambda word: _cut(word[0], *WORD_ENDS), line)
    if len(line) > LONGEST_MESSAGE:
        line = _cut(line, *MESSAGE_ENDS)
    return line


def _cut(text: str, first: int, last: int) -> str:
    return f"{text[:first]}{CUT}{text[-last:]}"


class ActcliError(ValueError):
    """An error that a user can cause; its message is one line, its status the exit status."""

    status = 1

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class DataError(ActcliError):
    """Input that cannot be used, or output that cannot be written (exit status 1)."""


class LackingError(DataError):
    """Something that a framework turns out to lack when it is used."""


class UsageError(ActcliError):
    """A request that cannot be understood (exit status 2)."""

    status = 2


#: Longer than any name.
LONGEST_WORD = 100
#: How much of a long word a message shows.
SHOWN = 60


def clipped(text: str) -> str:
    """A word as a message shows it, cut if it is very long.

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
    if len(word) > LONGEST_WORD:  # unlike any of them, and slow to compare
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
    """The error for an unknown name, with the nearest known ones.

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
