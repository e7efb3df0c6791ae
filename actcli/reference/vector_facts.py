"""What is known of a vector function as plain data, as `facts` has it of an activation."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import Symbol
from actcli.catalogue.vector import BoundVector, VectorActivation
from actcli.numerics.bounds import in_words
from actcli.reference.facts import citation_facts, parameter_facts, range_facts, symbol_facts


def vector_facts(bound: BoundVector) -> dict[str, Any]:
    """Everything known of a vector function with its parameters."""
    function = bound.activation
    return {
        "name": function.name,
        "specification": bound.specification,
        "asked_as": bound.symbol.name if bound.symbol else None,
        "kind": "vector",
        "family": function.family,
        "aliases": list(function.aliases),
        "formula": {
            "value": function.text,
            "gradient_of_sum": function.gradient_text,
            "jacobian": function.jacobian_text,
            "where": dict(function.where),
            "written_out": formula_line(function),
        },
        "mathtext": {"value": function.mathtext},
        "parameters": parameter_facts(bound),
        "words": None,
        "axis": {
            "default": function.axis,
            "fixed": function.fixed_axis,
            "dimensions": list(function.dimensions),
        },
        "lengths": {str(n): _length(bound, n) for n in (1, 2, 4, 6)},
        "range": range_facts(function.range),
        "smoothness": function.smoothness,
        "frameworks": [_with_axis(function, symbol) for symbol in function.symbols],
        "error_bounds": [
            # Of numbers every one can be tried, of vectors only some.
            {"dtypes": names, "bound": sentence.removesuffix(" at every input")}
            for names, sentence in in_words(not bound.changed, orders=2)
        ],
        "citation": citation_facts(function.citation),
        "notes": list(function.notes),
        "unverified": list(function.unverified),
    }


def default_vector_facts(function: VectorActivation) -> dict[str, Any]:
    """Everything known of a vector function with its default parameters."""
    return vector_facts(BoundVector(function, function.defaults))


def formula_line(function: VectorActivation) -> str:
    """The formula and what its abbreviations mean, in one line.

    >>> from actcli.catalogue.registry import vectors
    >>> formula_line(vectors()["glu"])
    'a_i*sigmoid(b_i); [a, b] = the halves of x'
    """
    return "; ".join([function.text, *(f"{name} = {meaning}" for name, meaning in function.where)])


def _length(bound: BoundVector, length: int) -> int | None:
    """How many values so many numbers give, None where the function does not take so many."""
    function = bound.activation
    if function.complaint(length, **bound.parameters):
        return None
    return function.length(length, **bound.parameters)


def _with_axis(function: VectorActivation, symbol: Symbol) -> dict[str, Any]:
    """A framework's symbol, the axis one more of its arguments."""
    known = symbol_facts(symbol)
    axis = function.axes.get(symbol.framework)
    if axis is not None:
        known["arguments"].append(
            {
                "keyword": axis.keyword,
                "parameter": "axis",
                "default": None,
                "default_exactly": axis.words,
                "fixed": function.fixed_axis,
                "remark": "",
            }
        )
    return known
