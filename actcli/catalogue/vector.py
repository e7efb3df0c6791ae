"""The record a vector function is declared with: one whose values depend on a whole vector.

What it shares with elementwise activations (parameters, symbols, citations) has the same records.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

from actcli.catalogue import settings
from actcli.catalogue.activation import (
    Activation,
    Citation,
    Number,
    Parameter,
    Range,
    Symbol,
    Variants,
    any_parameters,
)
from actcli.errors import DataError, UsageError

#: What a formula function returns: the value, and the gradient of the sum of the values.
VectorFormulas = tuple[Callable[[], Any], Callable[[], Any]]


class Axis(NamedTuple):
    """A framework's keyword for the axis, and the axis it takes when none is given.

    `default` maps the number of axes to that one, None standing for all elements at once.
    """

    keyword: str
    words: str
    default: Callable[[int], int | None] = lambda _: -1


LAST = "-1"


class Cells(NamedTuple):
    """How vectors fall apart into cells, small vectors that know nothing of each other.

    A vector of x is an array of the shape (x[0], cells, x[1]), and one of y is (y[0], cells, y[1]):
    of a gated unit the cells are the pairs (a_i, b_i), so that x is (2, 1) and y (1, 1).
    """

    x: tuple[int, int]
    y: tuple[int, int]


def same_length(length: int, **_: Number) -> int:
    """The length of the result of a function that keeps it."""
    return length


def any_length(length: int, **_: Number) -> str:
    """The complaint of a function that takes vectors of any length: none."""
    return ""


def later(home: str) -> Callable[..., VectorFormulas]:
    """The formula function `module:function` of actcli.catalogue.vector_formulas.

    It is imported when it is first called: formulas need numpy, names and facts do not.
    """
    module, _, function = home.partition(":")

    def formulas(*arguments: Any, **parameters: Number) -> VectorFormulas:
        found = getattr(import_module(f"actcli.catalogue.vector_formulas.{module}"), function)
        result: VectorFormulas = found(*arguments, **parameters)
        return result

    return formulas


class VectorActivation(NamedTuple):
    """One function of vectors with its parameters, gradient and facts.

    `formulas(m, x, **parameters)` returns value and gradient as callables, in the operations of an
    arithmetic `m`. x is a float64 array (not lifted, so that comparisons and sorting are exact)
    whose last axis, never empty, holds the vectors; infinities and nan are the formula's to handle.
    The gradient is that of the sum of the values, as a tape gives it: the Jacobian transposed times
    a vector of ones. `length(n, **parameters)` is how many values n numbers give, and
    `complaint(n, **parameters)` what is wrong with that many, or "". `cells(**parameters)` says how
    vectors fall apart into small ones; None where every value depends on the whole vector.
    `axis` is the default one, `fixed_axis` says that it is the only one, and `dimensions` are the
    numbers of axes that arrays may have (any, if empty). `axes` holds what each framework takes.
    """

    name: str
    text: str
    jacobian_text: str
    gradient_text: str
    mathtext: str
    formulas: Callable[..., VectorFormulas]
    range: Range
    smoothness: str
    citation: Citation
    family: str = ""
    aliases: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    variants: Variants | None = None
    where: tuple[tuple[str, str], ...] = ()
    check: Callable[..., str] = any_parameters
    length: Callable[..., int] = same_length
    complaint: Callable[..., str] = any_length
    cells: Callable[..., Cells] | None = None
    axis: int = -1
    fixed_axis: bool = False
    dimensions: tuple[int, ...] = ()
    axes: Mapping[str, Axis] = MappingProxyType({})
    symbols: tuple[Symbol, ...] = ()
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()

    @property
    def defaults(self) -> dict[str, Number]:
        """The default of each parameter."""
        return {parameter.name: parameter.default for parameter in self.parameters}


class BoundVector(NamedTuple):
    """A vector function and a value for each of its parameters.

    `symbol` is the framework's name it was asked for by, None if it was asked for by its own.
    """

    activation: VectorActivation
    parameters: Mapping[str, Number] = MappingProxyType({})
    symbol: Symbol | None = None

    @property
    def name(self) -> str:
        return self.activation.name

    @property
    def changed(self) -> dict[str, Number]:
        """The parameters that differ from their defaults."""
        return settings.changed(self.parameters, self.activation.defaults)

    @property
    def specification(self) -> str:
        """The shortest specification of this function: `maxout:k=3.0`."""
        return settings.specification(self.name, self.changed)

    def formulas(self, arithmetic: Any, x: Any) -> VectorFormulas:
        """Value and gradient as callables, in the operations of an arithmetic."""
        return self.activation.formulas(arithmetic, x, **self.parameters)

    def output_length(self, length: int) -> int:
        """How many values a vector gives; DataError if the function takes none of that length."""
        complaint = self.activation.complaint(length, **self.parameters)
        if complaint:
            raise DataError(f"{self.name} {complaint}")
        return self.activation.length(length, **self.parameters)

    def cells(self, length: int) -> Cells:
        """How a vector of that length falls apart; one that does not is a single cell."""
        if self.activation.cells is not None:
            return self.activation.cells(**self.parameters)
        return Cells((1, length), (1, self.output_length(length)))

    def shape(self, shape: tuple[int, ...], order: int, axis: int | None = None) -> tuple[int, ...]:
        """The shape of the value (order 0) or the gradient (1) of an array; errors as `axis_of`."""
        place = self.axis_of(axis, len(shape))
        length = math.prod(shape) if place is None else shape[place]
        result = self.output_length(length)
        if order or result == length:
            return shape
        return (result,) if place is None else (*shape[:place], result, *shape[place + 1 :])

    def axis_of(self, axis: int | None, dimensions: int) -> int | None:
        """The axis meant, counted from 0, in an array of so many; None is all elements at once.

        Without an axis it is that of the framework it was asked for by, else the function's own.
        Raises UsageError for one that is out of bounds, or an array that the function cannot take.
        """
        activation = self.activation
        if activation.dimensions and dimensions not in activation.dimensions:
            counts = " or ".join(map(str, activation.dimensions))
            raise UsageError(f"{self.name} takes arrays of {counts} axes, not of {dimensions}")
        own = activation.axes.get(self.symbol.framework) if self.symbol else None
        if axis is None:
            axis = own.default(dimensions) if own else activation.axis
            if axis is None:
                return None
        elif activation.fixed_axis and axis not in (activation.axis, activation.axis + dimensions):
            raise UsageError(f"{self.name} has the fixed axis {activation.axis}, not {axis}")
        if dimensions == 0:
            raise UsageError(f"{self.name} needs a vector, but x is a single number")
        if not -dimensions <= axis < dimensions:
            few = "one axis" if dimensions == 1 else f"{dimensions} axes"
            raise UsageError(
                f"axis {axis} is out of bounds for {few}; "
                f"it must lie between {-dimensions} and {dimensions - 1}"
            )
        return axis % dimensions


#: What the catalogue holds.
Declaration = Activation | VectorActivation

__all__ = [
    "LAST",
    "Axis",
    "BoundVector",
    "Cells",
    "Declaration",
    "VectorActivation",
    "VectorFormulas",
    "later",
]
