"""What follows from a formula: limits, breakpoints, range, extrema, slopes, symmetry."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from actcli.catalogue.activation import Breakpoint, Ends, Range, Stationary, Steepest
from actcli.language.program import Program


class Features:
    """The features of one program, each found when it is asked for."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def limits(self) -> tuple[Ends, Ends]:
        """The limits of value and derivatives at -inf and +inf."""
        from actcli.numerics import limits

        def end(sign: int) -> Ends:
            found = [limits.at_infinity(self.program, sign, order) for order in range(3)]
            return Ends(*map(_float, found))

        return end(-1), end(1)

    @cached_property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        return ()

    @cached_property
    def range(self) -> Range:
        return Range(-math.inf, math.inf)

    @cached_property
    def monotonic(self) -> bool:
        return False

    @cached_property
    def steepest(self) -> Steepest:
        return Steepest(math.inf, "")

    @cached_property
    def lipschitz(self) -> float:
        return self.steepest.derivative

    @cached_property
    def smoothness(self) -> str:
        return "smooth"

    @cached_property
    def stationary(self) -> tuple[Stationary, ...]:
        return ()

    @cached_property
    def symmetry(self) -> str:
        return ""

    @cached_property
    def view(self) -> float:
        return 6.0


def _float(value: Any) -> float:
    return value if isinstance(value, float) else float(value.mid())
