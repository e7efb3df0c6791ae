"""A study of a tolerance as plain data and as rows, with "inf" for what JSON lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from actcli.reference.numerals import plain
from actcli.tolerance.case import Limits, rounded_up
from actcli.tolerance.study import Judged, Study


def facts(study: Study) -> dict[str, Any]:
    """Everything that was found."""
    return {
        "specification": study.bound.specification,
        "asked_as": study.bound.symbol.name if study.bound.symbol else None,
        "dtype": study.dtype.name,
        "rtol": plain(study.limits.rtol),
        "atol": plain(study.limits.atol),
        "inputs": study.words,
        "columns": list(study.columns),
        "variants": [_variant(one) for one in study.variants],
        "not_wrong": [one.name for one in study.not_wrong],
        "tightest": [_tightest(one, study.limits) for one in study.tightest],
        "lacking": dict(study.lacking),
    }


def rows(study: Study) -> Iterator[Sequence[object]]:
    """A row for each variant, under a header."""
    keys = ("name", "column", "passes", "largest_ulp", "needs", "never", "differ", "words")
    yield keys
    for one in study.variants:
        said = _variant(one)
        yield [said[key] for key in keys]


def scaled(one: Judged, limits: Limits) -> Limits:
    """The tolerance in the proportion of the one given that results need at least."""
    needs = one.measured.needs
    return Limits(*(rounded_up(needs * part) if part else 0.0 for part in limits))


def _variant(one: Judged) -> dict[str, Any]:
    measured = one.measured
    return {
        "name": one.name,
        "column": one.column,
        "words": one.words,
        "passes": measured.passes,
        "largest_ulp": plain(measured.largest_ulp),
        "needs": plain(measured.needs),
        "never": measured.never,
        "differ": measured.differ,
    }


def _tightest(one: Judged, limits: Limits) -> dict[str, Any]:
    measured, least = one.measured, scaled(one, limits)
    return {
        "name": one.name,
        "version": one.words,
        "column": one.column,
        "passes": measured.passes,
        "largest_ulp": plain(measured.largest_ulp),
        "needs": plain(measured.needs),
        "never": measured.never,
        "rtol": plain(least.rtol),
        "atol": plain(least.atol),
        "rtol_alone": plain(rounded_up(measured.rtol)),
        "atol_alone": plain(rounded_up(measured.atol)),
    }
