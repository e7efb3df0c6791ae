"""A function's results at all inputs of 8 or 16 bits."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import NamedTuple

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.columns import ORDERS
from actcli.errors import UsageError
from actcli.evaluating.quantised_results import results
from actcli.numerics.dtypes import Array
from actcli.numerics.quantised import AnyDType, Quantised, every_input
from actcli.tabulating.half import Mirror, rule_for, spelled

#: The most bits of an input.
MOST_BITS = 16
#: How one value of each column is written.
WORDS = {"y": "f(x)", "dy": "f'(x)", "d2y": "f''(x)"}


class Request(NamedTuple):
    """What is to be tabulated: a column of a function at all inputs, rounded to `out`."""

    bound: BoundActivation
    column: str
    given: AnyDType
    out: AnyDType
    rounding: str = "half-even"
    saturate: bool = False
    half: bool = False


class Table:
    """The results, in rising order of whole-number inputs or of the bit patterns of floats.

    With half, those at 0 and above alone, and in `rule` how the others follow.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        given = request.given
        if given.bits > MOST_BITS:
            raise UsageError(
                f"{given.name} has 2^{given.bits} inputs, too many for a table; "
                "a dtype of 8 or 16 bits has one, and actcli fit approximates over the others"
            )
        self.rule = ""
        if request.half:
            self.inputs, self.entries, self.rule = _half(request)
        else:
            self.inputs = every_input(given)
            self.entries = _results(request, self.inputs)

    @property
    def patterns(self) -> Array:
        """The entries' bit patterns."""
        return self.entries.view(self.request.out.unsigned)

    @cached_property
    def bytes(self) -> bytes:
        """The entries as stored, the least significant byte of each first."""
        patterns = self.patterns
        return patterns.astype(patterns.dtype.newbyteorder("<"), copy=False).tobytes()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.bytes).hexdigest()


def _results(request: Request, x: Array) -> Array:
    bound, column, given, out, rounding, saturate, _ = request
    (found,) = results(bound, x, (ORDERS[column],), given, out, rounding, saturate)
    if not isinstance(out, Quantised):
        found = found.copy()
        found[np.isnan(found)] = np.nan  # the quiet nan without a sign, on every machine
    return found


def _half(request: Request) -> tuple[Array, Array, str]:
    given = request.given
    what = request.bound.specification
    only = ""
    if isinstance(given, Quantised):
        below, above = given.zero_point - given.lowest, given.highest - given.zero_point
        both = min(below, above)
        size = np.arange(max(below, above) + 1, dtype=np.int64)
        side = 1 if above >= below else -1
        signed = np.where(size <= both, size, side * size)
        x = (given.zero_point + signed).astype(given.numpy)
        negative = _results(request, (given.zero_point - size[: both + 1]).astype(given.numpy))
        if size.size > both + 1:
            only = (
                f"; from n = {both + 1} on, the entry is the result at the only code that is "
                "n steps from the zero point"
            )
    else:
        every = every_input(given)
        x, mirrored = np.split(every, 2)
        size, negative = x, _results(request, mirrored)
    y = _results(request, x)
    mirror = Mirror(size[: negative.size], y[: negative.size], negative, given, request.out)
    rule = rule_for(mirror, what)
    return x, y, spelled(rule, mirror) + only
