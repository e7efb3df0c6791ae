"""`audit --all-errors`: every input with its results and errors, in a file."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import mpmath
import numpy as np
import pytest

from tests.conftest import Call, environment
from tests.support.wrong_backends import Array, Wrong, install

WORDS = ("audit", "wrong", "silu", "--dtype", "bfloat16", "--show", "y,dy")


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """silu with values that are a 16th too large, nan at 2, and a right derivative."""

    def fault(x: Array, column: Array, order: int) -> None:
        if order == 0:
            wide = column.astype(np.float64) * (1 + 1 / 16)
            column[:] = wide.astype(ml_dtypes.bfloat16)
            column[x == 2] = np.nan

    install(monkeypatch, Wrong(fault))


@pytest.mark.usefixtures("faulty")
def test_an_archive_of_every_error(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "errors.npz"
    words = (*WORDS, "--range", "-20", "20", "--all-errors", str(path))
    plain = call(*words[:-2], "--format", "json")
    outcome = call(*words, "--format", "json")
    assert (outcome.status, outcome.out) == (0, plain.out)
    report = json.loads(outcome.out)["columns"]
    arrays = dict(np.load(path))
    kinds = ("", "_wanted", "_error", "_absolute_error", "_relative_error")
    assert list(arrays) == ["x", *(f"y{kind}" for kind in kinds), *(f"dy{kind}" for kind in kinds)]
    x, y, wanted = (arrays[name].view(ml_dtypes.bfloat16) for name in ("x", "y", "y_wanted"))
    assert len({*x.view(np.uint16).tolist()}) == len(x) == report["y"]["inputs"]
    with np.errstate(invalid="ignore"):
        difference = np.abs(y.astype(np.float64) - wanted.astype(np.float64))
    odd = x == 2
    assert np.isnan(y[odd]).all()
    for kind in ("error", "absolute_error", "relative_error"):
        errors = arrays[f"y_{kind}"]
        assert errors.dtype == np.float64
        assert np.isnan(errors[odd]).all()
        assert np.nanmax(errors) == pytest.approx(float(report["y"][f"largest_{kind}"]))
        assert np.nanmean(errors) == pytest.approx(float(report["y"][f"mean_{kind}"]))
    # the rounding of the true value is at most half an ulp
    inside = ~odd & (arrays["y_error"] > 0)
    absolute = arrays["y_absolute_error"][inside]
    ulp = absolute / arrays["y_error"][inside]
    assert (np.abs(difference[inside] - absolute) <= 0.5 * ulp).all()
    for place in range(0, len(x), 997):
        with mpmath.workprec(100):
            at = mpmath.mpf(float(x[place]))
            true = at / (1 + mpmath.exp(-at))
            if odd[place] or not true:
                continue
            error = abs(mpmath.mpf(float(y[place])) - true)
        assert arrays["y_absolute_error"][place] == pytest.approx(
            float(error), rel=1e-9, abs=1e-300
        )
    assert arrays["dy_error"].max() <= 0.5


@pytest.mark.usefixtures("faulty")
def test_the_same_in_rows(call: Call, tmp_path: Path) -> None:
    call(*WORDS, "--range", "-3", "-1", "--all-errors", str(tmp_path / "a.npz"))
    call(*WORDS, "--range", "-3", "-1", "--all-errors", str(tmp_path / "a.csv"))
    arrays = dict(np.load(tmp_path / "a.npz"))
    with open(tmp_path / "a.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(arrays)
    assert len(rows) == len(arrays["x"])
    for name, column in arrays.items():
        written = np.array([float(row[name]) for row in rows])
        if column.dtype == np.float64:
            np.testing.assert_array_equal(written, column)
        else:
            numbers = written.astype(ml_dtypes.bfloat16)
            np.testing.assert_array_equal(numbers, column.view(ml_dtypes.bfloat16))


def test_samples_too(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,1\n5,5.5\n-1,nan\n")
    words = ("audit", "--samples", str(tmp_path / "a.csv"), "relu")
    assert call(*words, "--all-errors", str(tmp_path / "e.csv")).status == 0
    assert (tmp_path / "e.csv").read_text() == (
        "x,y,y_wanted,y_error,y_absolute_error,y_relative_error\n"
        "1.0,1.0,1.0,0.0,0.0,0.0\n"
        f"5.0,5.5,5.0,{0.5 * 2**21},0.5,0.1\n"
        "-1.0,nan,0.0,nan,nan,nan\n"
    )


def test_they_are_in_order_however_many_there_are(call: Call, tmp_path: Path) -> None:
    """Threads share the work from some hundred thousand on."""
    path = tmp_path / "e.npz"
    words = ("audit", "actcli", "tanh", "--show", "y", "--range", "0.5", "0.53125")
    assert call(*words, "--sample", "all", "--all-errors", str(path)).status == 0
    x = np.load(path)["x"]
    ends = np.array([0.5, 0.53125], np.float32).view(np.uint32)
    np.testing.assert_array_equal(x.view(np.uint32), np.arange(ends[0], ends[1] + 1))


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_a_failure_leaves_the_old_file(call: Call, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"e.{suffix}"
    path.write_text("old")
    (tmp_path / "a.csv").write_text("x,y\n1,1\n")
    words = ("audit", "--samples", str(tmp_path / "a.csv"), "relu", "--all-errors", str(path))
    assert call(*words, "--range", "2", "3").status == 1
    assert path.read_text() == "old"
    assert {one.name for one in tmp_path.iterdir()} == {"a.csv", path.name}
    assert call(*words).status == 0
    assert path.read_bytes()[:3] != b"old"
    outcome = call(*words[:-1], str(tmp_path / "none" / f"e.{suffix}"))
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1


REFUSED = [
    ("actcli relu --all-errors e.txt", "--all-errors writes .csv or .npz, not 'e.txt'"),
    ("actcli relu --all-errors -", "--all-errors writes .csv or .npz, not '-'"),
    ("--all actcli --all-errors e.csv", "--all-errors is for one function"),
    ("actcli relu --all-errors e.csv -o e.csv", "cannot both be 'e.csv'"),
    ("actcli relu --all-errors e.csv --cluster tcp://a:1", "leave --cluster out"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_what_is_refused(call: Call, folder: Path, line: str, words: str) -> None:
    outcome = call("audit", *line.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert words in outcome.err
    assert not list(folder.iterdir())


def test_memory_does_not_grow(tmp_path: Path) -> None:
    code = (
        "import atexit, sys\n"
        "status = lambda: open('/proc/self/status').read().split()\n"
        "peak = lambda words: words[words.index('VmHWM:') + 1]\n"
        "atexit.register(lambda: print(peak(status()), file=sys.stderr))\n"
        "from actcli.__main__ import main\n"
        "main()\n"
    )
    words = ("audit", "actcli", "relu", "--show", "y", "--all-errors", "e.npz", "--sample", "6e6")
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path,
        env=environment(), check=True,
    )  # fmt: skip
    path = tmp_path / "e.npz"
    assert path.stat().st_size > 200_000_000
    assert int(done.stderr) < 150_000  # KiB
    path.unlink()
