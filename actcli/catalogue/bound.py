"""An activation with its parameters set: what a specification names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from actcli.arithmetic.reals import key
from actcli.catalogue import settings
from actcli.catalogue.activation import Activation, Breakpoint, Ends, Formulas, Number, Symbol
from actcli.catalogue.vector import BoundVector, VectorActivation
from actcli.errors import UsageError, unknown

if TYPE_CHECKING:
    from actcli.language.program import Program


class BoundActivation(NamedTuple):
    """An activation and a value for each of its parameters.

    `symbol` is the framework's name it was asked for by, None if it was asked for by its own.
    """

    activation: Activation
    parameters: Mapping[str, Number] = MappingProxyType({})
    symbol: Symbol | None = None

    @property
    def name(self) -> str:
        return self.activation.name

    @property
    def changed(self) -> dict[str, Number]:
        """The parameters that differ from their defaults."""
        return settings.changed(self.parameters, self.activation.defaults)

    @property
    def specification(self) -> str:
        """The shortest specification of this activation: `elu:alpha=0.5`."""
        shown = self.parameters if self.activation.typed else self.changed
        return settings.specification(self.name, shown)

    @property
    def file_name(self) -> str:
        """What files of this function are called: an unnamed formula is a formula."""
        unnamed = self.activation.typed and self.name == self.activation.text
        return "formula" if unnamed else self.specification

    @property
    def limits(self) -> tuple[Ends, Ends]:
        """The limits at -inf and at +inf."""
        return self.activation.limits(**self.parameters)

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """The points where a piece ends, left to right."""
        return self.activation.breakpoints(**self.parameters)

    @property
    def program(self) -> Program:
        """The definition with these parameters, step by step."""
        from actcli.language.formula import TypedFormula
        from actcli.language.program import program_of

        if isinstance(self.activation, TypedFormula):
            return self.activation.program
        return program_of(self)

    @property
    def key(self) -> tuple[Any, ...]:
        """What identifies this function exactly: its definition and the real numbers set."""
        activation = self.activation
        if activation.formulas is None:
            return (self.program,)
        settings = tuple((name, *key(value)) for name, value in self.parameters.items())
        return (activation.name, activation.text, activation.where, settings)

    def formulas(self, arithmetic: Any, x: Any) -> Formulas:
        """The three orders at x as callables, in the operations of an arithmetic."""
        assert self.activation.formulas is not None
        return self.activation.formulas(arithmetic, x, **self.parameters)


@overload
def bind(
    activation: Activation, settings: Mapping[str, Number], symbol: Symbol | None = None
) -> BoundActivation: ...
@overload
def bind(
    activation: VectorActivation, settings: Mapping[str, Number], symbol: Symbol | None = None
) -> BoundVector: ...
def bind(
    activation: Activation | VectorActivation,
    settings: Mapping[str, Number],
    symbol: Symbol | None = None,
) -> BoundActivation | BoundVector:
    """Set parameters, the rest at their defaults.

    Raises UsageError for a parameter the activation lacks, one out of its domain, or a combination
    that makes no sense (a lower bound above the upper one).
    """
    parameters = activation.defaults
    for name, value in settings.items():
        if name not in parameters:
            if not parameters:
                raise UsageError(f"{activation.name} has no parameters, so none called {name!r}")
            raise unknown(f"parameter of {activation.name}", name, parameters)
        parameters[name] = value
    for parameter in activation.parameters:
        value = parameters[parameter.name]
        if not parameter.domain.contains(value):
            raise UsageError(
                f"{parameter.name}={value!r} of {activation.name} must be {parameter.domain.words}"
            )
    if isinstance(activation, Activation) and activation.typed:
        from actcli.language.formula import TypedFormula

        assert isinstance(activation, TypedFormula)
        return BoundActivation(activation.with_values(parameters), parameters, symbol)
    complaint = activation.check(**parameters)
    if complaint:
        raise UsageError(f"{activation.name}: {complaint}")
    if isinstance(activation, VectorActivation):
        return BoundVector(activation, parameters, symbol)
    return BoundActivation(activation, parameters, symbol)
