"""Gains and critical points as plain data for JSON."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from actcli.catalogue.bound import BoundActivation
from actcli.flow.critical import Critical, critical
from actcli.flow.gains import Gains, gains
from actcli.reference.numerals import plain

#: Integrals are taken from breakpoint to breakpoint.
MOST_BREAKPOINTS = 256
#: With more turning points than this that come closer and closer, there is no last one.
MOST_GAPS, DENSER = 8, 0.25
#: Turning points from here on to 0 are too dense.
LEAST_REACH = 1e-3


def propagation_facts(bound: BoundActivation) -> dict[str, Any] | None:
    """The gains of a function and its critical point without biases.

    None for a formula with poles, places without a value, or too many breakpoints.
    """
    if not _integrable(bound):
        return None
    return {"gains": gain_facts(gains(bound)), "critical": critical_facts(critical(bound))}


def _integrable(bound: BoundActivation) -> bool:
    from actcli.catalogue.formula import TypedFormula

    if not isinstance(bound.activation, TypedFormula):
        return True
    features = bound.facts.features
    whole = all(edge.inside and not edge.pole for edge in features.edges)
    if any(piece.scan.first.reach < LEAST_REACH for piece in features.pieces):
        return False  # it oscillates next to 0
    turns = [point.x for point in features.extrema]
    gaps = [b - a for a, b in pairwise(turns)]
    if len(gaps) > MOST_GAPS and min(gaps) < DENSER * max(gaps):
        return False  # it oscillates ever faster
    return whole and len(features.breakpoints) <= MOST_BREAKPOINTS


def critical_facts(point: Critical | None) -> dict[str, Any] | None:
    """A critical point; q is None if every length is critical."""
    if point is None:
        return None
    return {
        "weight_deviation": plain(point.weight_deviation),
        "q": None if point.every else plain(point.q),
        "reached": point.reached,
    }


def gain_facts(found: Gains) -> dict[str, Any]:
    """Gains by name.

    >>> gain_facts(Gains(1.0, float("inf"), None, None))["gradient"]
    'inf'
    """
    return {
        name: None if value is None else plain(value) for name, value in found._asdict().items()
    }
