"""What every language says of a fit, in comments of ASCII."""

from __future__ import annotations

from actcli.fitting.approximation import Approximation
from actcli.fitting.fitting import Fit
from actcli.fitting.number_format import Fixed
from actcli.version import __version__

FUNCTIONS = ("f(x)", "f'(x)", "f''(x)")


def comment(fit: Fit, name: str) -> list[str]:
    """Lines: the function, the interval, the proven bound, the arithmetic, the tails."""
    made, proof = fit.approximation, fit.proof
    unit = error_unit(fit)
    tables = f"{len(made.nodes)} nodes" if made.nodes else f"{len(made.pieces)} pieces"
    lines = [
        f"{name}: {FUNCTIONS[made.order]} of {made.bound.specification}, "
        f"f(x) = {made.bound.activation.text}",
        f"from {made.start!r} to {made.stop!r}: {tables}, degree {made.degree}, "
        f"{made.bits:,} bits of tables, {made.multiplications} multiplications",
        f"error at most {proof.max_error:.6g}{unit}, proven by {how(fit)}; "
        f"largest met {proof.found:.6g} at x = {proof.at!r}",
        f"below it is {made.left.words}, above {made.right.words}; nan gives nan",
        f"x and results are {made.given.name}, coefficients {made.stored.name}, "
        f"computed in {arithmetic_words(made)}",
        f"made by actcli {__version__}",
    ]
    return [line.encode("ascii", "backslashreplace").decode() for line in lines]


def error_unit(fit: Fit) -> str:
    """The unit of errors, with the blank before it."""
    words = {"ulp": " ulp", "absolute": " (absolute)", "relative": " (relative)"}
    return words[fit.goal.measure]


def how(fit: Fit) -> str:
    """What the proof looked at."""
    if fit.proof.method == "balls":
        return f"balls over {fit.proof.inputs:,} parts"
    return f"all {fit.proof.inputs:,} inputs"


def arithmetic_words(made: Approximation) -> str:
    """The arithmetic in words."""
    arithmetic = made.arithmetic
    if isinstance(arithmetic.form, Fixed):
        way = "rounded down" if arithmetic.truncate else "rounded half up"
        return f"{arithmetic.form.name}, products {way}"
    return f"{arithmetic.form.name} {'with' if arithmetic.fma else 'without'} fma"
