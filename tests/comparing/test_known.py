"""Known errors of the frameworks are what `compare` and `audit` show."""

from __future__ import annotations

import csv
import json
from typing import Any, NamedTuple

import pytest

from tests.backends.installed import differs, skip_unless_installed
from tests.conftest import Run


class Known(NamedTuple):
    """What a backend gives at some x, and what `compare` says of it: a word, or ulp from ... to."""

    backend: str
    specification: str
    column: str
    dtype: str
    x: float
    value: str
    said: tuple[float, float] | str


CASES = [
    Known("torch", "gelu", "y", "float32", -5.75, "0.0", (1.3e7, 1.6e7)),
    Known("torch", "gelu", "y", "float32", -8.0, "0.0", (8e6, 1.7e7)),
    Known("torch", "gelu_tanh", "dy", "float16", 256.0, "1.0", (0, 0.5)),
    Known("jax", "gelu_tanh", "dy", "float16", 256.0, "nan", "spurious nan"),
    Known("tensorflow", "gelu_tanh", "dy", "float16", 256.0, "nan", "spurious nan"),
    Known("jax", "gelu_tanh", "y", "float32", -5.25, "-0.0", (8e6, 1.7e7)),
    Known("onnxruntime", "sigmoid", "y", "float32", -20.0, "0.0", (8e6, 1.7e7)),
    Known("onnxruntime", "sigmoid", "y", "float32", -14.0, "", (0.9e6, 1.2e6)),
    Known("keras@tensorflow", "celu", "dy", "float32", 0.0, "2.0", (8388608, 8388608)),
    Known("keras@jax", "celu", "dy", "float32", 0.0, "1.0", (0, 0)),
    Known("tensorflow", "elu", "dy", "float32", -20.0, "0.0", (8e6, 1.7e7)),
    Known("jax", "leaky_relu", "dy", "float32", 0.0, "1.0", "kink"),
    Known("keras@jax", "sparse_sigmoid", "dy", "float32", 1.0, "0.25", "kink"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.backend}-{c.specification}-{c.x:g}")
@pytest.mark.sampled(5)
def test_compare_and_audit(case: Known, run: Run, tmp_path: Any) -> None:
    skip_unless_installed(case.backend)
    points = ("-8", "-5.75", "-5.5") if case.specification == "gelu" else (str(case.x),)
    first, last = points[0], points[-1]
    numbers = (first, last, "11") if len(points) > 1 else (first,)
    words = ("--show", case.column, "--dtype", case.dtype, "--format", "csv", *numbers)
    result = run("compare", case.specification, *words, "--backends", case.backend)
    assert result.returncode == 0, result.stderr
    rows = csv.DictReader(result.stdout.splitlines())
    row = {float(row["x"]): row for row in rows if row["backend"] == case.backend}[case.x]
    if case.value and float(row["value"]) != float(case.value) and case.value != row["value"]:
        differs(case.backend, f"{case.column}({case.x}) of {case.specification}: {row['value']}")
    _check(case, row["ulp"])
    # the same number given to an audit as a sample is judged alike
    path = tmp_path / "sample.csv"
    path.write_text(f"x,{case.column}\n{row['x']},{row['value']}\n")
    audit = ("audit", "--samples", str(path), case.specification, "--dtype", case.dtype)
    column = json.loads(run(*audit, "--format", "json").stdout)["columns"][case.column]
    if case.said == "kink":
        assert column["choices_at_kinks"]["count"] == 1
        assert column["beyond_bound"] == 0
    elif isinstance(case.said, str):
        assert column[case.said.replace(" ", "_")]["count"] == 1
    else:
        assert column["largest_error"] == pytest.approx(float(row["ulp"]), abs=1e-9)


def _check(case: Known, said: str) -> None:
    if isinstance(case.said, str):
        if said != case.said:
            differs(case.backend, f"{case.specification} at {case.x}: {said}")
        return
    low, high = case.said
    if not low <= float(said) <= high:
        differs(case.backend, f"{case.specification} at {case.x}: {said} ulp")


def test_defaults_are_rows_of_their_own(run: Run) -> None:
    skip_unless_installed("torch")
    words = ("compare", "leaky_relu", "-6", "--show", "y", "--backends", "torch", "--max-ulp", "8")
    result = run(*words, "--format", "csv")
    assert result.returncode == 0, result.stderr  # another function is not an error
    rows = {
        row["backend"]: row
        for row in csv.DictReader(result.stdout.splitlines())
        if float(row["x"]) == -6
    }
    assert list(rows) == ["torch", "torch by default"]
    assert rows["torch"]["value"] == rows["torch"]["true"] == "-1.2"
    assert rows["torch by default"]["value"] == "-0.06"
    assert rows["torch by default"]["call"] == "torch.nn.functional.leaky_relu(x)"
