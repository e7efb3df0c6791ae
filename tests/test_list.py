"""`actcli list`: all of the catalogue, for people and for programs."""

from __future__ import annotations

import csv
import json
import math

import pytest

from actcli.catalogue.bound import BoundActivation
from actcli.catalogue.registry import elementwise, vectors
from actcli.errors import UsageError
from actcli.reference.facts import default_facts, written_out
from actcli.reference.selection import module, select
from actcli.reference.table import HEADER, lines
from actcli.reference.vector_facts import formula_line
from tests.support.pseudo_terminal import ESCAPE, on_terminal, without_escapes

ALL = list(elementwise().values())
VECTORS = list(vectors().values())
NAMES = [*elementwise(), *vectors()]
WIDTHS = (80, 120)


def formula_of(activation):
    """The formula of a function with its default parameters."""
    return written_out(BoundActivation(activation, activation.defaults))


def rows_of(shown: str) -> list[str]:
    return without_escapes(shown).splitlines()


def test_a_pipe_receives_a_line_a_function(run):
    result = run("list")
    assert result.returncode == 0
    assert result.stderr == ""
    rows = list(
        csv.DictReader(result.stdout.splitlines(), delimiter="\t", quotechar=None, quoting=3)
    )
    assert [row["name"] for row in rows] == NAMES
    assert [row["kind"] for row in rows] == ["elementwise"] * len(ALL) + ["vector"] * len(VECTORS)
    for row, activation in zip(rows, [*ALL, *VECTORS], strict=True):
        assert row["formula"] == (formula_line if activation.vector else formula_of)(activation)
        assert row["range"] == str(activation.range)
        assert row["aliases"].split(",") == list(activation.aliases or ("",))
        assert {f for f in row["frameworks"].split(",") if f} == {
            symbol.framework for symbol in activation.symbols
        }
        assert bool(row["unverified"]) == bool(activation.unverified)


def test_no_field_holds_what_separates_fields():
    for line in lines([*ALL, *VECTORS]):
        assert line.count("\t") == len(HEADER) - 1
        assert "\n" not in line
        assert line.isprintable() or "\t" in line


def test_a_pipe_has_no_colour_and_no_width(run):
    plain = run("list").stdout
    assert run("list", env={"COLUMNS": "40"}).stdout == plain
    assert not ESCAPE.search(plain)


def test_json_holds_every_fact(run):
    result = run("list", "--format", "json")
    read = json.loads(result.stdout, parse_constant=pytest.fail)
    known = [default_facts(activation) for activation in ALL]
    assert read == known + [default_facts(function) for function in VECTORS]


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
def test_the_table_cuts_no_formula(width):
    shown = rows_of(on_terminal("list", width=width))
    starts = [shown[0].index(title) for title in ("formula", "range")]
    column = "".join(line[starts[0] : starts[1]].replace(" ", "") for line in shown[2:])
    for activation in ALL:
        assert formula_of(activation).replace(" ", "") in column


def test_the_table_groups_families():
    shown = rows_of(on_terminal("list"))
    headings = [line.strip() for line in shown[2:-2] if line.strip() and line[0] != " "]
    assert headings == list(dict.fromkeys(a.family for a in (*ALL, *VECTORS)))


def test_the_wide_table_names_frameworks():
    for line in rows_of(on_terminal("list", width=120)):
        words = line.split()
        if line.startswith(" ") and words and words[0] in elementwise():
            has = {module(symbol.name) for symbol in elementwise()[words[0]].symbols}
            assert has <= set(words)


def test_what_is_not_verified_is_marked():
    for width in WIDTHS:
        shown = "\n".join(rows_of(on_terminal("list", width=width)))
        assert shown.count("(?)") == 1 + sum(1 for a in (*ALL, *VECTORS) if a.unverified)
    assert "(?)" not in without_escapes(on_terminal("list", "hard_sigmoid"))


def test_colour_is_for_terminals_that_want_it():
    assert ESCAPE.search(on_terminal("list", "gelu"))
    assert not ESCAPE.search(on_terminal("list", "gelu", NO_COLOR="1"))
    assert not ESCAPE.search(on_terminal("list", "gelu", TERM="dumb"))


def test_ascii_terminals_get_ascii():
    shown = on_terminal("list", PYTHONIOENCODING="ascii")
    assert shown.isascii()
    assert "?" not in shown.replace("(?)", "")


def test_the_table_in_a_pipe_is_whole(run):
    shown = run("list", "--format", "table").stdout
    assert not ESCAPE.search(shown)
    for activation in ALL:
        assert formula_of(activation) in shown


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


def test_formulas_written_out_need_no_explanation():
    known = {name for a in ALL for name, _ in a.where}
    for activation in ALL:
        text = formula_of(activation)
        abbreviations = {name for name, _ in activation.where}
        words = set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())
        assert not words & abbreviations, text
    assert known, "some formulas have abbreviations, or this test says nothing"


def test_a_formula_written_out_means_the_same():
    functions = {
        name: getattr(math, name) for name in ("exp", "tanh", "erf", "log1p", "sqrt", "pi")
    }
    functions["sigmoid"] = lambda x: 1 / (1 + math.exp(-x))
    functions["softplus"] = lambda x: math.log1p(math.exp(x))
    functions["gelu"] = lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2
    for activation in ALL:
        if not activation.where:
            continue
        for x in (-1.5, 0.25, 2.0):
            names = {**functions, **activation.defaults, "x": x}
            whole = eval(formula_of(activation), {}, dict(names))
            for name, meaning in activation.where:
                names[name] = eval(meaning, {}, dict(names))
            assert whole == pytest.approx(eval(activation.text, {}, names), rel=1e-14)
