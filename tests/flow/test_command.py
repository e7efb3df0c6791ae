"""`actcli flow`: tables, rows, JSON and pictures; the same seed the same bytes; what is refused."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest

from tests.support.pseudo_terminal import ESCAPE, on_terminal

SMALL = ("--depth", "6", "--width", "16", "--repeats", "3", "--batch", "4")


def shown(call: Any, *arguments: str) -> str:
    outcome = call("flow", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    return str(outcome.out)


def test_a_table_names_each_function_with_its_numbers(call: Any) -> None:
    out = shown(call, "sigmoid", "relu", "sigmoid", *SMALL)
    lines = out.splitlines()
    assert lines[0] == (
        "depth 6, width 16, weights he, sigma_w^2 = 2, sigma_b^2 = 0, "
        "3 networks of 4 inputs, seed 0"
    )
    assert sum(line.startswith("sigmoid") for line in lines) == 3  # once a table
    (relu,) = [line for line in lines if line.startswith("relu") and "critical" in line]
    assert "preserved" in relu
    assert "1.41421" in relu
    assert "▁" in out


def test_one_function_is_shown_layer_by_layer(call: Any) -> None:
    out = shown(call, "tanh", *SMALL)
    rows = [line.split() for line in out.splitlines() if line.split()[:1] and
            line.split()[0].isdigit()]  # fmt: skip
    assert [row[0] for row in rows] == list("123456")


def test_csv_and_json_hold_the_same(call: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(shown(call, "elu:alpha=0.5", "relu", *SMALL,
                                                 "--format", "csv"))))  # fmt: skip
    everything = json.loads(shown(call, "elu:alpha=0.5", "relu", *SMALL, "--format", "json"))
    assert len(rows) == 12
    first, second = everything["functions"]
    assert rows[0]["function"] == first["specification"] == "elu:alpha=0.5"
    for kind in ("q", "mean", "variance", "saturated", "dead", "gradient", "gradient_theory"):
        column = [float(row[kind]) for row in rows]
        assert column == first["layers"][kind] + second["layers"][kind]
    assert second["critical"]["weight_deviation"] == pytest.approx(math.sqrt(2))
    assert everything["settings"]["dtype"] == "float32"


def test_suffixes_and_formats_choose(call: Any, tmp_path: Any) -> None:
    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("csv", b"function,"),
                          ("tsv", b"function\t"), ("json", b"{"), ("txt", b"depth")):  # fmt: skip
        path = tmp_path / f"flow.{suffix}"
        shown(call, "relu", *SMALL, "-o", str(path))
        assert path.read_bytes().startswith(start)
    assert shown(call, "relu", *SMALL, "--format", "png", "-o", str(tmp_path / "x")) == (
        f"{tmp_path / 'x'}\n"
    )


@pytest.mark.parametrize("form", ["svg", "json", "csv"])
@pytest.mark.sampled(3)
def test_the_same_seed_is_the_same_bytes(run: Any, form: str) -> None:
    line = ("flow", "tanh", "gelu", *SMALL, "--train", "--steps", "5", "--format", form, "-o", "-")
    one, other = run(*line), run(*line)
    assert one.returncode == 0, one.stderr
    assert one.stdout == other.stdout
    assert run(*line, "--seed", "1").stdout != one.stdout


def test_sharing_the_work_changes_nothing(call: Any, monkeypatch: Any) -> None:
    from actcli.workers import child

    line = ("relu", *SMALL, "--repeats", "5", "--format", "csv")
    outs = set()
    for processes in (1, 2, 3):
        monkeypatch.setattr(child, "worth_sharing", lambda count=processes: count)
        outs.add(shown(call, *line))
    assert len(outs) == 1


def test_training_is_reported_everywhere(call: Any) -> None:
    line = ("sigmoid", "tanh", *SMALL, "--train", "--steps", "4")
    table = shown(call, *line)
    assert "loss 0..4" in table
    rows = list(csv.DictReader(io.StringIO(shown(call, *line, "--format", "csv"))))
    assert [row["step"] for row in rows] == ["0", "1", "2", "3", "4"] * 2
    everything = json.loads(shown(call, *line, "--format", "json"))
    losses = everything["functions"][1]["training"]["loss"]
    assert losses == [float(row["loss"]) for row in rows[5:]]


def test_explosions_are_reported_and_no_nan_is_shown(call: Any) -> None:
    out = shown(call, "relu", *SMALL, "--weight-var", "1e15")
    assert "relu exploded: the signals of layer" in out
    assert "nan" not in out
    everything = json.loads(shown(call, "relu", *SMALL, "--weight-var", "1e15", "--format", "json"))
    (relu,) = everything["functions"]
    assert relu["exploded"] == 6
    assert relu["layers"]["q"][-1] == "inf"
    assert "vanished" in shown(call, "step", *SMALL)


@pytest.mark.slow
def test_every_function_can_be_sent_through(call: Any) -> None:
    from actcli.catalogue.registry import elementwise

    names = sorted(elementwise())
    sizes = ("--depth", "2", "--width", "8", "--repeats", "1", "--batch", "2")
    everything = json.loads(shown(call, *names, *sizes, "--format", "json"))
    assert [function["specification"] for function in everything["functions"]] == names


def test_plain_ascii_where_the_encoding_needs_it(run: Any) -> None:
    outcome = run("flow", "sigmoid", "relu", *SMALL, env={"PYTHONIOENCODING": "ascii"})
    assert outcome.returncode == 0
    assert outcome.stdout.isascii()
    assert "@" in outcome.stdout


def test_on_a_terminal_it_fits_80_columns() -> None:
    out = on_terminal("flow", "sigmoid", "tanh", *SMALL, width=80)
    assert max(len(line) for line in ESCAPE.sub("", out).splitlines()) <= 80
    assert ESCAPE.search(out)


REFUSED = [
    (["relu", "--depth", "0"], "--depth must be between 1 and 10000, not 0"),
    (["relu", "--width", "0"], "--width must be between 1 and 16384, not 0"),
    (["relu", "--width", "-3"], "--width must be between 1 and 16384, not -3"),
    (["relu", "--depth", "99999999"], "--depth must be between 1 and 10000, not 99999999"),
    (["relu", "--repeats", "0"], "--repeats must be between 1 and 1000, not 0"),
    (["relu", "--seed", "-1"], "--seed must be at least 0, not -1"),
    (["relu", "--weight-var", "-1"], "--weight-var must be above 0 and finite, not -1.0"),
    (["relu", "--weight-var", "nan"], "--weight-var must be above 0 and finite, not nan"),
    (["relu", "--weight-var", "inf"], "--weight-var must be above 0 and finite, not inf"),
    (["relu", "--bias-var", "-0.5"], "--bias-var must be at least 0 and finite, not -0.5"),
    (["relu", "--eps", "0"], "--eps must be above 0 and at most 1, not 0.0"),
    (["relu", "--eps", "nan"], "--eps must be above 0 and at most 1, not nan"),
    (["relu", "--init", "hee"], "unknown initialisation 'hee'; did you mean he?"),
    (["softmax"], "softmax works on whole vectors, but this needs a function of one number"),
    (["step", "--init", "critical"], "step has no critical point at a bias variance of 0"),
    (["relu", "--depth", "9000", "--width", "16000", "--batch", "4000"], "GiB are allowed"),
    (["relu", "--rate", "0", "--train"], "--rate must be above 0"),
    (["relu", "-o", "flow.xyz"], "a picture cannot be written as 'xyz'"),
    ([], "missing argument"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED, ids=[" ".join(line) for line, _ in REFUSED])
def test_what_is_refused_is_reported_in_one_line(call: Any, line: list[str], words: str) -> None:
    outcome = call("flow", *line)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_info_shows_gains_and_the_critical_point(call: Any) -> None:
    out = call("info", "selu").out
    assert "1 keeps lengths, 0.966026 keeps gradients  (torch 0.75, paper 1)" in out
    known = json.loads(call("info", "relu", "--format", "json").out)["propagation"]
    assert known["critical"] == {
        "weight_deviation": pytest.approx(math.sqrt(2)), "q": None, "reached": True
    }  # fmt: skip


def test_theory_agrees_with_arithmetic(call: Any) -> None:
    """relu halves variances and squared gradients, and the weights here halve them again."""
    out = shown(call, "relu", *SMALL, "--weight-var", "0.5", "--format", "json")
    (relu,) = json.loads(out)["functions"]
    told = relu["layers"]
    assert told["q_theory"] == pytest.approx([0.5 / 4**n for n in range(6)])
    assert told["gradient_theory"] == pytest.approx([0.5 ** (5 - n) for n in range(6)])
    spread = 0.5 - 1 / (2 * math.pi)
    assert told["variance_theory"] == pytest.approx([0.5 / 4**n * spread for n in range(6)])
    assert (relu["theory"]["phase"], relu["theory"]["chi"]) == ("ordered", pytest.approx(0.25))
