"""Maxout and concatenated rectifiers: chosen numbers, so that nothing is rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actcli.catalogue.activation import Number
from actcli.catalogue.vector import VectorFormulas

Array = NDArray[np.float64]


def maxout(m: Any, x: Array, k: Number) -> VectorFormulas:
    groups = x.reshape(*x.shape[:-1], -1, int(k))
    top = groups.max(axis=-1)

    def derivative() -> Any:
        # Equal winners share the gradient, as tf.reduce_max has it.
        won = groups == top[..., None]
        shares = won / np.maximum(won.sum(axis=-1, keepdims=True), 1)
        return m.lift(np.where(np.isnan(top)[..., None], np.nan, shares).reshape(x.shape))

    return lambda: m.lift(top), derivative


def crelu(m: Any, x: Array) -> VectorFormulas:
    return (
        lambda: m.lift(np.concatenate([np.maximum(x, 0.0), np.maximum(-x, 0.0)], axis=-1)),
        lambda: m.lift(np.sign(x)),
    )
