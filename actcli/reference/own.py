"""Facts about a typed formula besides those that every function has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.shown import Shown, mathtexts
from actcli.reference.numerals import exact, plain

if TYPE_CHECKING:
    from actcli.reference.shorter import Search


def search_for_shorter(bound: BoundActivation) -> Search | None:
    """A search for short forms of a formula's derivatives, which runs in the background."""
    from actcli.catalogue.formula import TypedFormula

    if not isinstance(bound.activation, TypedFormula):
        return None
    from actcli.reference.shorter import Search

    return Search(bound.activation.derivative_trees)


def texts(
    bound: BoundActivation, formulas: Shown, search: Search | None
) -> tuple[dict[str, str], dict[str, str]]:
    """The formulas as text and in mathtext; the derivatives of a formula in the forms found."""
    found = {
        "value": formulas.value,
        "derivative": formulas.derivative,
        "second_derivative": formulas.second_derivative,
    }
    typeset = dict(zip(("value", "derivative"), mathtexts(bound), strict=True))
    if search is None:
        return found, typeset
    from actcli.language.words import Mathtext, write_text

    first, second = search.results()
    found |= {"derivative": write_text(first), "second_derivative": write_text(second)}
    return found, typeset | {"derivative": Mathtext().write(first)}


def same_as(bound: BoundActivation) -> Iterator[dict[str, Any]]:
    """The functions of the catalogue that equal a formula."""
    from actcli.catalogue.formula import TypedFormula

    if not isinstance(bound.activation, TypedFormula):
        return
    from actcli.catalogue.identity import same_functions

    points = [point.x for point in bound.breakpoints]
    for same in same_functions(bound.program, points):
        yield {
            "specification": same.bound.specification,
            "name": same.bound.name,
            "parameters": {
                name: {"value": plain(value), "exactly": exact(value)}
                for name, value in same.bound.changed.items()
            },
            "frameworks": list(same.names),
            "derivative_differs_at": list(same.differs),
        }
