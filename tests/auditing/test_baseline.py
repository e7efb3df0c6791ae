"""`audit --baseline`: a report beside an earlier one of the same inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Call
from tests.support.wrong_backends import Array, Wrong, at, install

WORDS = ("audit", "wrong", "tanh", "--dtype", "bfloat16", "--show", "y,dy")


@pytest.fixture
def audit(call: Call, monkeypatch: pytest.MonkeyPatch) -> Any:
    def audit_wrong(fault: Any, *words: str) -> Any:
        install(monkeypatch, Wrong(fault))
        return call(*WORDS, *words)

    return audit_wrong


def nothing(x: Array, column: Array, order: int) -> None:
    """No fault."""


def test_the_same_is_not_worse(audit: Any, tmp_path: Path) -> None:
    old = str(tmp_path / "old.json")
    audit(nothing, "-o", old)
    outcome = audit(nothing, "--baseline", old, "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out)["baseline"] == {"source": old, "worse": [], "better": []}
    shown = audit(nothing, "--baseline", old)
    assert f"Against {old}\n  nothing is worse, nothing better\n" in shown.out


def test_one_worse_result_is_found_and_one_better(audit: Any, tmp_path: Path) -> None:
    old, bad = str(tmp_path / "old.json"), str(tmp_path / "bad.json")
    audit(nothing, "-o", old)
    fault = at(1.5, 0.9140625)
    audit(fault, "-o", bad)
    true = np.tanh(1.5)
    unit = 2.0**-8
    outcome = audit(fault, "--baseline", old, "--format", "json")
    assert outcome.status == 1
    report = json.loads(outcome.out)
    worse = {
        (one["column"], one["region"], one["figure"]): one for one in report["baseline"]["worse"]
    }
    assert not report["baseline"]["better"]
    assert {column for column, _, _ in worse} == {"y"}
    assert {region for _, region, _ in worse} == {None, "positive tail"}
    rounded = worse["y", None, "correctly_rounded"]
    assert (rounded["was"], rounded["now"]) == (65536, 65535)
    largest = worse["y", None, "largest_error"]
    assert largest["was"] <= 0.5
    assert largest["now"] == pytest.approx(abs(0.9140625 - true) / unit, abs=1e-6)
    assert outcome.err == (
        f"actcli: error: worse than {old!r}: correctly rounded of y was 65536 and is 65535; "
        f"{len(worse) - 1} more figures are worse\n"
    )
    shown = audit(fault, "--baseline", old).out.partition(f"Against {old}\n")[2]
    assert shown.splitlines()[1].split() == [
        "y",
        "correctly",
        "rounded",
        "65,536",
        "65,535",
        "worse",
    ]
    # and the other way round
    outcome = audit(nothing, "--baseline", bad, "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    better = json.loads(outcome.out)["baseline"]["better"]
    assert {(one["column"], one["region"], one["figure"]) for one in better} == {*worse}
    assert "better" in audit(nothing, "--baseline", bad).out


@pytest.mark.parametrize(
    ("value", "figure"), [(np.nan, "spurious_nan"), (np.inf, "spurious_infinity")]
)
def test_what_ulp_cannot_express_is_worse_too(
    audit: Any, tmp_path: Path, value: float, figure: str
) -> None:
    old = str(tmp_path / "old.json")
    audit(nothing, "-o", old)
    outcome = audit(at(1.5, value), "--baseline", old, "--format", "json")
    assert outcome.status == 1
    worse = json.loads(outcome.out)["baseline"]["worse"]
    assert figure in {one["figure"] for one in worse}


def test_a_column_that_is_gone_is_worse(call: Call, audit: Any, tmp_path: Path) -> None:
    old = str(tmp_path / "old.json")
    audit(nothing, "-o", old)
    outcome = call(*WORDS[:-1], "y", "--baseline", old)
    assert outcome.status == 1
    assert "inputs of dy was 65536 and is 0" in outcome.err


def test_a_report_may_replace_its_baseline(audit: Any, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    audit(nothing, "-o", str(old))
    before = old.read_text()
    assert audit(at(1.5, 0.0), "--baseline", str(old), "-o", str(old)).status == 1
    assert old.read_text() != before


def test_an_older_report_has_fewer_figures(audit: Any, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    audit(nothing, "-o", str(old))
    report = json.loads(old.read_text())
    del report["x_dtype"], report["rules"]["range"]
    for column in report["columns"].values():
        for part in (column, *column["regions"]):
            del part["largest_absolute_error"]
    old.write_text(json.dumps(report))
    assert audit(nothing, "--baseline", str(old)).status == 0


def test_all_functions(call: Call, tmp_path: Path) -> None:
    old, other = str(tmp_path / "old.json"), str(tmp_path / "other.json")
    words = ("audit", "--all", "tensorflow-2.0", "--sample", "300")
    call(*words, "-o", old)
    assert call(*words, "--baseline", old).status == 0
    report = json.loads(Path(old).read_text())
    for row in report["functions"]:
        if row["function"] == "tanh":
            row["audit"]["columns"]["y"]["largest_error"] = 1.0
    Path(other).write_text(json.dumps(report))
    outcome = call(*words, "--baseline", other)
    assert outcome.status == 1
    assert outcome.err == f"actcli: error: worse than {other!r} in 1 function: tanh\n"
    outcome = call("audit", "tensorflow-2.0", "tanh", "--sample", "300", "--baseline", old)
    assert (outcome.status, outcome.out) == (2, "")
    assert "is a report of --all, not of one function" in outcome.err


def test_what_cannot_be_compared(call: Call, folder: Path) -> None:
    call("audit", "actcli", "tanh", "--sample", "100", "-o", "old.json")
    call("audit", "actcli", "tanh", "--sample", "100", "-o", "old.csv")
    (folder / "half.json").write_text('{"columns": {"y": {}}, "rules": {}}')
    (folder / "list.json").write_text("[" * 100_000)
    (folder / "bytes.json").write_bytes(b"\xff\xfe")
    for words, status, said in (
        ("gelu --sample 100 --baseline old.json", 2, "its specification is tanh, not gelu"),
        ("tanh --dtype float16 --baseline old.json", 2, "its dtype is float32, not float16"),
        ("tanh --sample 101 --baseline old.json", 2, "its inputs is 4196, not 4197"),
        ("tanh --sample 100 --bound 2 --baseline old.json", 2, "its bound is 1.0, not 2.0"),
        ("tanh --sample 100 --baseline none.json", 1, "No such file"),
        ("tanh --sample 100 --baseline old.csv", 1, "is not a report of audit --format json"),
        ("tanh --sample 100 --baseline half.json", 1, "is not a whole report"),
        ("tanh --sample 100 --baseline list.json", 1, "is not a report of audit"),
        ("tanh --sample 100 --baseline bytes.json", 1, "is not a report of audit"),
    ):
        outcome = call("audit", "actcli", *words.split())
        assert (outcome.status, outcome.out) == (status, "")
        assert outcome.err.count("\n") == 1
        assert said in outcome.err
