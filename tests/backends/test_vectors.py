"""Functions of vectors in frameworks: softmax and the like, beside the framework's own call."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actcli.backends import BACKENDS, get_backend
from actcli.catalogue.registry import vectors
from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import DTYPES
from tests.backends.installed import FRAMEWORKS, skip_unless_installed
from tests.conftest import Run

Direct = Callable[[Any, int], Any]
X = np.random.default_rng(3).normal(size=(4, 6, 5)).astype(np.float32) * 3


def torch_functions() -> dict[str, Direct]:
    torch = importlib.import_module("torch")
    f, torch_softmax2d = torch.nn.functional, torch.nn.Softmax2d()
    return {
        "softmax": lambda x, axis: f.softmax(x, dim=axis),
        "log_softmax": lambda x, axis: f.log_softmax(x, dim=axis),
        "softmin": lambda x, axis: f.softmin(x, dim=axis),
        "glu": lambda x, axis: f.glu(x, dim=axis),
        "softmax2d": lambda x, axis: torch_softmax2d(x),
    }


def jax_functions() -> dict[str, Direct]:
    nn = importlib.import_module("jax").nn
    return {
        "softmax": lambda x, axis: nn.softmax(x, axis=axis),
        "log_softmax": lambda x, axis: nn.log_softmax(x, axis=axis),
        "glu": lambda x, axis: nn.glu(x, axis=axis),
    }


def scipy_functions() -> dict[str, Direct]:
    special = importlib.import_module("scipy.special")
    return {
        "softmax": lambda x, axis: special.softmax(x, axis=axis),
        "log_softmax": lambda x, axis: special.log_softmax(x, axis=axis),
    }


TABLES = {"torch": torch_functions, "jax": jax_functions, "scipy": scipy_functions}


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", TABLES)
def test_values(name: str, axis: int) -> None:
    skip_unless_installed(name)
    for function, direct in TABLES[name]().items():
        if function == "softmax2d" or (X.shape[axis] % 2 and function == "glu"):
            continue
        found = get_backend(name).along(parse(function), X, axis, (0,), DTYPES["float32"])[0]
        x = importlib.import_module("torch").tensor(X) if name == "torch" else X
        if name == "jax":  # not compiled as a whole, as here
            x = importlib.import_module("jax").numpy.asarray(X)
        np.testing.assert_array_equal(found, np.asarray(direct(x, axis)), function)


def test_gradients_are_those_of_the_sum() -> None:
    skip_unless_installed("torch")
    torch = importlib.import_module("torch")
    for function, direct in torch_functions().items():
        if function == "softmax2d":
            continue
        found = get_backend("torch").along(parse(function), X, 1, (1,), DTYPES["float32"])[0]
        x = torch.tensor(X, requires_grad=True)
        y = direct(x, 1)
        (expected,) = torch.autograd.grad(y, x, torch.ones_like(y))
        np.testing.assert_array_equal(found, expected.numpy(), function)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_function_that_a_framework_has_computes(name: str) -> None:
    skip_unless_installed(name)
    backend = get_backend(name)
    named = [one for one in backend.functions if one in vectors()]
    if name in TABLES:
        assert sorted(named) == sorted(TABLES[name]())
    for function in named:
        bound = parse(function)
        if function == "swiglu":  # of ONNX' newest opset, which few versions have
            continue
        shape = (2, 4, 5, 6) if bound.vector.fixed_axis else (4, 60)
        x = np.linspace(-3, 3, 240, dtype=np.float32).reshape(shape)
        place, dtype = bound.axis_of(None, len(shape)) or 0, DTYPES["float32"]
        (found,) = backend.along(bound, x, place, (0,), dtype)
        (true,) = get_backend("actcli").along(bound, x, place, (0,), dtype)
        np.testing.assert_allclose(found, true, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_narrow_dtypes(dtype: str, run: Run, tmp_path: Path) -> None:
    skip_unless_installed("torch")
    torch = importlib.import_module("torch")
    done = run(
        "eval", "softmax", "--backend", "torch", "--dtype", dtype, "--show", "y",
        input="1 2 3\n4 -1 0\n",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    x = torch.tensor([[1.0, 2, 3], [4, -1, 0]], dtype=getattr(torch, dtype))
    expected = torch.softmax(x, -1).double().numpy()
    found = [[float(word) for word in line.split()] for line in done.stdout.splitlines()]
    np.testing.assert_allclose(found, expected, rtol=2e-3)  # of the text's shortest digits


def test_an_array_along_its_axis(run: Run, tmp_path: Path) -> None:
    skip_unless_installed("torch")
    torch = importlib.import_module("torch")
    np.save(tmp_path / "x.npy", X)
    done = run("eval", "glu", "x.npy", "--axis", "1", "--backend", "torch", "-o", "y.npy")
    assert (done.returncode, done.stderr) == (0, "")
    expected = torch.nn.functional.glu(torch.tensor(X), 1).numpy()
    # parts of the array are computed alone, in which the order of operations is another
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, rtol=3e-7)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("eval softmax 1 2 3 --backend as-written", "backend as-written has no softmax"),
        ("eval softmax 1 2 3 --backend tensorflow-2.0", "backend tensorflow-2.0 has no softmax"),
        ("eval sparsemax 1 2 3 --backend scipy", "no sparsemax in backend scipy"),
        ("eval softmax 1 2 3 --backend scipy --show dy", "values alone"),
        ("eval softmax 1 2 3 --backend scipy --show y --saturate", "has its own ways"),
        ("eval softmax 1 2 3 --backend scipy --show y --dtype float16", "does not compute in"),
    ],
)
def test_what_is_refused(line: str, words: str, run: Run) -> None:
    if "scipy" in line:
        skip_unless_installed("scipy")
    done = run(*line.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


def test_backends_count_them() -> None:
    for name in BACKENDS:
        backend = get_backend(name)
        assert backend.takes_vectors == any(one in vectors() for one in backend.functions)


KERNELS = """
import numpy as np

def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)

def flat(x):
    return softmax(x.reshape(-1))

def glu(x):
    a, b = np.split(x, 2, axis=-1)
    return a / (1 + np.exp(-b))
"""


def test_a_function_of_ones_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kernels.py").write_text(KERNELS)
    np.save(tmp_path / "x.npy", X)
    done = run("eval", "softmax", "x.npy", "--axis", "1", "--backend", "kernels.py:softmax",
               "-o", "y.npy")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    powers = np.exp(X - X.max(axis=1, keepdims=True))
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), expected, rtol=3e-7)
    done = run("audit", "kernels.py:softmax", "softmax", "--max-ulp", "100", "--format", "json")
    assert done.returncode == 1  # what is nan beside an infinity has no error in ulp
    assert "whose error ulp cannot express" in done.stderr
    done = run("eval", "glu", "1", "4", "4", "--show", "y", "--backend", "kernels.py:glu",
               "--format", "text")  # fmt: skip
    found = [float(word) for word in done.stdout.split()]
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    np.testing.assert_allclose(found, a / (1 + np.exp(-b)), rtol=1e-6)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kernels.py:flat", "softmax"), "kernels.py:flat returns shape (256,) for an input of "
         "shape (256, 1)"),
        (("kernels.py:softmax", "glu"), "returns shape (256, 2), not (256, 1), for an input of "
         "shape (256, 2)"),
        (("exec:cat", "softmax"), "backend exec:cat has no softmax"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_one(
    words: tuple[str, ...], said: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "kernels.py").write_text(KERNELS)
    done = run("audit", *words)
    assert done.returncode == (2 if "exec" in said else 1)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
