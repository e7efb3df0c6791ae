"""What is told of a curve: its ends, range, breaks and turning points, and where it is steepest."""

from __future__ import annotations

from typing import NamedTuple


class Breakpoint(NamedTuple):
    """A point where the function or one of its first derivatives is not smooth.

    `value` and `derivative` are what this tool returns at the point itself; the others are the
    one-sided limits.
    """

    x: float
    value: float
    derivative: float
    left_value: float
    right_value: float
    left_derivative: float
    right_derivative: float

    @property
    def jump(self) -> bool:
        """Whether the value itself jumps here."""
        return self.left_value != self.right_value

    @property
    def kink(self) -> bool:
        """Whether the derivative jumps here."""
        return self.left_derivative != self.right_derivative


def corner(x: float, value: float, left: float, right: float, derivative: float) -> Breakpoint:
    """A breakpoint where the value is continuous."""
    return Breakpoint(x, value, derivative, value, value, left, right)


class Ends(NamedTuple):
    """The limits of the three orders at one infinity, nan where there is none."""

    value: float
    derivative: float
    second_derivative: float = 0.0


class Range(NamedTuple):
    """The range of the values with default parameters, and whether each end is attained."""

    low: float
    high: float
    low_attained: bool = False
    high_attained: bool = False

    def __str__(self) -> str:
        left = "[" if self.low_attained else "("
        right = "]" if self.high_attained else ")"
        return f"{left}{self.low:.6g}, {self.high:.6g}{right}"


class Stationary(NamedTuple):
    """A "minimum" or "maximum" with derivative 0; `where` describes all points of its kind."""

    x: float
    value: float
    kind: str
    where: str = ""


class Steepest(NamedTuple):
    """The largest absolute derivative."""

    derivative: float
    where: str
