"""Trees made from trees: derivatives and substitutions."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cache

from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.parser import Names, parse_tree
from actcli.language.tree import Apply, Call, Constant, Node, Number, Parameter, Variable

ZERO, ONE = Number(0.0), Number(1.0)
#: The limit on folded integers, below which folding is exact.
WHOLE = 2.0**50


def replaced(node: Node, names: Mapping[str, Node]) -> Node:
    """The tree with other trees substituted for parameters and variables."""
    if isinstance(node, Parameter | Variable):
        return names.get(node.name, node)
    if isinstance(node, Call):
        return call(node.function, *(replaced(argument, names) for argument in node.arguments))
    if isinstance(node, Apply):
        parameters = tuple((name, replaced(value, names)) for name, value in node.parameters)
        return Apply(node.function, parameters, replaced(node.argument, names), node.spelling)
    return node


def derivative(node: Node, of: str = "x") -> Node:
    """The derivative of a tree.

    >>> from actcli.language.words import write_text
    >>> write_text(derivative(parse_tree("x*sin(2*x)")))
    'sin(2*x) + x*(2*cos(2*x))'
    """
    if isinstance(node, Variable):
        return ONE if node.name == of else ZERO
    if isinstance(node, Apply):
        slope = derivative(node.argument, of)
        if slope == ZERO:
            return ZERO
        # by the catalogue's formula
        rate = replaced(node.function.slope, {**dict(node.parameters), "x": node.argument})
        return _times(rate, slope)
    if not isinstance(node, Call) or node.function.condition:
        return ZERO
    function, arguments = node.function, node.arguments
    if function is elementary.WHERE:
        condition, first, second = arguments
        return call(function, condition, derivative(first, of), derivative(second, of))
    total: Node = ZERO
    for k, argument in enumerate(arguments):
        slope = derivative(argument, of)
        if slope == ZERO:
            continue
        names = {**dict(zip("uvw", arguments, strict=False)), "y": node}
        total = call(elementary.ADD, total, _times(_rate(function, k, names), slope))
    return total


def _times(rate: Node, slope: Node) -> Node:
    """The product of the chain rule, with constants first."""
    if isinstance(slope, Number | Parameter) and not isinstance(rate, Number | Parameter):
        rate, slope = slope, rate
    return call(elementary.MULTIPLY, rate, slope)


def _rate(function: Elementary, k: int, names: Mapping[str, Node]) -> Node:
    if function is elementary.POWER_OF and isinstance(names["v"], Number) and k == 0:
        base, exponent = names["u"], names["v"]
        lower = call(elementary.POWER_OF, base, Number(exponent.value - 1))
        return call(elementary.MULTIPLY, exponent, lower)
    if function is elementary.DIVIDE and k == 1:
        square = call(elementary.POWER_OF, names["v"], Number(2.0))
        return call(elementary.NEGATIVE, call(elementary.DIVIDE, names["u"], square))
    return replaced(rule(function, k), names)


@cache
def rule(function: Elementary, k: int) -> Node:
    """The derivative of a function in its argument k, in terms of u, v, w and y."""
    names = Names(variables=("u", "v", "w", "y"), open_=False)
    return parse_tree(function.derivatives[k], names)


def call(function: Elementary, *arguments: Node) -> Node:
    """A call, simplified if a 0, a 1 or plain numbers allow it."""
    simple = _simplified(function, arguments)
    return Call(function, arguments) if simple is None else simple


def _simplified(function: Elementary, arguments: tuple[Node, ...]) -> Node | None:
    if function is elementary.WHERE:
        return _choice(*arguments)
    if function.conditions or function.condition:
        return None
    if function is elementary.NEGATIVE:
        return _negative(arguments[0])
    if len(arguments) != 2 or not function.operator:
        return None
    a, b = arguments
    folded = _folded(function, a, b)
    if folded is not None:
        return folded
    if function is elementary.ADD:
        return _sum(a, b)
    if function is elementary.SUBTRACT:
        if isinstance(b, Call) and b.function is elementary.NEGATIVE:
            return call(elementary.ADD, a, b.arguments[0])
        if isinstance(b, Number) and b.value < 0:
            return call(elementary.ADD, a, Number(-b.value))
        return a if b == ZERO else _negative(b) if a == ZERO else ZERO if a == b else None
    if function is elementary.MULTIPLY:
        return _product(a, b)
    if function is elementary.DIVIDE:
        return a if b == ONE else ZERO if a == ZERO else None
    if function is elementary.POWER_OF:
        return a if b == ONE else ONE if b == ZERO else None
    return None


def _folded(function: Elementary, a: Node, b: Node) -> Node | None:
    if not (isinstance(a, Number) and isinstance(b, Number)):
        return None
    x, y = a.value, b.value
    if function is elementary.DIVIDE:
        return Number(x / y) if y and x % y == 0 and abs(x) < WHOLE else None
    if not (x.is_integer() and y.is_integer()):
        return None
    if function is elementary.POWER_OF and not 0 <= y <= 64:
        return None
    apply = {
        elementary.ADD: operator.add,
        elementary.SUBTRACT: operator.sub,
        elementary.MULTIPLY: operator.mul,
        elementary.POWER_OF: operator.pow,
    }.get(function)
    value = None if apply is None or max(abs(x), abs(y)) > WHOLE else apply(int(x), int(y))
    return Number(float(value)) if value is not None and abs(value) < WHOLE else None


def _sum(a: Node, b: Node) -> Node | None:
    if a == ZERO or b == ZERO:
        return b if a == ZERO else a
    if isinstance(b, Call) and b.function is elementary.NEGATIVE:
        return call(elementary.SUBTRACT, a, b.arguments[0])
    if isinstance(b, Number) and b.value < 0:
        return call(elementary.SUBTRACT, a, Number(-b.value))
    if a == b:
        return call(elementary.MULTIPLY, Number(2.0), a)
    return None


def _negative(a: Node) -> Node:
    if isinstance(a, Number):
        return ZERO if a.value == 0 else Number(-a.value)
    if isinstance(a, Call) and a.function is elementary.NEGATIVE:
        return a.arguments[0]
    return Call(elementary.NEGATIVE, (a,))


def _product(a: Node, b: Node) -> Node | None:
    if ZERO in (a, b):
        return ZERO
    if a == ONE or b == ONE:
        return b if a == ONE else a
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Call) and one.function is elementary.NEGATIVE:
            return _negative(call(elementary.MULTIPLY, one.arguments[0], other))
        if one == Number(-1.0):
            return _negative(other)
    return None


def _choice(condition: Node, first: Node, second: Node) -> Node | None:
    if first == second:
        return first
    if not (isinstance(condition, Call) and len(condition.arguments) == 2):
        return None
    a, b = condition.arguments
    # no finite number reaches infinity
    for one, other, above in ((a, b, False), (b, a, True)):
        if other != Constant("inf"):
            continue
        beyond = (elementary.LESS, elementary.LESS_EQUAL) if above else (
            elementary.GREATER, elementary.GREATER_EQUAL,
        )  # fmt: skip
        if condition.function in beyond and one != Constant("inf"):
            return second
    return None
