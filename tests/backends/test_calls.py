"""Calls of the frameworks' functions follow from the declarations."""

from __future__ import annotations

import pytest

from actcli.backends import BACKENDS, get_backend
from actcli.backends.framework import Framework
from actcli.catalogue.bound import framework_call
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.errors import UsageError
from tests.conftest import Call


@pytest.mark.parametrize(
    ("specification", "framework", "written"),
    [
        ("leaky_relu", "torch", "torch.nn.functional.leaky_relu(x, negative_slope=0.2)"),
        ("F.leaky_relu", "torch", "torch.nn.functional.leaky_relu(x)"),
        ("F.leaky_relu", "tensorflow", "tf.nn.leaky_relu(x, alpha=0.01)"),
        ("keras.layers.LeakyReLU", "keras", "keras.layers.LeakyReLU(x)"),
        (
            "keras.layers.LeakyReLU",
            "torch",
            "torch.nn.functional.leaky_relu(x, negative_slope=0.3)",
        ),
        ("gelu", "jax", "jax.nn.gelu(x, approximate=False)"),
        ("jax.nn.gelu", "torch", "torch.nn.functional.gelu(x, approximate='tanh')"),
        # the symbol that was named is that of another function
        ("F.gelu:approximate=tanh", "torch", "torch.nn.functional.gelu(x, approximate='tanh')"),
        ("prelu:0.1", "torch", "torch.nn.functional.prelu(x, 0.1)"),
        ("nn.PReLU", "torch", "torch.nn.PReLU(x)"),
        ("hard_tanh:min_val=-2", "onnx", "onnx.Clip(x, -2.0, 1.0)"),
        ("relu6", "onnx", "onnx.Clip(x, 0.0, 6.0)"),
        ("soft_shrink", "onnx", "onnx.Shrink(x, lambd=0.5, bias=0.5)"),
        ("hard_sigmoid", "torch", "torch.nn.functional.hardsigmoid(x)"),
        ("softplus", "torch", "torch.nn.functional.softplus(x)"),
        ("softplus:threshold=5", "torch", "torch.nn.functional.softplus(x, threshold=5.0)"),
        ("thresholded_relu:2", "keras", "keras.activations.relu(x, threshold=2.0)"),
    ],
)
def test_written(specification: str, framework: str, written: str) -> None:
    assert framework_call(parse(specification), framework).written("x") == written


@pytest.mark.parametrize("name", BACKENDS)
def test_every_symbol_can_be_called_with_its_own_defaults(name: str) -> None:
    backend = get_backend(name)
    if not isinstance(backend, Framework):
        pytest.skip(f"{name} calls no framework")
    for activation in elementwise().values():
        for symbol in activation.symbols:
            if symbol.framework == backend.framework and symbol.resolves:
                call = framework_call(parse(symbol.name), backend.framework)
                assert call.name == symbol.name
                assert {*call.settings} <= {
                    a.keyword for a in symbol.arguments if a.default is None
                }


@pytest.mark.parametrize(
    ("specification", "framework", "reason"),
    [
        ("mish", "tensorflow", "tensorflow has no mish"),
        ("relu:max_value=6", "torch", "torch.nn.functional.relu has no setting for max_value"),
        ("elu:alpha=2", "tensorflow", "which is 1.0 there, not 2.0"),
    ],
)
def test_what_cannot_be_called(specification: str, framework: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        framework_call(parse(specification), framework)


def test_the_heading_is_the_same_call(call: Call) -> None:
    out = call("eval", "elu:alpha=2", "1", "--show", "y").out
    assert out.startswith("y = elu(a, alpha=2.0)\n")
    assert call("eval", "F.leaky_relu", "1", "--show", "y").out.startswith(
        "y = tf.nn.leaky_relu(a, a"
    )
