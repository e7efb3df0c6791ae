"""What the frameworks are known to get wrong shows, in the versions in which it was measured."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backends.installed import evaluate, holds

pytestmark = pytest.mark.filterwarnings("ignore")


def test_torch_loses_the_tail_of_gelu() -> None:
    x = np.linspace(-8, -5.75, 10)
    holds("torch", evaluate("torch", "gelu", x), np.full(10, -0.0, "float32"))


@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_the_gradient_of_gelu_tanh_is_nan_where_its_cube_overflows(name: str) -> None:
    gradient = evaluate(name, "gelu_tanh", [5.0, 256.0], 1, "float16")
    assert gradient[0] == 1
    holds(name, gradient[1:].astype(float), [np.nan])


def test_torch_computes_that_gradient_in_float32() -> None:
    holds("torch", evaluate("torch", "gelu_tanh", [256.0], 1, "float16").tolist(), [1.0])


def test_onnxruntime_clamps_its_sigmoid() -> None:
    holds("onnxruntime", evaluate("onnxruntime", "sigmoid", [-20.0, -30.0]).tolist(), [0.0, 0.0])


def test_jax_elu_subtracts_what_it_should_not() -> None:
    found = evaluate("jax", "elu", [-17.0, -20.0], 1).tolist()
    holds("jax", found, [float(np.float32(5.9604645e-08)), 0.0])


def test_torch_softplus_keeps_its_guard() -> None:
    np.testing.assert_array_equal(evaluate("torch", "softplus", [100.0]), [100.0])
    assert evaluate("torch", "softplus:threshold=200", [100.0])[0] == np.inf
