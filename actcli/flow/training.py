"""Fit a random network to two spirals by plain gradient descent in numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from actcli.evaluating.evaluate import evaluate
from actcli.executors import executor
from actcli.flow.network import BIASES, WEIGHTS, Array, normal, weights
from actcli.flow.quadrature import Floats
from actcli.flow.simulation import FLOAT32, Case

#: The place of the weights into the first layer and out of the last one among the seeds.
INTO, OUT_OF = 1 << 30, (1 << 30) + 1
#: A larger loss has diverged.
DIVERGED = 1e6


class Course(NamedTuple):
    """How to train: steps over all points, the rate, and the points of each spiral."""

    steps: int
    rate: float
    points: int = 64


class Trained(NamedTuple):
    """The loss before each step and after the last, and the share of points that end up right.

    Once a loss has diverged, it is nan.
    """

    loss: Floats
    accuracy: float

    @property
    def diverged(self) -> bool:
        """Whether the loss grew without bound."""
        return not math.isfinite(self.loss[-1])


def train(
    cases: Sequence[Case],
    depth: int,
    width: int,
    seed: int,
    course: Course,
    cluster: Executor | None = None,
) -> list[Trained]:
    """Fit a network for each case; the same draw of weights for all that are not orthogonal.

    The network has two inputs, `depth` layers of the activation and one output, whose logistic loss
    is averaged over all points; each step goes down the gradient by `rate`.

    >>> from actcli.catalogue.specification import parse
    >>> from actcli.flow.lengths import Variances
    >>> cases = [Case(parse(name), Variances(2.0)) for name in ("sigmoid", "relu")]
    >>> sigmoid, relu = train(cases, 8, 32, 0, Course(40, 0.1))
    >>> bool(sigmoid.loss[-1] > 0.69 > relu.loss[-1])
    True
    """
    with executor(cluster) as workers:
        return list(workers.map(partial(_fit, depth, width, seed, course), cases))


@np.errstate(all="ignore")
def _fit(depth: int, width: int, seed: int, course: Course, case: Case) -> Trained:
    points, labels = two_spirals(course.points)
    network = _Network(case, depth, width, seed)
    losses, accuracy = np.full(course.steps + 1, np.nan), math.nan
    for step in range(course.steps + 1):
        scores = network.forward(points)
        losses[step] = _loss(scores, labels)
        if not losses[step] < DIVERGED:
            losses[step] = np.nan
            break
        if step < course.steps:
            network.descend(_slope(scores, labels), course.rate)
        else:
            accuracy = float(np.mean((scores > 0) == (labels > 0.5)))
    return Trained(losses, accuracy)


def _loss(scores: Array, labels: Array) -> float:
    """The mean of log(1 + e^-s) where the label is 1, log(1 + e^s) where it is 0."""
    wrong = np.where(labels > 0.5, -scores, scores).astype(np.float64)
    return float(np.mean(np.maximum(wrong, 0) + np.log1p(np.exp(-np.abs(wrong)))))


def _slope(scores: Array, labels: Array) -> Array:
    likely = np.float32(1) / (np.float32(1) + np.exp(-np.clip(scores, -80, 80)))
    slope: Array = (likely - labels) / np.float32(len(labels))
    return slope


class _Network:
    """Scaled weights, biases, and the signals and slopes of the last forward pass."""

    def __init__(self, case: Case, depth: int, width: int, seed: int) -> None:
        self.bound = case.bound
        deviation = math.sqrt(case.variances.weight)
        spread = math.sqrt(case.variances.bias)

        def scaled(array: Any, factor: float) -> Array:
            result: Array = array * np.float32(factor)
            return result

        into = normal(seed, 0, WEIGHTS, INTO, (width, 2))
        self.matrices = [scaled(into, deviation / math.sqrt(2))]
        for layer in range(1, depth):
            drawn = weights(seed, 0, layer, width, case.orthogonal)
            self.matrices.append(scaled(drawn, deviation / math.sqrt(width)))
        out_of = normal(seed, 0, WEIGHTS, OUT_OF, (1, width))
        self.matrices.append(scaled(out_of, 1 / math.sqrt(width)))
        self.biases = [
            scaled(normal(seed, 0, BIASES, layer, (width,)), spread) for layer in range(depth)
        ]
        self.biases.append(np.zeros(1, np.float32))

    def forward(self, points: Array) -> Array:
        """The scores of the points, one each."""
        self.signals, self.slopes = [points], []
        for matrix, bias in zip(self.matrices[:-1], self.biases[:-1], strict=True):
            z = self.signals[-1] @ matrix.T
            z += bias
            value, slope = evaluate(self.bound, z, (0, 1), FLOAT32, threads=1)
            self.signals.append(value)
            self.slopes.append(slope)
        scores: Array = (self.signals[-1] @ self.matrices[-1].T + self.biases[-1])[:, 0]
        return scores

    def descend(self, slope: Array, rate: float) -> None:
        """One step down the gradient, given that of the loss by the scores."""
        gradient = slope[:, None]
        for layer in range(len(self.matrices) - 1, -1, -1):
            matrix = self.matrices[layer]
            step = gradient.T @ self.signals[layer]
            below = gradient @ matrix
            step *= np.float32(rate)
            self.biases[layer] -= np.float32(rate) * gradient.sum(axis=0)
            matrix -= step
            if layer:
                below *= self.slopes[layer - 1]
            gradient = below


TURNS = 1.0
NEAREST = 0.15


def two_spirals(count: int) -> tuple[Array, Array]:
    """Points of two spirals around each other, `count` of each: (2 count, 2), and 0 or 1 for each.

    The coordinates have a mean square of 1, like the inputs of the theory.

    >>> points, labels = two_spirals(50)
    >>> points.shape, float(labels.sum()), round(float((points**2).mean()), 6)
    ((100, 2), 50.0, 1.0)
    """
    along = np.sqrt(np.linspace(NEAREST**2, 1.0, count))  # equally dense everywhere
    angle = 2 * math.pi * TURNS * along
    one = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)
    points = np.concatenate([one, -one])
    points /= math.sqrt(np.mean(points**2))
    labels = np.repeat([0.0, 1.0], count)
    return points.astype(np.float32), labels.astype(np.float32)
