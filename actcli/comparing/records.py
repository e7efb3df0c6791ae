"""A comparison as plain rows: one for each input, column and backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from actcli.auditing.judge import Verdict, odd_kinds
from actcli.comparing.comparison import Compared, Comparison
from actcli.comparing.defaults import Default, largest_difference
from actcli.formats.digits import shortest
from actcli.reference.numerals import plain

HEADER = ("x", "column", "backend", "call", "value", "true", "ulp")
KINK = "kink"
#: What tells a backend's own default from the function that is compared.
BY_DEFAULT = " by default"


class Worst(NamedTuple):
    """The largest error of a column in ulp, where it is, and how many are wrong otherwise.

    `word` and `at` tell of the first one that is wrong otherwise, if there is one.
    """

    error: float
    x: str
    odd: int = 0
    word: str = ""
    at: str = ""

    def exceeds(self, limit: float) -> bool:
        """Whether an error is larger than so many ulp, or cannot be told in ulp."""
        return self.odd > 0 or self.error > limit


def words(verdict: Verdict) -> list[str]:
    """For each result what is to be said instead of an error in ulp, "" for nothing."""
    found = np.where(verdict.chosen, KINK, "").astype(object)
    right = verdict.wanted.astype(np.float64)
    for kind, mask in odd_kinds(verdict.values, right, verdict.odd).items():
        found[mask] = kind.replace("_", " ")
    texts: list[str] = found.tolist()
    return texts


def worst(comparison: Comparison, verdict: Verdict) -> Worst:
    """What is worst in a column."""
    x = shortest(comparison.x, comparison.dtype)
    at = int(verdict.error.argmax())
    odd = np.flatnonzero(verdict.odd)
    if not odd.size:
        return Worst(float(verdict.error[at]), x[at])
    first = int(odd[0])
    return Worst(float(verdict.error[at]), x[at], odd.size, words(verdict)[first], x[first])


def rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """The rows under HEADER, numbers as text; what is compared comes before defaults."""
    dtype = comparison.dtype
    x = shortest(comparison.x, dtype)
    for name, true in comparison.true.items():
        wanted = shortest(true, dtype)
        for one in (*comparison.compared, *comparison.by_default):
            if name not in one.columns:
                continue
            column, verdict = one.columns[name]
            values, said = shortest(column, dtype), words(verdict)
            backend = one.backend.name + (BY_DEFAULT if one.default else "")
            errors = verdict.error.tolist()
            for i, word in enumerate(said):
                ulp = word or repr(errors[i])
                yield x[i], name, backend, one.call, values[i], wanted[i], ulp


def facts(comparison: Comparison, low: float, high: float) -> dict[str, Any]:
    """Everything as plain data; defaults differ in the interval by so much."""
    bound = comparison.bound
    return {
        "specification": bound.specification,
        "asked_as": bound.symbol.name if bound.symbol else None,
        "dtype": comparison.dtype.name,
        "backends": [_backend(one) for one in comparison.compared],
        "failed": {name: str(error) for name, error in comparison.failed.items()},
        "missing": {backend.name: backend.install for backend in comparison.missing},
        "defaults": [_default(comparison, default, low, high) for default in comparison.others],
        "rows": [_row(row) for row in rows(comparison)],
    }


def _backend(one: Compared) -> dict[str, Any]:
    return {
        "name": one.backend.name,
        "version": one.backend.version,
        "call": one.call,
        "lacking": {name: str(error) for name, error in one.lacking.items()},
    }


def _default(comparison: Comparison, default: Default, low: float, high: float) -> dict[str, Any]:
    found = largest_difference(default.bound, comparison.bound, low, high)
    return {
        "name": default.symbol.name,
        "specification": default.bound.specification,
        "differs_in": default.words,
        "from": low,
        "to": high,
        "largest_difference": plain(found.difference),
        "at": plain(found.x),
        "y": plain(found.y),
    }


def _row(row: tuple[str, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(zip(HEADER, row, strict=True))
    for key in ("x", "value", "true"):
        fields[key] = plain(float(fields[key]))
    ulp = fields["ulp"]
    if ulp[0].isdigit() or ulp == "inf":
        fields["ulp"] = plain(float(ulp))
    return fields
