"""The options of frameworks behind an @: compilers, devices, and what Keras runs on."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backends.installed import skip_unless_installed
from tests.conftest import Call, Run

pytestmark = pytest.mark.filterwarnings("ignore")


def audited(run: Run, *args: str) -> dict[str, Any]:
    result = run("audit", *args, "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def has_device(kind: str) -> bool:
    torch = importlib.import_module("torch")
    return bool(torch.cuda.is_available() if kind == "cuda" else torch.mps.is_available())


def skip_unless_it_compiles() -> None:
    """Skip where there is no compiler that torch.compile needs."""
    skip_unless_installed("torch")
    torch = importlib.import_module("torch")
    try:
        torch.compile(lambda x: x + 1)(torch.zeros(3))
    except Exception as error:
        pytest.skip(f"torch.compile does not work here: {str(error).splitlines()[0]}")


@pytest.mark.slow
def test_torch_compiled(run: Run, tmp_path: Path) -> None:
    """What is reported is what torch.compile gives, called directly."""
    skip_unless_it_compiles()
    torch = importlib.import_module("torch")
    words = ("--dtype", "bfloat16", "--format", "bits", "--show", "y")
    result = run("eval", "gelu", "-6", "6", "1000", "--backend", "torch@compile", *words)
    assert result.stderr == ""
    x = run(
        "eval", "gelu", "-6", "6", "1000", "--dtype", "bfloat16", "--show", "x", "--format", "bits"
    )
    bits = np.array([int(word, 16) for word in x.stdout.split()], np.uint16)
    tensor = torch.from_numpy(bits.view(np.int16).copy()).view(torch.bfloat16)
    compiled = torch.compile(lambda x: torch.nn.functional.gelu(x))
    with torch.no_grad():
        expected = compiled(tensor).view(torch.int16).numpy().view(np.uint16)
    np.testing.assert_array_equal([int(word, 16) for word in result.stdout.split()], expected)


@pytest.mark.slow
def test_the_report_names_the_compiler(run: Run, tmp_path: Path) -> None:
    skip_unless_it_compiles()
    report = audited(run, "torch@compile", "gelu", "--dtype", "float16")
    assert report["backend"] == "torch@compile"
    assert report["version"].endswith(" (compiled by inductor)")
    assert set(report["columns"]) == {"y", "dy"}
    assert "double backward" in report["lacking"]["d2y"]
    (tmp_path / "own.py").write_text("import torch\ndef f(x): return torch.tanh(x) + 0 * x\n")
    report = audited(run, "own.py:f@torch+compile", "tanh", "--dtype", "float16", "--show", "y")
    assert report["version"].endswith(" (compiled by inductor)")


def test_jax_eager(run: Run) -> None:
    skip_unless_installed("jax")
    jax, jnp = importlib.import_module("jax"), importlib.import_module("jax.numpy")
    report = audited(run, "jax@eager", "gelu", "--dtype", "bfloat16", "--show", "y")
    assert report["version"].endswith(" (not compiled)")
    words = ("-6", "6", "999", "--show", "x,y", "--format", "csv", "--backend", "jax@eager")
    result = run("eval", "gelu", *words)
    x, y = np.array([line.split(",") for line in result.stdout.split()[1:]], np.float32).T
    with jax.disable_jit():
        expected = np.asarray(jax.nn.gelu(jnp.asarray(x), approximate=False))
    np.testing.assert_array_equal(y, expected)


def test_tensorflow_by_xla(run: Run) -> None:
    skip_unless_installed("tensorflow")
    report = audited(run, "tensorflow@xla", "gelu", "--dtype", "bfloat16")
    assert report["version"].endswith(" (compiled by XLA)")
    assert set(report["columns"]) == {"y", "dy", "d2y"}


@pytest.mark.parametrize("engine", ["tensorflow", "jax", "torch"])
def test_keras_on_an_engine(run: Run, tmp_path: Path, engine: str) -> None:
    skip_unless_installed(f"keras@{engine}")
    words = ("eval", "leaky_relu", "-1", "0", "2", "--format", "csv", "--show", "y,dy")
    home = {"KERAS_HOME": str(tmp_path)}
    by = [
        run(*words, "--backend", f"keras{how}", env=home) for how in (f"@{engine}", f"[{engine}]")
    ]
    assert by[0].stdout == by[1].stdout != ""


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_device(run: Run, kind: str) -> None:
    skip_unless_installed("torch")
    if not has_device(kind):
        pytest.skip(f"there is no device {kind}")
    report = audited(run, f"torch@{kind}", "tanh", "--dtype", "bfloat16")
    assert "(" in report["version"]
    assert report["columns"]["y"]["largest_error"] < 1


@pytest.mark.parametrize(
    "word", ["torch@cuda", "torch@cuda:1+compile", "torch@mps", "own.py:f@torch+cuda"]
)
def test_a_device_that_is_not_there(run: Run, tmp_path: Path, word: str) -> None:
    skip_unless_installed("torch")
    kind = "mps" if "mps" in word else "cuda"
    if has_device(kind):
        pytest.skip(f"there is a device {kind}")
    (tmp_path / "own.py").write_text("def f(x): return x\n")
    for words in (("audit", word, "gelu"), ("eval", "gelu", "1", "--backend", word)):
        result = run(*words)
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert f"needs the device {kind}" in result.stderr
        assert "which PyTorch does not find here: it has none" in result.stderr


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("torch@cud", "no 'cud' in 'torch@cud': torch has compile, cuda, mps"),
        ("torch@compile+", "no '' in 'torch@compile+'"),
        ("jax@compile", "jax has eager"),
        ("tensorflow@jit", "tensorflow has xla"),
        ("scipy@cuda", "scipy has no options"),
        ("keras@numpy", "keras runs on tensorflow, jax, torch, not on 'numpy'"),
        ("actcli@fast", "backend actcli has no options; leave out @fast"),
        ("own.py:f@torch+xla", "no 'xla' in 'torch@xla'"),
    ],
)  # fmt: skip
def test_options_that_there_are_not(call: Call, word: str, said: str) -> None:
    outcome = call("eval", "gelu", "1", "--backend", word)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert said in outcome.err
