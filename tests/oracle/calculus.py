"""The elementary functions with two derivatives each, written down from any book of calculus."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb

from tests.oracle.reals import INFINITY, NAN, ONE, Real, pi, root_of

#: f(±0) = ±0
ZERO_KEPT = tuple(
    "expm1 log1p sqrt cbrt sin tan asin atan sinh tanh asinh atanh erf erfinv".split()  # noqa: SIM905
)
AT_ZERO = {"exp": 1, "exp2": 1, "cos": 1, "cosh": 1, "erfc": 1, "normal_cdf": Fraction(1, 2)}
AT_INFINITY: dict[str, tuple[Any, Any]] = {  # at -inf, at inf
    "exp": (0.0, math.inf),
    "exp2": (0.0, math.inf),
    "expm1": (-1, math.inf),
    "sqrt": (math.nan, math.inf),
    "cbrt": (-math.inf, math.inf),
    "sinh": (-math.inf, math.inf),
    "cosh": (math.inf, math.inf),
    "tanh": (-1, 1),
    "asinh": (-math.inf, math.inf),
    "acosh": (math.nan, math.inf),
    "erf": (-1, 1),
    "erfc": (2, 0.0),
    "normal_cdf": (0.0, 1),
    "normal_pdf": (0.0, 0.0),
    **dict.fromkeys(("log", "log2", "log10", "log1p"), (math.nan, math.inf)),
}
#: (lowest, highest, value at the lowest, value at the highest): what lies beyond is nan.
DOMAINS: dict[str, tuple[Any, Any, Any, Any]] = {
    "log": (0, None, -math.inf, None),
    "log2": (0, None, -math.inf, None),
    "log10": (0, None, -math.inf, None),
    "log1p": (-1, None, -math.inf, None),
    "sqrt": (0, None, None, None),
    "asin": (-1, 1, None, None),
    "acos": (-1, 1, None, 0.0),
    "acosh": (1, None, 0.0, None),
    "atanh": (-1, 1, -math.inf, math.inf),
    "erfinv": (-1, 1, -math.inf, math.inf),
}


def value_of(name: str, z: Real) -> Real:
    """A function of a number."""
    if z.is_nan:
        return NAN
    if z.is_zero and name in ZERO_KEPT:
        return z
    if z.is_zero and name in AT_ZERO:
        return Real(AT_ZERO[name])
    if z.is_infinite:
        if name == "atan":
            return pi() / 2 if z > 0 else -pi() / 2
        return Real(AT_INFINITY[name][z > 0]) if name in AT_INFINITY else NAN
    if name in DOMAINS:
        low, high, at_low, at_high = DOMAINS[name]
        for end, outside, value in ((low, -1, at_low), (high, 1, at_high)):
            if end is not None:
                side = z.compare(end)
                if side == outside:
                    return NAN
                if side == 0 and value is not None:
                    return Real(value)
    exact = z.rational
    if exact is not None:
        found = _exact(name, exact)
        if found is not None:
            return Real(found)
    return Real(_ball(name, z.ball()))


def _exact(name: str, z: Fraction) -> Fraction | float | None:
    """The value where it is rational."""
    if name == "log" and z == 1:
        return 0.0
    if name in ("log2", "log10"):
        base, power = int(name[3:]), 0
        whole = z if z >= 1 else 1 / z
        while whole > 1 and whole.denominator == 1 and whole % base == 0:
            whole, power = whole / base, power + 1
        return Fraction(power if z >= 1 else -power) if whole == 1 else None
    if name == "exp2" and z.denominator == 1 and abs(z) < 10_000:
        return Fraction(2) ** int(z)
    if name == "sqrt":
        return root_of(z, 2)
    if name == "cbrt":
        return root_of(z, 3)
    return None


def _ball(name: str, z: Any) -> Any:
    if name == "exp2":
        return (z * arb(2).log()).exp()
    if name == "log2":
        return z.log() / arb(2).log()
    if name == "log10":
        return z.log() / arb(10).log()
    if name == "cbrt":
        return z.root(3) if z > 0 else -((-z).root(3))
    if name == "normal_cdf":
        return (-z / arb(2).sqrt()).erfc() / 2
    if name == "normal_pdf":
        return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()
    if name == "erf" and abs(z) > 8:
        return 1 - z.erfc() if z > 0 else (-z).erfc() - 1
    if name == "tanh" and abs(z) > 8:
        rest = 2 / ((2 * abs(z)).exp() + 1)
        return 1 - rest if z > 0 else rest - 1
    return getattr(z, name)()


def slopes_of(name: str, z: Real, y: Real) -> tuple[Real, Real]:
    """First and second derivative at z, where the value is y."""
    return SLOPES[name](z, y)


def _square_root(z: Real, y: Real) -> tuple[Real, Real]:
    if z.is_zero:
        return INFINITY, -INFINITY
    return 1 / (2 * y), -1 / (4 * y * z)


def _cube_root(z: Real, y: Real) -> tuple[Real, Real]:
    if z.is_zero:
        return INFINITY, NAN
    return y / (3 * z), -2 * y / (9 * z * z)


def _arc(z: Real, sign: int) -> tuple[Real, Real]:
    if abs(z) == 1:
        return INFINITY * sign, INFINITY * sign * z
    r = 1 / value_of("sqrt", 1 - z * z)
    return sign * r, sign * z * r * r * r


def _acosh(z: Real, y: Real) -> tuple[Real, Real]:
    if z == 1:
        return INFINITY, -INFINITY
    r = 1 / value_of("sqrt", z * z - 1)
    return r, -z * r * r * r


def _asinh(z: Real, y: Real) -> tuple[Real, Real]:
    r = 1 / value_of("sqrt", z * z + 1)
    return r, -z * r * r * r


def _tanh(z: Real, y: Real) -> tuple[Real, Real]:
    c = value_of("cosh", z)
    s = 1 / (c * c)
    return s, -2 * y * s


def _bell(z: Real, factor: int) -> tuple[Real, Real]:
    slope = factor * value_of("exp", -z * z) / value_of("sqrt", pi())
    return slope, -2 * z * slope


def _erfinv(z: Real, y: Real) -> tuple[Real, Real]:
    slope = value_of("sqrt", pi()) / 2 * value_of("exp", y * y)
    return slope, 2 * y * slope * slope


def _ln(base: int) -> Real:
    return value_of("log", Real(base))


def _logarithm(z: Real, scale: Real) -> tuple[Real, Real]:
    return 1 / (z * scale), -1 / (z * z * scale)


SLOPES: dict[str, Callable[[Real, Real], tuple[Real, Real]]] = {
    "exp": lambda z, y: (y, y),
    "exp2": lambda z, y: (y * _ln(2), y * _ln(2) * _ln(2)),
    "expm1": lambda z, y: (value_of("exp", z), value_of("exp", z)),
    "log": lambda z, y: _logarithm(z, ONE),
    "log2": lambda z, y: _logarithm(z, _ln(2)),
    "log10": lambda z, y: _logarithm(z, _ln(10)),
    "log1p": lambda z, y: _logarithm(z + 1, ONE),
    "sqrt": _square_root,
    "cbrt": _cube_root,
    "sin": lambda z, y: (value_of("cos", z), -y),
    "cos": lambda z, y: (-value_of("sin", z), -y),
    "tan": lambda z, y: (1 + y * y, 2 * y * (1 + y * y)),
    "asin": lambda z, y: _arc(z, 1),
    "acos": lambda z, y: _arc(z, -1),
    "atan": lambda z, y: (1 / (1 + z * z), -2 * z / ((1 + z * z) * (1 + z * z))),
    "sinh": lambda z, y: (value_of("cosh", z), y),
    "cosh": lambda z, y: (value_of("sinh", z), y),
    "tanh": _tanh,
    "asinh": _asinh,
    "acosh": _acosh,
    "atanh": lambda z, y: (1 / (1 - z * z), 2 * z / ((1 - z * z) * (1 - z * z))),
    "erf": lambda z, y: _bell(z, 2),
    "erfc": lambda z, y: _bell(z, -2),
    "erfinv": _erfinv,
    "normal_cdf": lambda z, y: (value_of("normal_pdf", z), -z * value_of("normal_pdf", z)),
    "normal_pdf": lambda z, y: (-z * y, (z * z - 1) * y),
}
