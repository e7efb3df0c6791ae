"""The looks of lines in characters: colours, dashes, and marks for plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from actcli.plotting import palettes
from actcli.plotting.characters.canvas import DASHED, SOLID, Dash


class Look(NamedTuple):
    """How a line is recognised: in colour, without it, and in plain ASCII."""

    style: str
    dash: Dash
    mark: str


class Colours(NamedTuple):
    """The colours for the orders of one function, and for several functions."""

    orders: Sequence[str]
    functions: Sequence[str]


#: Some of the 256 colours of most terminals, readable on black and on white.
PLAIN = Colours(
    ("#0087d7", "#d75f00", "#00875f"),
    ("#0087d7", "#d75f00", "#00875f", "#d75faf", "#af8700", "#8787af"),
)
#: The colours of dark pictures in files.
DARK = Colours(palettes.DARK.orders, palettes.DARK.functions)
#: The colours of terminals with only 16, which users can choose.
NAMED = Colours(("blue", "red", "green"), ("blue", "red", "green", "magenta", "yellow", "cyan"))


def colours(system: str | None, light: bool = True) -> Colours:
    """The colours for Rich's name of the colour system of a terminal."""
    if system in (None, "standard", "windows"):
        return NAMED
    return PLAIN if light else DARK


ORDER_DASHES: tuple[Dash, ...] = (SOLID, DASHED, (1, 2))
ORDER_MARKS = "*.o"
DASHES: tuple[Dash, ...] = (SOLID, DASHED, (1, 2), (6, 2), (1, 3, 3, 3), (8, 4))
MARKS = "*.ox#%"
#: The true curve behind the results of a backend.
TRUE = Look("dim", (1, 3), ":")
