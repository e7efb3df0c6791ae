"""How lines in characters are told apart: colours, dashes, and marks for plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from actcli.plotting import palettes
from actcli.plotting.characters.canvas import DASHED, SOLID, Dash


class Look(NamedTuple):
    """What tells one line from others: in colour, without it, and in plain ASCII."""

    style: str
    dash: Dash
    mark: str


class Colours(NamedTuple):
    """The colours of the lines of one function, and of several."""

    orders: Sequence[str]
    functions: Sequence[str]


#: Of the 256 colours of most terminals: far enough from white and from black for either background.
PLAIN = Colours(
    ("#0087d7", "#d75f00", "#00875f"),
    ("#0087d7", "#d75f00", "#00875f", "#d75faf", "#af8700", "#8787af"),
)
#: Those of dark pictures in files.
DARK = Colours(palettes.DARK.orders, palettes.DARK.functions)
#: The colours of terminals that have but 16, which their owners have chosen.
NAMED = Colours(("blue", "red", "green"), ("blue", "red", "green", "magenta", "yellow", "cyan"))


def colours(system: str | None, light: bool = True) -> Colours:
    """The colours for what Rich calls the colour system of a terminal."""
    if system in (None, "standard", "windows"):
        return NAMED
    return PLAIN if light else DARK


#: For each order of one function, and for each of several functions.
ORDER_DASHES: tuple[Dash, ...] = (SOLID, DASHED, (1, 2))
ORDER_MARKS = "*.o"
DASHES: tuple[Dash, ...] = (SOLID, DASHED, (1, 2), (6, 2), (1, 3, 3, 3), (8, 4))
MARKS = "*.ox#%"
#: The true curve behind what an implementation gives.
TRUE = Look("dim", (1, 3), ":")
