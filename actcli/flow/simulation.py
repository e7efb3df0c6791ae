"""Signals and gradients in random networks, simulated.

Everything is float32, as in networks, except sums, which are float64. The size of gradients is kept
separately, so that they neither under- nor overflow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from actcli.catalogue.bound import BoundActivation
from actcli.evaluating.evaluate import evaluate
from actcli.flow.lengths import Variances
from actcli.flow.network import BIASES, ERRORS, INPUTS, Array, Shape, Weights, multiplied, normal
from actcli.flow.quadrature import Floats
from actcli.numerics.dtypes import DTYPES

FLOAT32 = DTYPES["float32"]
#: What is measured in each layer: q, the mean square of z; mean and variance of f(z); the shares of
#: |f'(z)| below eps and of f'(z) = 0; and the natural logarithm of the gradient's norm.
QUANTITIES = ("q", "mean", "variance", "saturated", "dead", "gradient")


class Case(NamedTuple):
    """A function and how its network is initialised."""

    bound: BoundActivation
    variances: Variances
    orthogonal: bool = False


def simulate(cases: Sequence[Case], shape: Shape, seed: int, eps: float, repeat: int) -> Floats:
    """Send normal inputs of variance 1 through one random network, and a gradient back.

    All functions see the same numbers. The result is cases by QUANTITIES by depth; the gradient is
    that by z of a layer, as the logarithm of its norm over that of the last layer, where it is
    normal and independent of the signal. From the layer on where z is not finite, q, mean and
    variance are inf and the shares nan, and so are all gradients.
    """
    out = np.full((len(cases), len(QUANTITIES), shape.depth), np.nan)
    inputs = normal(seed, repeat, INPUTS, 0, (shape.batch, shape.width))
    errors = normal(seed, repeat, ERRORS, 0, (shape.batch, shape.width))
    for orthogonal in {case.orthogonal for case in cases}:
        chosen = [n for n, case in enumerate(cases) if case.orthogonal == orthogonal]
        weights = Weights(shape, seed, repeat, orthogonal)
        runs = [_Run(cases[n], shape, eps, inputs, errors, out[n]) for n in chosen]
        with np.errstate(all="ignore"):
            for layer in range(shape.depth):
                matrix = weights[layer].T
                biases = None
                if any(run.case.variances.bias for run in runs):
                    biases = normal(seed, repeat, BIASES, layer, (shape.width,))
                for run in runs:
                    run.forward(layer, matrix, biases)
            for layer in range(shape.depth - 1, -1, -1):
                # The first weights lead to the inputs, which need no gradient.
                above = weights[layer + 1] if layer + 1 < shape.depth else None
                for run in runs:
                    run.backward(layer, above)
    return out


class _Run:
    def __init__(
        self, case: Case, shape: Shape, eps: float, inputs: Array, errors: Array, out: Floats
    ) -> None:
        self.case, self.shape, self.eps, self.out = case, shape, eps, out
        self.scale = math.sqrt(case.variances.weight / shape.width)
        self.signal = inputs
        self.gradient: Array | None = errors
        self.size = 0.0
        self.slopes: list[Array | None] = []

    def forward(self, layer: int, matrix: Any, biases: Array | None) -> None:
        if self.slopes and self.slopes[-1] is None:
            self._exploded(layer)
            return
        z = multiplied(self.signal, matrix, self.scale)
        if biases is not None and self.case.variances.bias:
            z += biases * np.float32(math.sqrt(self.case.variances.bias))
        square = _mean_square(z)
        if not math.isfinite(square):
            self._exploded(layer)
            return
        value, slope = evaluate(self.case.bound, z, (0, 1), FLOAT32, threads=1)
        mean = float(value.mean(dtype=np.float64))
        sizes = np.abs(slope)
        count = slope.size
        self.out[:5, layer] = (
            square,
            mean,
            max(0.0, _mean_square(value) - mean * mean),
            np.count_nonzero(sizes < np.float32(self.eps)) / count,
            (count - np.count_nonzero(slope)) / count,
        )
        self.signal = value
        self.slopes.append(slope)

    def _exploded(self, layer: int) -> None:
        self.slopes.append(None)
        self.out[:3, layer] = np.inf

    def backward(self, layer: int, above: Array | None) -> None:
        slope = self.slopes[layer]
        if self.slopes[-1] is None or slope is None or self.gradient is None:
            return  # there is no gradient from infinite signals, or below a dead layer
        if above is not None:
            self.gradient = multiplied(self.gradient, above, self.scale)
            self.gradient *= slope
        norm = math.sqrt(_mean_square(self.gradient))
        if norm == 0:
            self.out[5, : layer + 1] = -np.inf
            self.gradient = None
            return
        if above is not None:  # sizes are relative to the last layer
            self.size += math.log(norm)
        # Not in place: the functions share that of the last layer.
        self.gradient = self.gradient * np.float32(1 / norm)
        self.out[5, layer] = self.size


def _mean_square(numbers: Array) -> float:
    wide = numbers.astype(np.float64)
    np.square(wide, out=wide)
    return float(wide.mean())
