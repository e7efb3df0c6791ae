"""Holding results against the oracle, bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import actcli
from tests.oracle.typed import Expected, Typed
from tests.support.formats import FORMATS, Format, neighbours, wide

Array = np.ndarray[Any, Any]
#: Where formulas tend to be hard: ends of formats, whole numbers, where exponentials are small.
PLACES = (0.25, 0.5, 1, 2, 3, 5.5, 10, 20, 100)


def inputs(form: Format, own: list[float], seed: int, random: int = 4) -> Array:
    """Numbers of a format that matter: zeros, ends, `own` ones with neighbours, random patterns."""
    ends = [form.smallest, form.least_normal, form.largest]
    chosen = [0.0, -0.0, *(sign * end for sign in (1, -1) for end in ends)]
    chosen += [sign * place for sign in (1, -1) for place in PLACES]
    generator = np.random.default_rng(seed)
    patterns = generator.integers(0, 1 << form.bits, random, dtype=np.uint64, endpoint=False)
    drawn = patterns.astype(form.pattern).view(form.numpy)
    spread = generator.normal(0, 3, random)
    parts = [np.array([*chosen, *spread]).astype(form.numpy), drawn]
    inside = [place for place in own if abs(place) <= form.largest]
    if inside:
        parts.append(neighbours(np.array(inside).astype(form.numpy), form, 1))
    together = np.concatenate([part.astype(form.numpy) for part in parts])
    return together[np.isfinite(wide(together))]


def agrees(result: float, expected: Expected) -> bool:
    """Whether a result is the expected one, the sign of zero included where it is settled."""
    if math.isnan(result) or math.isnan(expected.value):
        return math.isnan(result) and math.isnan(expected.value)
    if result != expected.value:
        return False
    alike = math.copysign(1, result) == math.copysign(1, expected.value)
    return result != 0 or not expected.signed or alike


def differences(text: str, form: Format, xs: Array) -> tuple[list[str], int]:
    """What is wrong with the results at xs, a line each, and how many were judged."""
    typed, wrong, judged = Typed(text), [], 0
    results = [wide(actcli.evaluate(text, xs, order=order)) for order in range(3)]
    for place, x in enumerate(wide(xs).tolist()):
        for order, expected in enumerate(typed.expected(x, form)):
            if expected is None:
                continue
            judged += 1
            result = float(results[order][place])
            if not agrees(result, expected):
                wrong.append(
                    f"{text} order {order} at {x!r} in {form.name}: "
                    f"{result!r}, not {expected.value!r}"
                )
    return wrong, judged


__all__ = ["FORMATS", "differences", "inputs"]
