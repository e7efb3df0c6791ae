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
    if signs:
        equal &= (got != 0) | (np.signbit(got) == np.signbit(wanted))
    return np.asarray(equal)


def assert_rounded(
    column: Column, xs: Array, got: Array, wanted: Array, errors: Array, signs: bool = False
) -> None:
    """Fail where a result is not the wanted number itself, with the worst as evidence."""
    bad = ~same(got, wanted, signs)
    if bad.any():
        sizes = np.where(bad, np.where(np.isnan(errors), np.inf, errors), -1.0)
        worst = int(np.argmax(sizes))
        raise AssertionError(
            f"{column}: {int(bad.sum()):,} of {len(xs):,} inputs wrong\n"
            f"worst at x = {_show(xs[worst])}: got {_show(got[worst])}, "
            f"wanted {_show(wanted[worst])}, error {errors[worst]:.6g} ulp"
        )


def _show(value: Any) -> str:
    number = float(value)
    return f"{number!r} ({number.hex()})" if np.isfinite(number) else repr(number)
