"""Comparing results with true values; a failure says where, what, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.support.formats import Format

Array = np.ndarray[Any, Any]
COLUMNS = ("y", "dy", "d2y")


@dataclass(frozen=True)
class Column:
    """What is compared: one order of an activation in one format."""

    specification: str
    order: int
    form: Format

    def __str__(self) -> str:
        return f"{self.specification} {COLUMNS[self.order]} in {self.form.name}"


def same(got: Array, wanted: Array, signs: bool = False) -> Array:
    """Which numbers are equal, nan to nan; with `signs`, -0.0 is not 0.0."""
    equal = (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    return np.asarray(equal & (np.signbit(got) == np.signbit(wanted)) if signs else equal)


def assert_within(
    column: Column, xs: Array, got: Array, wanted: Array, errors: Array, allowed: Array | float
) -> None:
    """Fail where an error in ulp is above what is allowed, with the worst as evidence."""
    bad = ~(errors <= allowed)
    if bad.any():
        raise AssertionError(report(column, xs, got, wanted, errors, allowed, bad))


def assert_rounded(
    column: Column, xs: Array, got: Array, wanted: Array, errors: Array, signs: bool = False
) -> None:
    """Fail where a result is not the wanted number itself."""
    bad = ~same(got, wanted, signs)
    if bad.any():
        raise AssertionError(report(column, xs, got, wanted, errors, 0.5, bad))


def report(
    column: Column,
    xs: Array,
    got: Array,
    wanted: Array,
    errors: Array,
    allowed: Array | float,
    bad: Array,
) -> str:
    """The evidence of a failure in two lines."""
    limits = np.broadcast_to(allowed, errors.shape)
    with np.errstate(invalid="ignore"):
        excess = np.where(bad, errors / np.where(limits == 0, 1, limits), -1.0)
    worst = int(np.nanargmax(np.where(np.isnan(excess), np.inf, excess)))
    return (
        f"{column}: {int(bad.sum()):,} of {len(xs):,} inputs wrong\n"
        f"worst at x = {_show(xs[worst])}: got {_show(got[worst])}, wanted {_show(wanted[worst])}, "
        f"error {errors[worst]:.6g} ulp, allowed {limits[worst]:.6g}"
    )


def _show(value: Any) -> str:
    number = float(value)
    return f"{number!r} ({number.hex()})" if np.isfinite(number) else repr(number)
