"""The audit of quantised results: which codes differ from the right ones, by how many, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from actcli.auditing.explanations import Entries, explanations
from actcli.catalogue.bound import BoundActivation
from actcli.columns import ORDERS
from actcli.evaluating.quantised_results import results
from actcli.numerics.digits import bits, shortest
from actcli.numerics.dtypes import DTYPES, Array
from actcli.numerics.places import places
from actcli.numerics.quantised import NANS, AnyDType, Quantised
from actcli.reference.numerals import plain

FLOAT64 = DTYPES["float64"]
#: Up to so many inputs every entry that differs is reported, of more so many of the worst.
FEW, WORST = 256, 5


class QuantaRequest(NamedTuple):
    """What is judged: results of `given` inputs that should be rounded to `out` by a rounding.

    Errors are whole steps from the right result: quanta or, where `out` is a float, ulp. Those
    above `tolerance` are counted; `worst` says how many entries to report, None for as many as
    there are of few inputs.
    """

    bound: BoundActivation
    given: AnyDType
    out: AnyDType
    rounding: str
    words: str
    backend: str | None = None
    version: str | None = None
    source: str | None = None
    tolerance: float = 1.0
    between: tuple[float, float] | None = None
    worst: int | None = None
    remarks: Sequence[str] = ()


def quanta_facts(request: QuantaRequest, x: Array, columns: Mapping[str, Array]) -> dict[str, Any]:
    """What is found, as plain data; x and the columns of results are codes, or x floats."""
    return {
        "backend": request.backend,
        "version": request.version,
        "source": request.source,
        "specification": request.bound.specification,
        "asked_as": request.bound.symbol.name if request.bound.symbol else None,
        "dtype": request.out.name,
        "x_dtype": request.given.name,
        "unit": "quantum" if isinstance(request.out, Quantised) else "ulp",
        "round": request.rounding,
        "inputs": {"count": int(x.size), "words": request.words},
        "rules": {
            "bound": plain(request.tolerance),
            "range": list(map(plain, request.between)) if request.between else None,
        },
        "columns": {name: _column(request, x, name, got) for name, got in columns.items()},
        "remarks": list(request.remarks),
    }


def _column(request: QuantaRequest, x: Array, name: str, got: Array) -> dict[str, Any]:
    bound, given, out = request.bound, request.given, request.out
    order = ORDERS[name]
    (wanted,) = results(bound, x, (order,), given, out, request.rounding)
    error = _errors(got, wanted, out)
    differs = np.flatnonzero(error)
    count = request.worst
    if count is None:
        count = FEW if x.size <= FEW else WORST
    real = real_numbers(x, given)
    worst = differs[np.lexsort((real[differs], -error[differs]))][:count]
    ways = []
    if differs.size and isinstance(out, Quantised):
        entries = Entries(bound, x, order, given, out, request.rounding)
        ways = explanations(entries, got, wanted)
    sizes, counts = np.unique(error[differs], return_counts=True)
    right = int(x.size - differs.size)
    return {
        "inputs": int(x.size),
        "correctly_rounded": right,
        "share_correctly_rounded": right / x.size,
        "largest_error": int(error.max()),
        "mean_error": float(error.mean()),
        "beyond_bound": int(np.count_nonzero(error > request.tolerance)),
        "differing": int(differs.size),
        "histogram": {
            str(size): count for size, count in zip(sizes.tolist(), counts.tolist(), strict=True)
        },
        "worst": _sightings(request, order, (x[worst], got[worst], wanted[worst]), error[worst]),
        "explained_by": ways[-1].name if ways and ways[-1].is_whole else None,
        "explanations": [way._asdict() for way in ways],
    }


def _errors(got: Array, wanted: Array, dtype: AnyDType) -> Array:
    """How many steps each result is from the right one; nan is all steps away from a number."""
    if isinstance(dtype, Quantised):
        return np.abs(got.astype(np.int64) - wanted)
    steps = np.abs(places(got, dtype) - places(wanted, dtype))
    lost = np.isnan(got), np.isnan(wanted)
    steps = np.where(lost[0] != lost[1], 1 << (dtype.bits - 1), steps)
    return np.asarray(np.where(lost[0] & lost[1], 0, steps))


def real_numbers(values: Array, dtype: AnyDType) -> Array:
    """Codes or floats as float64."""
    if isinstance(dtype, Quantised):
        return dtype.reals(values)
    with np.errstate(invalid="ignore"):  # a signalling nan
        return values.astype(np.float64)


def _sightings(
    request: QuantaRequest, order: int, entries: tuple[Array, Array, Array], error: Array
) -> list[dict[str, Any]]:
    """Each entry: codes (of x its bits if it is a float), real numbers and the true value."""
    given, out = request.given, request.out
    x, got, wanted = entries
    count = NANS.count
    (true,) = results(request.bound, x, (order,), given, FLOAT64)
    NANS.count = count
    columns: dict[str, list[Any]] = {}
    for name, values, dtype in (("x", x, given), ("got", got, out), ("wanted", wanted, out)):
        real = real_numbers(values, dtype)
        quantised = isinstance(dtype, Quantised)
        columns[name] = list(map(plain, real.tolist()))
        columns[f"{name}_text"] = shortest(
            real if quantised else values, FLOAT64 if quantised else dtype
        )
        columns[f"{name}_bits"] = bits(values, dtype)
        if quantised:
            columns[f"{name}_code"] = values.tolist()
    columns["true"] = list(map(plain, true.tolist()))
    if isinstance(out, Quantised):
        with np.errstate(all="ignore"):
            columns["true_code"] = list(map(plain, (true / out.step + out.zero_point).tolist()))
    columns["error"] = error.tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
