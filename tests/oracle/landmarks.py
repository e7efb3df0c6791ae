"""Where a column is hard to get right: its roots, and where it leaves the range of a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.oracle.store import remembered, true_values
from tests.oracle.truth import Array, Evaluator, Formula, Truth
from tests.support.formats import Format

#: What a bisection calls the root at 0.
TINY = 1e-300
MOST = 40


def roots(formula: Formula, settings: Mapping[str, Any]) -> list[list[float]]:
    """The roots of each order, 0 left out: where its sign changes, also from or to none."""

    def compute() -> dict[str, Array]:
        evaluator = Evaluator(formula, settings)
        columns = evaluator.truths(_GRID.tolist())
        found: dict[str, Array] = {}
        for order, column in enumerate(columns):
            signs = np.sign(column.high)
            points = [
                _bisect(_sign_changes(evaluator, order, signs[i]), _GRID[i], _GRID[i + 1], 52)
                for i in np.flatnonzero(np.diff(signs))[:MOST]
            ]
            found[f"order{order}"] = np.array(
                sorted({p for p in points if abs(p) > TINY and _is_root(evaluator, order, p)})
            )
        return found

    about = repr(("roots", sorted(settings.items()))).encode()
    arrays = remembered(f"roots-{formula.__name__}", about, compute)
    return [arrays[f"order{order}"].tolist() for order in range(3)]


def thresholds(formula: Formula, settings: Mapping[str, Any], form: Format) -> list[list[float]]:
    """Inputs where each order over- or underflows or becomes subnormal in a format."""
    bits = form.mantissa_bits
    levels = np.log2([form.smallest, form.least_normal, form.largest]) - (1, 0, 0)

    def compute() -> dict[str, Array]:
        evaluator = Evaluator(formula, settings)
        columns = true_values(formula, settings, _LINE)
        inside = np.abs(_LINE) <= form.largest
        line, sizes = _LINE[inside], [_log2(column[inside]) for column in columns]

        def crossings(order: int, level: float) -> list[float]:
            above = sizes[order] > level
            places = np.flatnonzero(np.diff(above))[:MOST]
            return [
                _bisect(_passes(evaluator, order, level, above[i]), line[i], line[i + 1], bits)
                for i in places
            ]

        return {
            f"order{order}": np.array([x for level in levels for x in crossings(order, level)])
            for order in range(3)
        }

    about = repr(("thresholds", sorted(settings.items()), form)).encode()
    arrays = remembered(f"thresholds-{formula.__name__}", about, compute)
    return [arrays[f"order{order}"].tolist() for order in range(3)]


def _both_signs(values: list[Array]) -> Array:
    line = np.concatenate(values)
    return np.unique(np.concatenate([-line, line]))


#: Where columns are looked at for changes of sign, and of size.
_GRID = _both_signs([2.0 ** np.arange(-24, 16, 0.25), np.arange(0, 60, 0.25)])
_LINE = _both_signs([2.0 ** np.linspace(-200, 1023.99, 200), np.arange(0.5, 1000, 7.5)])


def _log2(column: Truth) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log2(np.abs(column.high)) + column.scale)


def _sign_changes(evaluator: Evaluator, order: int, sign: float) -> Callable[[float], bool]:
    return lambda x: bool(np.sign(evaluator.pairs(evaluator.m.exact(x))[order][0]) != sign)


def _passes(evaluator: Evaluator, order: int, level: float, above: bool) -> Callable[[float], bool]:
    return lambda x: bool(_log2(evaluator.truths([x])[order])[0] > level) != above


def _bisect(passed: Callable[[float], bool], left: float, right: float, bits: int) -> float:
    """The first number of so many bits after `left` where something has come to pass."""
    left, right = float(left), float(right)
    while abs(right - left) > 2.0 ** -(bits + 2) * max(abs(left), abs(right)):
        middle = left + (right - left) / 2
        if middle in (left, right):
            break
        if passed(middle):
            right = middle
        else:
            left = middle
    return right


def _is_root(evaluator: Evaluator, order: int, point: float) -> bool:
    """Whether the column goes through 0 here, rather than jumping across it."""
    around = evaluator.truths([point * (1 - 1e-9), point * (1 + 1e-9)])[order]
    away = evaluator.truths([point * (1 - 1e-3), point * (1 + 1e-3)])[order]
    at, off = np.ldexp(around.high, around.scale), np.ldexp(away.high, away.scale)
    return bool(np.abs(at).max() <= 1e-4 * np.abs(off).max())
