"""A formula as one would write it in TensorFlow."""

from __future__ import annotations

from actcli.catalogue.bound import BoundActivation, framework_call
from actcli.catalogue.definitions import Definition
from actcli.catalogue.formula import TypedFormula
from actcli.errors import UsageError
from actcli.language import elementary
from actcli.language.elementary import Elementary
from actcli.language.parser import as_tree
from actcli.language.symbolic import replaced
from actcli.language.tree import Apply, Node
from actcli.language.words import Piece, Text


def formula_call(formula: TypedFormula) -> str:
    """The formula in `a`, with the functions that it names as TensorFlow calls them."""
    names = {name: as_tree(value) for name, value in formula.values.items()}
    return TensorFlow().write(replaced(formula.tree, names))


class TensorFlow(Text):
    """The formula in TensorFlow, with `a` for x."""

    def variable(self, name: str) -> str:
        return "a" if name == "x" else name

    def constant(self, name: str) -> str:
        return {"pi": "math.pi", "e": "math.e", "inf": "math.inf"}[name]

    def apply(self, node: Apply) -> str:
        assert isinstance(node.function, Definition)
        bound = BoundActivation(node.function.activation, node.function.defaults)
        try:
            if all(value == as_tree(bound.parameters[name]) for name, value in node.parameters):
                return framework_call(bound, "tensorflow").written(self.write(node.argument))
        except UsageError:
            pass
        return super().apply(node)

    def function(self, entry: Elementary, arguments: tuple[Node, ...]) -> Piece:
        words = ", ".join(self.write(argument) for argument in arguments)
        return f"{entry.tensorflow or entry.name}({words})", elementary.ATOM

    def binary(self, entry: Elementary, left: Node, right: Node) -> str:
        symbol = {elementary.BOTH: "&", elementary.EITHER: "|"}.get(entry)
        if symbol is None:
            return super().binary(entry, left, right)
        return f"({self.write(left)}) {symbol} ({self.write(right)})"
