"""A fit in lines for people."""

from __future__ import annotations

import math

from actcli.fitting.code.words import FUNCTIONS, arithmetic_words, error_unit, how
from actcli.fitting.fitting import Fit

#: So many pieces are listed one by one.
LISTED = 12


def rows(fit: Fit) -> list[tuple[str, str]]:
    """What is known of a fit, each with its name."""
    made, proof = fit.approximation, fit.proof
    unit = error_unit(fit)
    spec = made.bound.specification
    return [
        ("function", f"{FUNCTIONS[made.order]} of {spec}, from {made.start:g} to {made.stop:g}"),
        ("error", f"at most {proof.max_error:.6g}{unit}, proven by {how(fit)}"),
        ("largest met", f"{proof.found:.6g}{unit} at x = {proof.at!r}"),
        ("beyond", f"{made.left.words} on the left, {made.right.words} on the right{_beyond(fit)}"),
        ("pieces", _pieces(fit)),
        ("formats", f"x and results {made.given.name}, coefficients {made.stored.name}"),
        ("arithmetic", arithmetic_words(made)),
        (
            "cost",
            f"{made.bits:,} bits of tables, {made.multiplications} multiplication"
            f"{'s' if made.multiplications != 1 else ''} for a result",
        ),
    ]


def _pieces(fit: Fit) -> str:
    made = fit.approximation
    count = len(made.pieces)
    if made.nodes:
        way = "linear" if made.degree == 1 else "quadratic"
        return f"{len(made.nodes)} nodes, 2^{-made.width_bits} wide steps, {way} interpolation"
    cuts = {
        "free": "cut anywhere",
        "uniform": f"2^{-made.width_bits} wide",
        "exponent": f"2^{made.width_bits} in each power of two",
    }[made.cuts]
    one = "piece" if count == 1 else "pieces"
    return f"{count} {one} of degree {made.degree}" + (f", {cuts}" if count > 1 else "")


def _beyond(fit: Fit) -> str:
    error, at = fit.proof.beyond, fit.proof.beyond_at
    if math.isnan(at):
        return ""
    if math.isinf(error):
        return "; the function goes on to infinity, the fit does not"
    return f"; off by up to {error:.3g} at x = {at!r}"
