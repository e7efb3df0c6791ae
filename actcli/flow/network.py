"""Random networks: their weights, drawn layer by layer, the same for every function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

#: What a generator's seed is made of besides the user's: what the numbers are for.
WEIGHTS, BIASES, INPUTS, ERRORS = range(4)
#: Weights of one network that are kept for the way back; of a larger one they are drawn again.
KEPT_BYTES = 1 << 29


class Shape(NamedTuple):
    """Layers of a network, units of each (and of the input), and inputs sent through at once."""

    depth: int
    width: int
    batch: int

    @property
    def weight_bytes(self) -> int:
        """What the weights of one network take."""
        return 4 * self.depth * self.width**2

    @property
    def keeps_weights(self) -> bool:
        """Whether the weights are kept, not drawn twice."""
        return self.weight_bytes <= KEPT_BYTES


def generator(seed: int, repeat: int, purpose: int, layer: int = 0) -> np.random.Generator:
    """The generator of one array of numbers, whatever else is drawn and by whom."""
    sequence = np.random.SeedSequence(seed, spawn_key=(repeat, purpose, layer))
    return np.random.Generator(np.random.PCG64(sequence))


def normal(seed: int, repeat: int, purpose: int, layer: int, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers of float32.

    >>> normal(0, 0, WEIGHTS, 0, (2, 2)).dtype
    dtype('float32')
    """
    return generator(seed, repeat, purpose, layer).standard_normal(shape, dtype=np.float32)


def weights(seed: int, repeat: int, layer: int, width: int, orthogonal: bool) -> Array:
    """A square matrix of weights: standard normal, or an orthogonal one times sqrt(width).

    Either way a row's squares add up to about `width`; the caller scales the products.
    """
    drawn = normal(seed, repeat, WEIGHTS, layer, (width, width))
    if not orthogonal:
        return drawn
    q, r = np.linalg.qr(drawn)
    # With the signs of r's diagonal taken out each orthogonal matrix is as likely as any other.
    result: Array = q * np.sign(np.diag(r)).astype(np.float32) * np.float32(np.sqrt(width))
    return result


class Weights:
    """The weights of one network, layer by layer in any direction."""

    def __init__(self, shape: Shape, seed: int, repeat: int, orthogonal: bool) -> None:
        self.shape = shape
        self.draw: Callable[[int], Array] = lambda layer: weights(
            seed, repeat, layer, shape.width, orthogonal
        )
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
