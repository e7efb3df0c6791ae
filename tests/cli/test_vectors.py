"""Vector functions on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actcli.catalogue.registry import vectors
from tests.conftest import Call, Run
from tests.support.completion import offered
from tests.support.pseudo_terminal import on_terminal, without_escapes

LINES = "1 2 3  # a comment\n\n0,0\n1000 1000\n-inf 0\n"


@pytest.fixture
def text(tmp_path: Path) -> str:
    path = tmp_path / "lines.txt"
    path.write_text(LINES)
    return str(path)


def test_a_range_is_a_vector(call: Call) -> None:
    assert call("eval", "softmax", "-1", "1", "3", "--format", "csv").out == (
        "x,y,dy\n-1.0,0.09003057,0.0\n0.0,0.24472848,0.0\n1.0,0.66524094,0.0\n"
    )


def test_a_point_is_a_vector_of_one(call: Call) -> None:
    out = call("eval", "tf.nn.softmax", "3").out
    assert out.startswith("a = tf.constant([3.0])\n<tf.Tensor: shape=(1,), ")
    assert "y = tf.nn.softmax(a)\n" in out


def test_tensors_have_their_own_lengths(call: Call) -> None:
    out = call("eval", "crelu", "1", "2", "2").out
    assert "y = tf.nn.crelu(a)\n<tf.Tensor: shape=(4,)" in out
    assert "[<tf.Tensor: shape=(2,)" in out
    out = call("eval", "crelu", "0", "1", "2000", "--show", "y").out
    assert "shape=(4000,)" in out
    assert "array([0." in out


def test_columns_of_unequal_length_make_no_rows(call: Call) -> None:
    outcome = call("eval", "glu", "-1", "1", "4", "--format", "csv")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "4 of x, 2 of y" in outcome.err
    known = json.loads(call("eval", "glu", "-1", "1", "4", "--format", "json").out)
    assert {name: len(values) for name, values in known.items()} == {"x": 4, "y": 2, "dy": 4}
    assert call("eval", "glu", "-1", "1", "4", "--show", "y", "--format", "text").status == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "0.09003057 0.24472848 0.66524094\n0.5 0.5\n0.5 0.5\n0.0 1.0\n"),
        (("--axis", "0", "--dtype", "float16"), "0.09 0.2448 0.665\n0.5 0.5\n0.5 0.5\n0.0 1.0\n"),
        (
            ("--show", "x,y", "--format", "csv"),
            "x,y\n1.0 2.0 3.0,0.09003057 0.24472848 0.66524094\n"
            "0.0 0.0,0.5 0.5\n1000.0 1000.0,0.5 0.5\n-inf 0.0,0.0 1.0\n",
        ),
        (
            ("--format", "json"),
            '{"y": [[0.09003057, 0.24472848, 0.66524094], [0.5, 0.5], [0.5, 0.5], [0.0, 1.0]]}\n',
        ),
    ],
)
def test_a_line_is_a_vector(
    call: Call, text: str, arguments: tuple[str, ...], expected: str
) -> None:
    assert call("eval", "softmax", text, *arguments).out == expected


def test_jsonl_holds_what_is_not_finite(call: Call, text: str) -> None:
    out = call("eval", "log_softmax", text, "--format", "jsonl", "--show", "x,dy,y").out
    assert [json.loads(line) for line in out.splitlines()][-1] == {
        "x": ["-inf", 0.0],
        "dy": [1.0, -1.0],
        "y": ["-inf", 0.0],
    }


def test_lines_are_read_from_a_pipe(run: Run) -> None:
    result = run("eval", "softmax", input="0 0\n1 x\n")
    assert (result.returncode, result.stdout) == (1, "0.5 0.5\n")
    assert "line 2, column 3: 'x' is not a number" in result.stderr
    assert run("eval", "softmax", input="").stdout == ""


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        ("eval glu 1 3 3", 1, "glu halves a vector, and 3 numbers have no halves"),
        ("eval softmax 1 3 3 --axis 1", 2, "out of bounds for one axis"),
        ("eval softmax 1 3 3 --axis -2", 2, "between -1 and 0"),
        ("eval sigmoid 1 3 3 --axis 0", 2, "works on single numbers"),
        ("eval softmax 1 3 3 --show d2y", 2, "second derivative"),
        ("eval softmax 1 --backend tensorflow-2.0", 2, "has no softmax"),
        ("eval softmax 0 1 1e9", 2, "at most 8388608"),
        ("eval softmax2d 1 2", 2, "3 or 4 axes"),
        ("eval softmax:beta=2 1", 2, "no parameters"),
        ("eval maxout:k=0 1 2", 2, "whole number of at least 1"),
        ("eval sofmax 1", 2, "did you mean softmax"),
        ("plot softmax", 2, "what takes it: actcli eval, info, compare"),
        ("plot gelu F.glu -5 5", 2, "glu works on whole vectors"),
    ],
)
def test_refusals_are_one_line(call: Call, line: str, status: int, words: str) -> None:
    outcome = call(*line.split())
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (status, "", 1)
    assert words in outcome.err


def test_a_bad_length_names_its_line(call: Call, text: str) -> None:
    outcome = call("eval", "glu", text)
    assert (outcome.status, outcome.out) == (1, "")
    assert "line 1: glu halves a vector" in outcome.err


def test_a_format_for_one_vector_refuses_lines(call: Call, text: str) -> None:
    outcome = call("eval", "softmax", text, "--format", "tf")
    assert (outcome.status, outcome.out) == (2, "")
    assert "jsonl" in outcome.err


@pytest.mark.parametrize("function", vectors().values(), ids=lambda function: function.name)
def test_a_card_shows_every_fact(call: Call, function) -> None:
    shown = call("info", function.name).out
    assert shown.startswith(function.name)
    parts = [function.text, function.vector.jacobian_text, function.derivative_text]
    parts += [f"{name} = {meaning}" for name, meaning in function.where]
    parts += [*function.aliases, *function.notes, *function.unverified]
    parts += [str(function.range), str(function.citation)]
    parts += [symbol.expression for symbol in function.symbols]
    parts += [axis.words for axis in function.vector.axes.values()]
    parts += [parameter.meaning for parameter in function.parameters]
    for part in parts:
        assert part in shown
    known = json.loads(call("info", function.name, "--format", "json").out)
    assert (known["name"], known["kind"]) == (function.name, "vector")
    formula = known["formula"]
    assert [formula[key] for key in ("value", "jacobian", "gradient_of_sum")] == parts[:3]
    assert (known["range"]["low"], known["range"]["high"]) == tuple(
        end if np.isfinite(end) else str(end) for end in function.range[:2]
    )
    assert [symbol["name"] for symbol in known["frameworks"]] == [s.name for s in function.symbols]
    assert [parameter["name"] for parameter in known["parameters"]] == list(function.defaults)
    assert known["citation"]["text"] == str(function.citation)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_card_fits_the_terminal(width: int) -> None:
    shown = without_escapes(on_terminal("info", "softmax", width=width)).splitlines()
    assert max(map(len, shown)) <= width


def test_every_framework_that_is_named_is_known() -> None:
    for function in vectors().values():
        assert function.vector
        assert {symbol.framework for symbol in function.symbols if symbol.resolves} == set(
            function.vector.axes
        )


def test_completion_offers_vectors_where_they_are_taken(run: Run) -> None:
    assert {"softmax", "softmax2d", "softmin"} <= set(offered(run, "eval", "softm"))
    assert offered(run, "info", "sparsem") == ["sparsemax"]
    assert offered(run, "plot", "sparsem") == []
    assert offered(run, "eval", "maxout", ":", "") == ["k="]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_an_array_is_evaluated_along_its_axis(
    call: Call, tmp_path: Path, axis: int, order: Any
) -> None:
    x = np.asarray([[1.0, 2.0, 1000.0], [-1.0, 1000.0, 0.5]], order=order)
    np.save(tmp_path / "x.npy", x)
    target = tmp_path / "y.npy"
    assert (
        call("eval", "softmax", f"{tmp_path}/x.npy", "--axis", str(axis), "-o", str(target)).status
        == 0
    )
    exponentials = np.exp(x - x.max(axis, keepdims=True))
    wanted = exponentials / exponentials.sum(axis, keepdims=True)
    np.testing.assert_allclose(np.load(target), wanted, rtol=1e-15)


def test_the_value_of_an_array_may_be_shorter_than_it(call: Call, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 4), np.float32))
    path, target = str(tmp_path / "x.npy"), str(tmp_path / "y.npy")
    assert call("eval", "glu", path, "-o", target).status == 0
    assert np.load(target).shape == (3, 2)
    done = call("eval", "glu", path, "--axis", "0", "-o", target)
    assert (done.status, "3 numbers have no halves" in done.err) == (1, True)
    assert call("eval", "glu", path, "--show", "dy", "-o", target).status == 0
    assert np.load(target).shape == (3, 4)


def test_an_array_is_written_as_one(call: Call, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 4), np.float32))
    done = call("eval", "softmax", str(tmp_path / "x.npy"), "--format", "csv")
    assert (done.status, done.out) == (2, "")
    assert "write npy, npz, raw, not csv" in done.err


def test_bad_numbers_of_a_vector_follow_the_policy(call: Call, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("1 x 1\n")
    done = call("eval", "softmax", str(tmp_path / "x.txt"), "--invalid", "skip")
    assert (done.status, done.out) == (0, "0.5 0.5\n")
    assert "1" in done.err
