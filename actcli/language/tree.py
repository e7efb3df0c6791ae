"""The tree of a formula: numbers, names and calls.

Nodes are never changed. Their classes are written by hand because every start that reads a formula
creates them, which would take ten times as long with `dataclass` or `NamedTuple`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from actcli.arithmetic import numbers
    from actcli.language.elementary import Elementary

    class Function(Protocol):
        """A function with a definition of its own, which formulas call by its name."""

        @property
        def name(self) -> str: ...

        @property
        def defaults(self) -> Mapping[str, numbers.Number]:
            """The default of each parameter."""

        @property
        def definition(self) -> Node:
            """Its value at x."""

        @property
        def slope(self) -> Node:
            """Its derivative at x."""


class Part:
    """Nodes of the same class are equal if their fields are."""

    __slots__: tuple[str, ...] = ()

    def _held(self) -> tuple[object, ...]:
        return tuple([getattr(self, name) for name in self.__slots__])

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._held() == other._held()

    def __hash__(self) -> int:
        return hash(self._held())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._held()}"


class Number(Part):
    """A number as written, as a float64."""

    __slots__ = ("value",)

    def __init__(self, value: float) -> None:
        self.value = value


class Named(Part):
    """What stands for a number that is not written there."""

    __slots__ = ("name",)

    def __init__(self, name: str = "x") -> None:
        self.name = name


class Constant(Named):
    """pi, e or inf."""


class Variable(Named):
    """x, or u, v, w or y in the rules for derivatives."""


class Parameter(Named):
    """A name for a number that is given separately."""


class Call(Part):
    """An elementary function, an operator or a condition, applied to arguments."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Elementary, arguments: tuple[Node, ...]) -> None:
        self.function = function
        self.arguments = arguments


class Apply(Part):
    """A function of the catalogue with its parameters, applied to an argument.

    `spelling` is the name that was written.
    """

    __slots__ = ("argument", "function", "parameters", "spelling")

    def __init__(
        self,
        function: Function,
        parameters: tuple[tuple[str, Node], ...],
        argument: Node,
        spelling: str,
    ) -> None:
        self.function = function
        self.parameters = parameters
        self.argument = argument
        self.spelling = spelling


Node = Number | Constant | Variable | Parameter | Call | Apply


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one."""
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Apply):
        return (*(value for _, value in node.parameters), node.argument)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, each object once."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        waiting += children(here)
