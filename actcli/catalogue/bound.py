"""An activation with all its parameters, and the calls of frameworks that compute it."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from actcli.arithmetic.numbers import key, written
from actcli.catalogue.activation import Activation, Breakpoint, Ends, Formulas, Number, Symbol
from actcli.catalogue.facts import Facts
from actcli.catalogue.vector import Cells, Vector
from actcli.errors import DataError, UsageError, unknown
from actcli.numerics.memory import Memory

if TYPE_CHECKING:
    from actcli.language.program import Program

#: The facts of the latest functions.
KNOWN: Memory[Facts] = Memory(256)


class BoundActivation(NamedTuple):
    """An activation and a value for each of its parameters.

    `symbol` is the framework's name that the user wrote, None for the function's own name.
    """

    activation: Activation
    parameters: Mapping[str, Number] = MappingProxyType({})
    symbol: Symbol | None = None

    @property
    def name(self) -> str:
        return self.activation.name

    @property
    def changed(self) -> dict[str, Number]:
        """The parameters that differ from their defaults."""
        defaults = self.activation.defaults
        return {name: value for name, value in self.parameters.items() if value != defaults[name]}

    @property
    def specification(self) -> str:
        """The shortest specification of this activation: `elu:alpha=0.5`."""
        shown = self.parameters if self.activation.typed else self.changed
        return with_settings(self.name, shown)

    @property
    def file_name(self) -> str:
        """The name for files of this function; "formula" for an unnamed formula."""
        unnamed = self.activation.typed and self.name == self.activation.text
        return "formula" if unnamed else self.specification

    @property
    def facts(self) -> Facts:
        """What is known of the function with these parameters."""
        key = (id(self.activation), self.key)  # what records state may differ
        return KNOWN.get(key, lambda: Facts(self.activation, self.parameters, self.specification))

    @property
    def limits(self) -> tuple[Ends, Ends]:
        """The limits at -inf and at +inf."""
        return self.facts.limits

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """The points where pieces meet, from left to right."""
        return self.facts.breakpoints

    @property
    def program(self) -> Program:
        """The definition with these parameters, step by step."""
        from actcli.catalogue.definitions import program_of

        return program_of(self.activation, self.parameters)

    @property
    def key(self) -> tuple[Any, ...]:
        """A key that identifies this function exactly: its definition and its parameters."""
        activation = self.activation
        if activation.formulas is None:
            return (self.program,)
        settings = tuple((name, *key(value)) for name, value in self.parameters.items())
        return (activation.name, activation.text, activation.where, settings)

    def formulas(self, arithmetic: Any, x: Any) -> Formulas:
        """The orders at x as callables, in the operations of an arithmetic."""
        assert self.activation.formulas is not None
        return self.activation.formulas(arithmetic, x, **self.parameters)

    # for functions of vectors only

    @property
    def vector(self) -> Vector:
        """The part of the declaration that only functions of vectors have."""
        assert self.activation.vector is not None
        return self.activation.vector

    def output_length(self, length: int) -> int:
        """The number of values for a vector; DataError for a length that the function rejects."""
        complaint = self.vector.complaint(length, **self.parameters)
        if complaint:
            raise DataError(f"{self.name} {complaint}")
        return self.vector.length(length, **self.parameters)

    def cells(self, length: int) -> Cells:
        """How a vector of that length divides into cells; one that does not is a single cell."""
        if self.vector.cells is not None:
            return self.vector.cells(**self.parameters)
        return Cells((1, length), (1, self.output_length(length)))

    def shape(self, shape: tuple[int, ...], order: int, axis: int | None = None) -> tuple[int, ...]:
        """The shape of an array's value (order 0) or gradient (1); errors as `axis_of`."""
        place = self.axis_of(axis, len(shape))
        if place is not None:
            return self.shape_along(shape, order, place)
        result = self.output_length(length := math.prod(shape))
        return shape if order or result == length else (result,)

    def shape_along(self, shape: tuple[int, ...], order: int, place: int) -> tuple[int, ...]:
        """The same for an axis counted from 0, be it one that the function takes or not."""
        result = self.output_length(shape[place])
        return shape if order else (*shape[:place], result, *shape[place + 1 :])

    def axis_of(self, axis: int | None, dimensions: int) -> int | None:
        """The axis, counted from 0, in an array of that many; None means all elements at once.

        If `axis` is None, it is the default of the framework named, or else the function's own.
        Raises UsageError for an axis out of bounds, or an array that the function cannot take.
        """
        vector = self.vector
        if vector.dimensions and dimensions not in vector.dimensions:
            counts = " or ".join(map(str, vector.dimensions))
            raise UsageError(f"{self.name} takes arrays of {counts} axes, not of {dimensions}")
        own = vector.axes.get(self.symbol.framework) if self.symbol else None
        if axis is None:
            axis = own.default(dimensions) if own else vector.axis
            if axis is None:
                return None
        elif vector.fixed_axis and axis not in (vector.axis, vector.axis + dimensions):
            raise UsageError(f"{self.name} has the fixed axis {vector.axis}, not {axis}")
        if dimensions == 0:
            raise UsageError(f"{self.name} needs a vector, but x is a single number")
        if not -dimensions <= axis < dimensions:
            few = "one axis" if dimensions == 1 else f"{dimensions} axes"
            raise UsageError(
                f"axis {axis} is out of bounds for {few}; "
                f"it must lie between {-dimensions} and {dimensions - 1}"
            )
        return axis % dimensions


def with_defaults(activation: Activation) -> BoundActivation:
    """A function with its default parameters."""
    return BoundActivation(activation, activation.defaults)


def with_settings(name: str, settings: Mapping[str, Number]) -> str:
    """The shortest specification of a function with some settings.

    >>> with_settings("elu", {"alpha": 0.5}), with_settings("tanh", {})
    ('elu:alpha=0.5', 'tanh')
    """
    words = ",".join(
        f"{parameter}={written(value) or repr(float(value))}"
        for parameter, value in settings.items()
    )
    return f"{name}:{words}" if words else name


def bind(
    activation: Activation, settings: Mapping[str, Number], symbol: Symbol | None = None
) -> BoundActivation:
    """Set parameters, the rest at their defaults.

    Raises UsageError for a parameter that the activation lacks, a value outside its domain, or an
    invalid combination (a lower end above the upper one).
    """
    parameters = activation.defaults
    for name, value in settings.items():
        if name not in parameters:
            if not parameters:
                raise UsageError(f"{activation.name} has no parameters, so none called {name!r}")
            raise unknown(f"parameter of {activation.name}", name, parameters)
        parameters[name] = value
    for parameter in activation.parameters:
        value = parameters[parameter.name]
        if not parameter.domain.contains(value):
            raise UsageError(
                f"{parameter.name}={value!r} of {activation.name} must be {parameter.domain.words}"
            )
    complaint = activation.check(**parameters)
    if complaint:
        raise UsageError(f"{activation.name}: {complaint}")
    return BoundActivation(activation.with_values(parameters), parameters, symbol)


Setting = float | str | bool


class Call(NamedTuple):
    """A framework's function by its dotted name, and its arguments besides x."""

    name: str
    operands: tuple[float, ...] = ()
    settings: Mapping[str, Setting] = {}

    def written(self, x: str) -> str:
        """The call in Python.

        >>> Call("tf.nn.leaky_relu", settings={"alpha": 0.01}).written("a")
        'tf.nn.leaky_relu(a, alpha=0.01)'
        """
        words = [x, *map(repr, self.operands)]
        words += [f"{keyword}={value!r}" for keyword, value in self.settings.items()]
        return f"{self.name}({', '.join(words)})"


def framework_call(bound: BoundActivation, framework: str) -> Call:
    """The call that computes the activation with these parameters in a framework.

    Raises UsageError if the framework lacks the activation or cannot set a parameter.

    >>> from actcli.catalogue.specification import parse
    >>> framework_call(parse("leaky_relu"), "torch").written("x")
    'torch.nn.functional.leaky_relu(x, negative_slope=0.2)'
    >>> framework_call(parse("hard_tanh"), "tensorflow").written("x")
    'tf.clip_by_value(x, -1.0, 1.0)'
    """
    symbols = [symbol for symbol in bound.activation.symbols if symbol.framework == framework]
    symbols.sort(key=lambda symbol: symbol != bound.symbol)  # the one that the user wrote first
    complaints = []
    for symbol in symbols:
        complaint = _obstacle(symbol, bound)
        if not complaint:
            return _call(symbol, bound)
        complaints.append(complaint)
    raise UsageError(complaints[0] if complaints else f"{framework} has no {bound.name}")


def functions_of(framework: str, activations: Sequence[Activation]) -> tuple[str, ...]:
    """The names of the activations that a framework has."""
    return tuple(
        activation.name
        for activation in activations
        if any(symbol.framework == framework for symbol in activation.symbols)
    )


def _obstacle(symbol: Symbol, bound: BoundActivation) -> str:
    """Why a framework's function cannot take the parameters, in a line; "" if it can."""
    written = {parameter for parameter in bound.parameters if parameter in _words(symbol)}
    arguments = {argument.parameter: argument for argument in symbol.arguments}
    for name, value in bound.parameters.items():
        argument = arguments.get(name)
        fixed = argument.default if argument else bound.activation.defaults[name]
        settable = name in written or (argument is not None and not argument.fixed)
        if not settable and fixed is not None and value != fixed:
            return (
                f"{symbol.name} has no setting for {name}, which is {float(fixed)!r} there, "
                f"not {float(value)!r}"
            )
    return ""


def _call(symbol: Symbol, bound: BoundActivation) -> Call:
    parameters, defaults = bound.parameters, bound.activation.defaults
    operands: list[Setting] = []
    settings: dict[str, Setting] = {}
    if symbol.call:
        template = _parsed(symbol.call)
        operands += [_value(node, parameters) for node in template.args[1:]]
        settings = {str(word.arg): _value(word.value, parameters) for word in template.keywords}
    for argument in () if symbol.call else symbol.arguments:
        value = parameters[argument.parameter]
        guarded = argument.guard and value == defaults[argument.parameter]
        if argument.operand:
            operands.append(float(value))
        elif not (argument.fixed or guarded or value == argument.default):
            settings[argument.keyword] = float(value)
    return Call(symbol.name, tuple(map(float, operands)), settings)


@cache
def _parsed(expression: str) -> ast.Call:
    node = ast.parse(expression, mode="eval").body
    assert isinstance(node, ast.Call), f"{expression!r} calls nothing"
    return node


def _words(symbol: Symbol) -> set[str]:
    """The names that occur in the arguments of the symbol's expression."""
    if not symbol.call:
        return set()
    call = _parsed(symbol.call)
    nodes = [*call.args[1:], *(word.value for word in call.keywords)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _value(node: ast.expr, parameters: Mapping[str, Number]) -> Setting:
    if isinstance(node, ast.Name):
        return float(parameters[node.id])
    value: Setting = ast.literal_eval(node)
    return value
