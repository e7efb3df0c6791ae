"""Two arithmetics that the oracle's formulas run in, of any number of digits.

`Balls` (python-flint's arb) bounds every result rigorously and is fast; `Points` (mpmath) is slow
and bounds nothing, so it is believed where two precisions agree. Inputs are exact rationals in
both, and what is rational stays exact: a tie or a zero is one, not almost one.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from enum import Enum
from fractions import Fraction
from typing import Any

import flint
import mpmath


def _take_fractions(name: str) -> None:
    """Let mpmath's numbers meet a Fraction, as they do from version 1.4 on."""
    convert = getattr(mpmath.mpf, name)

    def converted(cls: Any, value: Any) -> Any:
        return convert(mpmath.mp.convert(value) if isinstance(value, Fraction) else value)

    setattr(mpmath.mpf, name, classmethod(converted))


# sympy, and so PyTorch, come with an older one
for _name in ("mpf_convert_lhs", "mpf_convert_rhs"):
    if hasattr(mpmath.mpf, _name):
        _take_fractions(_name)


class Constant(Enum):
    """A parameter that is not rational."""

    PI = "pi"


PI = Constant.PI

#: exp(-DEEP) is below 2**-28000: no factor of a formula brings it back into any dtype. Arguments
#: are cut off there so that e.g. 1 - exp(-1e300) costs some bits instead of 1e300 of them; the
#: sign, all that still decides a tie, is kept.
DEEP = 20_000


class Balls:
    """Ball arithmetic: midpoint and radius, so the error of a result is known."""

    name = "arb"
    exact = staticmethod(lambda value: flint.fmpq(*value.as_integer_ratio()))

    @staticmethod
    def precision(bits: int) -> AbstractContextManager[Any]:
        return flint.ctx.workprec(bits)

    @property
    def pi(self) -> Any:
        return flint.arb.pi()

    def real(self, value: Any) -> Any:
        return flint.arb.pi() if value is PI else flint.arb(value)

    def exp(self, z: Any) -> Any:
        z = flint.arb(z)
        return (flint.arb(-DEEP) if z < -DEEP else flint.arb(DEEP) if z > DEEP else z).exp()

    def expm1(self, z: Any) -> Any:
        z = flint.arb(z)
        return self.exp(z) - 1 if abs(z) > 1 else z.expm1()

    def log1p(self, z: Any) -> Any:
        return flint.arb(z).log1p()

    def sqrt(self, z: Any) -> Any:
        return flint.arb(z).sqrt()

    def sin(self, z: Any) -> Any:
        return flint.arb(z).sin()

    def cos(self, z: Any) -> Any:
        return flint.arb(z).cos()

    def sin_pi(self, z: Any) -> Any:
        return flint.arb(z).sin_pi()

    def cos_pi(self, z: Any) -> Any:
        return flint.arb(z).cos_pi()

    def atan(self, z: Any) -> Any:
        return flint.arb(z).atan()

    def small_tanh(self, z: Any) -> Any:
        return flint.arb(z).tanh()

    def small_erf(self, z: Any) -> Any:
        return flint.arb(z).erf()

    def erfc(self, z: Any) -> Any:
        z = flint.arb(z)
        if z * z > DEEP:
            tiny = self.exp(-DEEP)
            return tiny if z > 0 else 2 - tiny
        return z.erfc()


class Points:
    """Plain multiple-precision arithmetic; the caller compares two precisions."""

    name = "mpmath"
    exact = staticmethod(Fraction)

    @staticmethod
    def precision(bits: int) -> AbstractContextManager[Any]:
        return mpmath.workprec(bits)

    @property
    def pi(self) -> Any:
        return +mpmath.pi

    def real(self, value: Any) -> Any:
        return +mpmath.pi if value is PI else mpmath.mp.convert(value)

    def exp(self, z: Any) -> Any:
        return mpmath.exp(max(-DEEP, min(DEEP, self.real(z))))

    def expm1(self, z: Any) -> Any:
        z = self.real(z)
        return self.exp(z) - 1 if abs(z) > 1 else mpmath.expm1(z)

    def log1p(self, z: Any) -> Any:
        return mpmath.log1p(self.real(z))

    def sqrt(self, z: Any) -> Any:
        return mpmath.sqrt(self.real(z))

    def sin(self, z: Any) -> Any:
        return mpmath.sin(self.real(z))

    def cos(self, z: Any) -> Any:
        return mpmath.cos(self.real(z))

    def sin_pi(self, z: Any) -> Any:
        return mpmath.sinpi(self.real(z))

    def cos_pi(self, z: Any) -> Any:
        return mpmath.cospi(self.real(z))

    def atan(self, z: Any) -> Any:
        return mpmath.atan(self.real(z))

    def small_tanh(self, z: Any) -> Any:
        return mpmath.tanh(self.real(z))

    def small_erf(self, z: Any) -> Any:
        return mpmath.erf(self.real(z))

    def erfc(self, z: Any) -> Any:
        z = self.real(z)
        if z * z > DEEP:
            tiny = self.exp(-DEEP)
            return tiny if z > 0 else 2 - tiny
        return mpmath.erfc(z)


#: The one that is used comes first.
ARITHMETICS: dict[str, Any] = {"arb": Balls(), "mpmath": Points()}
