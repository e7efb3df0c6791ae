"""Ways to compute quantised results unlike the true ones, and which of them a table shows.

A way explains a table if it gives every entry of it, those that are right included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from actcli.arithmetic.numbers import Number
from actcli.catalogue.bound import BoundActivation
from actcli.errors import ActcliError
from actcli.evaluating import evaluate as core
from actcli.evaluating.quantised_results import floors, results
from actcli.numerics.dtypes import DTYPES, Array
from actcli.numerics.quantised import NANS, ROUNDINGS, AnyDType, Quantised

FLOAT32 = DTYPES["float32"]
#: The most differing entries, and others, that every way is tried at.
MOST_TRIED = 1000
#: Every rounding of a float32 number that is tried.
EVERY_ROUNDING: dict[str, Callable[[Array], Array]] = {
    **ROUNDINGS, "floor": np.floor, "truncation": np.trunc
}  # fmt: skip


class Entries(NamedTuple):
    """One order of a function at x, and the dtypes and the rounding that it should have."""

    bound: BoundActivation
    x: Array
    order: int
    given: AnyDType
    out: Quantised
    rounding: str


class Explanation(NamedTuple):
    """A way to compute: how many `of` the differing entries that were tried it gives.

    `wrong` counts the entries that are right in what is judged, and not by this way.
    """

    name: str
    explains: int
    of: int
    wrong: int

    @property
    def is_whole(self) -> bool:
        """Whether it gives every entry."""
        return self.explains == self.of and not self.wrong


def explanations(entries: Entries, got: Array, wanted: Array) -> list[Explanation]:
    """The ways in their order, up to the first that gives all of `got`, if one does."""
    found = []
    differs = got != wanted
    tried = _tried(differs)
    some = entries._replace(x=entries.x[tried])
    count = NANS.count
    with np.errstate(all="ignore"):
        for name, way, rounding in _ways(entries.rounding):
            try:
                one = _explanation(name, way(some, rounding), got[tried], differs[tried])
                if one.is_whole and tried.size < got.size:
                    one = _explanation(name, way(entries, rounding), got, differs)
            except ActcliError:  # the formula as written lacks the order
                continue
            found.append(one)
            if one.is_whole:
                break
    NANS.count = count  # these are not results
    return found


def _tried(differs: Array) -> Array:
    """The places that every way is tried at: all, or some that differ and some that do not."""
    if differs.size <= 2 * MOST_TRIED:
        return np.arange(differs.size)
    parts = [np.flatnonzero(differs), np.flatnonzero(~differs)]
    return np.concatenate([part[:: max(1, -(-part.size // MOST_TRIED))] for part in parts])


def _explanation(name: str, codes: Array, got: Array, differs: Array) -> Explanation:
    return Explanation(
        name,
        int(np.count_nonzero(differs & (codes == got))),
        int(np.count_nonzero(differs)),
        int(np.count_nonzero(~differs & (codes != got))),
    )


Way = Callable[["Entries", str], Array]


def _ways(own: str) -> Iterator[tuple[str, Way, str]]:
    """Names, ways and roundings: another rounding; float32 somewhere; and both."""
    others = [name for name in EVERY_ROUNDING if name != own]
    for rounding in others:
        yield rounding, _rounded, rounding
    for name, way in IN_FLOAT32.items():
        yield name, way, own
    for name, way in IN_FLOAT32.items():
        for rounding in others:
            yield f"{name}, {rounding}", way, rounding


def _rounded(entries: Entries, rounding: str) -> Array:
    """The true values by any rounding."""
    bound, x, order, given, out, _ = entries
    if rounding in ROUNDINGS:
        return results(bound, x, (order,), given, out, rounding)[0]
    down, towards_zero = floors(bound, x, order, given, out)
    return out.saturated(down if rounding == "floor" else towards_zero)


def _with_float32_scales(entries: Entries, rounding: str) -> Array:
    """The true values for scales rounded to float32."""
    given = entries.given
    if isinstance(given, Quantised):
        given = Quantised(given.base, float(_single(given.scale)), given.zero_point)
    out = Quantised(entries.out.base, float(_single(entries.out.scale)), entries.out.zero_point)
    return _rounded(entries._replace(given=given, out=out), rounding)


def _with_multiplier(entries: Entries, rounding: str) -> Array:
    """The true values multiplied by the float32 number next to 1/scale."""
    from fractions import Fraction

    from actcli.arithmetic.numbers import as_fraction, from_fraction

    out = entries.out
    multiplier = Fraction(float(np.float32(float(1 / as_fraction(out.scale)))))
    if multiplier:
        out = Quantised(out.base, from_fraction(1 / multiplier), out.zero_point)
    return _rounded(entries._replace(out=out), rounding)


def _single(scale: Number) -> np.float32:
    return np.float32(float(scale))


def _arithmetic(
    entries: Entries, rounding: str, multiply: bool = False, as_written: bool = False
) -> Array:
    """x, the function and the quotient in float32: the function rounded once, or as written."""
    bound, x, order, given, out, _ = entries
    if isinstance(given, Quantised):
        steps = (x.astype(np.int64) - given.zero_point).astype(np.float32)
        real = steps * _single(given.scale)
    else:
        real = x.astype(np.float32)
    if as_written:
        from actcli.backends import get_backend

        backend = get_backend("as-written")
        backend.check(bound, (order,), FLOAT32)
        (values,) = backend.evaluate(bound, real, (order,), FLOAT32)
    else:
        (values,) = core.evaluate(bound, real, (order,), FLOAT32)
    scale = _single(out.scale)
    quotients = values * (np.float32(1) / scale) if multiply else values / scale
    whole = EVERY_ROUNDING[rounding](quotients).astype(np.float64)
    return out.saturated(np.where(np.isnan(whole), 0.0, whole))


#: Codes by a rounding, with float32 in different places.
IN_FLOAT32: dict[str, Way] = {
    "float32 scales": _with_float32_scales,
    "float32 multiplier": _with_multiplier,
    "float32 arithmetic": _arithmetic,
    "float32 arithmetic with a multiplier": partial(_arithmetic, multiply=True),
    "float32 formula": partial(_arithmetic, as_written=True),
    "float32 formula with a multiplier": partial(_arithmetic, multiply=True, as_written=True),
}
