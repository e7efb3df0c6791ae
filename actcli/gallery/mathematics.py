"""Mathtext formulas as MathML, for browsers."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup
from math_core import LatexToMathML

#: What separates the parts of a formula: its pieces, or the meanings of its abbreviations.
BETWEEN = r",\ "
#: A piece of a function: a value, and its condition.
PIECE = re.compile(r"(?P<value>.+)\\ \((?P<condition>.*(?:[<>=]|\\[lgn]eq|\\mathrm\{else\}).*)\)")


def formula(mathtext: str, name: str = "") -> Markup:
    r"""A formula as MathML, in parts between which a line may break; pieces are stacked at a brace.

    Raises math_core.LatexError if the formula is invalid.

    >>> print(formula("x", name="f"))
    <math><mi>f</mi><mo>=</mo><mi>x</mi></math>
    >>> formula(r"x\ (x>0),\ 0\ (x\leq 0)").count("<mtr>")
    2
    """
    head = f"{name}=" if name else ""
    parts = _parts(mathtext)
    pieces = [PIECE.fullmatch(part) for part in parts]
    if len(parts) > 1 and all(pieces):
        rows = r" \\ ".join(map(_row, filter(None, pieces)))
        return _converted(rf"{head}\begin{{cases}}{rows}\end{{cases}}")
    parts = [*(f"{part}," for part in parts[:-1]), parts[-1]]
    return Markup(" ").join(map(_converted, [head + parts[0], *parts[1:]]))


def _parts(mathtext: str) -> list[str]:
    """The formula, cut at commas outside brackets."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(mathtext):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and mathtext.startswith(BETWEEN, position):
            parts.append(mathtext[start:position])
            start = position + len(BETWEEN)
    return [*parts, mathtext[start:]]


def _row(piece: re.Match[str]) -> str:
    value, condition = piece.group("value", "condition")
    when = r"\text{otherwise}" if condition == r"\mathrm{else}" else rf"\text{{if }}{condition}"
    return f"{value} & {when}"


def _converted(latex: str) -> Markup:
    return Markup(_converter().convert_with_local_state(latex, displaystyle=False))


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)
