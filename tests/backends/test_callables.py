"""Python functions of one's own as backends: right ones, and every way to be wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backends.installed import skip_unless_installed
from tests.conftest import Run

KERNEL = """
import sys
import numpy as np

def relu(x): return np.maximum(x, x.dtype.type(0))
def slope(x): return (x > 0).astype(x.dtype)
def wide(x): return np.maximum(x, np.float64(0)).astype(np.float64)
def swapped(x): return x.astype(x.dtype.newbyteorder())
def none(x): pass
def listed(x): return x.tolist()
def tensor(x):
    class Tensor:
        shape, dtype = x.shape, x.dtype
    return Tensor()
def short(x): return x[:-1]
def raises(x):
    return helper(x)
def helper(x): return 1 / 0
def leaves(x): raise SystemExit(3)
def changes(x):
    x[0] = 1
    return x.copy()
def in_place(x): return np.maximum(x, 0, out=x)
def shifted(x, *, alpha=1.0): return x + x.dtype.type(alpha)
def chatty(x):
    print("a number:", x[0])
    print("said aside", file=sys.stderr)
    return relu(x)
def counted(x):
    assert len(x) <= 1 << 16, "too many at a time"
    return relu(x)
class Relu:
    def __call__(self, x): return relu(x)
class Needy:
    def __init__(self, alpha): pass
class Group:
    relu = staticmethod(relu)
number = 3
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    path = tmp_path / "kernel.py"
    path.write_text(KERNEL)
    return path


Error = Callable[..., str]


@pytest.fixture
def error(run: Run, kernel: Path) -> Error:
    """The one line that a command ends with, and that it has the status."""

    def error_of(*args: str, status: int = 1) -> str:
        result = run(*args)
        assert (result.returncode, result.stdout) == (status, "")
        assert result.stderr.startswith("actcli: error: ")
        assert result.stderr.count("\n") == 1
        return str(result.stderr)

    return error_of


def audited(run: Run, *args: str) -> dict[str, Any]:
    result = run("audit", *args, "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.mark.parametrize(
    "word", ["kernel.py:relu", "kernel:relu", "./kernel.py:Relu", "kernel.py:Group.relu"]
)
def test_every_input_of_a_function(run: Run, kernel: Path, word: str) -> None:
    report = audited(run, word, "relu", "--dtype", "bfloat16")
    assert report["backend"] == word
    assert report["version"].startswith("numpy ")
    y = report["columns"]["y"]
    assert (y["inputs"], y["correctly_rounded"], y["beyond_bound"]) == (65536, 65536, 0)
    assert set(report["lacking"]) == {"dy", "d2y"}
    assert "--derivative" in report["lacking"]["dy"]


def test_the_derivative_is_another_function(run: Run, kernel: Path) -> None:
    words = ("kernel.py:relu", "relu", "--derivative", "kernel.py:slope", "--dtype", "float16")
    report = audited(run, *words)
    assert set(report["columns"]) == {"y", "dy"}
    x = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    right = int(np.count_nonzero(~np.isnan(x)))  # at nan it gives 0
    assert report["columns"]["dy"]["correctly_rounded"] == right
    assert "no second one" in report["lacking"]["d2y"]


def test_wherever_a_backend_stands(run: Run, kernel: Path) -> None:
    x = np.linspace(-2, 2, 5)
    wanted = "".join(f"{value}\n" for value in np.maximum(x, 0))
    words = ("--backend", "kernel.py:relu", "--format", "text")
    result = run("eval", "relu", "-2", "2", "5", "--show", "y", *words)
    assert (result.stdout, result.stderr) == (wanted, "")
    result = run("eval", "relu", "--backend", "kernel.py:relu", input="-2 -1\n0 1 2\n")
    assert (result.stdout, result.stderr) == (wanted, "")
    both = "kernel.py:relu,kernel.py:shifted"
    result = run("compare", "relu", "1", "--show", "y", "--format", "csv", "--backends", both)
    assert "kernel.py:shifted" in result.stdout
    drawn = run("plot", "relu", "--backend", "kernel.py:relu", "--show", "y", "-o", "relu.svg")
    assert (drawn.stdout, drawn.stderr) == ("relu.svg\n", "")


def test_large_arrays_come_in_parts(run: Run, kernel: Path, tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=300_001).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    words = ("x.npy", "--backend", "kernel.py:counted", "-o", "y.npy")
    assert run("eval", "relu", *words).returncode == 0
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), np.maximum(x, 0))


def test_parameters_are_keywords(run: Run, kernel: Path, error: Error) -> None:
    words = ("elu:alpha=2.5", "1", "--show", "y", "--format", "text")
    assert run("eval", *words, "--backend", "kernel.py:shifted").stdout == "3.5\n"
    said = error("audit", "kernel.py:relu", "elu:alpha=1.5", status=2)
    assert "kernel.py:relu takes no parameter 'alpha', which elu:alpha=1.5 sets" in said


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("raises", "raises raises ZeroDivisionError: division by zero (kernel.py, line 18)"),
        ("leaves", "raises SystemExit: 3"),
        ("none", "returns NoneType instead of an array"),
        ("listed", "returns list instead of an array"),
        ("tensor", "Tensor for numpy.ndarray; is it one of another framework?"),
        ("short", "returns shape (7,) for an input of shape (8,)"),
        ("wide", "returns float64 as the value for float16; let it return "
                 "result.astype(x.dtype), or --cast rounds it once"),
        ("changes", "changes its input; give it a copy to work on"),
        ("in_place", "changes its input"),
        ("swapped", "returns byte-swapped float16 as the value for float16"),
        ("Needy", "is a class that cannot be made without arguments: TypeError"),
    ],
)  # fmt: skip
def test_what_a_function_does_wrong(error: Error, function: str, words: str) -> None:
    said = error("audit", f"kernel.py:{function}", "relu", "--dtype", "float16")
    assert f"kernel.py:{function} " in said
    assert words in said


def test_promotion_is_rounded_once_where_that_is_asked_for(run: Run, kernel: Path) -> None:
    report = audited(run, "kernel.py:wide", "relu", "--dtype", "float16", "--cast")
    assert report["columns"]["y"]["correctly_rounded"] == 65536


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("kernel.py:rleu", "there is no 'rleu' in 'kernel.py:rleu'; did you mean relu"),
        ("kernel.py:number", "is of the type int, not a function"),
        ("kernle.py:relu", "there is no file 'kernle.py'"),
        ("kernle:relu", "there is no module 'kernle', here or installed"),
        ("kernel.py:relu@tourch", "numpy, torch, jax, tensorflow, not 'tourch'"),
        ("kernel.py", "'kernel.py' is not a backend"),
        ("kernel.py:relu@torch+compile+compile", "'compile' stands twice"),
        ("kernel.py:relu --derivative slope", "--derivative takes FILE.py:FUNCTION"),
        ("kernel.py:relu --show dy", "so no derivatives; name one with --derivative"),
        ("kernel.py:relu --saturate", "--saturate is for the default backend"),
        ("kernel.py:relu --cluster tcp://localhost:1", "leave --cluster out"),
        ("actcli --cast", "--cast is for a kernel of one's own"),
    ],
)
def test_what_cannot_be_asked(error: Error, words: str, said: str) -> None:
    backend, *options = words.split()
    assert said in error("audit", backend, "relu", *options, status=2)


def test_a_specification_never_names_a_function(error: Error) -> None:
    assert "unknown activation" in error("eval", "kernel.py:relu", "1", status=2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(x:\n", "SyntaxError: '(' was never closed (bad.py, line 1)"),
        ("\n1/0\n", "ZeroDivisionError: division by zero (bad.py, line 2)"),
        ("import sys\nsys.exit(4)\n", "SystemExit: 4 (bad.py, line 2)"),
        ("import no_such_module\n", "No module named 'no_such_module'"),
        ("\0", "SyntaxError"),
    ],
)
def test_a_file_that_cannot_be_imported(
    error: Error, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "bad.py").write_text(text)
    for word in ("bad.py:f", "bad:f"):
        said = error("audit", word, "relu")
        assert "cannot be imported: " in said
        assert words in said


def test_where_files_may_be(run: Run, kernel: Path, tmp_path: Path) -> None:
    """A colon in a folder's name, a neighbour that is imported, the name of a known module."""
    folder = tmp_path / "a: b"
    folder.mkdir()
    (folder / "neighbour.py").write_text(KERNEL)
    for name in ("mine.py", "click.py", "no-name.py"):
        (folder / name).write_text("from neighbour import relu\n")
        word = f"a: b/{name}:relu"
        result = run("eval", "relu", "-1", "--show", "y", "--backend", word, "--format", "text")
        assert (result.stdout, result.stderr) == ("0.0\n", "")


def test_a_file_is_run_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "once.py").write_text(
        "print('run')\ndef f(x): return x\ndef g(x): return x * 0 + 1\n"
    )
    words = ("--backend", "once.py:f", "--derivative", "./once.py:g", "--format", "csv")
    result = run("eval", "identity", "3", *words)
    assert (result.stdout, result.stderr) == ("x,y,dy\n3.0,3.0,1.0\n", "run\n")


def test_what_it_prints_is_not_among_the_results(run: Run, kernel: Path) -> None:
    words = ("--show", "y", "--backend", "kernel.py:chatty", "--format", "text")
    result = run("eval", "relu", "2", *words)
    assert (result.stdout, result.stderr) == ("2.0\n", "a number: 2.0\nsaid aside\n")


TORCH = """
import torch

class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.relu(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x >= -1).to(g.dtype)

class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sigmoid(x)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * s * (1 - s)

def wrong(x): return Wrong.apply(x)
def once(x): return Once.apply(x)
def partly(x): return x * Once.apply(x)
def constant(x): return torch.ones_like(x)
def affine(x): return 2 * x + 1
def gelu(x): return torch.nn.functional.gelu(x)
def as_numpy(x): return x.numpy()
def detached(x): return torch.relu(x.detach())
class Refuses(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return torch.relu(x)
    @staticmethod
    def backward(ctx, g): raise ValueError("no backward")
def refuses(x): return Refuses.apply(x)
class Scaled(torch.nn.Module):
    def forward(self, x, alpha): return x * alpha
class Gelu(torch.nn.Module):
    def forward(self, x): return torch.nn.functional.gelu(x)
"""


@pytest.fixture
def torch_kernel(tmp_path: Path) -> Path:
    skip_unless_installed("torch")
    path = tmp_path / "own.py"
    path.write_text(TORCH)
    return path


def test_a_wrong_backward_is_found(run: Run, torch_kernel: Path) -> None:
    report = audited(run, "own.py:wrong@torch", "relu", "--show", "y,dy", "--dtype", "bfloat16")
    y, dy = report["columns"]["y"], report["columns"]["dy"]
    assert (y["largest_error"], y["beyond_bound"]) == (0, 0)
    first = dy["first_beyond_bound"]["negative"]
    assert (first["got"], first["wanted"]) == (1.0, 0.0)
    bits = np.arange(1 << 16, dtype=np.uint32) << 16
    x = bits.view(np.float32)
    assert dy["beyond_bound"] - dy["missing_nan"]["count"] == np.count_nonzero((x >= -1) & (x < 0))


@pytest.mark.parametrize("function", ["once", "partly"])
def test_no_double_backward(run: Run, torch_kernel: Path, error: Error, function: str) -> None:
    word = f"own.py:{function}@torch"
    report = audited(run, word, "sigmoid", "--dtype", "float16")
    assert set(report["columns"]) == {"y", "dy"}
    assert "raises in its second derivative RuntimeError" in report["lacking"]["d2y"]
    assert "once_differentiable" in report["lacking"]["d2y"]
    assert "once_differentiable" in error("audit", word, "sigmoid", "--show", "d2y")


def test_a_derivative_that_does_not_depend_on_x(run: Run, torch_kernel: Path) -> None:
    words = ("--show", "y,dy,d2y", "--format", "csv", "--backend", "own.py:affine@torch")
    result = run("eval", "identity", "3", *words)
    assert (result.stdout, result.stderr) == ("y,dy,d2y\n7.0,2.0,0.0\n", "")


@pytest.mark.parametrize("function", ["constant", "detached"])
def test_a_result_that_is_not_connected_to_x(
    run: Run, torch_kernel: Path, error: Error, function: str
) -> None:
    """Its derivative would look like 0: a kernel without a backward."""
    word = f"own.py:{function}@torch"
    report = audited(run, word, "relu", "--dtype", "float16")
    assert set(report["columns"]) == {"y"}
    assert "is not connected to x" in report["lacking"]["dy"]
    assert "is not connected to x" in error("audit", word, "relu", "--show", "dy")


def test_a_derivative_that_fails_is_no_remark(
    torch_kernel: Path, kernel: Path, error: Error
) -> None:
    """A limit would be met by what was not judged."""
    limits = ("--dtype", "float16", "--max-ulp", "1")
    said = error("audit", "own.py:refuses@torch", "relu", *limits)
    assert "raises in its derivative ValueError: no backward" in said
    words = ("--derivative", "kernel.py:slop", *limits)
    assert "no 'slop'" in error("audit", "kernel.py:relu", "relu", *words, status=2)
    words = ("--derivative", "kernel.py:raises", *limits)
    assert "ZeroDivisionError" in error("audit", "kernel.py:relu", "relu", *words)


def test_parameters_of_a_module(run: Run, torch_kernel: Path, error: Error) -> None:
    said = error("audit", "own.py:Gelu@torch", "elu:alpha=1.5", status=2)
    assert "takes no parameter 'alpha', which elu:alpha=1.5 sets" in said
    words = ("--show", "y", "--format", "text", "--backend", "own.py:Scaled@torch")
    assert run("eval", "leaky_relu:alpha=0.5", "-3", *words).stdout == "-1.5\n"


def test_a_module_of_torch(run: Run, torch_kernel: Path) -> None:
    of_framework = audited(run, "torch", "gelu", "--dtype", "bfloat16")["columns"]
    for word in ("own.py:gelu@torch", "own:Gelu@torch"):
        report = audited(run, word, "gelu", "--dtype", "bfloat16")
        assert report["columns"] == of_framework
        assert re.fullmatch(r"torch \d.*", report["version"])


def test_a_framework_that_is_not_named(torch_kernel: Path, error: Error) -> None:
    said = error("audit", "own.py:gelu", "gelu")
    assert "raises TypeError: " in said
    assert "write own.py:gelu@torch" in said
    assert "for torch.Tensor; is it one of another" in error(
        "audit", "own.py:as_numpy@torch", "gelu", "--show", "y"
    )
    words = ("--derivative", "own.py:gelu@torch")
    assert "leave --derivative out" in error("audit", "own.py:gelu@torch", "gelu", *words, status=2)


JAX = """
import jax, jax.numpy as jnp

def tanh(x): return jnp.tanh(x)

@jax.custom_vjp
def wrong(x): return jnp.tanh(x)
def forward(x): return jnp.tanh(x), x
def backward(x, g): return (g * (1 - x),)
wrong.defvjp(forward, backward)
"""


def test_functions_of_jax(run: Run, tmp_path: Path) -> None:
    skip_unless_installed("jax")
    (tmp_path / "own.py").write_text(JAX)
    of_framework = audited(run, "jax", "tanh", "--dtype", "float16")["columns"]
    assert audited(run, "own.py:tanh@jax", "tanh", "--dtype", "float16")["columns"] == of_framework
    columns = audited(run, "own.py:wrong@jax", "tanh", "--dtype", "float16")["columns"]
    assert columns["y"] == of_framework["y"]
    assert columns["dy"]["beyond_bound"] > 30_000


def test_functions_of_tensorflow(run: Run, tmp_path: Path) -> None:
    skip_unless_installed("tensorflow")
    (tmp_path / "own.py").write_text("import tensorflow as tf\ndef f(x): return tf.nn.gelu(x)\n")
    of_framework = audited(run, "tensorflow", "gelu", "--dtype", "bfloat16")["columns"]
    found = audited(run, "own.py:f@tensorflow", "gelu", "--dtype", "bfloat16")["columns"]
    assert found == of_framework
