"""Which columns of samples are x and which are results, by their names or their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from actcli.columns import COLUMNS
from actcli.errors import DataError, UsageError, unknown

Place = TypeVar("Place")
RESULTS = COLUMNS[1:]


class Wanted(NamedTuple):
    """Those of the `columns` to read: x if it is one, and the results of `show`, or all there are.

    `names` are the labels of x and the results in a file that calls them otherwise. If x may lack,
    a single column has results.
    """

    show: Sequence[str] | None = None
    names: Sequence[str] | None = None
    columns: tuple[str, ...] = COLUMNS
    x_may_lack: bool = False

    @property
    def before(self) -> tuple[str, ...]:
        """What stands before the results: x, or nothing."""
        return self.columns[: self.columns[0] == "x"]

    def by_name(self, labels: Iterable[tuple[str, Place]], source: str) -> dict[str, Place]:
        """The place of each column, named x, y, dy or d2y, in capitals or not, or as `names` say.

        >>> Wanted().by_name([("note", 0), ("Y", 1), ("X", 2)], "it")
        {'y': 1, 'x': 2}
        >>> Wanted(names=["in", "out"]).by_name([("out", 0), ("in", 1)], "it")
        {'x': 1, 'y': 0}
        """
        if self.names is not None:
            return self._as_called(list(labels), source)
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

    def called(self) -> dict[str, str]:
        """The labels by column, in their order."""
        names = self.names or ()
        least = len(self.before) + 1
        if not least <= len(names) <= len(self.columns):
            raise UsageError(
                f"--columns names {', '.join(self.columns)}, at least {least} of them in this "
                f"order or with --show, not {', '.join(names)}"
            )
        return dict(zip(self.by_order(len(names), "--columns"), names, strict=True))

    def _as_called(self, labels: Sequence[tuple[str, Place]], source: str) -> dict[str, Place]:
        known = {}
        for column, name in self.called().items():
            places = [place for label, place in labels if label == name]
            if len(places) > 1:
                raise DataError(f"{source} has {len(places)} columns {name}; there must be one")
            if not places:
                said = f"there are {', '.join(label for label, _ in labels)}"
                raise unknown("column", name, [label for label, _ in labels], said)
            known[column] = places[0]
        return known

    def by_order(self, count: int, source: str) -> tuple[str, ...]:
        """The names of `count` columns without names: x and those of `show`, else the usual order.

        >>> Wanted().by_order(3, "it"), Wanted(["dy"]).by_order(2, "it")
        (('x', 'y', 'dy'), ('x', 'dy'))
        >>> Wanted(["dy"]).by_order(3, "it"), Wanted(columns=RESULTS).by_order(1, "it")
        (('x', 'y', 'dy'), ('y',))
        """
        if count > len(self.columns):
            raise DataError(
                f"{source} has {count} columns without names, more than "
                f"{', '.join(self.columns)}; leave the others out, or name them all"
            )
        if self.x_may_lack and count == 1:
            return (*(self.show or ()), RESULTS[0])[:1]
        if self.show and count == len(self.before) + len(self.show):
            return (*self.before, *self.show)
        return self.columns[:count]

    def needed(self, known: Mapping[str, object], said: str) -> list[str]:
        """The columns to read: x and the results asked for, or all of them."""
        before = () if self.x_may_lack and len(known) == 1 else self.before
        missing = [name for name in (*before, *(self.show or ())) if name not in known]
        results = [name for name in self.columns if name in RESULTS]
        if missing or (results and not {*known} & {*results}):
            wanted = ", ".join(missing) or "y, dy or d2y"
            both = [*self.before, *(["some of y, dy, d2y"] if results else [])]
            raise UsageError(
                f"{wanted} is missing: {said}, but {' and '.join(both)} "
                f"{'are' if results else 'is'} needed"
            )
        columns = (*self.before, *(self.show or results))
        return [name for name in self.columns if name in known and name in columns]
