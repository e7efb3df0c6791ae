"""Audits of functions of vectors: softmax and the like."""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from actcli.auditing.judge import Rules
from actcli.auditing.vectors import audit_vectors
from actcli.backends import get_backend
from actcli.backends.base import Core
from actcli.catalogue.specification import parse
from actcli.evaluating.vectors_worth_testing import vectors_worth_testing
from actcli.numerics.dtypes import DTYPES
from tests.backends.installed import skip_unless_installed
from tests.conftest import Call, Run

FLOAT32 = DTYPES["float32"]


def true_softmax(row: Any) -> list[Any]:
    with mpmath.workdps(60):
        powers = [mpmath.exp(mpmath.mpf(float(x))) for x in row]
        whole = mpmath.fsum(powers)
        return [power / whole for power in powers]


def ulp_of(value: Any) -> Any:
    """The distance of float32 numbers in the binade of a true value."""
    exponent = max(int(mpmath.floor(mpmath.log(value, 2))), -126)
    return mpmath.mpf(2) ** (exponent - 23)


class Wrong(Core):
    """The true values with a fault."""

    name = "wrong"

    def __init__(self, change: Any) -> None:
        self.change = change

    def along(self, bound, x, place, orders, dtype, saturate=False):
        return [self.change(x, y) for y in super().along(bound, x, place, orders, dtype, saturate)]


def test_the_largest_error_is_the_one_that_mpmath_finds() -> None:
    skip_unless_installed("scipy")
    audit = audit_vectors(get_backend("scipy"), parse("softmax"), FLOAT32, Rules(), lengths=[8])
    softmax = importlib.import_module("scipy.special").softmax

    rows = vectors_worth_testing(FLOAT32, 8, 256).rows
    largest = 0.0
    for row in rows:
        if not np.isfinite(row).all():
            continue
        for got, true in zip(softmax(row).tolist(), true_softmax(row), strict=True):
            if true > 1e-300:
                largest = max(largest, float(abs(got - true) / ulp_of(true)))
    found = audit.columns["y"].whole
    assert found.inputs == rows.size
    assert found.ulp.largest == pytest.approx(largest, rel=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float8_e5m2"])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "glu", "crelu", "softmax2d"])
def test_our_own_values_are_as_good_as_promised(name: str, dtype: str) -> None:
    audit = audit_vectors(
        get_backend("actcli"), parse(name), DTYPES[dtype], Rules(), lengths=[2, 64]
    )
    whole = audit.columns["y"].whole
    assert whole.wrong == 0
    assert whole.ulp.largest <= {32: 0.501, 64: 2.0}.get(DTYPES[dtype].bits, 0.5)


def test_a_fault_is_found_where_it_is() -> None:
    def last_of_masked(x: Any, y: Any) -> Any:
        wrong = y.copy()
        wrong[np.isneginf(x[:, -1]) & np.isfinite(x[:, 0]), 0] *= np.float32(1 + 2**-20)
        return wrong

    audit = audit_vectors(Wrong(last_of_masked), parse("softmax"), FLOAT32, Rules(), lengths=[16])
    found = audit.columns["y"]
    assert 7.5 <= found.worst[0].error <= 16.5  # 2^-20 is 8 to 16 units of the last place
    place = found.worst[0].place
    assert place is not None
    assert (place.kind, place.length, place.element) == ("masked", 16, 0)
    row = vectors_worth_testing(FLOAT32, 16, 256).rows[place.vector]
    assert row[0] == np.float32(found.worst[0].x)
    assert np.isneginf(row[-1])


def test_wrong_otherwise() -> None:
    def no_number(x: Any, y: Any) -> Any:
        return np.where(y == 1, np.float32(np.nan), y)

    audit = audit_vectors(Wrong(no_number), parse("softmax"), FLOAT32, Rules(), lengths=[1])
    found = audit.columns["y"]
    assert found.kinds["spurious_nan"].count == found.wrong > 0


def test_lengths_that_a_function_rejects_are_left_out() -> None:
    audit = audit_vectors(get_backend("actcli"), parse("glu"), FLOAT32, Rules())
    assert audit.request.inputs == "907 vectors of 2, 8, 64, 1,000, 32,768 numbers"


def test_on_the_command_line(call: Call) -> None:
    report = call("audit", "actcli", "softmax", "--dtype", "float16")
    assert report.status == 0
    first = report.out.splitlines()[0]
    assert first.endswith("1,419 vectors of 1, 2, 3, 8, 64, 1,000, 32,768 numbers")
    for kind in ("ordinary", "masked", "dominant", "specials"):
        assert f" {kind} " in report.out
    facts = json.loads(call("audit", "actcli", "log_softmax", "--format", "json").out)
    worst = facts["columns"]["y"]["worst"][0]
    assert set(worst["place"]) == {"words", "kind", "length", "vector", "element"}
    assert math.isclose(worst["error"], 0.5, abs_tol=0.01)
    assert [one["region"] for one in facts["columns"]["y"]["regions"]][:2] == ["ordinary", "offset"]
    assert call("audit", "actcli", "softmax", "--max-ulp", "0.4").status == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("audit as-written softmax", "as-written has no softmax"),
        ("audit actcli softmax --sample 100", "takes vectors"),
        ("audit actcli softmax --upstream 2", "--upstream"),
        ("audit actcli softmax -o errors.png", "choose json, csv or txt"),
        ("audit actcli softmax --show d2y", "second derivative"),
        ("compare glu 1 4 4", "glu of 4 has 2"),
        ("compare softmax --show d2y", "second derivative"),
    ],
)
def test_what_is_refused(line: str, words: str, call: Call) -> None:
    done = call(*line.split())
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert words in done.err


def test_compared_backends_are_judged_one_by_one(call: Call) -> None:
    skip_unless_installed("scipy")
    done = call("compare", "softmax", "-3", "3", "4", "--show", "y", "--format", "json")
    facts = json.loads(done.out)
    softmax = importlib.import_module("scipy.special").softmax

    x = np.linspace(-3, 3, 4, dtype=np.float32)
    values = softmax(x)
    true = true_softmax(x)
    rows = [row for row in facts["rows"] if row["backend"] == "scipy"]
    assert [row["x"] for row in rows] == x.tolist()
    for row, value, right in zip(rows, values.tolist(), true, strict=True):
        assert np.float32(row["value"]) == np.float32(value)
        assert row["ulp"] == pytest.approx(float(abs(value - right) / ulp_of(right)), abs=1e-6)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """x and y of softmax with one wrong result, as arrays of three axes."""
    x = np.random.default_rng(1).normal(size=(3, 5, 7)).astype(np.float32)
    wide = np.exp(x.astype(np.float64))
    y = (wide / wide.sum(axis=-1, keepdims=True)).astype(np.float32)
    y[1, 2, 3] *= np.float32(1 + 2**-18)
    np.savez(tmp_path / "named.npz", x=x, y=y)
    np.savez(tmp_path / "others.npz", inp=x, out=y)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    np.save(tmp_path / "short.npy", y[..., :5])
    np.save(tmp_path / "fewer.npy", y[:2])
    (tmp_path / "lines.txt").write_text("1 2\n")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    ["--samples named.npz", "--x x.npy --samples y.npy", "--samples others.npz --columns inp,out"],
)
@pytest.mark.usefixtures("files")
def test_vectors_from_elsewhere(run: Run, words: str) -> None:
    done = run("audit", *words.split(), "softmax", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert facts["inputs"]["words"] == "15 vectors of 7 numbers"
    column = facts["columns"]["y"]
    assert (column["inputs"], column["beyond_bound"]) == (105, 1)
    assert 31 <= column["largest_error"] <= 65  # 2^-18 is 32 to 64 units of the last place
    assert column["worst"][0]["place"]["vector"] == 7
    assert column["worst"][0]["place"]["element"] == 3


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("--x x.npy --samples short.npy", 1, "softmax of 7 numbers has 7, but y in"),
        ("--x x.npy --samples fewer.npy", 1, "all but the last axis must be the same"),
        ("--samples y.npy", 2, "y.npy is not an .npz archive; vectors are read from .npz"),
        ("--x lines.txt --samples y.npy", 2, "lines.txt is not an array"),
        ("--samples named.npz --raw float32", 2, "do not say where a vector ends"),
        ("--samples named.npz --all-errors all.csv", 2, "softmax takes vectors"),
        ("--samples missing.npz", 1, "missing.npz"),
    ],
)
@pytest.mark.usefixtures("files")
def test_vectors_that_are_refused(run: Run, words: str, status: int, said: str) -> None:
    done = run("audit", *words.split(), "softmax")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1)
    assert said in done.stderr
