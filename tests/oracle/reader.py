"""A formula's text as a tree of tuples, read apart from the package: Python's ast, walked here.

A node is ("number", Fraction), ("constant", name), ("x",), ("call", name, nodes) or
("catalogue", name, settings, node).
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

Node = tuple[Any, ...]

BINARY = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
RELATIONS = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
OTHER_NAMES = {
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "ln": "log",
    "absolute": "abs",
    "fabs": "abs",
    "sgn": "sign",
    "rint": "round",
    "minimum": "min",
    "fmin": "min",
    "maximum": "max",
    "fmax": "max",
    "clamp": "clip",
    "clip_by_value": "clip",
    "select": "where",
    "pow": "power",
    "ndtr": "normal_cdf",
}
ELEMENTARY = """
exp exp2 expm1 log log2 log10 log1p sqrt cbrt abs sign min max clip floor ceil round sin cos tan
asin acos atan sinh cosh tanh asinh acosh atanh erf erfc erfinv normal_cdf normal_pdf where power
"""
FUNCTIONS = frozenset(ELEMENTARY.split())
#: What functions of the catalogue are called here and there, and what those names set.
CATALOGUE: dict[str, tuple[str, dict[str, float]]] = {
    "jax.nn.gelu": ("gelu_tanh", {}),
    "torch.nn.functional.leaky_relu": ("leaky_relu", {"alpha": 0.01}),
    "F.leaky_relu": ("leaky_relu", {"alpha": 0.01}),
    "swish": ("silu", {}),
    "tf.nn.silu": ("silu", {}),
}


def read(text: str) -> Node:
    """The tree of a formula as a SPEC has it, with its name and parameters."""
    body, _, rest = text.partition(":")
    names: dict[str, Node] = {}
    place = _single_equals(body)
    if place >= 0:
        inside = body[body.index("(") + 1 : body[:place].rindex(")")]
        _set(names, inside.split(",")[1:])
        body = body[place + 1 :]
    _set(names, _apart(rest))
    return _parse(body, names)


def _set(names: dict[str, Node], settings: list[str]) -> None:
    for setting in settings:
        name, equals, value = setting.partition("=")
        if equals:
            names[name.strip()] = _parse(value, {})


def _parse(text: str, names: dict[str, Node]) -> Node:
    return _Reader(names).node(ast.parse(text.replace("^", "**").strip(), mode="eval").body)


def _single_equals(text: str) -> int:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "=" and not depth and "=" not in text[place + 1 : place + 2]:
            return place if text[place - 1] not in "=<>!" else -1
    return -1


def _apart(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def call(name: str, *nodes: Node) -> Node:
    return ("call", name, nodes)


class _Reader:
    def __init__(self, names: dict[str, Node]) -> None:
        self.names = names

    def node(self, node: ast.expr) -> Node:
        method = getattr(self, f"_{type(node).__name__.lower()}")
        found: Node = method(node)
        return found

    def _constant(self, node: ast.Constant) -> Node:
        return ("number", Fraction(float(node.value)))  # type: ignore[arg-type]

    def _name(self, node: ast.Name) -> Node:
        if node.id in self.names:
            return self.names[node.id]
        return ("x",) if node.id == "x" else ("constant", node.id)

    def _attribute(self, node: ast.Attribute) -> Node:
        return ("constant", node.attr)

    def _binop(self, node: ast.BinOp) -> Node:
        return call(BINARY[type(node.op)], self.node(node.left), self.node(node.right))

    def _unaryop(self, node: ast.UnaryOp) -> Node:
        inner = self.node(node.operand)
        if isinstance(node.op, ast.UAdd):
            return inner
        return call("not" if isinstance(node.op, ast.Not) else "negative", inner)

    def _compare(self, node: ast.Compare) -> Node:
        sides = [self.node(side) for side in (node.left, *node.comparators)]
        pairs = [call(RELATIONS[type(op)], *sides[k : k + 2]) for k, op in enumerate(node.ops)]
        return pairs[0] if len(pairs) == 1 else call("and", *pairs)

    def _boolop(self, node: ast.BoolOp) -> Node:
        name = "and" if isinstance(node.op, ast.And) else "or"
        return call(name, *map(self.node, node.values))

    def _ifexp(self, node: ast.IfExp) -> Node:
        return call("where", *map(self.node, (node.test, node.body, node.orelse)))

    def _call(self, node: ast.Call) -> Node:
        word = ast.unparse(node.func)
        name = word.rpartition(".")[2]
        name = OTHER_NAMES.get(name, name)
        if name in FUNCTIONS:
            return self._elementary(name, node)
        function, settings = CATALOGUE.get(word, (name, {}))
        given: dict[str, Node] = {key: ("number", Fraction(v)) for key, v in settings.items()}
        given |= {str(keyword.arg): self.node(keyword.value) for keyword in node.keywords}
        return ("catalogue", function, given, self.node(node.args[0]))

    def _elementary(self, name: str, node: ast.Call) -> Node:
        nodes = [self.node(argument) for argument in node.args]
        keywords = {str(k.arg).removeprefix("a_"): self.node(k.value) for k in node.keywords}
        if name == "clip":
            for key, end in (("min", -1), ("max", 1)):
                if len(nodes) < 3:
                    infinity: Node = ("constant", "inf")
                    default = infinity if end > 0 else call("negative", infinity)
                    nodes.append(keywords.get(key, default))
        if name in ("min", "max"):
            while len(nodes) > 2:
                nodes[:2] = [call(name, *nodes[:2])]
        return call(name, *nodes)
