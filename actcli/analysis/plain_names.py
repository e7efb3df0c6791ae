"""Names and descriptions of functions in plain text."""

from __future__ import annotations

from collections.abc import Sequence

from actcli.catalogue.activation import Parameter
from actcli.catalogue.bound import BoundActivation, with_settings
from actcli.catalogue.shown import shown


def symbol(order: int) -> str:
    """The name of a line of that order.

    >>> symbol(1)
    "f'(x)"
    """
    return "f" + "'" * order + "(x)"


def differences(bounds: Sequence[BoundActivation]) -> list[str]:
    """A short name for each function: `elu`, beside others of that name `elu:alpha=2.0`, or only
    `alpha=2.0` if all have the same name.
    """
    names = []
    for bound in bounds:
        kin = namesakes(bound, bounds)
        apart = {each.name: bound.parameters[each.name] for each in differing(kin)}
        words = with_settings(bound.name, apart)
        names.append(words.partition(":")[2] or words if len(kin) == len(bounds) else words)
    return names


def namesakes(bound: BoundActivation, bounds: Sequence[BoundActivation]) -> list[BoundActivation]:
    """The functions of the same name."""
    return [other for other in bounds if other.name == bound.name]


def differing(kin: Sequence[BoundActivation]) -> list[Parameter]:
    """The parameters in which functions of one name differ."""
    return [
        parameter
        for parameter in kin[0].activation.parameters
        if len({other.parameters[parameter.name] for other in kin}) > 1
    ]


def description(bounds: Sequence[BoundActivation]) -> str:
    """A picture in words, for those who cannot see it and for its metadata."""
    return "; ".join(_sentence(bound) for bound in bounds)


def _sentence(bound: BoundActivation) -> str:
    formulas = shown(bound)
    text = f"{bound.specification}: f(x) = {formulas.value}, f'(x) = {formulas.derivative}"
    text += "".join(f", {name} = {meaning}" for name, meaning in formulas.where)
    return text if bound.changed else f"{text}, range {bound.facts.range}"


def title(bounds: Sequence[BoundActivation]) -> str:
    """The functions in plain text."""
    return ", ".join(bound.specification for bound in bounds)
