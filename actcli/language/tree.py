"""What a formula is once it is read: a small tree of numbers, names and calls.

Nobody changes a part. They are not declared frozen, which would double the time to make their
classes, at every start that reads a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actcli.catalogue.activation import Activation
    from actcli.language.elementary import Elementary


@dataclass(slots=True, unsafe_hash=True)
class Number:
    """A number as written: the float64 that it reads as."""

    value: float


@dataclass(slots=True, unsafe_hash=True)
class Constant:
    """pi, e or inf."""

    name: str


@dataclass(slots=True, unsafe_hash=True)
class Variable:
    """x; in the rules of derivatives also u, v and y."""

    name: str = "x"


@dataclass(slots=True, unsafe_hash=True)
class Parameter:
    """A name that stands for a number given apart."""

    name: str


@dataclass(slots=True, unsafe_hash=True)
class Call:
    """An elementary function, an operator or a condition, and what it is applied to."""

    function: Elementary
    arguments: tuple[Node, ...]


@dataclass(slots=True, unsafe_hash=True)
class Apply:
    """A function of the catalogue, its parameters by name, and what it is applied to.

    `spelling` is how it was written.
    """

    function: Activation
    parameters: tuple[tuple[str, Node], ...]
    argument: Node
    spelling: str


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
