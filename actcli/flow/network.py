"""Random networks: their weights, drawn layer by layer, the same for every function."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

#: The purpose of random numbers, which is a part of their seed.
WEIGHTS, BIASES, INPUTS, ERRORS = range(4)
#: Weights of up to this size are kept for the way back, larger ones are drawn again.
KEPT_BYTES = 1 << 29


class Shape(NamedTuple):
    """Layers of a network, units in each (and in the input), and the number of inputs."""

    depth: int
    width: int
    batch: int

    @property
    def weight_bytes(self) -> int:
        """The size of the weights of one network."""
        return 4 * self.depth * self.width**2

    @property
    def keeps_weights(self) -> bool:
        """Whether the weights are kept rather than drawn twice."""
        return self.weight_bytes <= KEPT_BYTES


def normal(seed: int, repeat: int, purpose: int, layer: int, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers of float32, independent of those of any other array.

    >>> normal(0, 0, WEIGHTS, 0, (2, 2)).dtype
    dtype('float32')
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(repeat, purpose, layer))
    generator = np.random.Generator(np.random.PCG64(sequence))
    return generator.standard_normal(shape, dtype=np.float32)


def weights(seed: int, repeat: int, layer: int, width: int, orthogonal: bool) -> Array:
    """A square matrix of weights: standard normal, or an orthogonal one times sqrt(width).

    Either way the squares of a row add up to about `width`; the caller scales the products.
    """
    drawn = normal(seed, repeat, WEIGHTS, layer, (width, width))
    if not orthogonal:
        return drawn
    q, r = np.linalg.qr(drawn)
    # With the signs of r's diagonal each orthogonal matrix is equally likely.
    result: Array = q * np.sign(np.diag(r)).astype(np.float32) * np.float32(np.sqrt(width))
    return result


class Weights:
    """The weights of one network, in either order of layers."""

    def __init__(self, shape: Shape, seed: int, repeat: int, orthogonal: bool) -> None:
        self.shape = shape
        self.draw = partial(weights, seed, repeat, width=shape.width, orthogonal=orthogonal)
        self.kept: dict[int, Array] = {}

    def __getitem__(self, layer: int) -> Array:
        if layer in self.kept:
            return self.kept[layer]
        drawn = self.draw(layer)
        if self.shape.keeps_weights:
            self.kept[layer] = drawn
        return drawn


def multiplied(rows: Array, matrix: Any, factor: float) -> Array:
    """Rows times a matrix, times a number."""
    result: Array = rows @ matrix
    result *= np.float32(factor)
    return result
