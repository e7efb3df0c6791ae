"""What the page shows of a function."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from actcli.analysis import plain_names
from actcli.catalogue.activation import Activation
from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.shown import mathtexts, shown
from actcli.flow.propagation import propagation_facts
from actcli.gallery.mathematics import formula
from actcli.reference.card import propagation_rows
from actcli.reference.facts import facts as facts_of
from actcli.reference.gradients import breakpoint_rows
from actcli.reference.layout import Row
from actcli.reference.properties import limit_rows, property_rows, vector_property_rows


class Picture(NamedTuple):
    """The links to the pictures of a function; `dark` is for dark pages."""

    path: str
    dark: str = ""
    shown: bool = True  # else only linked, since browsers cannot show it


class Entry(NamedTuple):
    """One function on the page."""

    facts: dict[str, Any]
    formulas: Sequence[Markup]
    typeset: Sequence[tuple[str, str]]  # formulas that are declared only as text
    texts: Sequence[tuple[str, str]]
    properties: Sequence[Row]
    breakpoints: Sequence[Row]
    propagation: Sequence[Row]
    symbols: dict[str, Markup]
    commands: Sequence[str]
    picture: Picture | None = None
    description: str = ""


def of_activation(bound: BoundActivation, picture: Picture, words: Sequence[str]) -> Entry:
    """An elementwise function; `words` are the range and options of its picture.

    Raises math_core.LatexError if a declared formula is invalid.
    """
    activation = bound.activation
    facts = {**facts_of(bound), "propagation": propagation_facts(bound)}
    formulas, (value, derivative) = shown(bound), mathtexts(bound)
    return Entry(
        facts,
        [
            formula(value, "f(x)"),
            formula(derivative, r"f^{\prime}(x)"),
        ],
        [],
        [
            ("f(x)", formulas.value),
            ("f'(x)", formulas.derivative),
            ("f''(x)", formulas.second_derivative),
            *formulas.where,
        ],
        [*property_rows(facts), *limit_rows(facts)],
        list(breakpoint_rows(facts)),
        list(propagation_rows(facts)),
        _symbols(activation),
        list(_commands(bound, words)),
        picture,
        plain_names.description([bound]),
    )


def of_vector(bound: BoundActivation) -> Entry:
    """A vector function, which has no picture; it raises the same errors."""
    function, vector, facts = bound.activation, bound.vector, facts_of(bound)
    return Entry(
        facts,
        [formula(vector.mathtext, "y_i")],
        [
            *((name, meaning) for name, meaning in function.where),
            ("Jacobian", vector.jacobian_text),
            ("gradient of the sum", function.derivative_text),
        ],
        [("y_i", function.text), *function.where],
        list(vector_property_rows(facts)),
        [],
        [],
        _symbols(function),
        list(_vector_commands(bound)),
    )


def _symbols(activation: Activation) -> dict[str, Markup]:
    return {p.name: formula(p.symbol) for p in activation.parameters if p.symbol}


def _commands(bound: BoundActivation, words: Sequence[str]) -> Iterator[str]:
    view = bound.activation.view
    step = 2 * view + 1
    number = f"{step:g}" if step.is_integer() else "11"
    yield f"actcli plot {shlex.join([bound.specification, *words])}"
    yield f"actcli eval {bound.specification} {-view:g} {view:g} {number}"
    yield f"actcli info {bound.specification}"


def _vector_commands(bound: BoundActivation) -> Iterator[str]:
    dimensions = bound.vector.dimensions
    if not dimensions or 1 in dimensions:
        yield f"printf '1 2 3 4\\n' | actcli eval {bound.specification}"
    yield f"actcli info {bound.specification}"
