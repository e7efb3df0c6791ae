"""The frameworks' functions as one writes them down, apart from any declaration.

Each takes a tensor of its framework; parameters are at actcli's defaults.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

Functions = dict[str, Callable[[Any], Any]]


def torch_functions() -> Functions:
    torch = importlib.import_module("torch")
    f = torch.nn.functional

    def number(like: Any, value: float) -> Any:
        return torch.tensor(value, dtype=like.dtype)

    return {
        "absolute": torch.abs,
        "arctan": torch.atan,
        "celu": f.celu,
        "elu": f.elu,
        "erf": torch.erf,
        "exponential": torch.exp,
        "gelu": f.gelu,
        "gelu_tanh": lambda x: f.gelu(x, approximate="tanh"),
        "hard_shrink": f.hardshrink,
        "hard_sigmoid": f.hardsigmoid,
        "hard_silu": f.hardswish,
        "hard_tanh": f.hardtanh,
        "identity": torch.nn.Identity(),
        "leaky_relu": lambda x: f.leaky_relu(x, 0.2),
        "log_sigmoid": f.logsigmoid,
        "mish": f.mish,
        "prelu": lambda x: f.prelu(x, number(x, 0.25)),
        "relu": f.relu,
        "relu6": f.relu6,
        "rrelu": f.rrelu,
        "selu": f.selu,
        "sigmoid": torch.sigmoid,
        "silu": f.silu,
        "sine": torch.sin,
        "soft_shrink": f.softshrink,
        "softplus": f.softplus,
        "softsign": f.softsign,
        "step": lambda x: torch.heaviside(x, number(x, 1.0)),
        "tanh": torch.tanh,
        "tanh_shrink": f.tanhshrink,
        "threshold": lambda x: f.threshold(x, 1.0, 0.0),
        "torch.sinc": torch.sinc,
    }


def tensorflow_functions() -> Functions:
    tf = importlib.import_module("tensorflow")
    return {
        "absolute": tf.abs,
        "arctan": tf.atan,
        "elu": tf.nn.elu,
        "erf": tf.math.erf,
        "exponential": tf.exp,
        "gelu": tf.nn.gelu,
        "gelu_tanh": lambda x: tf.nn.gelu(x, approximate=True),
        "hard_tanh": lambda x: tf.clip_by_value(x, -1.0, 1.0),
        "identity": tf.identity,
        "leaky_relu": tf.nn.leaky_relu,
        "log_sigmoid": tf.math.log_sigmoid,
        "relu": tf.nn.relu,
        "relu6": tf.nn.relu6,
        "selu": tf.nn.selu,
        "sigmoid": tf.sigmoid,
        "silu": tf.nn.silu,
        "sine": tf.sin,
        "softplus": tf.nn.softplus,
        "softsign": tf.nn.softsign,
        "tanh": tf.tanh,
    }


def jax_functions() -> Functions:
    jax = importlib.import_module("jax")
    nn, jnp = jax.nn, jax.numpy
    return {
        "absolute": jnp.abs,
        "arctan": jnp.arctan,
        "celu": nn.celu,
        "elu": nn.elu,
        "erf": jax.scipy.special.erf,
        "exponential": jnp.exp,
        "gelu": lambda x: nn.gelu(x, approximate=False),
        "gelu_tanh": nn.gelu,
        "hard_sigmoid": nn.hard_sigmoid,
        "hard_silu": nn.hard_silu,
        "hard_tanh": nn.hard_tanh,
        "identity": nn.identity,
        "jax.numpy.sinc": jnp.sinc,
        "leaky_relu": lambda x: nn.leaky_relu(x, 0.2),
        "log_sigmoid": nn.log_sigmoid,
        "mish": nn.mish,
        "relu": nn.relu,
        "relu6": nn.relu6,
        "selu": nn.selu,
        "sigmoid": nn.sigmoid,
        "silu": nn.silu,
        "sine": jnp.sin,
        "softplus": nn.softplus,
        "softsign": nn.soft_sign,
        "sparse_plus": nn.sparse_plus,
        "sparse_sigmoid": nn.sparse_sigmoid,
        "squareplus": nn.squareplus,
        "step": lambda x: jnp.heaviside(x, jnp.asarray(1.0, x.dtype)),
        "tanh": nn.tanh,
    }


def scipy_functions() -> Functions:
    special = importlib.import_module("scipy.special")
    return {
        "erf": special.erf,
        "log_sigmoid": special.log_expit,
        "scipy.special.sinc": special.sinc,
        "sigmoid": special.expit,
        "softplus": special.softplus,
    }
