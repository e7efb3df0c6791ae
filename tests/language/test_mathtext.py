"""What pictures and pages write of a function is the function, read back by another reader."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from actcli.catalogue.registry import elementwise
from actcli.catalogue.shown import mathtexts
from actcli.catalogue.specification import parse
from actcli.evaluating.evaluate import evaluate as core
from actcli.numerics.dtypes import DTYPES
from tests.language import mathtext
from tests.promise.cases import OTHERS

POINTS = (-3.6, -1.2, -0.4, 0.31, 0.7, 1.9, 5.2)
SPECIFICATIONS = [
    *elementwise(),
    *OTHERS,
    "relu:threshold=0.5,negative_slope=0.25,max_value=3",
    "x*sigmoid(1.3*x) + 0.1*x",
    "sqrt(x*x + 1) - x/2",
    "exp(-abs(x)**1.5)/(2 - sin(x)**2)",
    "where(x > 1, log(x), -(x - 1)*(x + 2)/3)",
    "2/(3*x)/(x + 4)",
]


def known(value: object) -> object:
    return mpmath.pi if str(value) == "pi" else mpmath.mpf(float(value))  # type: ignore[arg-type]


@pytest.mark.parametrize("specification", SPECIFICATIONS)
def test_a_reader_finds_the_same_numbers(specification: str) -> None:
    bound = parse(specification)
    symbols = {
        p.symbol or p.name: known(bound.parameters[p.name]) for p in bound.activation.parameters
    }
    columns = core(bound, np.array(POINTS), (0, 1), DTYPES["float64"])
    with mpmath.workdps(40):
        for text, column in zip(mathtexts(bound), columns, strict=True):
            for x, wanted in zip(POINTS, column.tolist(), strict=True):
                found = mathtext.evaluate(text, mpmath.mpf(x), symbols)
                assert abs(found - wanted) <= 1e-14 * (1 + abs(wanted)), (text, x)


def test_the_reader_tells_right_from_wrong() -> None:
    with mpmath.workdps(40):
        wrong = mathtext.evaluate(r"\sigma(x) + x\sigma(x)(1 + \sigma(x))", mpmath.mpf(1), {})
        right = mathtext.evaluate(r"\sigma(x) + x\sigma(x)(1 - \sigma(x))", mpmath.mpf(1), {})
    assert abs(wrong - right) > 0.1
