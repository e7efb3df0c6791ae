"""The properties of a function as rows of its card."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.text import Text

from actcli.arithmetic.numbers import read_number
from actcli.reference.layout import Row
from actcli.reference.numerals import short

#: The classes of smoothness, explained.
SMOOTHNESS = {
    "C0": "C0: continuous",
    "C1": "C1: f' is continuous",
    "C2": "C2: f' and f'' are continuous",
}


def property_rows(facts: dict[str, Any]) -> Iterator[Row]:
    """Range, turning points, slopes, symmetry and smoothness."""
    rough = dict.fromkeys(facts.get("about", ()), "about ")

    def said(name: str, text: str) -> Text:
        return Text(rough.get(name, "") + text)

    yield Row("range", said("range", _range(facts["range"])))
    for kind in ("minimum", "maximum"):
        points = [point for point in facts["stationary_points"] if point["kind"] == kind]
        if points:
            yield Row(kind, said("stationary_points", "; ".join(map(_stationary, points))))
    yield Row("monotonic", said("monotonic", "yes" if facts["monotonic"] else "no"))
    yield Row("steepest", said("steepest", _steepest(facts["steepest"])))
    yield Row("Lipschitz", said("lipschitz", _lipschitz(facts)))
    yield Row("symmetry", Text(facts["symmetry"] or "none"))
    yield _smoothness(facts)


def _smoothness(facts: dict[str, Any]) -> Row:
    return Row("smoothness", Text(SMOOTHNESS.get(facts["smoothness"], facts["smoothness"])))


def _range(bounds: dict[str, Any]) -> str:
    left = "[" if bounds["low_attained"] else "("
    right = "]" if bounds["high_attained"] else ")"
    return f"{left}{short(bounds['low'])}, {short(bounds['high'])}{right}"


def _stationary(point: dict[str, Any]) -> str:
    return f"{short(point['y'])} at x = {point['where'] or short(point['x'])}"


def _steepest(steepest: dict[str, Any]) -> str:
    where = steepest["where"]
    if not where.startswith("on "):
        try:
            where = f"at x = {short(where)}" if math.isfinite(float(where)) else f"as x -> {where}"
        except ValueError:  # several points, or periodic ones
            where = f"as x -> {where}" if "inf" in where else f"at x = {_rounded(where)}"
    return f"|f'| = {short(steepest['derivative'])} {where}"


def _rounded(where: str) -> str:
    digits = where.removeprefix("+-")
    if digits == where or read_number(digits) is None:
        return where
    return f"+-{short(digits)}"


def _lipschitz(facts: dict[str, Any]) -> str:
    if facts["lipschitz"] != "inf":
        return short(facts["lipschitz"])
    jumps = any(point["jump"] for point in facts["breakpoints"])
    return "none: the value jumps" if jumps else "none: the slope has no bound"


def limit_rows(facts: dict[str, Any]) -> Iterator[Row]:
    """The limits of the function and its derivatives."""
    for end, sign in (("-inf", "-"), ("inf", "+")):
        limits = facts["limits"][end]
        parts = [_limit("f", limits["y"]), _limit("f'", limits["dy"])]
        if limits["d2y"] != 0:
            parts.append(_limit("f''", limits["d2y"]))
        yield Row(f"x -> {sign}inf", Text(", ".join(parts)))


def _limit(name: str, limit: float | str) -> str:
    return f"{name} has no limit" if limit == "nan" else f"{name} -> {short(limit)}"


def vector_property_rows(facts: dict[str, Any]) -> Iterator[Row]:
    """The axis, lengths and values of a vector function."""
    axis = facts["axis"]
    words = f"fixed at {axis['default']}" if axis["fixed"] else f"{axis['default']} by default"
    if axis["dimensions"]:
        words += f", in arrays of {' or '.join(map(str, axis['dimensions']))} axes"
    yield Row("axis", Text(words))
    yield Row("length", Text("; ".join(_lengths(facts["lengths"]))))
    yield Row("range", Text(_range(facts["range"])))
    yield _smoothness(facts)


def _lengths(lengths: dict[str, int | None]) -> Iterator[str]:
    if all(str(result) == length for length, result in lengths.items()):
        yield "as x"
        return
    for length, result in lengths.items():
        yield f"{length} -> {'an error' if result is None else result}"
