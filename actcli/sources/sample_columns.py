"""Which columns of samples are x and which are results, by their names or their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError

Place = TypeVar("Place")


def by_name(labels: Iterable[tuple[str, Place]], source: str) -> dict[str, Place]:
    """The place of each column named x, y, dy or d2y, in capitals or not.

    >>> by_name([("note", 0), ("Y", 1), ("X", 2)], "it")
    {'y': 1, 'x': 2}
    """
    found: dict[str, dict[str, list[Place]]] = {}
    for label, place in labels:
        if label.lower() in COLUMNS:
            found.setdefault(label.lower(), {}).setdefault(label, []).append(place)
    known = {}
    for column, spellings in found.items():
        places = spellings.get(column) or [one for same in spellings.values() for one in same]
        if len(places) > 1:
            raise DataError(f"{source} has {len(places)} columns {column}; there must be one")
        known[column] = places[0]
    return known


def by_order(count: int, show: Sequence[str] | None, source: str) -> tuple[str, ...]:
    """The names of `count` columns without names: x and those of `show`, else the usual order.

    >>> by_order(3, None, "it"), by_order(2, ["dy"], "it"), by_order(3, ["dy"], "it")
    (('x', 'y', 'dy'), ('x', 'dy'), ('x', 'y', 'dy'))
    """
    if count > len(COLUMNS):
        raise DataError(
            f"{source} has {count} columns without names, more than {', '.join(COLUMNS)}; leave "
            "the others out, or name them all"
        )
    return ("x", *show) if show and count == 1 + len(show) else COLUMNS[:count]


def needed(known: Mapping[str, object], show: Sequence[str] | None, said: str) -> list[str]:
    """The columns to read: x and the results asked for, or all of them."""
    missing = [name for name in ("x", *(show or ())) if name not in known]
    if missing or len(known) < 2:
        wanted = ", ".join(missing) or "y, dy or d2y"
        raise UsageError(f"{wanted} is missing: {said}, but x and some of y, dy, d2y are needed")
    return [name for name in COLUMNS if name in known and (name == "x" or not show or name in show)]
