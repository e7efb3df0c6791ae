"""The findings of an audit as plain data, with "nan", "inf" and "-inf" for what JSON lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from actcli.auditing import regions
from actcli.auditing.findings import Findings, Sighting, Sightings, Tally
from actcli.auditing.judge import Rules
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.digits import bits, shortest
from actcli.numerics.dtypes import Array, DType
from actcli.reference.numerals import plain


class AuditRequest(NamedTuple):
    """What was audited: `backend` is None for samples, `lacking` says what the backend lacks.

    `inputs` says in words which inputs were judged, `chosen` and `sampled` how many of them because
    they are worth testing and how many at random; both are 0 if all were judged.
    """

    bound: BoundActivation
    dtype: DType
    rules: Rules
    inputs: str
    backend: str | None = None
    version: str | None = None
    source: str = ""
    chosen: int = 0
    sampled: int = 0
    lacking: Mapping[str, str] = {}
    remarks: Sequence[str] = ()
    x_dtype: DType | None = None
    region_names: Sequence[str] = regions.NAMES

    @property
    def inputs_dtype(self) -> DType:
        """The dtype of x."""
        return self.x_dtype or self.dtype


def facts(request: AuditRequest, columns: Mapping[str, Findings]) -> dict[str, Any]:
    """All findings."""
    count = next(iter(columns.values())).whole.inputs if columns else 0
    return {
        "backend": request.backend,
        "version": request.version,
        "source": request.source or None,
        "specification": request.bound.specification,
        "asked_as": request.bound.symbol.name if request.bound.symbol else None,
        "dtype": request.dtype.name,
        "x_dtype": request.inputs_dtype.name,
        "inputs": {
            "count": count,
            "words": request.inputs,
            "chosen": request.chosen,
            "sampled": request.sampled,
        },
        "rules": _rules(request.rules),
        "columns": {name: _Column(request).facts(found) for name, found in columns.items()},
        "lacking": dict(request.lacking),
        "remarks": list(request.remarks),
    }


def _rules(rules: Rules) -> dict[str, Any]:
    return {
        "bound": plain(rules.tolerance),
        "flush_subnormals": rules.flush,
        "saturate": rules.saturate,
        "upstream": rules.upstream,
        "range": list(map(plain, rules.between)) if rules.between else None,
        "absolute_tolerance": plain(rules.close.absolute) if rules.close else None,
        "relative_tolerance": plain(rules.close.relative) if rules.close else None,
        "nan_at_infinity": rules.nan_at_infinity,
    }


def input_text(seen: Sighting, dtype: DType) -> str:
    """The input of a sighting in the shortest digits of its dtype."""
    return shortest(_number(seen.pattern, dtype), dtype)[0]


def _number(pattern: int, dtype: DType) -> Array:
    found: Array = np.array([pattern], dtype.unsigned).view(dtype.numpy)
    return found


class _Column:
    """The findings for one column as plain data, for numbers of the dtypes of a request."""

    def __init__(self, request: AuditRequest) -> None:
        self.dtype = request.dtype
        self.x_dtype = request.inputs_dtype
        self.region_names = request.region_names
        self.is_close_asked = request.rules.close is not None

    def facts(self, found: Findings) -> dict[str, Any]:
        return {
            **self._tally(found.whole),
            "worst_absolute": self._sighting(found.whole.absolute.worst),
            "worst_relative": self._sighting(found.whole.relative.worst),
            "beyond_bound": found.beyond,
            "first_beyond_bound": {
                "negative": self._sighting(found.first_negative),
                "positive": self._sighting(found.first_positive),
            },
            "beyond_tolerance": self._sightings(found.not_close) if self.is_close_asked else None,
            **{kind: self._sightings(seen) for kind, seen in found.kinds.items()},
            "zeros_of_the_wrong_sign": self._sightings(found.zero_signs),
            "choices_at_kinks": self._sightings(found.choices),
            "forgiven": found.forgiven,
            "worst": [self._sighting(seen) for seen in found.worst],
            "regions": [
                {
                    "region": self.region_names[code],
                    "from": plain(found.regions[code].low),
                    "to": plain(found.regions[code].high),
                    **self._tally(found.regions[code]),
                    "worst": self._sighting(found.regions[code].ulp.worst),
                }
                for code in sorted(found.regions)
            ],
        }

    def _tally(self, tally: Tally) -> dict[str, Any]:
        return {
            "inputs": tally.inputs,
            "correctly_rounded": tally.correct,
            "share_correctly_rounded": tally.correct / tally.inputs if tally.inputs else "nan",
            "largest_error": plain(tally.ulp.largest),
            "mean_error": plain(tally.ulp.mean),
            "wrong_otherwise": tally.wrong,
            "largest_absolute_error": plain(tally.absolute.largest),
            "mean_absolute_error": plain(tally.absolute.mean),
            "largest_relative_error": plain(tally.relative.largest),
            "mean_relative_error": plain(tally.relative.mean),
        }

    def _sightings(self, seen: Sightings) -> dict[str, Any]:
        return {"count": seen.count, "first": self._sighting(seen.first)}

    def _sighting(self, seen: Sighting | None) -> dict[str, Any] | None:
        if seen is None:
            return None
        described: dict[str, Any] = {}
        for name, pattern, dtype in (
            ("x", seen.pattern, self.x_dtype),
            ("got", seen.got, self.dtype),
            ("wanted", seen.wanted, self.dtype),
        ):
            value = _number(pattern, dtype)
            text = shortest(value, dtype)[0]
            described[name] = plain(float(text))
            described[f"{name}_text"] = text
            described[f"{name}_bits"] = bits(value, dtype)[0]
        described["error"] = plain(seen.error)
        if seen.place:
            described["place"] = {"words": str(seen.place), **seen.place._asdict()}
        return described
