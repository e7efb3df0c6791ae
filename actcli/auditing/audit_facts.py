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
from actcli.numerics.dtypes import DType
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
        "inputs": {
            "count": count,
            "words": request.inputs,
            "chosen": request.chosen,
            "sampled": request.sampled,
        },
        "rules": {
            "bound": plain(request.rules.tolerance),
            "flush_subnormals": request.rules.flush,
            "saturate": request.rules.saturate,
            "upstream": request.rules.upstream,
        },
        "columns": {name: _column(found, request.dtype) for name, found in columns.items()},
        "lacking": dict(request.lacking),
        "remarks": list(request.remarks),
    }


def _column(found: Findings, dtype: DType) -> dict[str, Any]:
    return {
        **_tally(found.whole, dtype),
        "beyond_bound": found.beyond,
        "first_beyond_bound": {
            "negative": _sighting(found.first_negative, dtype),
            "positive": _sighting(found.first_positive, dtype),
        },
        **{kind: _sightings_of(seen, dtype) for kind, seen in found.kinds.items()},
        "zeros_of_the_wrong_sign": _sightings_of(found.zero_signs, dtype),
        "choices_at_kinks": _sightings_of(found.choices, dtype),
        "forgiven": found.forgiven,
        "worst": [_sighting(seen, dtype) for seen in found.worst],
        "regions": [
            {
                "region": regions.NAMES[code],
                "from": _number(found.regions[code].low),
                "to": _number(found.regions[code].high),
                **_tally(found.regions[code], dtype),
                "worst": _sighting(found.regions[code].worst, dtype),
            }
            for code in sorted(found.regions)
        ],
    }


def _tally(tally: Tally, dtype: DType) -> dict[str, Any]:
    return {
        "inputs": tally.inputs,
        "correctly_rounded": tally.correct,
        "share_correctly_rounded": tally.correct / tally.inputs if tally.inputs else "nan",
        "largest_error": plain(tally.largest),
        "mean_error": plain(tally.mean),
        "wrong_otherwise": tally.wrong,
    }


def _sightings_of(seen: Sightings, dtype: DType) -> dict[str, Any]:
    return {"count": seen.count, "first": _sighting(seen.first, dtype)}


def _sighting(seen: Sighting | None, dtype: DType) -> dict[str, Any] | None:
    if seen is None:
        return None
    described: dict[str, Any] = {}
    for name, pattern in (("x", seen.pattern), ("got", seen.got), ("wanted", seen.wanted)):
        value = np.array([pattern], dtype.unsigned).view(dtype.numpy)
        text = shortest(value, dtype)[0]
        described[name] = _number(float(text))
        described[f"{name}_text"] = text
        described[f"{name}_bits"] = bits(value, dtype)[0]
    described["error"] = _number(seen.error)
    return described


def _number(value: float) -> float | str:
    return plain(value)
