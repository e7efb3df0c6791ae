"""The card of a vector function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from actcli.reference.card import SMOOTHNESS, other_sections, range_text, title_lines
from actcli.reference.layout import Row, Section, section_lines


def lay_out_vector(facts: dict[str, Any], width: int | None, unicode: bool) -> list[Text]:
    """The lines of a card. Without a width no line is wrapped."""
    sections = [
        Section("", list(_formulas(facts["formula"]))),
        Section("Properties", list(vector_property_rows(facts))),
        *other_sections({"breakpoints": [], "autograd": [], **facts}),
    ]
    lines = [*title_lines(facts, width, unicode), *section_lines(sections, width)]
    for line in lines:
        line.rstrip()
    return lines


def _formulas(formula: dict[str, Any]) -> Iterator[Row]:
    yield Row("y_i", Text(formula["value"]))
    for number, (name, meaning) in enumerate(formula["where"].items()):
        yield Row("" if number else "where", Text(f"{name} = {meaning}"))
    yield Row("Jacobian", Text(formula["jacobian"]))
    yield Row("dy", Text(f"{formula['gradient_of_sum']}  (the gradient of the sum of all y_i)"))


def vector_property_rows(facts: dict[str, Any]) -> Iterator[Row]:
    """The axis, lengths and values of a vector function."""
    axis = facts["axis"]
    words = f"fixed at {axis['default']}" if axis["fixed"] else f"{axis['default']} by default"
    if axis["dimensions"]:
        words += f", in arrays of {' or '.join(map(str, axis['dimensions']))} axes"
    yield Row("axis", Text(words))
    yield Row("length", Text("; ".join(_lengths(facts["lengths"]))))
    yield Row("range", Text(range_text(facts["range"])))
    yield Row("smoothness", Text(SMOOTHNESS.get(facts["smoothness"], facts["smoothness"])))


def _lengths(lengths: dict[str, int | None]) -> Iterator[str]:
    if all(str(result) == length for length, result in lengths.items()):
        yield "as x"
        return
    for length, result in lengths.items():
        yield f"{length} -> {'an error' if result is None else result}"
