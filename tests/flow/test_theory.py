"""Mean-field theory: known fixed points, kernels in closed form, and the gains of libraries."""

from __future__ import annotations

import math

import pytest

from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.flow.critical import critical
from actcli.flow.gains import gains
from actcli.flow.gaussian import moments, products
from actcli.flow.lengths import Variances, follow_length, layers
from actcli.flow.meanfield import analyse

EVERY = sorted(elementwise())


def test_selu_keeps_mean_0_and_variance_1() -> None:
    found = moments(parse("selu"), 1.0)
    assert found.mean == pytest.approx(0, abs=1e-12)
    assert found.square == pytest.approx(1, abs=1e-12)
    assert follow_length(parse("selu"), Variances(1.0)).q == pytest.approx(1, abs=1e-9)
    field = analyse(parse("selu"), Variances(1.0))
    assert field.length.fate == "settles"
    assert 0 < field.growth < 1  # an attracting fixed point (Klambauer et al. 2017)


def test_gains_that_libraries_hard_code_come_out() -> None:
    relu = gains(parse("relu"))
    assert relu.length == pytest.approx(math.sqrt(2), rel=1e-12)
    assert relu.gradient == pytest.approx(relu.torch, rel=1e-12)
    for alpha in (0.01, 0.2, 1.0):
        leaky = gains(parse(f"leaky_relu:{alpha}"))
        assert leaky.length == pytest.approx(leaky.torch, rel=1e-12)
        assert leaky.gradient == pytest.approx(math.sqrt(2 / (1 + alpha**2)), rel=1e-12)
    selu = gains(parse("selu"))
    assert selu.length == pytest.approx(selu.paper, rel=1e-12)
    assert (selu.torch, gains(parse("tanh")).torch) == (3 / 4, 5 / 3)
    assert gains(parse("sigmoid")).torch == gains(parse("identity")).torch == 1
    assert gains(parse("selu:scale=1")).torch is None
    assert gains(parse("step")).gradient == math.inf


@pytest.mark.parametrize(
    ("name", "weight", "bias", "fate"),
    [
        ("relu", 2.0, 0.0, "preserved"),
        ("relu", 1.9, 0.0, "vanishes"),
        ("relu", 2.1, 0.0, "explodes"),
        ("relu", 2.0, 0.1, "explodes"),
        ("identity", 1.0, 0.0, "preserved"),
        ("absolute", 0.5, 0.0, "vanishes"),
        ("tanh", 0.9, 0.0, "vanishes"),
        ("tanh", 1.0, 0.0, "vanishes"),
        ("gelu", 2.0, 0.0, "vanishes"),
        ("gelu", 4.1, 0.0, "explodes"),
        ("exponential", 1.0, 0.0, "explodes"),
        ("squared_relu", 2.0, 0.0, "explodes"),
        ("squared_relu", 0.2, 0.0, "vanishes"),
    ],
)
def test_fates_of_lengths(name: str, weight: float, bias: float, fate: str) -> None:
    assert follow_length(parse(name), Variances(weight, bias)).fate == fate


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "erf", "selu", "softsign", "sine", "gaussian"])
@pytest.mark.parametrize("variances", [Variances(1.5, 0.1), Variances(0.6, 0.3), Variances(9, 0)])
@pytest.mark.sampled(11)
def test_a_fixed_point_is_where_the_map_arrives(name: str, variances: Variances) -> None:
    bound = parse(name)
    length = follow_length(bound, variances)
    q = 1.0
    for _ in range(400):
        q = variances.weight * moments(bound, q).square + variances.bias
        if q > 1e8:
            break
    if length.fate == "explodes":
        assert q > 1e6
    else:
        assert length.q == pytest.approx(q, rel=1e-9)


def test_relu_with_biases_settles_where_arithmetic_says() -> None:
    assert follow_length(parse("relu"), Variances(1.0, 0.25)).q == pytest.approx(0.5, rel=1e-12)
    field = analyse(parse("relu"), Variances(1.0, 0.25))
    assert (field.phase, field.correlation) == ("ordered", 1.0)
    assert field.chi == pytest.approx(0.5)
    assert field.gradient_depth == pytest.approx(1 / math.log(2))


def test_erf_in_closed_form() -> None:
    """Williams' kernel: E erf^2 = (2/pi) asin(2q/(1 + 2q)), and E erf'^2 = 4/(pi sqrt(1 + 4q))."""
    variances = Variances(3.0, 0.2)
    q = 1.0
    for _ in range(200):
        q = 3 * 2 / math.pi * math.asin(2 * q / (1 + 2 * q)) + 0.2
    c = 0.5
    for _ in range(2000):
        c = (3 * 2 / math.pi * math.asin(2 * q * c / (1 + 2 * q)) + 0.2) / q
    field = analyse(parse("erf"), variances)
    assert field.length.q == pytest.approx(q, rel=1e-10)
    assert field.chi == pytest.approx(3 * 4 / (math.pi * math.sqrt(1 + 4 * q)), rel=1e-10)
    assert field.phase == "chaotic"
    assert field.correlation == pytest.approx(c, rel=1e-8)
    slope = 3 * 4 / math.pi / math.sqrt((1 + 2 * q) ** 2 - (2 * q * c) ** 2)
    assert field.chi_correlation == pytest.approx(slope, rel=1e-8)
    assert field.correlation_depth == pytest.approx(-1 / math.log(slope), rel=1e-7)


def test_correlations_of_a_function_that_jumps() -> None:
    """Steps of correlated inputs agree with probability 1 - acos(c)/pi."""
    field = analyse(parse("step"), Variances(2.0))
    c = 0.5
    for _ in range(200):
        c = 1 - math.acos(c) / math.pi
    assert field.jumps
    assert field.correlation == pytest.approx(c, abs=1e-9)


def test_critical_points_that_are_known() -> None:
    def deviation(name: str, bias: float = 0.0) -> float:
        point = critical(parse(name), bias)
        assert point is not None
        return point.weight_deviation

    assert deviation("relu") == pytest.approx(math.sqrt(2), rel=1e-12)
    assert deviation("tanh") == pytest.approx(1, rel=1e-9)
    assert deviation("erf") == pytest.approx(math.sqrt(math.pi) / 2, rel=1e-9)
    assert deviation("tanh", 0.05) ** 2 == pytest.approx(1.76, abs=0.005)  # Pennington et al. 2017
    gelu = critical(parse("gelu"))
    assert gelu is not None
    assert (gelu.reached, gelu.q) == (False, 0.0)
    assert gelu.weight_deviation == pytest.approx(2, rel=1e-9)
    exponential = critical(parse("exponential"))  # q = sigma_w^2 e^2q with a slope of 2: it repels
    assert exponential is not None
    assert not exponential.reached
    assert (exponential.weight_deviation, exponential.q) == pytest.approx((1 / math.e, 1), rel=1e-9)
    assert critical(parse("step")) is None
    assert critical(parse("relu"), 0.1) is None


@pytest.mark.parametrize("bias", [0.0, 0.1])
@pytest.mark.parametrize("name", EVERY)
@pytest.mark.sampled(3)
def test_at_a_critical_point_lengths_and_gradients_stay(name: str, bias: float) -> None:
    bound = parse(name)
    point = critical(bound, bias)
    if point is None or point.q == 0:
        return
    weight = point.weight_deviation**2
    found = moments(bound, point.q)
    assert weight * found.square + bias == pytest.approx(point.q, rel=1e-9)
    assert weight * found.slope == pytest.approx(1, rel=1e-7)


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu", "selu"])
def test_slopes_are_those_of_the_maps(name: str) -> None:
    """growth and the slopes of products, against differences."""
    bound, q, c, h = parse(name), 0.8, 0.4, 1e-5
    growth = (moments(bound, q + h).square - moments(bound, q - h).square) / (2 * h)
    assert moments(bound, q).growth == pytest.approx(growth, rel=1e-7)
    slope = (products(bound, q, c + h).value - products(bound, q, c - h).value) / (2 * h)
    assert q * products(bound, q, c).slope == pytest.approx(slope, rel=1e-6)


def test_layers_end_in_infinity_or_0_not_in_nan() -> None:
    exploding = layers(parse("exponential"), Variances(1.0), 30)
    assert math.isinf(exploding[-1].q)
    assert not any(math.isnan(layer.q) for layer in exploding)
    assert layers(parse("relu"), Variances(1e-200), 30)[-1].q == 0
    assert layers(parse("relu"), Variances(1e-200, 0.5), 30)[-1].q == pytest.approx(0.5)
