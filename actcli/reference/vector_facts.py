"""The facts that only functions of vectors have, as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from actcli.catalogue.activation import Activation, Vector
from actcli.catalogue.bound import BoundActivation
from actcli.reference.numerals import range_facts


def vector_texts(function: Activation) -> dict[str, Any]:
    """The formulas as text and mathtext."""
    assert function.vector is not None
    return {
        "formula": {
            "value": function.text,
            "gradient_of_sum": function.derivative_text,
            "jacobian": function.vector.jacobian_text,
            "where": dict(function.where),
            "written_out": formula_line(function),
        },
        "mathtext": {"value": function.vector.mathtext},
    }


def formula_line(function: Activation) -> str:
    """The formula and its abbreviations in one line.

    >>> from actcli.catalogue.registry import vectors
    >>> formula_line(vectors()["glu"])
    'a_i*sigmoid(b_i); [a, b] = the halves of x'
    """
    return "; ".join([function.text, *(f"{name} = {meaning}" for name, meaning in function.where)])


def vector_properties(bound: BoundActivation) -> dict[str, Any]:
    """The axis, the lengths and the range."""
    return {
        "axis": {
            "default": bound.vector.axis,
            "fixed": bound.vector.fixed_axis,
            "dimensions": list(bound.vector.dimensions),
        },
        "lengths": {str(n): _length(bound, n) for n in (1, 2, 4, 6)},
        "range": range_facts(bound.facts.range),
        "smoothness": bound.facts.smoothness,
    }


def _length(bound: BoundActivation, length: int) -> int | None:
    """The number of values for a vector of that length; None if the function rejects it."""
    if bound.vector.complaint(length, **bound.parameters):
        return None
    return bound.vector.length(length, **bound.parameters)


def axis_arguments(vector: Vector, framework: str) -> Iterator[dict[str, Any]]:
    """The axis as a further argument of a framework's function."""
    axis = vector.axes.get(framework)
    if axis is not None:
        yield {
            "keyword": axis.keyword,
            "parameter": "axis",
            "default": None,
            "default_exactly": axis.words,
            "fixed": vector.fixed_axis,
            "remark": "",
        }
