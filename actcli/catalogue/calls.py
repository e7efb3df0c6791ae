"""The call of a framework's function for an activation, derived from its declaration.

A declaration has the framework's name and keywords, or the expression to write, into which the
parameters are put. A positional argument after x is an operand, a number of x's dtype; a keyword
argument is a setting.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.activation import Activation, Number, Symbol
    from actcli.catalogue.bound import BoundActivation

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
