"""`actcli compare` by the command line, with backends that are wrong in known ways."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest

from tests.support.completion import offered
from tests.support.pseudo_terminal import on_terminal, without_escapes
from tests.support.wrong_backends import Wrong, at, install

#: In as few digits as read back to it.
LARGEST = 3.4028235e38


def table(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(out.splitlines()))


@pytest.fixture
def rows(call, monkeypatch):
    """Compare a faulty backend; the rows by x and column, and the outcome."""

    def compare(fault: Any, *words: str) -> tuple[dict[tuple[float, str], dict[str, str]], Any]:
        install(monkeypatch, Wrong(fault))
        outcome = call("compare", *words, "--backends", "wrong", "--format", "csv")
        return {(float(r["x"]), r["column"]): r for r in table(outcome.out)}, outcome

    return compare


def right(x: Any, column: Any, order: int) -> None:
    """No fault."""


def test_an_error_in_ulp(rows):
    found, outcome = rows(at(2.0, 1.0), "tanh", "-2", "2", "3")
    assert outcome.err == ""
    xs = [-np.inf, -LARGEST, -2, 0, 2, LARGEST, np.inf]
    assert list(found) == [(x, column) for column in ("y", "dy") for x in xs]
    row = found[2, "y"]
    assert (row["value"], row["true"]) == ("1.0", "0.9640276")
    assert float(row["ulp"]) == pytest.approx((1 - np.tanh(2.0)) * 2**24)
    assert {r["backend"] for r in found.values()} == {"wrong"}
    assert all(float(r["ulp"]) <= 0.5 for key, r in found.items() if key != (2, "y"))


@pytest.mark.parametrize(
    ("function", "x", "fault", "word"),
    [
        ("tanh", 1.0, np.nan, "spurious nan"),
        ("tanh", 1.0, np.inf, "spurious infinity"),
        ("sine", np.inf, 0.0, "missing nan"),
        ("relu", np.inf, 7.0, "missing infinity"),
    ],
)
def test_what_ulp_cannot_tell_is_a_word(rows, function, x, fault, word):
    found, outcome = rows(at(x, fault), function, "1", "--max-ulp", "1e30")
    assert found[x, "y"]["ulp"] == word
    assert outcome.status == 1
    assert f"y of wrong is a {word} at x = {x}" in outcome.err


@pytest.mark.parametrize("given", [0.0, 0.25, 1.0])
def test_a_derivative_at_a_kink_is_a_choice(rows, given):
    found, outcome = rows(at(0.0, given, of_order=1), "relu", "--max-ulp", "0.5")
    assert outcome.status == 0
    assert found[0, "dy"]["ulp"] == ("kink" if given else "0.0")
    assert float(found[0, "dy"]["value"]) == given


@pytest.mark.parametrize(("function", "given"), [("relu", 1.25), ("relu", -0.5), ("celu", 2.0)])
def test_what_lies_outside_of_a_kink_is_an_error(rows, function, given):
    found, outcome = rows(at(0.0, given, of_order=1), function, "--max-ulp", "8")
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert float(found[0, "dy"]["ulp"]) > 1e6


def test_max_ulp(rows):
    _, outcome = rows(at(2.0, 1.0), "tanh", "2", "--max-ulp", "700000")
    assert outcome.status == 0
    _, outcome = rows(at(2.0, 1.0), "tanh", "2", "--max-ulp", "1e5")
    assert outcome.status == 1
    assert outcome.err == (
        "actcli: error: y of wrong is 603517 ulp off at x = 2.0, more than --max-ulp 100000\n"
    )


def test_always_the_breakpoints_and_the_ends(rows):
    found, _ = rows(right, "hard_sigmoid", "10", "11", "2", "--dtype", "float8_e4m3fn")
    assert sorted({x for x, _ in found}) == [-450, -3, 3, 10, 11, 450]  # 448 in few digits
    found, _ = rows(right, "relu6", "nan", "--show", "d2y")
    assert [x for x, _ in found][1:4] == [-LARGEST, 0, 6]
    assert np.isnan([x for x, _ in found][-1])
    assert {column for _, column in found} == {"d2y"}


def test_the_true_column_is_what_eval_gives(call):
    words = ("gelu", "-6", "6", "7", "--dtype", "bfloat16")
    found = table(call("compare", *words, "--backends", "actcli", "--format", "csv").out)
    wanted = table(call("eval", *words, "--format", "csv").out)
    for column in ("y", "dy"):
        true = {r["x"]: r["true"] for r in found if r["column"] == column}
        assert {r["x"]: r[column] for r in wanted}.items() <= true.items()
    assert {r["value"] == r["true"] for r in found} == {True}


def test_json(call):
    outcome = call("compare", "leaky_relu", "-6", "6", "--backends", "actcli", "--format", "json")
    found = json.loads(outcome.out, parse_constant=pytest.fail)
    assert found["specification"] == "leaky_relu"
    assert found["backends"][0]["name"] == "actcli"
    row = next(r for r in found["rows"] if r["x"] == "-inf" and r["column"] == "y")
    assert (row["value"], row["true"], row["ulp"]) == ("-inf", "-inf", 0.0)


DEFAULTS = [
    (
        "leaky_relu -6 6",
        "torch.nn.functional.leaky_relu by default has negative_slope=0.01: y(-6) = -0.06, "
        "largest difference 1.14 at x = -6",
    ),
    (
        "leaky_relu -6 6",
        "keras.layers.LeakyReLU by default has negative_slope=0.3: y(-6) = -1.8, "
        "largest difference 0.6 at x = -6",
    ),
    ("gelu -5 5", "jax.nn.gelu by default is gelu_tanh: y(-2.7) = -0.00888759, "
             "largest difference 0.000473235 at x = -2.7"),
    ("hard_sigmoid", "onnx.HardSigmoid by default has alpha=0.2: y(2.5) = 1, "
                     "largest difference 0.0833333 at x = 2.5"),
    ("F.leaky_relu 1 2", "tf.nn.leaky_relu by default has alpha=0.2: no difference from 1 to 2"),
    ("gelu_tanh", "tf.nn.gelu by default is gelu: "),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said"), DEFAULTS)
@pytest.mark.sampled(2)
def test_defaults_that_are_another_function(call, line, said):
    """Known from the declarations, be the framework installed or not."""
    out = call("compare", *line.split()).out
    assert any(shown.strip().startswith(said) for shown in out.splitlines())


@pytest.mark.parametrize("function", ["softplus", "tanh", "hard_tanh", "relu"])
def test_defaults_that_are_the_same_are_not_mentioned(call, function):
    assert "by default" not in call("compare", function).out


def test_without_a_framework(call, monkeypatch):
    monkeypatch.setattr("actcli.backends.framework.is_installed", lambda package: False)
    outcome = call("compare", "sigmoid", "-10", "10", "10", "--show", "y")
    assert outcome.status == 0
    assert "tensorflow-2.0" in outcome.out
    assert "4.541874e-05" in outcome.out
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("actcli: not installed: torch, tensorflow, jax, keras, ")
    assert "pip install torch tensorflow jax keras onnxruntime onnx scipy\n" in outcome.err
    # bare of any other backend, the true values are left
    outcome = call("compare", "mish", "1", "--show", "y")
    assert "0.8650984" in outcome.out
    outcome = call("compare", "serf", "1")
    assert outcome.err == ""
    said = "No other backend has serf; as-written computes its formula.\n"
    assert outcome.out.endswith(said)
    outcome = call("compare", "gelu", "--backends", "torch")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "actcli: error: backend torch is not installed; pip install torch\n"


def test_a_backend_without_the_dtype_is_a_remark(call):
    words = ("compare", "tanh", "1", "--dtype", "float16", "--backends", "tensorflow-2.0,actcli")
    outcome = call(*words)
    assert outcome.status == 0
    assert outcome.out.splitlines()[-1].startswith("no float16 in this backend: tensorflow-2.0 has")
    outcome = call(*words, "--format", "csv")
    assert outcome.err.startswith("actcli: tensorflow-2.0: no float16")
    assert {row["backend"] for row in table(outcome.out)} == {"actcli"}


@pytest.mark.parametrize("width", [64, 80, 200])
def test_a_terminal_is_fitted_and_a_pipe_is_not_cut(call, width):
    names = ["tensorflow-2.0", "actcli"]
    words = ("compare", "sigmoid", "-9", "9", "--backends", ",".join(names))
    shown = without_escapes(on_terminal(*words, width=width)).splitlines()
    assert max(map(len, shown)) <= width
    heads = [line.split() for line in shown if "true y" in line]
    assert len(heads) == (1 if width > 64 else 2)
    assert [name for head in heads for name in head if name in names] == names
    plain = call(*words).out.splitlines()
    assert sum("true y" in line for line in plain) == 1
    assert all(line == line.rstrip() for line in plain)


def test_files(call, tmp_path):
    words = ("compare", "tanh", "--backends", "tensorflow-2.0")
    for suffix, form in ((".csv", "csv"), (".json", "json"), (".txt", "table")):
        path = tmp_path / f"compared{suffix}"
        assert call(*words, "-o", str(path)).out == ""
        assert path.read_text(encoding="utf-8") == call(*words, "--format", form).out


REFUSED = [
    ("", "missing argument 'SPEC'"),
    ("gleu", "unknown activation 'gleu'"),
    ("gelu --backends tourch", "unknown backend 'tourch'; did you mean torch?"),
    ("gelu --backends actcli,actcli", "backend 'actcli' stands twice in --backends"),
    ("gelu --backends tensorflow-2.0", "no gelu in this backend"),
    ("gelu 1 inf", "STOP of a range must be finite"),
    ("gelu 1 2 0", "NUM must be an integer of at least 1"),
    ("gelu 1 2 1e9", "a table of 1,000,000,000 rows is too long"),
    ("gelu 1 2 3 4", "too many numbers"),
    ("gelu x.npy", "actcli audit --samples FILE SPEC"),
    ("gelu 0 1e6 --dtype float16", "1000000.0 is beyond float16"),
    ("gelu --show x,y", "x is always shown"),
    ("gelu --max-ulp -1", "--max-ulp takes a number of ulp of at least 0"),
    ("gelu -o gelu.png", "compare writes .json, .csv, .txt, not 'gelu.png'"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), REFUSED, ids=[line for line, _ in REFUSED])
def test_what_is_refused(call, line, words):
    outcome = call("compare", *line.split())
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_completion(run):
    found = offered(run, "compare", "tanh", "--backends", "torch,keras@t")
    assert set(found) == {"torch,keras@tensorflow", "torch,keras@torch"}
