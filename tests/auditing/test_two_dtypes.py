"""Kernels whose results are of another dtype than x, judged in the dtype of each."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES
from tests.conftest import Run

KERNELS = """
import numpy as np

def tanh(x):
    return np.tanh(x.astype(np.float32))

def slope(x):
    return (1 - np.tanh(x.astype(np.float64)) ** 2).astype(np.float32)

def softmax(x):
    wide = x.astype(np.float64)
    powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).astype(np.float32)
"""
#: Reads bfloat16 and writes float32, in the exchange that is named.
PROGRAM = """
import io, sys
import ml_dtypes
import numpy as np

how = sys.argv[1]
data = sys.stdin.buffer.read()
if how == "text":
    for line in data.split():
        print(repr(float(np.tanh(np.float32(ml_dtypes.bfloat16(float(line)))))))
else:
    bits = np.load(io.BytesIO(data)).view("u2") if how == "npy" else np.frombuffer(data, "<u2")
    y = np.tanh((bits.astype("<u4") << 16).view("<f4"))
    if how == "npy":
        array = io.BytesIO()
        np.save(array, y)
        sys.stdout.buffer.write(array.getvalue())
    else:
        sys.stdout.buffer.write(y.tobytes())
"""


@pytest.fixture
def kernels(tmp_path: Path) -> None:
    (tmp_path / "kernels.py").write_text(KERNELS)
    (tmp_path / "program.py").write_text(PROGRAM)


def report(run: Run, *words: str) -> Any:
    done = run("audit", *words, "--dtype", "bfloat16", "--out-dtype", "float32",
               "--format", "json")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert (facts["x_dtype"], facts["dtype"]) == ("bfloat16", "float32")
    return facts


def largest_error(results: np.ndarray[Any, Any], x: np.ndarray[Any, Any]) -> float:
    """The largest error of float32 results for tanh in ulp, by mpmath."""
    worst = 0.0
    with mpmath.workdps(60):
        for got, number in zip(results.tolist(), x.tolist(), strict=True):
            if number == 0 or not np.isfinite(number):
                continue
            true = mpmath.tanh(mpmath.mpf(number))
            exponent = max(int(mpmath.floor(mpmath.log(abs(true), 2))), -126)
            worst = max(worst, float(abs(got - true) / mpmath.mpf(2) ** (exponent - 23)))
    return worst


@pytest.mark.parametrize(
    "words",
    [
        ("kernels.py:tanh",),
        *(
            (f"exec:{sys.executable} program.py {how}", "--exchange", how)
            for how in ("raw", "npy", "text")
        ),
    ],
)
@pytest.mark.usefixtures("kernels")
def test_errors_are_those_of_the_wider_results(run: Run, words: tuple[str, ...]) -> None:
    backend, *options = words
    facts = report(run, backend, "tanh", "--show", "y", *options)
    column = facts["columns"]["y"]
    assert column["inputs"] == 1 << 16
    patterns = np.arange(1 << 16, dtype=np.uint16)
    x = patterns.view(DTYPES["bfloat16"].numpy).astype(np.float32)
    expected = largest_error(np.tanh(x)[::7], x[::7])
    assert column["largest_error"] >= expected - 1e-6
    (at,) = np.flatnonzero(patterns == int(column["worst"][0]["x_bits"], 16))
    assert column["worst"][0]["error"] == pytest.approx(
        largest_error(np.tanh(x[at : at + 1]), x[at : at + 1]), abs=1e-5
    )


@pytest.mark.usefixtures("kernels")
def test_its_derivative_and_its_vectors(run: Run) -> None:
    facts = report(run, "kernels.py:tanh", "tanh", "--derivative", "kernels.py:slope")
    assert set(facts["columns"]) == {"y", "dy"}
    facts = report(run, "kernels.py:softmax", "softmax")
    assert facts["columns"]["y"]["largest_error"] < 0.6  # rounded once to float32


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("torch", "tanh"), "torch computes in the dtype of x"),
        (("--all", "actcli"), "actcli computes in the dtype of x"),
    ],
)
def test_what_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run("audit", *words, "--out-dtype", "float32")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


@pytest.mark.usefixtures("kernels")
def test_results_that_are_of_x_s_dtype_after_all(run: Run, tmp_path: Path) -> None:
    (tmp_path / "same.py").write_text("def f(x):\n    return x\n")
    done = run("audit", "same.py:f", "tanh", "--dtype", "bfloat16", "--out-dtype", "float32")
    assert done.returncode == 1
    assert "same.py:f returns bfloat16 as the value for float32" in done.stderr
