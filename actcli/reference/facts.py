"""The facts about a function as plain data: dictionaries, lists, strings and numbers.

Numbers that JSON lacks are the strings "nan", "inf" and "-inf".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from actcli.catalogue.activation import (
    Activation,
    Argument,
    Breakpoint,
    Citation,
    Ends,
    Symbol,
    Vector,
)
from actcli.catalogue.bound import BoundActivation, bind, with_defaults
from actcli.catalogue.built_in import framework_defaults
from actcli.catalogue.measured import gradients_at_breakpoints
from actcli.catalogue.shown import shown
from actcli.numerics.bounds import in_words
from actcli.numerics.dtypes import DTYPES
from actcli.reference.numerals import exact, plain, range_facts
from actcli.reference.own import same_as, search_for_shorter, texts
from actcli.reference.vector_facts import (
    axis_arguments,
    formula_line,
    vector_properties,
    vector_texts,
)


def facts(bound: BoundActivation) -> dict[str, Any]:
    """All facts about a function with its parameters."""
    activation, vector = bound.activation, bound.activation.vector
    search = search_for_shorter(bound)
    known: dict[str, Any] = {
        "name": activation.name,
        "specification": bound.specification,
        "asked_as": bound.symbol.name if bound.symbol else None,
        "kind": "vector" if vector else "elementwise",
        "family": activation.family,
        "aliases": list(activation.aliases),
        "formula": {},
        "mathtext": {},
        "parameters": _parameters(bound),
        "words": _words(activation),
        **(vector_properties(bound) if vector else _properties(bound)),
        "frameworks": [_symbol(symbol, vector) for symbol in activation.symbols],
        "error_bounds": [
            {"dtypes": names, "bound": words} for names, words in in_words(not bound.changed)
        ]
        if vector
        else [{"dtypes": list(DTYPES), "bound": "correctly rounded at every input"}],
        "citation": _citation(activation.citation),
        "notes": list(activation.notes),
        "unverified": list(activation.unverified),
    }
    if vector:
        return {**known, **vector_texts(activation)}
    known["about"] = sorted(bound.facts.about)
    known["same_as"] = list(same_as(bound))
    formulas = shown(bound)
    formula, known["mathtext"] = texts(bound, formulas, search)
    where = dict(formulas.where)
    known["formula"] = {**formula, "where": where, "written_out": written_out(bound)}
    return known


def _properties(bound: BoundActivation) -> dict[str, Any]:
    """The facts that only functions of one number have.

    `autograd` holds the gradients measured at the breakpoints in each framework, with its own
    defaults.
    """
    known = bound.facts
    return {
        "range": range_facts(known.range),
        "monotonic": known.monotonic,
        "stationary_points": [
            {"x": plain(p.x), "y": plain(p.value), "kind": p.kind, "where": p.where}
            for p in known.stationary
        ],
        "steepest": {"derivative": plain(known.steepest.derivative), "where": known.steepest.where},
        "lipschitz": plain(known.lipschitz),
        "symmetry": known.symmetry,
        "smoothness": known.smoothness,
        "limits": dict(zip(("-inf", "inf"), map(_ends, bound.limits), strict=True)),
        "breakpoints": [breakpoint_facts(point) for point in bound.breakpoints],
        "more_breakpoints": known.more_breakpoints,
        "autograd": list(_autograd(bound.activation)),
    }


def default_facts(activation: Activation) -> dict[str, Any]:
    """All facts about a function with its default parameters."""
    return facts(with_defaults(activation))


def frameworks(activation: Activation) -> list[str]:
    """The frameworks that have the activation, in the order of declaration."""
    return list(dict.fromkeys(symbol.framework for symbol in activation.symbols))


def written_out(bound: BoundActivation) -> str:
    """The formula with its abbreviations substituted (appended, for a function of vectors).

    >>> from actcli.catalogue.specification import parse
    >>> written_out(parse("mish"))
    'x*tanh(softplus(x))'
    """
    if bound.activation.vector:
        return formula_line(bound.activation)
    formulas = shown(bound, derivatives=False)
    text = formulas.value
    for name, meaning in reversed(formulas.where):
        text = re.sub(rf"(\(?)\b{re.escape(name)}\b(\)?)", partial(_put_in, meaning), text)
    return text


def _put_in(meaning: str, match: re.Match[str]) -> str:
    before, after = match.groups()
    if (before and after) or _is_call(meaning):
        return f"{before}{meaning}{after}"
    return f"{before}({meaning}){after}"


def _is_call(text: str) -> bool:
    """Whether a formula is a single call or name, which needs no parentheses."""
    head = re.match(r"\w+\(", text)
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and depth == 0:
            return bool(head) and position == len(text) - 1
    return text.isidentifier()


def _parameters(bound: BoundActivation) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "default": plain(parameter.default),
            "default_exactly": exact(parameter.default),
            "value": plain(bound.parameters[parameter.name]),
            "meaning": parameter.meaning,
            "domain": parameter.domain.words,
        }
        for parameter in bound.activation.parameters
    ]


def _words(activation: Activation) -> dict[str, Any] | None:
    """The parameter that is a word, and the activation that each word selects."""
    variants = activation.variants
    if variants is None:
        return None
    return {"name": variants.name, "choices": dict(variants.choices), "meaning": variants.meaning}


def _ends(ends: Ends) -> dict[str, Any]:
    return {name: plain(ends[order]) for order, name in enumerate(("y", "dy", "d2y"))}


def breakpoint_facts(point: Breakpoint) -> dict[str, Any]:
    """What happens where pieces meet."""
    return {
        "x": plain(point.x),
        "y": plain(point.value),
        "dy": plain(point.derivative),
        "left": {"y": plain(point.left_value), "dy": plain(point.left_derivative)},
        "right": {"y": plain(point.right_value), "dy": plain(point.right_derivative)},
        "jump": point.jump,
        "kink": point.kink,
    }


def _autograd(activation: Activation) -> Iterator[dict[str, Any]]:
    for symbol in activation.symbols:
        for backend, gradients in gradients_at_breakpoints(activation, symbol).items():
            points = bind(activation, framework_defaults(symbol)).breakpoints
            yield {
                "framework": symbol.framework,
                "backend": backend,
                "name": symbol.name,
                "at": [
                    {"x": plain(point.x), "dy": None if gradient is None else plain(gradient)}
                    for point, gradient in zip(points, gradients, strict=True)
                ],
            }


def _citation(citation: Citation) -> dict[str, Any]:
    return {**citation._asdict(), "arxiv": list(citation.arxiv), "text": str(citation)}


def _symbol(symbol: Symbol, vector: Vector | None) -> dict[str, Any]:
    return {
        "framework": symbol.framework,
        "name": symbol.name,
        "expression": symbol.expression,
        "same_name": symbol.resolves,
        "also": list(symbol.also),
        "arguments": [
            *map(_argument, symbol.arguments),
            *(axis_arguments(vector, symbol.framework) if vector else ()),
        ],
    }


def _argument(argument: Argument) -> dict[str, Any]:
    default = argument.default
    return {
        "keyword": argument.keyword,
        "parameter": argument.parameter,
        "default": None if default is None else plain(default),
        "default_exactly": None if default is None else exact(default),
        "fixed": argument.fixed,
        "remark": argument.remark,
    }
