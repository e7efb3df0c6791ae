"""What becomes of input that is no number: the end of the run, nothing, or a nan."""

from __future__ import annotations

import math
import re

#: How to deal with it, by name.
POLICIES = ("fail", "skip", "nan")
#: How many characters of a bad word are shown.
SHOWN = 40
#: What to say where `;` stands between numbers.
SEMICOLONS = "are its cells separated by ';'? csv has commas between cells and points in numbers"
#: ... and where a table ends within a cell: what is written after it would be part of that cell.
OPEN_QUOTATION = "a quotation mark opens a cell of this row, and none closes it"


class Invalid:
    """A policy, and what it has met so far."""

    def __init__(self, policy: str = "fail") -> None:
        self.policy = policy
        self.count = 0
        self.first = ""

    def admits(self, values: list[float], complaint: str) -> bool:
        """Deal with a bad value that belongs at the end of `values`; False if it ends the run."""
        if self.policy == "fail":
            return False
        self.first = self.first or complaint
        self.count += 1
        if self.policy == "nan":
            values.append(math.nan)
        return True

    def adopt(self, other: Invalid) -> None:
        """Have met what another process has, which began with what this one had met."""
        self.count, self.first = other.count, other.first

    @property
    def summary(self) -> str:
        """What was met, for a person; "" if nothing."""
        if not self.count:
            return ""
        what = (
            "1 value is not a number" if self.count == 1 else f"{self.count} values are no numbers"
        )
        done = "skipped" if self.policy == "skip" else "taken as nan"
        return f"{what}, {done}; {'it is' if self.count == 1 else 'the first is'} {self.first}"


#: A number as much of the world writes it.
DECIMAL_COMMA = r"[+-]?[0-9]{1,20},[0-9]{1,20}"


def not_a_number(word: str) -> str:
    """What to say of a word that should be a number.

    >>> not_a_number("0x10")
    "'0x10' is not a number; write one as -10, .5, 1e-3 or inf"
    >>> not_a_number("-1,5")
    "'-1,5' is not a number; a decimal point is a point: -1.5"
    """
    if ";" in word:
        return f"{shortened(word)} is not a number; {SEMICOLONS}"
    if re.fullmatch(DECIMAL_COMMA, word.strip()):
        point = word.strip().replace(",", ".")
        return f"{shortened(word)} is not a number; a decimal point is a point: {point}"
    return f"{shortened(word)} is not a number; write one as -10, .5, 1e-3 or inf"


def reason_of(error: Exception) -> str:
    """Why csv takes a row for none, without its advice for programmers."""
    import csv  # of which most runs need nothing

    reason = str(error).partition(" - ")[0]
    if "field limit" in reason:
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    return reason


def shortened(word: str) -> str:
    """A word in quotes, not all of it if it is long."""
    return repr(word if len(word) <= SHOWN else word[:SHOWN] + "...")
