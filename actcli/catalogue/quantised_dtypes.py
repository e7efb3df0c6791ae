"""Reading a quantised dtype: `int8:scale=0.05,zero_point=3`."""

from __future__ import annotations

import math
from typing import NamedTuple

from actcli.arithmetic.numbers import Number
from actcli.errors import UsageError, clipped, unknown
from actcli.numerics.dtypes import DTYPES
from actcli.numerics.quantised import BASES, AnyDType, Base, Quantised

#: How the dtypes with a scale are written, for help and lists.
SPELLINGS = tuple(f"{name}:scale=S[,zero_point=Z]" for name in BASES)
AUTO = "auto"
#: A chosen scale with a larger denominator is the next float64 instead.
LONGEST = 1 << 20


class Unscaled(NamedTuple):
    """A quantised dtype whose scale is yet to be chosen from the numbers it is for."""

    base: Base
    zero_point: int = 0

    def holding(self, low: float, high: float) -> Quantised:
        """The dtype with the smallest scale that holds the numbers from low to high.

        What lies on a side that the codes do not have is left to saturate.

        >>> Unscaled(BASES["int8"]).holding(-1, 1).name
        'int8:scale=1/127'
        """
        from fractions import Fraction

        from actcli.arithmetic.numbers import from_fraction

        above, below = self.base.highest - self.zero_point, self.zero_point - self.base.lowest
        scales = []
        if above and high > 0:
            scales.append(Fraction(high) / above)
        if below and low < 0:
            scales.append(Fraction(-low) / below)
        exact = max(scales, default=Fraction(1))
        scale: Number = from_fraction(exact)
        if exact.denominator > LONGEST:
            scale = float(scale) if float(scale) >= exact else math.nextafter(scale, math.inf)
        return Quantised(self.base, scale, self.zero_point)


def get_any_dtype(text: str) -> AnyDType | Unscaled:
    """The dtype that a text names, with a scale or without; UsageError if there is none.

    >>> get_any_dtype("int8:scale=1/128").step
    0.0078125
    """
    name, colon, rest = text.partition(":")
    if name in DTYPES and not colon:
        return DTYPES[name]
    if name not in BASES:
        raise unknown("dtype", clipped(name), [*DTYPES, *BASES])
    base = BASES[name]
    from actcli.catalogue.formula import split_settings

    settings: dict[str, str] = {}
    for part in split_settings(rest) if rest else ():
        key, _, value = part.partition("=")
        if not value and not settings:
            key, value = "scale", part
        if key not in ("scale", "zero_point"):
            raise unknown(f"setting of {name}", clipped(key), ("scale", "zero_point"))
        if key in settings:
            raise UsageError(f"{key} is given twice in {clipped(text)!r}")
        settings[key] = value
    if "scale" not in settings:
        raise UsageError(
            f"{name} needs a scale: {name}:scale=0.05 or {name}:scale=auto, and zero_point=3 "
            "where 0 is not the code of 0"
        )
    zero_point = _zero_point(base, settings.get("zero_point", "0"))
    if settings["scale"] == AUTO:
        return Unscaled(base, zero_point)
    return Quantised(base, _scale(settings["scale"]), zero_point)


def _scale(text: str) -> Number:
    from actcli.catalogue.formula import read_constant

    setting = f"scale={text}"
    scale = read_constant(text, setting)
    if not (scale > 0 and 2.0**-1000 < scale < 2.0**1000 and math.isfinite(scale)):
        raise UsageError(
            f"{clipped(setting)} must be a number above 0, of usual size, for example scale=0.05"
        )
    return scale


def _zero_point(base: Base, text: str) -> int:
    try:
        zero_point = int(text)
    except ValueError:
        zero_point = base.lowest - 1
    if not base.lowest <= zero_point <= base.highest:
        raise UsageError(
            f"zero_point={clipped(text)} of {base.name} must be a whole number "
            f"from {base.lowest} to {base.highest}"
        )
    return zero_point
