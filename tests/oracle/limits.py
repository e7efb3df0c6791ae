"""Limits at infinity, by going so far out that no format can tell the difference."""

from __future__ import annotations

from fractions import Fraction
from math import nan

from tests.oracle.truth import Evaluator
from tests.support.formats import Format

FAR = tuple(factor * Fraction(2) ** 3000 for factor in (1, 3, 5, 7, 11))


def limit(evaluator: Evaluator, sign: int, order: int, form: Format) -> float:
    """What a column tends to at -inf or +inf, rounded to a format; nan where it does not settle."""
    values = [evaluator.rounded(evaluator.m.exact(sign * far), order, form) for far in FAR]
    return values[0] if all(value == values[0] for value in values) else nan
