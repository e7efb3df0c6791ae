"""Facts about a typed formula besides those that every function has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.shown import mathtexts, shown
from actcli.reference.numerals import exact, plain


class Texts:
    """The derivatives as text and mathtext; those of a formula in a short form.

    The search for short forms starts here and runs in the background.
    """

    def __init__(self, bound: BoundActivation) -> None:
        from actcli.catalogue.formula import TypedFormula

        self.activation = bound.activation
        self.bound = bound
        self.search = None
        if isinstance(self.activation, TypedFormula):
            from actcli.reference.shorter import Search

            self.search = Search(self.activation.derivative_trees)
        self.found: dict[str, str] | None = None

    def formula(self) -> dict[str, str]:
        """The derivative and the second derivative as text."""
        if self.search is None:
            formulas = shown(self.bound)
            return {
                "derivative": formulas.derivative,
                "second_derivative": formulas.second_derivative,
            }
        from actcli.language.words import Mathtext, write_text

        first, second = self.search.results()
        self.search = None
        self.found = {"derivative": Mathtext().write(first)}
        return {"derivative": write_text(first), "second_derivative": write_text(second)}

    def mathtext(self) -> dict[str, str]:
        """Function and derivative in mathtext; call `formula` first."""
        value, derivative = mathtexts(self.bound)
        return {"value": value, "derivative": derivative, **(self.found or {})}


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
