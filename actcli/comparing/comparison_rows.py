"""A comparison as rows: one for each input, column and backend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from actcli.auditing.judge import Verdict, wrong_kinds
from actcli.comparing.comparison import Compared, Comparison
from actcli.comparing.defaults import Default, largest_difference
from actcli.numerics.digits import shortest
from actcli.reference.numerals import plain

HEADER = ("x", "column", "backend", "call", "value", "true", "ulp")
KINK = "kink"
#: What marks a backend's default that is another function.
BY_DEFAULT = " by default"


class Worst(NamedTuple):
    """The largest error of a column in ulp, its place, and how many results are wrong otherwise.

    `word` and `at` describe the first of these.
    """

    error: float
    x: str
    wrong: int = 0
    word: str = ""
    at: str = ""

    def exceeds(self, limit: float) -> bool:
        """Whether an error is larger than `limit` ulp, or ulp cannot express it."""
        return self.wrong > 0 or self.error > limit


def words(verdict: Verdict) -> list[str]:
    """What to say of each result instead of an error in ulp, or ""."""
    found = np.where(verdict.chosen, KINK, "").astype(object)
    right = verdict.wanted.astype(np.float64)
    for kind, mask in wrong_kinds(verdict.values, right, verdict.wrong).items():
        found[mask] = kind.replace("_", " ")
    texts: list[str] = found.tolist()
    return texts


def worst(comparison: Comparison, verdict: Verdict) -> Worst:
    """The worst results of a column."""
    x = shortest(comparison.x, comparison.dtype)
    at = int(verdict.error.argmax())
    wrong = np.flatnonzero(verdict.wrong)
    if not wrong.size:
        return Worst(float(verdict.error[at]), x[at])
    first = int(wrong[0])
    return Worst(float(verdict.error[at]), x[at], wrong.size, words(verdict)[first], x[first])


def rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """The rows under HEADER, numbers as text, with frameworks' defaults last."""
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
    """Everything as plain data, with the differences of defaults in the interval."""
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
