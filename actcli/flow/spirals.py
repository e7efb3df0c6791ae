"""Two spirals: a small problem that is not linearly separable."""

from __future__ import annotations

import math

import numpy as np

from actcli.flow.network import Array

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
