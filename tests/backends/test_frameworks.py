"""The installed frameworks as backends: by the command line, with every kind of input."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actcli.backends import BACKENDS, get_backend
from actcli.backends.quiet import quiet
from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import DTYPES
from tests.backends.installed import FRAMEWORKS, evaluate, skip_unless_installed
from tests.conftest import Call, Run

pytestmark = pytest.mark.filterwarnings("ignore")

#: One of each: a process can have Keras but on one framework.
IN_PROCESS = [name for name in FRAMEWORKS if "keras" not in name]


@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.sampled(3)
def test_the_command_line_prints_nothing_else(name: str, run: Run, tmp_path: Path) -> None:
    skip_unless_installed(name)
    derivatives = 1 in get_backend(name).orders
    show = "x,y,dy,d2y" if derivatives else "x,y"
    result = run(
        "eval", "sigmoid", "-6", "6", "7", "--backend", name, "--show", show, "--format", "csv",
        env={"KERAS_HOME": str(tmp_path)},
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    header, *rows = result.stdout.splitlines()
    assert header == show
    table = np.array([row.split(",") for row in rows], float)
    y = 1 / (1 + np.exp(-table[:, 0]))
    dy = y * (1 - y)
    np.testing.assert_allclose(table[:, 1], y, rtol=1e-4)
    if derivatives:
        np.testing.assert_allclose(table[:, 2], dy, rtol=1e-4)
        np.testing.assert_allclose(table[:, 3], dy * (1 - 2 * y), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("engine", ["tensorflow", "jax", "torch"])
def test_keras_takes_the_framework_that_it_is_set_to(engine: str, run: Run, tmp_path: Path) -> None:
    skip_unless_installed(f"keras@{engine}")
    environment = {"KERAS_BACKEND": engine, "KERAS_HOME": str(tmp_path)}
    listed = json.loads(run("backends", "--format", "json", env=environment).stdout)
    (version,) = (fact["version"] for fact in listed if fact["name"] == "keras")
    assert version.endswith(f"({engine})")
    args = ("eval", "leaky_relu", "0", "--show", "dy", "--format", "text", "--backend", "keras")
    result = run(*args, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == {"jax": "1.0\n"}.get(engine, "0.2\n")  # at 0 they differ


def test_keras_on_something_else(run: Run) -> None:
    result = run("eval", "relu", "1", "--backend", "keras", env={"KERAS_BACKEND": "numpy"})
    assert result.returncode == 2
    assert "KERAS_BACKEND is 'numpy'" in result.stderr


@pytest.mark.parametrize("name", IN_PROCESS)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0), (2, 3, 4)])
def test_shapes(name: str, shape: tuple[int, ...]) -> None:
    x = np.linspace(-2, 2, int(np.prod(shape))).reshape(shape)
    y = evaluate(name, "sigmoid", x)
    assert (y.shape, y.dtype) == (shape, np.float32)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-5)


@pytest.mark.parametrize("name", IN_PROCESS)
def test_places_in_memory_do_not_matter(name: str) -> None:
    skip_unless_installed(name)
    x = np.linspace(-9, 9, 96, dtype=np.float32)
    bound, dtype, backend = parse("erf"), DTYPES["float32"], get_backend(name)
    for view in (x[::2], x[::-1], x.reshape(8, 12).T):
        before = view.copy()
        (found,) = backend.evaluate(bound, view, (0,), dtype)
        (expected,) = backend.evaluate(bound, view.copy(), (0,), dtype)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(view, before)


@pytest.mark.parametrize("name", [name for name in IN_PROCESS if name != "scipy"])
@pytest.mark.parametrize("dtype", list(DTYPES))
def test_every_number_comes_through_unchanged(name: str, dtype: str) -> None:
    skip_unless_installed(name)
    if dtype not in get_backend(name).dtypes:
        pytest.skip(f"{name} does not compute in {dtype}")
    form = DTYPES[dtype]
    patterns = np.arange(1 << min(form.bits, 16)).astype(form.unsigned)
    x = (patterns << (form.bits - min(form.bits, 16))).view(form.numpy)
    (y,) = get_backend(name).evaluate(parse("identity"), x, (0,), form)
    assert y.dtype == form.numpy
    nan = np.isnan(x.astype(np.float64))
    np.testing.assert_array_equal(y.view(form.unsigned)[~nan], x.view(form.unsigned)[~nan])
    assert np.isnan(y.astype(np.float64)[nan]).all()


def test_a_stream_is_one_array(call: Call, tmp_path: Path) -> None:
    """However the numbers arrive and are written, the framework sees them all at once.

    Where it computes in vectors, its sigmoid depends on the place of a number in the array.
    """
    skip_unless_installed("torch")
    x = np.linspace(-6, 6, 200_003, dtype=np.float32)  # more than arrives at once
    expected = evaluate("torch", "sigmoid", x)
    np.savetxt(tmp_path / "x.txt", x, fmt="%.9g")
    np.save(tmp_path / "x.npy", x)
    text = call("eval", "sigmoid", str(tmp_path / "x.txt"), "--backend", "torch").out
    np.testing.assert_array_equal(np.array(text.split(), np.float32), expected)
    out = tmp_path / "y.npy"
    assert (
        call("eval", "sigmoid", str(tmp_path / "x.npy"), "--backend", "torch", "-o", str(out))[0]
        == 0
    )
    np.testing.assert_array_equal(np.load(out), expected)
    summary = call(
        "eval", "sigmoid", str(tmp_path / "x.npy"), "--backend", "torch", "--format", "tf"
    )
    assert np.array2string(expected[:1])[1:-1].strip() in summary.out


def test_what_a_framework_says_to_itself_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    print("before")
    with quiet():
        os.write(1, b"from C")
        os.write(2, b"from C")
        print("from Python", flush=True)
        print("from Python", file=sys.stderr)
        logging.getLogger("framework").addHandler(logging.StreamHandler())
        logging.getLogger("framework").warning("logged")
        os.system("echo from a process")
    logging.getLogger("framework").warning("by a handler that is kept")
    print("after", file=sys.stderr)
    assert capfd.readouterr() == ("before\n", "after\n")


MISSING = {
    "torch": "pip install torch",
    "onnxruntime": "pip install onnxruntime onnx",
    "keras@jax": "pip install keras jax",
    "keras[jax]": "pip install keras jax",  # as it was spelled at first
}


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None)


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("name", MISSING)
def test_a_missing_framework(name: str, call: Call) -> None:
    outcome = call("eval", "gelu", "1", "--backend", name)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"; {MISSING[name]}\n")
    assert outcome.err.count("\n") == 1


@pytest.mark.usefixtures("nothing_installed")
def test_the_list_names_the_missing_ones(call: Call) -> None:
    lines = call("backends").out.splitlines()
    assert len(lines) == 1 + len(BACKENDS)
    assert max(map(len, lines)) <= 80
    for name in MISSING.keys() & BACKENDS.keys():
        command = MISSING[name]
        assert any(re.match(rf"{re.escape(name)} +missing .*  {command}$", line) for line in lines)
    facts: list[dict[str, Any]] = json.loads(call("backends", "--format", "json").out)
    assert {fact["name"] for fact in facts if fact["version"] is None} == set(FRAMEWORKS)


def test_the_list_fits_a_terminal(call: Call) -> None:
    assert max(map(len, call("backends").out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("torch", ("squareplus", "1"), "torch has no squareplus"),
        ("torch", ("silu:beta=2", "1"), "no setting for beta, which is 1.0 there, not 2.0"),
        ("torch", ("sinc", "1"), "no setting for omega"),
        ("scipy", ("erf", "1", "--dtype", "bfloat16"), "it does in float32, float64"),
        ("onnxruntime", ("erf", "1", "--show", "dy"), "has values alone"),
        ("torch", ("gelu", "1", "--saturate"), "torch has its own ways"),
    ],
)
def test_what_a_framework_does_not_offer(
    name: str, args: tuple[str, ...], reason: str, call: Call
) -> None:
    skip_unless_installed(name)
    outcome = call("eval", *args, "--backend", name)
    assert (outcome.status, outcome.out) == (2, "")
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("torch", ("hard_sigmoid", "1", "--show", "d2y"), "second derivative of"),
        ("torch", ("step", "1", "--show", "dy"), "heaviside"),
        ("torch", ("tanh", "1", "--show", "y", "--dtype", "float8_e5m2"), "not implemented for"),
        ("tensorflow", ("softsign", "1", "--show", "d2y"), "SoftsignGrad"),
        ("onnxruntime", ("erf", "1", "--show", "y", "--dtype", "float64"), "Erf"),
    ],
)
def test_what_fails_within_a_framework(
    name: str, args: tuple[str, ...], reason: str, call: Call
) -> None:
    skip_unless_installed(name)
    outcome = call("eval", *args, "--backend", name)
    assert (outcome.status, outcome.out) == (1, "")
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1
