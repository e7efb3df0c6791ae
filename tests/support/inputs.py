"""Inputs that are likely to show an error, for one format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tests.support.formats import Format, from_ordinals, neighbours, ordinals

Array = np.ndarray[Any, Any]

#: Where exponentials leave the range of float64, float32 and float16, and where series take over.
CLASSIC = (
    709.78, 745.13, 708.39, 37.52, 38.6, 26.54, 27.3, 18.71, 88.72, 103.97, 87.33, 13.3, 14.2, 9.3,
    16.63, 20.0, 36.04, 11.09, 9.01, 1e-8, 1.5e-8, 3e-6, 2.4e-4, 1e-154, 1.5e-154, 1e154, 1.4e154,
    1.8e19, 256.0, 0.5, 1.0, 2.0, 3.0, 6.0,
)  # fmt: skip


def adversarial(form: Format, marks: Iterable[float], count: int, reach: int = 3) -> Array:
    """Sorted distinct finite inputs: `marks` (roots, breakpoints, thresholds) and what lies around
    them, both ends of the format, subnormals, powers of two, and 4 * `count` random ones."""
    random = np.random.default_rng([form.bits, form.mantissa_bits])
    marked = np.array([mark for mark in marks if np.isfinite(mark)] or [0.0])
    classic = np.array(CLASSIC)
    largest = ordinals(form.largest, form)[0]
    spread = np.exp(random.uniform(np.log(1e-9), np.log(1e3), count))
    parts = [
        neighbours(_clip(marked, form), form, reach),
        neighbours(_clip(np.concatenate([classic, -classic]), form), form, 1),
        *_around(_clip(marked, form), form),
        neighbours(np.array([0.0, form.least_normal, -form.least_normal]), form),
        neighbours(np.array([form.largest, -form.largest]), form),
        _powers(form, count),
        from_ordinals(random.integers(-largest, largest, count, endpoint=True), form),
        _cast(spread * random.choice((-1, 1), count), form),
        _cast(random.uniform(-12, 12, count), form),
        _cast(random.choice((1, 40, 120, 800), count) * random.uniform(-1, 1, count), form),
    ]
    places = np.unique(np.concatenate([ordinals(part, form) for part in parts]))
    return from_ordinals(places, form)


def _around(values: Array, form: Format) -> tuple[Array, Array]:
    """Ever closer to each value: by parts of itself, and by parts of 1."""
    offsets = np.outer(2.0 ** -np.arange(1, form.mantissa_bits + 2), (-1, 1)).ravel()
    halves = values[:, None] / 2
    relative = np.clip(halves + halves * offsets, -form.largest / 2, form.largest / 2) * 2
    return _cast(relative.ravel(), form), _cast((values[:, None] + offsets).ravel(), form)


def _powers(form: Format, count: int) -> Array:
    low, high = np.log2(form.smallest), np.frexp(form.largest)[1] - 1
    exponents = np.unique(np.linspace(low, high, min(count // 2, 200)).astype(int))
    powers = np.ldexp(1.0, exponents)
    return neighbours(np.concatenate([powers, -powers]), form, 1)


def _clip(values: Array, form: Format) -> Array:
    return np.asarray(np.clip(values, -form.largest, form.largest))


def _cast(values: Array, form: Format) -> Array:
    with np.errstate(under="ignore"):
        return _clip(values, form).astype(form.numpy)
