"""The operations of double-double against mpmath, at every magnitude."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from actcli.arithmetic import double_double as dd
from actcli.arithmetic.numbers import Ratio
from actcli.arithmetic.pair import Pair

RANDOM = np.random.default_rng(20)
ANY = np.concatenate(
    [RANDOM.normal(0, 3, 60), RANDOM.choice([-1, 1], 60) * 10.0 ** RANDOM.uniform(-308, 308, 60)]
)
MODERATE = np.concatenate(
    [RANDOM.normal(0, 5, 80), RANDOM.uniform(-745, 709, 40), ANY[abs(ANY) < 1e3]]
)
POSITIVE = abs(ANY)


@pytest.fixture(autouse=True)
def as_the_core_does():
    with np.errstate(all="ignore"):
        yield


def exact(pair: Pair, index: int) -> mp.mpf:
    exponent = (
        0 if pair.exponent is None else int(np.broadcast_to(pair.exponent, pair.high.shape)[index])
    )
    return mp.ldexp(mp.mpf(float(pair.high[index])) + mp.mpf(float(pair.low[index])), exponent)


def check(result: Pair, wanted, inputs: np.ndarray, bits: int) -> None:
    for index, x in enumerate(inputs):
        with mp.workprec(3000 if not 1e-30 < abs(x) < 1e4 else 500):
            true = wanted(mp.mpf(float(x)))
            got = exact(result, index)
            error = abs(got - true) / abs(true) if true else abs(got)
            assert error < mp.mpf(2) ** -bits, f"at {x!r}: {mp.nstr(error, 3)} in {bits} bits"


@pytest.mark.parametrize(
    ("name", "inputs", "bits"),
    [
        ("exp", MODERATE, 74),
        ("expm1", MODERATE, 66),
        ("log1p", POSITIVE, 66),
        ("tanh", ANY, 66),
        ("erf", ANY, 66),
        ("arctan", ANY, 66),
        ("sqrt", POSITIVE, 100),
    ],
)
def test_functions(name, inputs, bits):
    wanted = {"arctan": mp.atan}.get(name) or getattr(mp, name)
    check(getattr(dd, name)(Pair.exactly(inputs)), wanted, inputs, bits)


def test_normal_cdf_keeps_its_tail():
    inputs = np.concatenate([RANDOM.normal(0, 2, 60), -np.geomspace(3, 1e3, 40)])
    check(dd.normal_cdf(Pair.exactly(inputs)), lambda x: mp.erfc(-x / mp.sqrt(2)) / 2, inputs, 66)


def test_circular_functions_at_any_angle():
    inputs = np.concatenate([ANY, [1e22, 1e300, 6381956970095103 * 2.0**797, 2.0**20 + 0.5]])
    sine, cosine = dd.sine_cosine(Pair.exactly(inputs))
    # next to a root only the absolute error is small, so compare on the unit circle
    for index, x in enumerate(inputs):
        with mp.workprec(3000):
            angle = mp.mpf(float(x))
            assert abs(exact(sine, index) - mp.sin(angle)) < mp.mpf(2) ** -70
            assert abs(exact(cosine, index) - mp.cos(angle)) < mp.mpf(2) ** -70


def test_sums_products_and_quotients():
    a, b = Pair.exactly(ANY), Pair.exactly(ANY[::-1].copy())
    with mp.workprec(5000):
        for index in range(len(ANY)):
            x, y = mp.mpf(float(ANY[index])), mp.mpf(float(ANY[-1 - index]))
            for result, true in ((a + b, x + y), (a - b, x - y), (a * b, x * y), (a / b, x / y)):
                error = abs(exact(result, index) - true)
                assert error <= abs(true) * mp.mpf(2) ** -100 + abs(x) * mp.mpf(2) ** -1000


def test_a_ratio_divides_exactly():
    eleven_48ths = Pair.exactly(np.array([48.0, 3.0, 96.0])) * Ratio(11, 48)
    assert eleven_48ths.high.tolist() == [11.0, 0.6875, 22.0]
    assert eleven_48ths.low.tolist() == [0.0, 0.0, 0.0]
