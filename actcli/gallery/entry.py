"""What the page shows of a function."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from actcli.analysis import plain_names
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
    """One function on the page; one of vectors has no picture."""

    facts: dict[str, Any]
    formulas: Sequence[Markup]
    typeset: Sequence[tuple[str, str]]  # formulas that are declared only as text
    texts: Sequence[tuple[str, str]]
    properties: Sequence[Row]
    breakpoints: Sequence[Row]
    propagation: Sequence[Row]
    symbols: dict[str, Markup]
    commands: Sequence[str]
    picture: Picture | None
    description: str


def entry_of(
    bound: BoundActivation, picture: Picture | None = None, words: Sequence[str] = ()
) -> Entry:
    """What the page shows of a function; `words` are the range and options of its picture.

    Raises math_core.LatexError if a declared formula is invalid.
    """
    activation, vector, facts = bound.activation, bound.activation.vector, facts_of(bound)
    typeset: list[tuple[str, str]] = []
    if vector:
        formulas = [formula(vector.mathtext, "y_i")]
        typeset = [
            *activation.where,
            ("Jacobian", vector.jacobian_text),
            ("gradient of the sum", activation.derivative_text),
        ]
        texts = [("y_i", activation.text), *activation.where]
        properties = [*vector_property_rows(facts)]
    else:
        facts["propagation"] = propagation_facts(bound)
        said, (value, derivative) = shown(bound), mathtexts(bound)
        formulas = [formula(value, "f(x)"), formula(derivative, r"f^{\prime}(x)")]
        texts = [
            ("f(x)", said.value),
            ("f'(x)", said.derivative),
            ("f''(x)", said.second_derivative),
            *said.where,
        ]
        properties = [*property_rows(facts), *limit_rows(facts)]
    return Entry(
        facts,
        formulas,
        typeset,
        texts,
        properties,
        [] if vector else list(breakpoint_rows(facts)),
        list(propagation_rows(facts)),
        {p.name: formula(p.symbol) for p in activation.parameters if p.symbol},
        list(_commands(bound, words)),
        picture,
        "" if vector else plain_names.description([bound]),
    )


def _commands(bound: BoundActivation, words: Sequence[str]) -> Iterator[str]:
    vector = bound.activation.vector
    if vector is None:
        view = bound.facts.view
        step = 2 * view + 1
        number = f"{step:g}" if step.is_integer() else "11"
        yield f"actcli plot {shlex.join([bound.specification, *words])}"
        yield f"actcli eval {bound.specification} {-view:g} {view:g} {number}"
    elif not vector.dimensions or 1 in vector.dimensions:
        yield f"printf '1 2 3 4\\n' | actcli eval {bound.specification}"
    yield f"actcli info {bound.specification}"
