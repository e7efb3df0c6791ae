"""The constants are those of mathematics: recomputed with mpmath, by other means if possible."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest

from actcli.arithmetic import constants, double_double, reduction, tables


def exact(*parts: float) -> mp.mpf:
    return mp.fsum(mp.mpf(part) for part in parts)


@pytest.fixture(autouse=True)
def precision():
    with mp.workprec(400):
        yield


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PI", lambda: mp.pi),
        ("LN_2", lambda: mp.log(2)),
        ("SQRT_HALF", lambda: mp.sqrt(mp.mpf(1) / 2)),
        ("SQRT_2_OVER_PI", lambda: mp.sqrt(2 / mp.pi)),
        ("TWO_OVER_SQRT_PI", lambda: 2 / mp.sqrt(mp.pi)),
        ("ONE_OVER_SQRT_TWO_PI", lambda: 1 / mp.sqrt(2 * mp.pi)),
    ],
)
def test_constants_carry_106_bits(name, value):
    constant = getattr(constants, name)
    assert abs(exact(float(constant), constant.low) / value() - 1) < mp.mpf(2) ** -105


def test_powers_of_two():
    for step, (high, low) in enumerate(tables.EXP):
        assert abs(exact(high, low) / mp.mpf(2) ** (mp.mpf(step) / 64) - 1) < mp.mpf(2) ** -105


def test_reduction_constants_add_up():
    step = exact(double_double.STEP_HIGH, double_double.STEP_MIDDLE, double_double.STEP_LOW)
    assert abs(step - mp.log(2) / 64) < mp.mpf(2) ** -110
    quarter = exact(reduction.QUARTER_HIGH, reduction.QUARTER_MIDDLE, reduction.QUARTER_LOW)
    assert abs(quarter - mp.pi / 2) < mp.mpf(2) ** -115
    for multiplier, constant in [
        (2**27, double_double.STEP_HIGH),
        (2**27, double_double.STEP_MIDDLE),
        (2**21, reduction.QUARTER_HIGH),
        (2**21, reduction.QUARTER_MIDDLE),
    ]:
        for n in (multiplier - 1, multiplier // 3, 7):
            assert Fraction(n * constant) == n * Fraction(constant), "a multiple was rounded"


def test_two_over_pi():
    with mp.workprec(tables.TWO_OVER_PI_BITS + 60):
        wanted = mp.ldexp(2 / mp.pi, tables.TWO_OVER_PI_BITS)
        assert 0 <= wanted - tables.TWO_OVER_PI < 1


def polynomial(row: tuple[float, ...], wide: int, d: mp.mpf) -> mp.mpf:
    coefficients = [exact(row[2 * k], row[2 * k + 1]) for k in range(wide)]
    coefficients += [mp.mpf(c) for c in row[2 * wide :]]
    return mp.fsum(c * d**power for power, c in enumerate(coefficients))


def test_erf_polynomials():
    for index, row in enumerate(tables.ERF):
        centre = mp.mpf(2 * index + 1) / 128
        for k in range(-4, 5):
            s = centre + mp.mpf(k) / 512
            if s > 0:
                wanted = mp.erf(mp.sqrt(s)) / mp.sqrt(s)
                assert abs(polynomial(row, 3, s - centre) / wanted - 1) < mp.mpf(2) ** -72


@pytest.mark.slow
def test_erfc_polynomials():
    for index, row in enumerate(tables.ERFC):
        centre = mp.mpf(2 * index + 1) / 128
        for k in range(-4, 5):
            t = centre + mp.mpf(k) / 512
            z = 3 / t - 3 if t > 0 else mp.inf
            if z > 40:
                continue
            with mp.workprec(400 + int(1.5 * z * z)):
                wanted = mp.exp(z * z) * mp.erfc(z) / t
            assert (
                abs(polynomial(row, tables.ERFC_PAIRS, t - centre) / wanted - 1) < mp.mpf(2) ** -75
            )


def test_plain_polynomial_of_erf():
    for k in range(401):
        s = mp.mpf(k) / 400
        wanted = mp.erf(mp.sqrt(s)) / mp.sqrt(s) if s else 2 / mp.sqrt(mp.pi)
        assert abs(polynomial(tables.PLAIN_ERF, 0, s) / wanted - 1) < mp.mpf(2) ** -51
