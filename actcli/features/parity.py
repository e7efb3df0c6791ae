"""Odd and even functions, recognised by structure or by values at many points."""

from __future__ import annotations

from actcli.features.breakpoints import nearest_value
from actcli.language import elementary
from actcli.language.program import Program, Step

ODD_FUNCTIONS = (
    "sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "erf", "erfinv", "cbrt", "sign",
    "round",
)  # fmt: skip
EVEN_FUNCTIONS = ("cos", "cosh", "abs", "normal_pdf")
#: Where values are compared.
POINTS = (0.001, 0.3, 0.7, 1.0, 1.7, 2.5, 3.3, 5.9, 11.1, 31.0, 101.7, 1003.3)


def proven(program: Program) -> str:
    """ "odd" or "even" if the operations prove it, else "".

    >>> from actcli.language.parser import parse_tree
    >>> from actcli.language.program import build
    >>> proven(build(parse_tree("x*tanh(x) + 1"), {})), proven(build(parse_tree("x**3 - x"), {}))
    ('even', 'odd')
    """
    found: list[str] = []
    for step in program.steps:
        found.append(_parity(step, [found[p] for p in step.places], program))
    return found[-1]


def _parity(step: Step, arguments: list[str], program: Program) -> str:
    function = step.function
    if function is None:
        return "odd" if step.name == "x" else "even"
    if all(argument == "even" for argument in arguments):
        return "even"
    if "" in arguments:
        return ""
    if function in (elementary.ADD, elementary.SUBTRACT):
        return arguments[0] if arguments[0] == arguments[1] else ""
    if function in (elementary.MULTIPLY, elementary.DIVIDE):
        return "even" if arguments[0] == arguments[1] else "odd"
    if function is elementary.NEGATIVE or function.name in ODD_FUNCTIONS:
        return arguments[0]
    if function.name in EVEN_FUNCTIONS:
        return "even"
    if function is elementary.POWER_OF:
        exponent = program.steps[step.places[1]]
        if exponent.function is None and not exponent.name and exponent.value.is_integer():
            return "odd" if exponent.value % 2 else "even"
    return ""


def seen(program: Program) -> str:
    """ "odd" or "even" if the values at all POINTS are, else "".

    Correctly rounded values of an odd function are odd themselves.
    """
    for word, sign in (("even", 1), ("odd", -1)):
        if _mirrored(program, 0, sign) and _mirrored(program, 1, -sign):
            return word
    return ""


def _mirrored(program: Program, order: int, sign: int) -> bool:
    pairs = [(nearest_value(program, x, order), nearest_value(program, -x, order)) for x in POINTS]
    pairs = [(a, b) for a, b in pairs if a == a or b == b]
    return bool(pairs) and all(a == sign * b for a, b in pairs)
