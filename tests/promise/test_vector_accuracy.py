"""Values and gradients against mpmath, on vectors that are likely to show an error."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.registry import vectors
from actcli.evaluating.vectors import evaluate
from actcli.numerics.dtypes import DTYPES
from tests.oracle.vectors import as_fraction, gradient, value
from tests.support.formats import FORMATS, Format
from tests.support.ulp import ulp_error

Array = np.ndarray[Any, Any]
#: What is worth comparing: softmax2d is softmax along another axis.
NAMES = [name for name in vectors() if name != "softmax2d"]
KINKED = ("reglu", "maxout", "crelu")
#: The largest errors in ulp; results of fewer bits are correctly rounded.
ALLOWED = {32: 0.501, 64: 2.0}


def inputs(form: Format) -> list[Array]:
    """Vectors of a format: moderate, far apart, close together, tiny, huge, and mixed."""
    random = np.random.default_rng(form.bits)
    step = 2.0**-form.mantissa_bits
    tiny, large = form.least_normal, min(form.largest, 1e30)
    rows = [
        [1.0, 2.0, 3.0, 4.5],
        [0.9, 0.5, -1.0, 0.8],
        [1.0, 1.0 + step, 1.0 - step, 1.0],
        [1.0, form.smallest, -form.smallest, tiny],
        [tiny, 3 * tiny, -tiny, form.smallest],
        [form.largest, -form.largest, form.largest, 1.0],
        [form.largest, form.largest, form.largest, form.largest],
        [large, 2.0, -large, -2.0],
        [0.25, -0.25, 0.125, 0.5],
        [-20.0, 20.0, -9.0, 17.0],
        [2.0**-12, -(2.0**-13), 2.0**-14, 0.75],
        [-0.7517915, 1.0, 3.5, -2.0],
        [1.0, 1.5],
        [80.0, -30.0],
    ]
    for scale in (1e-3, 0.3, 1.0, 6.0, 40.0):
        rows += [list(random.normal(0, scale, 6)) for _ in range(2)]
    with np.errstate(all="ignore"):
        made = [np.clip(row, -form.largest, form.largest).astype(form.numpy) for row in rows]
    return [row for row in made if np.isfinite(row.astype(np.float64)).all()]


@functools.cache
def truth(name: str, order: int, row: tuple[float, ...]) -> list[Any]:
    return (gradient if order else value)(name, row)


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize("order", [0, 1], ids=["y", "dy"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.sampled(93)
def test_within_the_bounds(name: str, order: int, form: Format) -> None:
    function = vectors()[name]
    bound = BoundActivation(function, function.defaults)
    dtype = DTYPES[form.name]
    allowed = ALLOWED.get(form.bits, 0.5) + 1e-9
    for row in inputs(form):
        wide = tuple(row.astype(np.float64).tolist())
        if name == "hardmax" and order:
            continue  # it has jumps
        if order and name in KINKED and (0.0 in wide or len(set(wide)) < len(wide)):
            continue
        (got,) = evaluate(bound, row, (order,), dtype)
        true = truth(name, order, wide)
        assert len(got) == len(true)
        for result, exact in zip(got, true, strict=True):
            error = ulp_error(result, as_fraction(exact), form)
            near_root = order == 1 and abs(float(exact)) < 1e-3 and form.bits >= 32
            limit = max(allowed, 1.0) if near_root else allowed
            assert error <= limit, f"{name}{wide}: got {result}, true {float(exact)}, {error} ulp"
