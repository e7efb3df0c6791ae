"""The formulas of a picture in mathtext."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from actcli.analysis import plain_names
from actcli.analysis.curves import jumps, sides
from actcli.analysis.extents import Reach
from actcli.arithmetic.numbers import MINUS, Ratio
from actcli.catalogue.activation import Breakpoint, Number, Parameter
from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.shown import mathtexts

#: What separates a name from the parameters that distinguish it.
APART = "  "
#: The most conventions that are stated.
STATED = 5
#: The columns in mathtext, by order.
SYMBOLS = ("f", r"f^{\prime}", r"f^{\prime\prime}")


def symbol(order: int) -> str:
    """The name of a line of that order.

    >>> print(symbol(1))
    $f^{\\prime}$
    """
    return f"${SYMBOLS[order]}$"


def formulas(bound: BoundActivation, highest: int = 1) -> list[str]:
    """f and, if the highest order shown is one of its derivatives, f' as mathtext."""
    return [
        f"${SYMBOLS[order]}(x) = {_full_size(text)}$"
        for order, text in enumerate(mathtexts(bound)[: highest + 1])
        if text
    ]


def settings(bound: BoundActivation, highest: int = 1) -> str:
    """The parameters in the formulas, and those that are not at their defaults."""
    spoken = _letters("".join(mathtexts(bound)[: highest + 1]))
    return _list(
        _setting(parameter, bound.parameters[parameter.name])
        for parameter in bound.activation.parameters
        if bound.activation.typed or parameter.name in bound.changed or parameter.symbol in spoken
    )


def differences(bounds: Sequence[BoundActivation]) -> list[str]:
    """A short name for each function, with what distinguishes it from others of the same name."""
    names = []
    for bound in bounds:
        kin = plain_names.namesakes(bound, bounds)
        words = _list(
            _setting(each, bound.parameters[each.name], exact=_alike(each, kin))
            for each in plain_names.differing(kin)
        )
        if not words:
            names.append(bound.name)
        else:
            names.append(words if len(kin) == len(bounds) else f"{bound.name}{APART}{words}")
    return names


def _alike(parameter: Parameter, kin: Sequence[BoundActivation]) -> bool:
    """Whether different values of a parameter look the same in the digits of a label."""
    values = {other.parameters[parameter.name] for other in kin}
    return len({number(value) for value in values}) < len(values)


def conventions(points: Sequence[Breakpoint], orders: Iterable[int] = (0, 1)) -> str:
    """The values of a function and its derivatives at their jumps: `f'(±1) = 0`."""
    stated = []
    for order in orders:
        at: dict[float, list[float]] = {}
        for point in points:
            value = sides(point, order)[0]
            if jumps(point, order) and math.isfinite(value):
                at.setdefault(value, []).append(point.x)
        for value, places in at.items():
            name = SYMBOLS[order]
            left = " = ".join(f"{name}({where})" for where in _places(places))
            stated.append(f"{left} = {number(value)}")
    return _list(stated if len(stated) <= STATED else [*stated[: STATED - 1], r"\ldots"])


def _places(places: Sequence[float]) -> list[str]:
    if len(places) == 2 and places[0] == -places[1]:
        return [rf"\pm {number(abs(places[0]))}"]
    return [number(x) for x in places]


def small_slope(epsilon: float) -> str:
    """The name of a band of saturation.

    >>> print(small_slope(0.01))
    $|f^{\\prime}| < 0.01$
    """
    return f"$|{SYMBOLS[1]}| < {number(epsilon)}$"


def cut_off(limits: Reach) -> str:
    """The remark that f continues beyond the frame.

    >>> cut_off(Reach(-0.5, 3.4, cut_high=True))
    'f is cut off at 3.4'
    """
    if limits.cut_low and limits.cut_high and limits.low == -limits.high:
        return f"f is cut off at ±{limits.high:.3g}"
    ends = [limits.low] * limits.cut_low + [limits.high] * limits.cut_high
    words = " and ".join(f"{end:.3g}" for end in ends)
    return f"f is cut off at {words}".replace("-", MINUS)


def number(value: Number, exact: bool = False) -> str:
    """A number in mathtext, short or with all its digits.

    >>> number(-0.25), number(Ratio(1, 6)), number(1e-9), number(math.inf)
    ('-0.25', '1/6', '10^{-9}', '\\\\infty')
    """
    if isinstance(value, Ratio):
        over, under = value.numerator_over
        return f"{over:g}/{under:g}"
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    text = repr(float(value)).removesuffix(".0") if exact else f"{value:.6g}"
    digits, _, exponent = text.partition("e")
    if not exponent:
        return digits.replace("-0", "0") if float(digits) == 0 else digits
    power = f"10^{{{int(exponent)}}}"
    return power if digits == "1" else rf"{digits}\times {power}"


def _setting(parameter: Parameter, value: Number, exact: bool = False) -> str:
    name = parameter.symbol or r"\mathrm{" + parameter.name.replace("_", r"\_") + "}"
    return f"{name} = {number(value, exact)}"


def _list(parts: Iterable[str]) -> str:
    """Formulas joined by commas; "" if there are none."""
    joined = r",\ \ ".join(parts)
    return f"${joined}$" if joined else ""


def _letters(mathtext: str) -> set[str]:
    """The symbols in a formula, except words such as sin and erf."""
    bare = re.sub(r"\\mathrm\{[^}]*\}", " ", mathtext)
    commands = set(re.findall(r"\\[A-Za-z]+", bare))
    return commands | set(re.sub(r"\\[A-Za-z]+", " ", bare)) - {" "}


def _full_size(mathtext: str) -> str:
    """A formula for a heading: with large fractions, and space before words."""
    mathtext = mathtext.replace(r"\frac", r"\dfrac")
    return re.sub(r"(?<=[\w}])(?=\\(?:max|min|sin|cos|tanh|ln|arctan)\b)", r"\\,", mathtext)


def with_plain_brackets(text: str) -> str:
    """The formula with brackets that do not grow around a fraction.

    >>> with_plain_brackets(r"$\\left(1+x\\right)$")
    '$(1+x)$'
    """
    return re.sub(r"\\(?:left|right)\b\s*", "", text)
