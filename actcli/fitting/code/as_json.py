"""Everything of a fit as an object."""

from __future__ import annotations

import json
from typing import Any

from actcli.columns import ORDERS
from actcli.fitting.approximation import Tail
from actcli.fitting.fitting import Fit
from actcli.fitting.number_format import Fixed
from actcli.version import __version__


def facts(fit: Fit) -> dict[str, Any]:
    """The report of a fit as plain data."""
    made, proof, goal = fit.approximation, fit.proof, fit.goal
    column = next(name for name, order in ORDERS.items() if order == made.order)
    fixed = isinstance(made.arithmetic.form, Fixed)
    return {
        "version": __version__,
        "specification": made.bound.specification,
        "column": column,
        "start": made.start,
        "stop": made.stop,
        "dtype": made.given.name,
        "coefficients": made.stored.name,
        "evaluate": made.arithmetic.form.name,
        "fma": None if fixed else made.arithmetic.fma,
        "truncate": made.arithmetic.truncate if fixed else None,
        "measure": goal.measure,
        "asked": fit.wanted.max_error,
        "max_error": proof.max_error,
        "largest_met": proof.found,
        "at": proof.at,
        "proof": proof.method,
        "inputs": proof.inputs,
        "beyond": {
            "left": _tail(made.left),
            "right": _tail(made.right),
            "largest_absolute_error": _plain(proof.beyond),
            "at": _plain(proof.beyond_at),
        },
        "cuts": made.cuts,
        "interpolation": {0: None, 1: "linear", 2: "quadratic"}[made.degree if made.nodes else 0],
        "degree": made.degree,
        "bits": made.bits,
        "multiplications": made.multiplications,
        "pieces": [
            {"start": piece.start, "centre": piece.centre, "coefficients": list(piece.coefficients)}
            for piece in made.pieces
        ],
        "nodes": list(made.nodes) or None,
    }


def _tail(tail: Tail) -> dict[str, float]:
    return {"slope": tail.slope, "offset": tail.offset}


def _plain(value: float) -> float | str:
    return value if abs(value) < float("inf") else str(value)


def write(fit: Fit, name: str) -> str:
    """The facts with the name."""
    return json.dumps({"name": name, **facts(fit)}, indent=2, allow_nan=False) + "\n"
