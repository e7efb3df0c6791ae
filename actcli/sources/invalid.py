"""What happens to input that is not a number: it ends the run, is skipped, or becomes nan."""

from __future__ import annotations

import math
import re

POLICIES = ("fail", "skip", "nan")
#: How many characters of a bad word are shown.
SHOWN = 40
#: What to say of `;` between numbers.
SEMICOLONS = "are its cells separated by ';'? csv has commas between cells and points in numbers"
#: ... and of a table that ends inside a cell.
OPEN_QUOTATION = "a quotation mark opens a cell of this row, and none closes it"


class Invalid:
    """A policy, and the values it has dealt with so far."""

    def __init__(self, policy: str = "fail") -> None:
        self.policy = policy
        self.count = 0
        self.first = ""

    def admits(self, values: list[float], complaint: str) -> bool:
        """Deal with a bad value that would be appended to `values`; False if it ends the run."""
        if self.policy == "fail":
            return False
        self.first = self.first or complaint
        self.count += 1
        if self.policy == "nan":
            values.append(math.nan)
        return True

    def adopt(self, other: Invalid) -> None:
        """Take over the counts of another process, which include those of this one."""
        self.count, self.first = other.count, other.first

    @property
    def summary(self) -> str:
        """A sentence about the bad values; "" if there are none."""
        if not self.count:
            return ""
        done = "skipped" if self.policy == "skip" else "taken as nan"
        if self.count == 1:
            return f"1 value is not a number, {done}; it is {self.first}"
        return f"{self.count} values are not numbers, {done}; the first is {self.first}"


#: A number with a comma for a point.
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
    """Why csv cannot read a row, without its advice for programmers."""
    import csv  # rarely needed

    reason = str(error).partition(" - ")[0]
    if "field limit" in reason:
        return f"a cell is longer than {csv.field_size_limit():,} characters"
    return reason


def shortened(word: str) -> str:
    """A word in quotes, cut if it is long."""
    return repr(word if len(word) <= SHOWN else word[:SHOWN] + "...")
