"""Quantised numbers by the words of their definition, in mpmath with 60 digits."""

from __future__ import annotations

from typing import NamedTuple

import mpmath

LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-(2**15), 2**15 - 1)}


class Quanta(NamedTuple):
    """A quantised dtype: real = scale * (code - zero_point). `scale` is as an option takes it."""

    base: str
    scale: str
    zero_point: int = 0

    @property
    def spelled(self) -> str:
        return f"{self.base}:scale={self.scale},zero_point={self.zero_point}"

    @property
    def codes(self) -> range:
        low, high = LIMITS[self.base]
        return range(low, high + 1)

    @property
    def step(self):
        """The scale; a decimal is the float64 nearest to it."""
        if "/" not in self.scale:
            return mpmath.mpf(float(self.scale))
        above, below = self.scale.split("/")
        with mpmath.workdps(60):
            return (mpmath.pi if above == "pi" else mpmath.mpf(above)) / mpmath.mpf(below)

    def real(self, code):
        with mpmath.workdps(60):
            return self.step * (int(code) - self.zero_point)

    def code(self, value, way="half-even"):
        """The code of a real number, saturated."""
        low, high = LIMITS[self.base]
        with mpmath.workdps(60):
            if mpmath.isinf(value):
                return high if value > 0 else low
            steps = mpmath.mpf(value) / self.step
            floor = int(mpmath.floor(steps))
            rest = steps - floor
            if rest == mpmath.mpf(1) / 2:
                up = {"half-even": floor % 2 == 1, "half-away": steps > 0, "half-up": True}[way]
            else:
                up = rest > mpmath.mpf(1) / 2
            return min(max(floor + up + self.zero_point, low), high)


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


#: Functions, their derivatives and their second derivatives.
TRUE = {
    "sigmoid": (
        sigmoid,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        lambda x: sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x)),
    ),
    "tanh": (
        mpmath.tanh,
        lambda x: 1 - mpmath.tanh(x) ** 2,
        lambda x: -2 * mpmath.tanh(x) * (1 - mpmath.tanh(x) ** 2),
    ),
    "gelu": (
        lambda x: x * mpmath.ncdf(x),
        lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x),
        lambda x: (2 - x * x) * mpmath.npdf(x),
    ),
}
