"""What is known of a vector function as plain data, as `facts` has it of an activation."""

from __future__ import annotations

from typing import Any

from actcli.catalogue.activation import Activation, Symbol, Vector
from actcli.catalogue.bound import BoundActivation
from actcli.numerics.bounds import in_words
from actcli.reference.facts import citation_facts, parameter_facts, range_facts, symbol_facts


def vector_facts(bound: BoundActivation) -> dict[str, Any]:
    """Everything known of a vector function with its parameters."""
    function, vector = bound.activation, bound.vector
    return {
        "name": function.name,
        "specification": bound.specification,
        "asked_as": bound.symbol.name if bound.symbol else None,
        "kind": "vector",
        "family": function.family,
        "aliases": list(function.aliases),
        "formula": {
            "value": function.text,
            "gradient_of_sum": function.derivative_text,
            "jacobian": vector.jacobian_text,
            "where": dict(function.where),
            "written_out": formula_line(function),
        },
        "mathtext": {"value": vector.mathtext},
        "parameters": parameter_facts(bound),
        "words": None,
        "axis": {
            "default": vector.axis,
            "fixed": vector.fixed_axis,
            "dimensions": list(vector.dimensions),
        },
        "lengths": {str(n): _length(bound, n) for n in (1, 2, 4, 6)},
        "range": range_facts(function.range),
        "smoothness": function.smoothness,
        "frameworks": [_with_axis(vector, symbol) for symbol in function.symbols],
        "error_bounds": [
            # Of numbers every one can be tried, of vectors only some.
            {"dtypes": names, "bound": sentence.removesuffix(" at every input")}
            for names, sentence in in_words(not bound.changed, orders=2)
        ],
        "citation": citation_facts(function.citation),
        "notes": list(function.notes),
        "unverified": list(function.unverified),
    }


def default_vector_facts(function: Activation) -> dict[str, Any]:
    """Everything known of a vector function with its default parameters."""
    return vector_facts(BoundActivation(function, function.defaults))


def formula_line(function: Activation) -> str:
    """The formula and what its abbreviations mean, in one line.

    >>> from actcli.catalogue.registry import vectors
    >>> formula_line(vectors()["glu"])
    'a_i*sigmoid(b_i); [a, b] = the halves of x'
    """
    return "; ".join([function.text, *(f"{name} = {meaning}" for name, meaning in function.where)])


def _length(bound: BoundActivation, length: int) -> int | None:
    """How many values so many numbers give, None where the function does not take so many."""
    if bound.vector.complaint(length, **bound.parameters):
        return None
    return bound.vector.length(length, **bound.parameters)


def _with_axis(vector: Vector, symbol: Symbol) -> dict[str, Any]:
    """A framework's symbol, the axis one more of its arguments."""
    known = symbol_facts(symbol)
    axis = vector.axes.get(symbol.framework)
    if axis is not None:
        known["arguments"].append(
            {
                "keyword": axis.keyword,
                "parameter": "axis",
                "default": None,
                "default_exactly": axis.words,
                "fixed": vector.fixed_axis,
                "remark": "",
            }
        )
    return known
