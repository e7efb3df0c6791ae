"""`actcli list`: all of the catalogue, for people and for programs."""

from __future__ import annotations

import csv
import json
import math
import re
import subprocess

import numpy as np
import pytest

import actcli
from actcli.catalogue.bound import with_defaults
from actcli.catalogue.registry import elementwise, vectors
from actcli.errors import UsageError
from actcli.reference.selection import select
from actcli.reference.table import HEADER, lines
from tests.conftest import command_line, environment
from tests.support.pseudo_terminal import ESCAPE, on_terminal, without_escapes

ALL = list(elementwise().values())
VECTORS = list(vectors().values())
EVERY = [*ALL, *VECTORS]
NAMES = [*elementwise(), *vectors()]
WIDTHS = (80, 120)


def rows_of(shown: str) -> list[str]:
    return without_escapes(shown).splitlines()


@pytest.fixture(scope="module")
def listed() -> list[dict[str, str]]:
    """What a pipe receives, a row a function."""
    result = subprocess.run(
        command_line("list"), env=environment(), capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    return list(csv.DictReader(result.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_pipe_receives_a_line_a_function(listed):
    assert [row["name"] for row in listed] == NAMES
    assert [row["kind"] for row in listed] == ["elementwise"] * len(ALL) + ["vector"] * len(VECTORS)
    for row, activation in zip(listed, EVERY, strict=True):
        assert row["range"] == str(with_defaults(activation).facts.range)
        assert row["aliases"].split(",") == list(activation.aliases or ("",))
        assert {f for f in row["frameworks"].split(",") if f} == {
            symbol.framework for symbol in activation.symbols
        }
        assert bool(row["unverified"]) == bool(activation.unverified)


def test_the_formula_is_that_of_the_function(listed):
    """Typed in, with the parameters that stand beside it, it gives the same numbers."""
    x = np.array([-3.7, -1.0, -0.3, 0.0, 0.4, 1.0, 2.9, 25.0])
    for row in listed[: len(ALL)]:
        formula = row["formula"]
        for parameter in filter(None, row["parameters"].split(",")):
            name, _, value = parameter.partition("=")
            formula = re.sub(rf"\b{name}\b", f"({value})", formula)
        assert np.array_equal(actcli.evaluate(formula, x), actcli.evaluate(row["name"], x)), row
    for row, function in zip(listed[len(ALL) :], VECTORS, strict=True):
        meanings = [f"{name} = {meaning}" for name, meaning in function.where]
        assert row["formula"].split("; ") == [function.text, *meanings]


def test_no_field_holds_a_separator():
    for line in lines(EVERY):
        assert line.count("\t") == len(HEADER) - 1
        assert "\n" not in line
        assert line.isprintable() or "\t" in line


def test_a_pipe_has_no_colour_and_no_width(run):
    plain = run("list").stdout
    assert run("list", env={"COLUMNS": "40"}).stdout == plain
    assert not ESCAPE.search(plain)


def test_json_holds_every_fact(call, listed):
    read = json.loads(call("list", "--format", "json").out, parse_constant=pytest.fail)
    assert [facts["name"] for facts in read] == NAMES
    assert [facts["formula"]["written_out"] for facts in read] == [r["formula"] for r in listed]
    for facts in read[::7]:
        known = json.loads(call("info", facts["name"], "--format", "json").out)
        known.pop("propagation", None)  # which takes its time
        assert facts == known


def test_text_is_the_names_alone(run):
    assert run("list", "--format", "text").stdout.split("\n") == [*NAMES, ""]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_fits_the_terminal(width):
    shown = rows_of(on_terminal("list", width=width))
    assert max(map(len, shown)) <= width
    assert "…" not in "".join(shown)
    names = {line.split()[0] for line in shown if line.startswith(" ") and line.split()}
    assert names >= set(NAMES)


@pytest.mark.parametrize("width", [1, 7, 20, 40])
def test_a_narrow_terminal_gets_a_table_too(width):
    assert on_terminal("list", width=width)


@pytest.mark.parametrize("width", [60, *WIDTHS])
def test_the_table_cuts_no_formula(width, listed):
    shown = rows_of(on_terminal("list", width=width))
    starts = [shown[0].index(title) for title in ("formula", "range")]
    column = "".join(line[starts[0] : starts[1]].replace(" ", "") for line in shown[2:])
    for row in listed[: len(ALL)]:
        assert row["formula"].replace(" ", "") in column


def test_the_table_groups_families():
    shown = rows_of(on_terminal("list"))
    headings = [line.strip() for line in shown[2:-2] if line.strip() and line[0] != " "]
    assert headings == list(dict.fromkeys(a.family for a in EVERY))


def test_the_wide_table_names_frameworks():
    for line in rows_of(on_terminal("list", width=120)):
        words = line.split()
        if line.startswith(" ") and words and words[0] in elementwise():
            has = {symbol.name.split(".")[0] for symbol in elementwise()[words[0]].symbols}
            assert has <= set(words)


def test_what_is_not_verified_is_marked():
    for width in WIDTHS:
        shown = "\n".join(rows_of(on_terminal("list", width=width)))
        assert shown.count("(?)") == 1 + sum(1 for a in EVERY if a.unverified)
    assert "(?)" not in without_escapes(on_terminal("list", "hard_sigmoid"))


def test_colour_is_for_terminals_that_want_it():
    assert ESCAPE.search(on_terminal("list", "gelu"))
    assert not ESCAPE.search(on_terminal("list", "gelu", NO_COLOR="1"))
    assert not ESCAPE.search(on_terminal("list", "gelu", TERM="dumb"))


def test_ascii_terminals_get_ascii():
    shown = on_terminal("list", PYTHONIOENCODING="ascii")
    assert shown.isascii()
    assert "?" not in shown.replace("(?)", "")


def test_the_table_in_a_pipe_is_whole(run, listed):
    shown = run("list", "--format", "table").stdout
    assert not ESCAPE.search(shown)
    for row in listed[: len(ALL)]:
        assert row["formula"] in shown


def test_words_choose():
    def chosen(*words: str) -> list[str]:
        return [activation.name for activation in select(ALL, words)]

    assert chosen() == list(elementwise())
    assert "gelu_tanh" in chosen("gelu")
    assert "phish" not in chosen("gelu")
    assert "silu" in chosen("SWISH")
    assert "hard_silu" in chosen("hard-swish")
    assert chosen("tensorflow") == chosen("tf")
    assert chosen("gelu", "onnx") == [n for n in chosen("gelu") if n in chosen("onnx")]
    for family in {activation.family for activation in ALL}:
        assert set(chosen(family)) >= {a.name for a in ALL if a.family == family}


def test_words_that_fit_nothing_together_give_an_empty_list(run):
    result = run("list", "mish", "tf")
    assert (result.returncode, result.stdout.count("\n")) == (0, 1)


def test_a_word_that_fits_nothing_is_an_error(run):
    with pytest.raises(UsageError, match="did you mean sigmoid"):
        select(ALL, ["sigmod"])
    result = run("list", "sigmod")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_an_unknown_format_is_an_error(run):
    result = run("list", "--format", "jsn")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "json" in result.stderr


def test_formulas_written_out_need_no_explanation(listed):
    known = {name for a in ALL for name, _ in a.where}
    for activation, row in zip(ALL, listed, strict=False):
        text = row["formula"]
        abbreviations = {name for name, _ in activation.where}
        words = set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())
        assert not words & abbreviations, text
    assert known, "some formulas have abbreviations, or this test says nothing"


def test_a_formula_written_out_means_the_same(listed):
    functions = {
        name: getattr(math, name) for name in ("exp", "tanh", "erf", "log1p", "sqrt", "pi")
    }
    functions["sigmoid"] = lambda x: 1 / (1 + math.exp(-x))
    functions["softplus"] = lambda x: math.log1p(math.exp(x))
    functions["gelu"] = lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2
    for activation, row in zip(ALL, listed, strict=False):
        if not activation.where:
            continue
        for x in (-1.5, 0.25, 2.0):
            names = {**functions, **activation.defaults, "x": x}
            whole = eval(row["formula"], {}, dict(names))
            for name, meaning in activation.where:
                names[name] = eval(meaning, {}, dict(names))
            assert whole == pytest.approx(eval(activation.text, {}, names), rel=1e-14)
