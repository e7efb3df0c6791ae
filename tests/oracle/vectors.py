"""The vector functions in mpmath, from their definitions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath

from tests.oracle.truth import exactly

#: Sums of the largest and the smallest float64 keep all their digits.
MP = mpmath.mp.clone()
MP.dps = 1200
Numbers = list[Any]


def softmax(x: Numbers) -> Numbers:
    terms = [MP.exp(v) for v in x]
    return [term / sum(terms) for term in terms]


def log_softmax(x: Numbers) -> Numbers:
    return [MP.log(p) for p in softmax(x)]


def softmin(x: Numbers) -> Numbers:
    return softmax([-v for v in x])


def sparsemax(x: Numbers) -> Numbers:
    """The projection on the simplex, by trying the threshold of every possible support."""
    ordered = sorted((Fraction(float(v)) for v in x), reverse=True)
    for k in range(1, len(ordered) + 1):
        tau = (sum(ordered[:k], Fraction(0)) - 1) / k
        below = ordered[k] if k < len(ordered) else tau
        if ordered[k - 1] > tau >= below:
            shares = [max(Fraction(float(v)) - tau, Fraction(0)) for v in x]
            return [MP.mpf(s.numerator) / s.denominator for s in shares]
    raise AssertionError("some support fits")


def hardmax(x: Numbers) -> Numbers:
    return [MP.mpf(i == x.index(max(x))) for i in range(len(x))]


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + MP.exp(-x))


def _relu(x: Any) -> Any:
    return x if x > 0 else MP.mpf(0)


#: mpmath's erfc takes no larger numbers on its own integers.
FAR = 1000


def _gelu(x: Any) -> Any:
    if abs(x) > FAR:
        # the other part is e^-500000, beyond all digits here and below every float
        return x if x > 0 else -(MP.mpf(10) ** -10000)
    return x * MP.erfc(-x / MP.sqrt(2)) / 2


def _silu(x: Any) -> Any:
    return x * _sigmoid(x)


def _halves(x: Numbers) -> list[tuple[Any, Any]]:
    half = len(x) // 2
    return list(zip(x[:half], x[half:], strict=True))


VALUES = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "softmin": softmin,
    "sparsemax": sparsemax,
    "hardmax": hardmax,
    "glu": lambda x: [a * _sigmoid(b) for a, b in _halves(x)],
    "bilinear_glu": lambda x: [a * b for a, b in _halves(x)],
    "reglu": lambda x: [_relu(a) * b for a, b in _halves(x)],
    "geglu": lambda x: [_gelu(a) * b for a, b in _halves(x)],
    "swiglu": lambda x: [_silu(a) * b for a, b in _halves(x)],
    "maxout": lambda x: [max(x[i : i + 2]) for i in range(0, len(x), 2)],
    "crelu": lambda x: [_relu(v) for v in x] + [_relu(-v) for v in x],
}


def value(name: str, x: Any) -> Numbers:
    """The values at a vector of numbers of any format."""
    result: Numbers = VALUES[name]([MP.mpf(float(v)) for v in x])
    return result


def gradient(name: str, x: Any) -> Numbers:
    """The derivative of the sum of the values by each number, as a difference at 1200 digits."""
    point = [MP.mpf(float(v)) for v in x]
    step = MP.mpf(10) ** -400
    result = []
    for j in range(len(point)):
        sums = []
        for side in (1, -1):
            moved = [*point[:j], point[j] + side * step, *point[j + 1 :]]
            sums.append(sum(VALUES[name](moved)))
        result.append((sums[0] - sums[1]) / (2 * step))
    return result


def as_fraction(true: Any) -> Fraction:
    """A true value as a fraction; one that is far below every format as another that is."""
    tiny = MP.ldexp(MP.sign(true), -3000)
    return exactly(true if abs(true) > abs(tiny) else tiny)
