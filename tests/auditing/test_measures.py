"""Absolute and relative errors beside those in ulp, against mpmath."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import mpmath
import numpy as np
import pytest

from tests.conftest import Call

#: The least normal float32; relative errors are measured from there on.
LEAST = 2.0**-126


def close(found: float) -> object:
    return pytest.approx(found, rel=1e-9)


def table(path: Path, x: np.ndarray, y: np.ndarray) -> str:
    np.savez(path, x=x, y=y)
    return str(path)


def test_absolute_and_relative_errors_are_those_of_mpmath(call: Call, tmp_path: Path) -> None:
    """tanh(x) as x - x^3/3, which is far off in the tails and right around 0."""
    x = np.concatenate([np.linspace(-1.5, 1.5, 301), np.geomspace(1e-42, 0.1, 100)])
    x = np.sort(x.astype(np.float32))
    y = x - x**3 / np.float32(3)
    with mpmath.workprec(200):
        true = [mpmath.tanh(mpmath.mpf(float(v))) for v in x]
        absolute = [abs(mpmath.mpf(float(got)) - t) for got, t in zip(y, true, strict=True)]
        normal = [i for i, t in enumerate(true) if abs(t) >= LEAST]
        relative = [absolute[i] / abs(true[i]) for i in normal]
        at_absolute = float(x[max(range(len(x)), key=absolute.__getitem__)])
        at_relative = float(x[normal[max(range(len(normal)), key=relative.__getitem__)]])
        wanted = {
            "largest_absolute_error": float(max(absolute)),
            "mean_absolute_error": float(mpmath.fsum(absolute) / len(absolute)),
            "largest_relative_error": float(max(relative)),
            "mean_relative_error": float(mpmath.fsum(relative) / len(relative)),
        }
    assert len(normal) < len(x)
    path = table(tmp_path / "a.npz", x, y)
    outcome = call("audit", "--samples", path, "tanh", "--format", "json")
    found = json.loads(outcome.out)["columns"]["y"]
    for key, value in wanted.items():
        assert found[key] == close(value), key
    assert found["worst_absolute"]["x"] == pytest.approx(at_absolute, rel=1e-7)
    assert found["worst_relative"]["x"] == pytest.approx(at_relative, rel=1e-7)
    # the regions have the same errors, each its share
    regions = found["regions"]
    assert max(region["largest_absolute_error"] for region in regions) == close(
        wanted["largest_absolute_error"]
    )
    total = sum(region["mean_absolute_error"] * region["inputs"] for region in regions)
    assert total / len(x) == close(wanted["mean_absolute_error"])
    rows = list(
        csv.DictReader(call("audit", "--samples", path, "tanh", "--format", "csv").out.splitlines())
    )
    assert max(float(row["largest_relative_error"]) for row in rows) == close(
        wanted["largest_relative_error"]
    )
    # and people see them
    shown = call("audit", "--samples", path, "tanh").out.partition("Absolute and relative error")[2]
    assert f"absolute   {wanted['largest_absolute_error']:.4g}    -1.5" in shown


def test_float64_has_them_too(call: Call, tmp_path: Path) -> None:
    x = np.linspace(-3, 5, 60)
    y = np.exp(x) * (1 + 1e-12)
    with mpmath.workprec(200):
        pairs = [
            (abs(mpmath.mpf(g) - mpmath.exp(v)), mpmath.exp(v))
            for g, v in zip(y.tolist(), x.tolist(), strict=True)
        ]
        absolute, relative = float(max(e for e, _ in pairs)), float(max(e / t for e, t in pairs))
    path = table(tmp_path / "a.npz", x, y)
    found = json.loads(call("audit", "--samples", path, "exponential", "--format", "json").out)
    assert found["columns"]["y"]["largest_absolute_error"] == close(absolute)
    assert found["columns"]["y"]["largest_relative_error"] == close(relative)


def test_exact_results_need_no_more_lines(call: Call) -> None:
    exact = call("audit", "actcli", "relu", "--dtype", "bfloat16").out
    assert "Absolute and relative error" not in exact
    rounded = call("audit", "actcli", "tanh", "--dtype", "bfloat16").out
    assert "Absolute and relative error" in rounded
