"""Rules by which the results at negative numbers follow from those at positive ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from actcli.errors import UsageError
from actcli.numerics.dtypes import Array
from actcli.numerics.quantised import AnyDType, Quantised
from actcli.numerics.rounding import round_to


class Mirror(NamedTuple):
    """What a rule starts from: the magnitudes of x, the results at x and -x, and the dtypes."""

    size: Array
    y: Array
    negative: Array
    given: AnyDType
    out: AnyDType

    @property
    def total(self) -> float:
        """f(x) + f(-x) of a function that is symmetric about a point, in codes if quantised."""
        if isinstance(self.out, Quantised):
            sums = self.y.astype(np.int64) + self.negative.astype(np.int64)
            values, counts = np.unique(sums, return_counts=True)
            return int(values[counts.argmax()])
        return 2 * float(self.y[0])


class Rule(NamedTuple):
    """A rule: what it says in words, and the results at -x that it gives."""

    words: str
    apply: Callable[[Mirror], Array]


def _even(at: Mirror) -> Array:
    return at.y


def _odd(at: Mirror) -> Array:
    if isinstance(at.out, Quantised):
        return _clipped(2 * at.out.zero_point - at.y.astype(np.int64), at.out)
    return -at.y


def _about_a_point(at: Mirror) -> Array:
    if isinstance(at.out, Quantised):
        return _clipped(int(at.total) - at.y.astype(np.int64), at.out)
    return round_to(at.total - at.y.astype(np.float64), at.out)


def _plus_x(at: Mirror) -> Array:
    """f(-x) = f(x) - x, as gelu, silu and softplus have it in real numbers."""
    if isinstance(at.out, Quantised) and isinstance(at.given, Quantised):
        ratio = at.given.step / at.out.step
        if not ratio.is_integer():
            return np.zeros(0, at.y.dtype)
        return _clipped(at.y.astype(np.int64) - at.size.astype(np.int64) * int(ratio), at.out)
    if isinstance(at.out, Quantised) or isinstance(at.given, Quantised):
        return np.zeros(0, at.y.dtype)
    return round_to(at.y.astype(np.float64) - at.size.astype(np.float64), at.out)


def _clipped(codes: Array, dtype: Quantised) -> Array:
    return np.clip(codes, dtype.lowest, dtype.highest).astype(dtype.numpy)


#: In the order in which they are tried. {total} is what f(x) and f(-x) add up to.
RULES = (
    Rule("f(-x) = f(x)", _even),
    Rule("f(-x) = -f(x)", _odd),
    Rule("f(-x) = {total} - f(x)", _about_a_point),
    Rule("f(-x) = f(x) - x", _plus_x),
)


def rule_for(mirror: Mirror, what: str) -> Rule:
    """The rule that gives every one of the results at the negative numbers.

    Raises UsageError, which says how many entries the nearest rule misses.
    """
    negative = mirror.negative
    fewest, best = negative.size + 1, RULES[0]
    for rule in RULES:
        with np.errstate(all="ignore"):
            found = rule.apply(mirror)
        if found.size != negative.size:
            continue
        wrong = int(np.count_nonzero(~_alike(found, negative)))
        if wrong == 0:
            return rule
        if wrong < fewest:
            fewest, best = wrong, rule
    raise UsageError(
        f"half a table of {what} does not give the other half: the nearest rule, "
        f"{spelled(best, mirror)}, misses {fewest:,} of {negative.size:,} entries; "
        "leave --half out"
    )


def spelled(rule: Rule, mirror: Mirror) -> str:
    """The rule in words, with its number."""
    if isinstance(mirror.out, Quantised):
        code = 2 * mirror.out.zero_point if rule.apply is _odd else int(mirror.total)
        if rule.apply in (_odd, _about_a_point):
            return f"code(-x) = {code} - code(x), saturated"
        if rule.apply is _plus_x and isinstance(mirror.given, Quantised):
            ratio = round(mirror.given.step / mirror.out.step)
            return f"code(-x) = code(x) - {ratio}*n, saturated, where x is n steps of its scale"
        return "code(-x) = code(x)"
    return rule.words.format(total=mirror.total)


def _alike(a: Array, b: Array) -> Array:
    """Where two results are the same number, zeros told apart by their signs and nans not."""
    same: Array = a == b
    if a.dtype.kind not in "iu":
        same &= np.signbit(a) == np.signbit(b)
        same |= np.isnan(a) & np.isnan(b)
    return same
