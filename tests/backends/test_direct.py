"""Values and derivatives are, bit for bit, what a framework gives when it is called directly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from actcli.backends import get_backend
from actcli.catalogue.registry import vectors
from actcli.catalogue.specification import parse
from actcli.errors import ActcliError
from actcli.numerics.dtypes import DTYPES, DType
from tests.backends import direct
from tests.backends.installed import evaluate, skip_unless_installed

pytestmark = pytest.mark.filterwarnings("ignore")  # the frameworks' own

#: An odd number of values: kernels treat the last few of an array otherwise.
X = np.concatenate(
    [np.linspace(-9, 9, 44), [0.0, -0.0, 0.5, 1.0, -3.0, np.inf, -np.inf, np.nan, 30]]
)


def bits(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The bit patterns, every nan alike."""
    nan = np.isnan(values.astype(np.float64))
    return np.where(nan, 0x7FF, values.view(f"u{values.itemsize}"))


def torch_orders(function: Any, x: np.ndarray[Any, Any], dtype: DType, order: int) -> Any:
    import torch

    tensor = torch.tensor(x.astype(np.float64)).to(getattr(torch, dtype.name))
    tensor.requires_grad_(order > 0)
    y = function(tensor)
    for k in range(order):
        y = torch.autograd.grad(y.sum(), tensor, create_graph=k + 1 < order)[0]
    return y.detach().to(torch.float64).numpy()


def tensorflow_orders(function: Any, x: np.ndarray[Any, Any], dtype: DType, order: int) -> Any:
    import tensorflow as tf

    tensor = tf.cast(tf.constant(x.astype(np.float64)), dtype.name)
    with tf.GradientTape() as outer:
        outer.watch(tensor)
        with tf.GradientTape() as inner:
            inner.watch(tensor)
            y = function(tensor)
        dy = inner.gradient(y, tensor) if order else y
    y = outer.gradient(dy, tensor) if order == 2 else dy
    return tf.cast(y, tf.float64).numpy()


def jax_orders(function: Any, x: np.ndarray[Any, Any], dtype: DType, order: int) -> Any:
    import jax

    with jax.enable_x64(dtype.name == "float64"):
        tensor = jax.numpy.asarray(x)
        for _ in range(order):
            function = jax.grad(lambda t, f=function: f(t).sum())
        return np.asarray(function(tensor)).astype(np.float64)


def scipy_orders(function: Any, x: np.ndarray[Any, Any], dtype: DType, order: int) -> Any:
    return function(x).astype(np.float64)


TABLES: dict[str, tuple[Callable[[], direct.Functions], Any]] = {
    "torch": (direct.torch_functions, torch_orders),
    "tensorflow": (direct.tensorflow_functions, tensorflow_orders),
    "jax": (direct.jax_functions, jax_orders),
    "scipy": (direct.scipy_functions, scipy_orders),
}


def compare(name: str, dtype_name: str, order: int, size: int) -> None:
    skip_unless_installed(name)
    evaluate(name, "erf", [0.0])  # imports it, its warnings kept quiet
    functions, orders = TABLES[name]
    dtype, wrong = DTYPES[dtype_name], []
    x = X[:size].astype(dtype.numpy)
    for specification, function in functions().items():
        bound = parse(specification)
        try:
            expected = orders(function, x, dtype, order).astype(dtype.numpy)
        except Exception:  # what the framework itself does not compute
            with pytest.raises(ActcliError):
                get_backend(name).evaluate(bound, x, (order,), dtype)
            continue
        (found,) = get_backend(name).evaluate(bound, x, (order,), dtype)
        if not np.array_equal(bits(found), bits(expected)):
            wrong.append((specification, found, expected))
    assert not wrong


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
@pytest.mark.sampled(11)
def test_values_and_gradients(name: str, dtype: str, order: int) -> None:
    compare(name, dtype, order, X.size)


@pytest.mark.parametrize("name", ["torch", "tensorflow"])
@pytest.mark.parametrize("size", [1, 8])
def test_few_values(name: str, size: int) -> None:
    compare(name, "float32", 0, size)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scipy(dtype: str) -> None:
    compare("scipy", dtype, 0, X.size)


@pytest.mark.parametrize("name", ["torch", "tensorflow", "jax"])
def test_second_derivatives(name: str) -> None:
    for specification in ("tanh", "sigmoid", "silu", "gelu_tanh"):
        skip_unless_installed(name)
        evaluate(name, "erf", [0.0])
        functions, orders = TABLES[name]
        x = X[:44].astype(np.float32)
        expected = orders(functions()[specification], x, DTYPES["float32"], 2)
        np.testing.assert_array_equal(evaluate(name, specification, x, 2), expected)


@pytest.mark.parametrize("name", TABLES)
def test_no_function_is_left_out(name: str) -> None:
    skip_unless_installed(name)
    evaluate(name, "erf", [0.0])
    functions, _ = TABLES[name]
    named = {parse(specification).name for specification in functions()}
    assert named == set(get_backend(name).functions) - set(vectors())
