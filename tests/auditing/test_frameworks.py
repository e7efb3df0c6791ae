"""Audits of the frameworks that are installed, and their backward passes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from actcli.backends import get_backend
from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import get_dtype
from tests.backends.installed import FRAMEWORKS, skip_unless_installed

pytestmark = pytest.mark.filterwarnings("ignore")  # the frameworks' own


#: Those that differentiate; of the ways to run Keras, a process can have one.
DIFFERENTIATING = [
    name for name in FRAMEWORKS if 1 in get_backend(name).orders and not name.endswith("]")
]


@pytest.mark.parametrize("name", DIFFERENTIATING)
def test_a_backward_pass_is_near_the_product(name):
    skip_unless_installed(name)
    backend = get_backend(name)
    assert backend.takes_upstream
    x = np.linspace(-3, 3, 41).astype(np.float32)
    bound, dtype = parse("sigmoid"), get_dtype("float32")
    (slope,) = backend.evaluate(bound, x, (1,), dtype)
    got = backend.backward(bound, x, 0.3, dtype)
    np.testing.assert_allclose(got, slope * np.float32(0.3), rtol=1e-6)
    np.testing.assert_array_equal(backend.backward(bound, x, 1.0, dtype), slope)


def test_the_backward_pass_of_torch_is_torchs_own():
    skip_unless_installed("torch")
    import torch

    x = np.linspace(-9, 9, 77).astype(np.float32)
    tensor = torch.from_numpy(x.copy()).requires_grad_(True)
    y = torch.nn.functional.silu(tensor)
    (wanted,) = torch.autograd.grad(y, tensor, torch.full_like(y, 0.3))
    backend = get_backend("torch")
    assert backend.takes_upstream
    factor = float(np.float32(0.3))
    got = backend.backward(parse("silu"), x, factor, get_dtype("float32"))
    np.testing.assert_array_equal(got, wanted.numpy())


def test_a_column_that_a_framework_fails_to_compute_is_reported(call):
    skip_unless_installed("torch")
    outcome = call("audit", "torch", "hard_sigmoid", "--sample", "100", "--format", "json")
    assert outcome.status == 0, outcome.err
    found = json.loads(outcome.out)
    assert list(found["columns"]) == ["y", "dy"]
    assert "torch" in found["lacking"]["d2y"]


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_what_is_not_installed_is_one_line(call, name):
    if get_backend(name).version is not None:
        pytest.skip(f"{name} is installed")
    outcome = call("audit", name, "sigmoid")
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert "pip install" in outcome.err


def test_a_gradient_that_a_framework_lacks_is_not_a_failure(call):
    """step has values in torch, and no derivative; of float8 torch has hardly anything."""
    skip_unless_installed("torch")
    words = ("audit", "--all", "torch", "--dtype", "float16", "--sample", "10", "--format", "json")
    for show, columns in (("y,dy", ["y"]), ("dy", None)):
        outcome = call(*words, "--show", show)
        assert (outcome.status, outcome.err) == (0, "")
        rows = {row["function"]: row for row in json.loads(outcome.out)["functions"]}
        step = rows["step"]
        assert (list(step["audit"]["columns"]) if step["audit"] else None) == columns
        said = step["audit"]["lacking"]["dy"] if columns else step["remark"]
        assert "torch" in said
        assert "has no derivative of torch.heaviside" in said
    outcome = call("audit", "--all", "torch", "--dtype", "float8_e5m2", "--sample", "10")
    assert (outcome.status, outcome.err) == (0, "")
    assert "Failed" not in outcome.out
    alone = call("audit", "torch", "step", "--show", "dy", "--sample", "10")
    assert (alone.status, alone.out) == (1, "")
    assert "has no derivative of torch.heaviside" in alone.err
