"""Random networks do what theory says, within their sampling error; the same seed the same."""

from __future__ import annotations

import math

import numpy as np
import pytest

from actcli.catalogue.specification import parse
from actcli.flow import network
from actcli.flow.lengths import Variances
from actcli.flow.network import Shape, weights
from actcli.flow.simulation import QUANTITIES, Case
from actcli.flow.study import Settings, Study, simulate_all, study
from actcli.flow.training import Course, train, two_spirals

#: Means of so many networks lie within so many standard errors of theory, and theory itself within
#: so much of a finite network for each layer and unit.
ERRORS, FINITE = 5.0, 6.0


def one(name: str, variances: Variances, shape: Shape, repeats: int, seed: int = 1,
        orthogonal: bool = False) -> Study:  # fmt: skip
    case = Case(parse(name), variances, orthogonal)
    (found,) = study([case], Settings(shape, repeats, seed, 0.01))
    return found


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("width", [128, 384])
@pytest.mark.parametrize(
    ("name", "variances"),
    [
        ("sigmoid", Variances(2.0)),
        ("tanh", Variances(1.5, 0.1)),
        ("relu", Variances(2.0)),
        ("selu", Variances(1.0)),
        ("gelu", Variances(1.0, 0.5)),
        ("sine", Variances(1.0, 0.2)),
    ],
)
@pytest.mark.sampled(11)
def test_theory_and_simulation_agree(
    name: str, variances: Variances, width: int, seed: int
) -> None:
    depth = 8
    found = one(name, variances, Shape(depth, width, 24), 24, seed)
    bands = found.simulated.bands
    assert found.simulated.exploded is None
    assert found.simulated.vanished is None
    for place, layer in enumerate(found.layers):
        for kind, want in (("q", layer.q), ("mean", layer.mean), ("variance", layer.variance)):
            band = bands[kind]
            slack = ERRORS * band.error[place]
            slack += FINITE * (place + 1) / width * math.sqrt(layer.q)
            assert abs(band.mean[place] - want) <= slack, (kind, place)
        want = math.exp(found.gradient[place])
        slack = ERRORS * bands["gradient"].error[place] + FINITE * (depth - place) / width * want
        assert abs(bands["gradient"].mean[place] - want) <= slack, place


def test_bands_are_quantiles() -> None:
    case, settings = Case(parse("selu"), Variances(2.0)), Settings(Shape(5, 16, 2), 7, 3, 0.01)
    samples = simulate_all([case], settings)[:, 0]
    (found,) = study([case], settings)
    for number, kind in enumerate(QUANTITIES):
        values = np.exp(samples[:, number]) if kind == "gradient" else samples[:, number]
        band = found.simulated.bands[kind]
        for got, share in ((band.low, 0.1), (band.middle, 0.5), (band.high, 0.9)):
            assert np.allclose(got, np.quantile(values, share, axis=0), rtol=1e-12, atol=1e-15)
        assert np.allclose(band.error * math.sqrt(7), values.std(axis=0, ddof=1))


def test_shares_of_relu_are_halves() -> None:
    bands = one("relu", Variances(2.0), Shape(4, 256, 32), 8).simulated.bands
    for kind in ("saturated", "dead"):
        assert np.all(np.abs(bands[kind].mean - 0.5) < 5 * bands[kind].error + 1e-3)
    smooth = one("tanh", Variances(2.0), Shape(4, 256, 32), 8).simulated.bands
    assert not smooth["dead"].mean.any()


def test_orthogonal_weights_keep_lengths_and_gradients_exactly() -> None:
    matrix = weights(0, 0, 1, 32, orthogonal=True).astype(float)
    assert np.allclose(matrix @ matrix.T, 32 * np.eye(32), atol=1e-4)
    found = one("identity", Variances(1.0), Shape(20, 64, 8), 3, orthogonal=True)
    gradient = found.simulated.bands["gradient"]
    assert np.allclose(gradient.low, 1, rtol=1e-4)
    assert np.allclose(gradient.high, 1, rtol=1e-4)


def test_gradients_are_those_of_differences() -> None:
    """The norm by backpropagation against a network evaluated by hand in float64."""
    shape, seed = Shape(3, 6, 2), 4
    (samples,) = simulate_all([Case(parse("tanh"), Variances(1.7))], Settings(shape, 1, seed, 0.01))
    scale = math.sqrt(1.7 / 6)
    ws = [weights(seed, 0, layer, 6, False).astype(float) * scale for layer in range(3)]
    x = network.normal(seed, 0, network.INPUTS, 0, (2, 6)).astype(float)
    errors = network.normal(seed, 0, network.ERRORS, 0, (2, 6)).astype(float)

    def last(first_z: np.ndarray) -> float:
        z = first_z
        for w in ws[1:]:
            z = np.tanh(z) @ w.T
        return float((z * errors).sum())

    z, h = x @ ws[0].T, 1e-6
    slopes = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[place] = h
        slopes[place] = (last(z + step) - last(z - step)) / (2 * h)
    want = np.linalg.norm(slopes) / np.linalg.norm(errors)
    assert math.exp(samples[0, -1, 0]) == pytest.approx(want, rel=1e-5)


def test_explosions_and_disappearances_name_the_layer() -> None:
    chaos = one("relu", Variances(1e6), Shape(20, 32, 4), 2).simulated
    assert chaos.exploded is not None
    q = chaos.bands["q"].mean
    assert np.isfinite(q[: chaos.exploded - 1]).all()
    assert np.isinf(q[chaos.exploded - 1 :]).all()
    assert 10 <= chaos.exploded <= 16  # 10^38 is the end of float32, and z grows by about 700
    dead = one("step", Variances(2.0), Shape(5, 32, 4), 2).simulated
    assert dead.vanished == 4
    deep = one("sigmoid", Variances(2.0), Shape(900, 8, 2), 1).simulated
    assert deep.vanished is not None  # below the least float64


def test_weights_drawn_again_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    case, settings = Case(parse("gelu"), Variances(2.0, 0.1)), Settings(Shape(6, 32, 4), 2, 7, 0.01)
    kept = simulate_all([case], settings)
    monkeypatch.setattr(network, "KEPT_BYTES", 0)
    assert np.array_equal(kept, simulate_all([case], settings), equal_nan=True)


def test_functions_together_are_as_they_are_alone() -> None:
    cases = [Case(parse(name), Variances(2.0)) for name in ("relu", "tanh")]
    settings = Settings(Shape(6, 32, 4), 3, 7, 0.01)
    both = simulate_all(cases, settings)
    assert np.array_equal(both[:, 1:], simulate_all(cases[1:], settings))


def test_spirals_are_each_other_turned_around() -> None:
    points, labels = two_spirals(30)
    assert np.array_equal(points[:30], -points[30:])
    assert labels.tolist() == [0.0] * 30 + [1.0] * 30
    assert len(np.unique(points, axis=0)) == 60


def test_the_sigmoid_stack_does_not_move_and_others_do() -> None:
    names = ("sigmoid", "tanh", "relu", "selu")
    cases = [Case(parse(name), Variances(2.0)) for name in names]
    found = dict(zip(names, train(cases, 12, 32, 0, Course(60, 0.02)), strict=True))
    assert abs(found["sigmoid"].loss[-1] - math.log(2)) < 0.02
    assert found["sigmoid"].accuracy < 0.7
    for name in names[1:]:
        assert found[name].loss[-1] < 0.6, name
    assert found["tanh"].loss[-1] < 0.3


def test_training_descends_the_gradient() -> None:
    """For a small rate the loss falls by the rate times the squared gradient, at first order."""
    case = Case(parse("tanh"), Variances(1.5, 0.1))
    falls = []
    for rate in (1e-3, 2e-3):
        (found,) = train([case], 3, 16, 0, Course(1, rate))
        falls.append(found.loss[0] - found.loss[1])
    assert falls[0] > 0
    assert falls[1] / falls[0] == pytest.approx(2, rel=0.05)


def test_a_rate_that_is_too_high_is_reported_to_diverge() -> None:
    (found,) = train([Case(parse("squared_relu"), Variances(2.0))], 6, 32, 0, Course(20, 100.0))
    assert found.diverged
    assert not np.isinf(found.loss).any()
