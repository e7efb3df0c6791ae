"""Choosing the scales that `auto` leaves open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from actcli.console import note
from actcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actcli.catalogue.bound import BoundActivation
    from actcli.catalogue.quantised_dtypes import Unscaled
    from actcli.numerics.quantised import AnyDType


class Choice(NamedTuple):
    """The dtypes of x (None for its own) and of the results (None for that of x), and how they are
    rounded and written: as codes in every format, or only where a format has codes.
    """

    given: AnyDType | Unscaled | None = None
    out: AnyDType | Unscaled | None = None
    rounding: str = "half-even"
    codes: bool = False


def scaled(
    spec: BoundActivation,
    dtype: AnyDType | Unscaled,
    out_dtype: AnyDType | Unscaled | None,
    orders: Sequence[int],
    ends: tuple[float, float] | None = None,
) -> tuple[AnyDType, AnyDType]:
    """The dtypes of x and of the results, with scales; those chosen are told on standard error.

    Without a dtype of their own, results have that of x. `ends` are the least and largest x, where
    they are known; else x reaches as far as a plot of the function would.
    """
    from actcli.catalogue.quantised_dtypes import Unscaled

    given: AnyDType
    if isinstance(dtype, Unscaled):
        view = spec.facts.view
        low, high = ends if ends and ends != (0.0, 0.0) else (-view, view)
        given = dtype.holding(low, high)
        note(f"the scale of x is chosen for {low:g} to {high:g}: {given.name}")
        out_dtype = out_dtype or dtype
    else:
        given = dtype
    if out_dtype is None:
        return given, given
    if not isinstance(out_dtype, Unscaled):
        return given, out_dtype
    low, high = _range(spec, given, orders)
    out = out_dtype.holding(low, high)
    note(f"the scale of the results is chosen for {low:g} to {high:g}: {out.name}")
    return given, out


def _range(spec: BoundActivation, given: AnyDType, orders: Sequence[int]) -> tuple[float, float]:
    """What the function's range is, or that of its results at all x where it has no finite one."""
    import numpy as np

    from actcli.evaluating.quantised_results import results
    from actcli.numerics.dtypes import DTYPES
    from actcli.numerics.quantised import Quantised

    if tuple(orders) in ((), (0,)):
        found = spec.facts.range
        if math.isfinite(found.low) and math.isfinite(found.high):
            return found.low, found.high
    if not isinstance(given, Quantised):
        raise UsageError(
            f"scale=auto has no range to choose from: {spec.name} has no known bounds over "
            f"{given.name} for all that is shown; give the scale"
        )
    values = np.concatenate(results(spec, given.codes(), orders, given, DTYPES["float64"]))
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
