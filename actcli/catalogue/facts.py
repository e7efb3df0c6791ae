"""What is known of a function with its parameters set: stated, computed before, or computed now."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from actcli.catalogue.activation import Activation, Number
from actcli.features.curve import Breakpoint, Ends, Range, Stationary, Steepest

if TYPE_CHECKING:
    from actcli.features.features import Features

#: What makes each fact of its row in computed.py, and what it is where there is no row.
READ: Mapping[str, tuple[Callable[[Any], Any], Any]] = {
    "range": (lambda row: Range(*row), None),
    "stationary": (lambda rows: tuple(Stationary(*row) for row in rows), ()),
    "monotonic": (bool, None),
    "steepest": (lambda row: Steepest(*row), None),
    "symmetry": (str, ""),
    "smoothness": (str, None),
    "limits": (lambda rows: tuple(Ends(*row) for row in rows), None),
    "breakpoints": (lambda rows: tuple(Breakpoint(*row) for row in rows), ()),
    "poles": (tuple, ()),
    "view": (float, None),
    "about": (frozenset, frozenset()),
}
#: The facts that a record states for any parameters.
OF_PARAMETERS = ("limits", "breakpoints")
#: The facts that may be uncertain, by their names in `about`.
UNCERTAIN = {
    "range": "range",
    "stationary_points": "stationary",
    "monotonic": "monotonic",
    "steepest": "steepest",
    "lipschitz": "steepest",
}


class Facts:
    """The facts of a function with its parameters; other attributes are those of its record.

    Each is what the record states, what computed.py has, or else computed when it is asked for.
    `poles` are the places where the function or its derivative has a pole, `about` the names of
    facts that could not be certified, `view` the half-width of a plot.

    >>> from actcli.catalogue.specification import parse
    >>> parse("elu").facts.range, parse("elu:alpha=2").facts.range.low
    (Range(low=-1.0, high=inf, low_attained=False, high_attained=False), -2.0)
    """

    range: Range
    stationary: tuple[Stationary, ...]
    monotonic: bool
    steepest: Steepest
    symmetry: str
    smoothness: str
    limits: tuple[Ends, Ends]
    breakpoints: tuple[Breakpoint, ...]
    poles: tuple[float, ...]
    view: float
    about: frozenset[str]

    def __init__(
        self, activation: Activation, parameters: Mapping[str, Number], specification: str
    ) -> None:
        self.activation = activation
        self.parameters = parameters
        self.specification = specification
        self.default = specification == activation.name or activation.vector is not None

    def __getattr__(self, name: str) -> Any:
        if name not in READ:
            return getattr(self.activation, name)
        value = self._found(name)
        setattr(self, name, value)
        return value

    def _found(self, name: str) -> Any:
        stated = self._stated(name)
        if stated is not None:
            return stated(**self.parameters) if name in OF_PARAMETERS else stated
        if name == "about":
            computed = {word for word, fact in UNCERTAIN.items() if self._stated(fact) is None}
            return self._unstated(name) & computed if computed else frozenset()
        return self._unstated(name)

    def _stated(self, name: str) -> Any:
        """What the record says; None if that is nothing, or not for these parameters."""
        if self.default or name in OF_PARAMETERS:
            return getattr(self.activation, name, None)
        return None

    def _unstated(self, name: str) -> Any:
        read, default = READ[name]
        if self.stored is not None:
            return read(self.stored[name]) if name in self.stored else default
        if self.activation.vector is not None:
            return default
        if name != "view":
            return getattr(self.features, name)
        from actcli.features.outlook import half_width

        return half_width(self.features)

    @cached_property
    def stored(self) -> Mapping[str, Any] | None:
        """The facts in computed.py, if it has this function with these parameters."""
        if self.activation.typed:
            return None
        from actcli.catalogue.computed import FACTS

        return FACTS.get(self.specification)

    @cached_property
    def features(self) -> Features:
        """What follows from the definition."""
        from actcli.catalogue.definitions import program_of
        from actcli.features.features import Features

        return Features(program_of(self.activation, self.parameters))

    @property
    def smooth(self) -> bool:
        """Whether the function is known at once to have no breakpoints."""
        if self.stored is not None:
            return not self.breakpoints
        steps = self.features.program.steps
        return not any(step.function and step.function.breaks for step in steps)

    @property
    def lipschitz(self) -> float:
        """The Lipschitz constant: the steepest slope, unless the value jumps."""
        jumps = any(point.jump or not math.isfinite(point.value) for point in self.breakpoints)
        return math.inf if jumps or self.poles else self.steepest.derivative

    @property
    def more_breakpoints(self) -> bool:
        """Whether there are more breakpoints than those listed."""
        return self.stored is None and self.features.breaks.more
