"""The card of one function: its facts, laid out for the width of a terminal, or for a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from actcli.reference.gradients import breakpoint_rows
from actcli.reference.layout import (
    GAP,
    INDENT,
    REMARK,
    WARNING,
    Row,
    Section,
    section_lines,
    side_by_side,
    wrapped,
)
from actcli.reference.numerals import full, short
from actcli.reference.properties import limit_rows, property_rows, vector_property_rows

TITLE = "bold blue"
#: From this width on, the picture is beside the text.
WIDE = 110
PICTURE_WIDTH = 52
WIDEST_PICTURE = 76
NARROWEST_PICTURE = 12


def picture_width(width: int | None) -> int:
    """The width of a card's picture, on a terminal of that width or (None) in a pipe."""
    if width is None:
        return WIDEST_PICTURE
    if width >= WIDE:
        return PICTURE_WIDTH
    return max(NARROWEST_PICTURE, min(width - INDENT, WIDEST_PICTURE))


def lay_out(
    facts: dict[str, Any], picture: Sequence[Text], width: int | None, unicode: bool
) -> list[Text]:
    """The lines of a card, with or without a picture; not wrapped if there is no width."""
    beside, below = _first_sections(facts), _other_sections(facts)
    lines = _title_lines(facts, width, unicode)
    if not picture:
        lines += section_lines(beside, width)
    elif width is not None and width >= WIDE:
        lines += side_by_side(
            section_lines(beside, width - PICTURE_WIDTH - 2 * GAP), picture, width - PICTURE_WIDTH
        )
    else:
        lines += [*section_lines(beside[:1], width), Text()]
        lines += [Text(" " * INDENT) + line for line in picture]
        lines += section_lines(beside[1:], width)
    lines += section_lines(below, width)
    for line in lines:
        line.rstrip()
    return lines


def _title_lines(facts: dict[str, Any], width: int | None, unicode: bool) -> list[Text]:
    title = Text()
    title.append(facts["specification"], style=TITLE)
    if facts["asked_as"]:
        title.append(f"  as {facts['asked_as']}")
    if facts["aliases"]:
        title.append("  also " + ", ".join(facts["aliases"]), style=REMARK)
    lines = wrapped(title, width)
    rule = ("─" if unicode else "-") * (width or WIDEST_PICTURE + INDENT)
    return [*lines, Text(rule, style=REMARK)]


def _first_sections(facts: dict[str, Any]) -> list[Section]:
    if facts["kind"] == "vector":
        formulas, properties = list(_vector_formulas(facts)), list(vector_property_rows(facts))
        return [Section("", formulas), Section("Properties", properties)]
    properties = [*property_rows(facts), *limit_rows(facts)]
    return [Section("", list(_formulas(facts))), Section("Properties", properties)]


def _other_sections(facts: dict[str, Any]) -> list[Section]:
    """The sections at the end of every card, without empty ones."""
    columns, proof = "y, dy and d2y", "decided by ball arithmetic"
    if facts["kind"] == "vector":
        columns, proof = "y and dy", "as tested on adversarial vectors"
    bounds = [
        Row("", Text(f"{', '.join(entry['dtypes'])}: {entry['bound']}"))
        for entry in facts["error_bounds"]
    ]
    sections = [
        Section("Parameters", list(_parameters(facts))),
        Section(
            "Breakpoints",
            list(breakpoint_rows(facts)) if "breakpoints" in facts else [],
            "autograd as measured, with each framework's own defaults"
            if facts.get("autograd")
            else "",
        ),
        Section("Deep networks", list(propagation_rows(facts)), "more: actcli flow"),
        Section("Frameworks", list(_frameworks(facts))),
        Section(f"Error of {columns}", bounds, proof),
        Section("Source", [Row("", _citation(facts))]),
        Section("Notes", [Row("", Text(note)) for note in facts["notes"]]),
        Section("Not verified", [Row("", Text(t, style=WARNING)) for t in facts["unverified"]]),
    ]
    return [section for section in sections if section.rows]


def _formulas(facts: dict[str, Any]) -> Iterator[Row]:
    formula = facts["formula"]
    names = (("f(x)", "value"), ("f'(x)", "derivative"), ("f''(x)", "second_derivative"))
    for label, key in names:
        yield Row(label, Text(formula[key]))
    yield from _abbreviations(formula)
    for number, same in enumerate(facts["same_as"]):
        yield Row("" if number else "same as", Text(_same(same)))


def _vector_formulas(facts: dict[str, Any]) -> Iterator[Row]:
    formula = facts["formula"]
    yield Row("y_i", Text(formula["value"]))
    yield from _abbreviations(formula)
    yield Row("Jacobian", Text(formula["jacobian"]))
    yield Row("dy", Text(f"{formula['gradient_of_sum']}  (the gradient of the sum of all y_i)"))


def _abbreviations(formula: dict[str, Any]) -> Iterator[Row]:
    for number, (name, meaning) in enumerate(formula["where"].items()):
        yield Row("" if number else "where", Text(f"{name} = {meaning}"))


def _same(same: dict[str, Any]) -> str:
    text = str(same["specification"])
    if same["frameworks"]:
        text += f"  ({', '.join(same['frameworks'])})"
    if same["derivative_differs_at"]:
        places = ", ".join(map(short, same["derivative_differs_at"]))
        text += f"  but for f' at x = {places}, by convention"
    return text


def _parameters(facts: dict[str, Any]) -> Iterator[Row]:
    for parameter in facts["parameters"]:
        text, default = Text(), parameter["default_exactly"]
        if parameter["value"] != parameter["default"]:
            text.append(full(parameter["value"]), style="bold")
            text.append(f" (default {default})")
        else:
            text.append(default)
        text.append(f"  {parameter['meaning']}")
        text.append(f"; {parameter['domain']}", style=REMARK)
        yield Row(parameter["name"], text)
    words = facts["words"]
    if words:
        choices = ", ".join(f"{word} is {name}" for word, name in words["choices"].items())
        yield Row(words["name"], Text(f"{words['meaning']}: {choices}"))


def propagation_rows(facts: dict[str, Any]) -> Iterator[Row]:
    """What the function does to signals and gradients in deep networks, if that is known."""
    found = facts.get("propagation")
    if found is None:
        return
    gains, point = found["gains"], found["critical"]
    text = f"{short(gains['length'])} keeps lengths, {short(gains['gradient'])} keeps gradients"
    said = [
        f"{name} {short(gains[name])}" for name in ("torch", "paper") if gains[name] is not None
    ]
    yield Row("gain", Text(text + (f"  ({', '.join(said)})" if said else "")))
    if point is None:
        yield Row("critical", Text("at no weights, without biases"))
        return
    where = "any length" if point["q"] is None else f"length q = {short(point['q'])}"
    text = f"at sigma_w = {short(point['weight_deviation'])}, {where}"
    yield Row("critical", Text(text if point["reached"] else f"{text}, not reached from q = 1"))


def _frameworks(facts: dict[str, Any]) -> Iterator[Row]:
    previous = None
    for symbol in facts["frameworks"]:
        text = Text(symbol["expression"])
        for number, argument in enumerate(symbol["arguments"]):
            text.append(", " if number else "  ", style=REMARK)
            style = WARNING if differs(argument, facts) else REMARK
            text.append(argument_text(argument), style=style)
        if symbol["also"]:
            text.append("  also " + ", ".join(symbol["also"]), style=REMARK)
        yield Row("" if symbol["framework"] == previous else symbol["framework"], text)
        previous = symbol["framework"]
    if not facts["frameworks"]:
        yield Row("", Text("none has it", style=REMARK))


def differs(argument: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether a framework's default differs from the catalogue's."""
    defaults = {parameter["name"]: parameter["default"] for parameter in facts["parameters"]}
    return argument["default"] not in (None, defaults.get(argument["parameter"]))


def argument_text(argument: dict[str, Any]) -> str:
    """A framework's keyword with its default, and the parameter it sets."""
    keyword, parameter = argument["keyword"], argument["parameter"]
    default = argument["default_exactly"]
    if argument["fixed"]:
        text = f"{parameter} fixed at {default}"
    else:
        text = f"{keyword} required" if default is None else f"{keyword}={default}"
        text += f" ({parameter})" if keyword != parameter else ""
    return f"{text}, {argument['remark']}" if argument["remark"] else text


def _citation(facts: dict[str, Any]) -> Text:
    citation = facts["citation"]
    return Text(citation["text"], style="" if citation["confirmed"] else WARNING)
