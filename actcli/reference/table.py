"""The catalogue as a table for a terminal, or as lines for a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from actcli.catalogue.activation import Activation
from actcli.catalogue.bound import with_defaults
from actcli.reference.facts import frameworks, written_out
from actcli.reference.numerals import exact
from actcli.reference.selection import module
from actcli.reports.aligned import ruled_table

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

HEADER = (
    "name", "family", "aliases", "formula", "range", "monotonic", "smoothness", "parameters",
    "frameworks", "unverified", "kind",
)  # fmt: skip
#: From this width on the table shows which frameworks have a function.
WIDE = 110
NAME = "blue"
FAMILY = "bold"
DOUBT = "yellow"


def lines(activations: Sequence[Activation]) -> Iterator[str]:
    """A header and a line for each activation, with tabs between columns and commas within."""
    yield "\t".join(HEADER)
    for activation in activations:
        known = with_defaults(activation).facts
        yield "\t".join(
            (
                activation.name,
                activation.family,
                ",".join(activation.aliases),
                _formula(activation),
                str(known.range),
                _monotonic(activation),
                known.smoothness,
                ",".join(f"{p.name}={exact(p.default)}" for p in activation.parameters),
                ",".join(frameworks(activation)),
                "; ".join(activation.unverified),
                "vector" if activation.vector else "elementwise",
            )
        )


def table(activations: Sequence[Activation], width: int, unicode: bool) -> Table:
    """A table grouped by family, with as many columns as the width allows."""
    names = (symbol.name for activation in activations for symbol in activation.symbols)
    modules = list(dict.fromkeys(map(module, names))) if width >= WIDE else []
    grid = ruled_table(unicode)
    grid.add_column("name", style=NAME, no_wrap=True)
    grid.add_column("formula", overflow="fold")
    grid.add_column("range", no_wrap=True)
    grid.add_column("smooth", no_wrap=True)
    if modules:
        grid.add_column("mono", no_wrap=True)
        grid.add_column("frameworks", no_wrap=True)
    for number, family in enumerate(dict.fromkeys(a.family for a in activations)):
        if number:
            grid.add_row()
        grid.add_row(family, style=FAMILY)
        for activation in activations:
            if activation.family == family:
                grid.add_row(*_cells(activation, modules))
    return grid


def remark(activations: Sequence[Activation]) -> str:
    """The meaning of the question marks in the table; "" if there are none."""
    if any(activation.unverified for activation in activations):
        return "(?) not verified in every respect; actcli info NAME says in which"
    return ""


def _cells(activation: Activation, modules: Sequence[str]) -> list[Text | str]:
    from rich.text import Text

    known = with_defaults(activation).facts
    formula = Text(_formula(activation))
    if activation.unverified:
        formula.append(" (?)", style=DOUBT)
    cells: list[Text | str] = [
        f" {activation.name}",
        formula,
        str(known.range),
        _smoothness(known.smoothness),
    ]
    if modules:
        has = {module(symbol.name) for symbol in activation.symbols}
        # each framework has its own place, so that the column can be read downwards too
        places = (name if name in has else " " * len(name) for name in modules)
        cells += [_monotonic(activation), " ".join(places)]
    return cells


def _smoothness(words: str) -> str:
    """The class of smoothness with default parameters, in at most six letters.

    >>> _smoothness("smooth, where it is defined"), _smoothness("discontinuous")
    ('smooth', 'jumps')
    """
    first = re.split(r"\W", words, maxsplit=1)[0]
    return "jumps" if first == "discontinuous" else first


def _formula(activation: Activation) -> str:
    return written_out(with_defaults(activation))


def _monotonic(activation: Activation) -> str:
    """Whether the function is monotonic; does not apply to functions of vectors."""
    if activation.vector:
        return "-"
    return "yes" if with_defaults(activation).facts.monotonic else "no"
