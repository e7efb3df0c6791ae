"""The formulas that `info` prints, evaluated as they stand, in exact and arbitrary precision."""

from __future__ import annotations

import ast
from fractions import Fraction
from types import CodeType
from typing import Any

from actcli.catalogue.definitions import texts
from tests.oracle import blocks
from tests.oracle.arithmetics import PI
from tests.oracle.truth import Formula


class _ExactNumbers(ast.NodeTransformer):
    """Numbers written in a formula are exact: 1/3 is a third, 0.5 a half."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        node.left = self.visit(node.left)
        if not isinstance(node.op, ast.Pow):  # an exponent stays a plain whole number
            node.right = self.visit(node.right)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        call = ast.Call(ast.Name("exactly", ast.Load()), [ast.Constant(str(node.value))], [])
        return ast.copy_location(call, node)


def compiled(text: str) -> CodeType:
    tree = _ExactNumbers().visit(ast.parse(text, mode="eval"))
    return compile(ast.fix_missing_locations(tree), text, "eval")


def names_for(m: Any) -> dict[str, Any]:
    """What a formula may name besides x and its parameters."""
    return {
        "exactly": lambda digits: m.exact(Fraction(digits)),
        "pi": m.pi,
        "abs": abs,
        "sign": lambda z: (z > 0) - (z < 0),
        "exp": m.exp,
        "expm1": m.expm1,
        "log1p": m.log1p,
        "sqrt": m.sqrt,
        "sin": m.sin,
        "cos": m.cos,
        "atan": m.atan,
        "tanh": lambda z: blocks.tanh(m, m.real(z)),
        "erf": lambda z: blocks.erf(m, m.real(z)),
        "sigmoid": lambda z: blocks.sigmoid(m, z),
        "softplus": lambda z: blocks.softplus(m, m.real(z)),
        "gelu": lambda z: z * (1 + blocks.erf(m, m.real(z) / m.sqrt(m.real(2)))) / 2,
    }


def formula_of_texts(activation: Any) -> Formula:
    """The texts of an activation as a formula of the oracle's."""
    codes = [compiled(text) for text in texts(activation)]
    helpers = [(name, compiled(text)) for name, text in activation.where]
    defaults = activation.defaults

    def formula(m: Any, x: Any, **parameters: Any) -> tuple[Any, Any, Any]:
        names = names_for(m) | {"x": x}
        names |= {key: _number(m, value) for key, value in parameters.items()}
        for name, code in helpers:
            names[name] = eval(code, {"__builtins__": {}}, names)
        value, slope, bend = (eval(code, {"__builtins__": {}}, names) for code in codes)
        return value, slope, bend

    formula.__name__ = activation.name
    formula.__signature__ = _signature(defaults)  # type: ignore[attr-defined]
    return formula


def _number(m: Any, value: Any) -> Any:
    """A parameter; an infinite one as what is beyond every input."""
    if value is PI:
        return m.real(value)
    infinite = isinstance(value, float) and value in (float("inf"), -float("inf"))
    return m.exact(Fraction(2) ** 5000 * (1 if value > 0 else -1)) if infinite else value


def _signature(defaults: dict[str, Any]) -> Any:
    from inspect import Parameter, Signature

    from actcli.arithmetic.numbers import as_fraction

    keyword = Parameter.POSITIONAL_OR_KEYWORD
    parameters = [Parameter("m", keyword), Parameter("x", keyword)]
    for name, default in defaults.items():
        exact = default if default in (float("inf"), -float("inf")) else as_fraction(default)
        parameters.append(Parameter(name, keyword, default=exact))
    return Signature(parameters)
