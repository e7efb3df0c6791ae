"""`actcli info`: a card with everything known of one function."""

from __future__ import annotations

import json
import math

import pytest

from actcli.catalogue.bound import with_defaults
from actcli.catalogue.definitions import texts
from actcli.catalogue.measured import gradients_at_breakpoints
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.reference.facts import default_facts, facts
from tests.support.cards import SHORTENED, card
from tests.support.pseudo_terminal import ESCAPE, on_terminal, without_escapes

ALL = list(elementwise().values())
WIDTHS = (80, 120)
BRAILLE = {chr(0x2800 + bits) for bits in range(1, 256)}


def section(shown: str, heading: str) -> str:
    """The lines below a heading."""
    lines = shown.splitlines()
    start = next(n for n, line in enumerate(lines) if line.split("  ")[0] == heading)
    end = next((n for n in range(start, len(lines)) if not lines[n]), len(lines))
    return "\n".join(lines[start + 1 : end])


@pytest.mark.parametrize(
    ("specification", "formulas"),
    [
        ("relu:threshold=10", ("x if x > 10 else 0", "1 if x > 10 else 0")),
        ("relu:max_value=6", ("6 if x >= 6 else (x if x > 0 else 0)",)),
        ("softplus:threshold=20", ("x if beta*x > 20 else log1p(exp(beta*x))/beta",)),
        ("hard_shrink:bias=1", ("x - sign(x) if abs(x) > lambd else 0",)),
        ("elu:alpha=0.5", ("x if x > 0 else 0.5*expm1(x)", "1 if x > 0 else 0.5*exp(x)")),
    ],
)
def test_formulas_hold_what_was_set(specification, formulas, call):
    shown = card(call, specification)
    for text in formulas:
        assert text in shown


@pytest.mark.parametrize("activation", ALL, ids=lambda activation: activation.name)
@pytest.mark.sampled(3)
def test_a_card_shows_every_fact(activation, call):
    shown = card(call, activation.name)
    assert shown.startswith(activation.name)
    for text in SHORTENED.get(activation.name, texts(activation)):
        assert text in shown
    for name, meaning in activation.where:
        assert f"{name} = {meaning}" in shown
    assert all(alias in shown.splitlines()[0] for alias in activation.aliases)
    bound = with_defaults(activation)
    assert str(bound.facts.range) in section(shown, "Properties")
    for parameter in activation.parameters:
        assert parameter.meaning in section(shown, "Parameters")
    for symbol in activation.symbols:
        assert symbol.expression in section(shown, "Frameworks")
        for argument in symbol.arguments:
            word = argument.parameter if argument.fixed else argument.keyword
            assert word in section(shown, "Frameworks")
    for point in bound.breakpoints:
        assert f"x = {point.x:g}" in section(shown, "Breakpoints")
    assert str(activation.citation) in section(shown, "Source")
    assert all(note in shown for note in activation.notes)
    assert all(words in section(shown, "Not verified") for words in activation.unverified)
    assert BRAILLE & set(shown)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["gelu_tanh", "leaky_relu", "hard_sigmoid", "sinc", "exponential"])
@pytest.mark.sampled(3)
def test_a_card_fits_the_terminal(name, width):
    shown = without_escapes(on_terminal("info", name, width=width)).splitlines()
    assert max(map(len, shown)) <= width
    assert all(line == line.rstrip() for line in shown)
    words = "".join("".join(shown).split())
    activation = elementwise()[name]
    if width == 80:  # at 120 the picture stands between the lines of a long formula
        assert "".join(texts(activation)[1].split()) in words
    for symbol in activation.symbols:
        assert "".join(symbol.expression.split()) in words


def test_a_wide_card_has_its_picture_beside_the_text():
    tall = without_escapes(on_terminal("info", "tanh", width=80)).splitlines()
    wide = without_escapes(on_terminal("info", "tanh", width=120)).splitlines()
    assert len(wide) < len(tall) - 10
    assert any("Properties" in line and BRAILLE & set(line) for line in wide)


@pytest.mark.parametrize("width", [1, 7, 20, 40])
def test_a_narrow_terminal_gets_a_card_too(width):
    shown = without_escapes(on_terminal("info", "leaky_relu", width=width))
    assert "Lipschitz" in shown
    if width >= 40:
        assert max(map(len, shown.splitlines())) <= width


def test_a_pipe_receives_whole_lines_without_colour(run):
    shown = run("info", "gelu_tanh").stdout
    assert not ESCAPE.search(shown)
    assert all(line == line.rstrip() for line in shown.splitlines())
    assert run("info", "gelu_tanh", env={"COLUMNS": "40"}).stdout == shown


def test_colour_is_for_terminals_that_want_it():
    assert ESCAPE.search(on_terminal("info", "tanh"))
    assert not ESCAPE.search(on_terminal("info", "tanh", NO_COLOR="1"))


def test_colour_can_be_forced_into_a_pipe(run):
    assert ESCAPE.search(run("info", "tanh", env={"FORCE_COLOR": "1"}).stdout)


def test_ascii_is_enough(run):
    shown = run("info", "tanh", env={"PYTHONIOENCODING": "ascii"}).stdout
    assert shown.isascii()
    assert "****" in shown
    assert "?" not in shown


def test_the_c_locale_is_enough(run):
    strict = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for environment in ({"LC_ALL": "C", "LANG": "C"}, strict):
        result = run("info", "tanh", env=environment)
        assert (result.returncode, result.stderr) == (0, "")
        assert "Lipschitz" in result.stdout


@pytest.mark.parametrize("activation", ALL, ids=lambda activation: activation.name)
def test_facts_are_those_of_the_declaration(activation):
    known = json.loads(json.dumps(default_facts(activation), allow_nan=False))
    assert known["name"] == activation.name
    bound = with_defaults(activation)
    assert float(known["range"]["low"]) == bound.facts.range.low
    assert float(known["range"]["high"]) == bound.facts.range.high
    assert float(known["lipschitz"]) == bound.facts.lipschitz
    assert [p["name"] for p in known["parameters"]] == list(activation.defaults)
    for end, limits in zip(("-inf", "inf"), bound.limits, strict=True):
        given = [float(known["limits"][end][column]) for column in ("y", "dy", "d2y")]
        assert given == pytest.approx([limits[order] for order in range(3)], nan_ok=True)
    assert len(known["frameworks"]) == len(activation.symbols)
    measured = [
        values
        for symbol in activation.symbols
        for values in gradients_at_breakpoints(activation, symbol).values()
    ]
    assert [tuple(at["dy"] for at in entry["at"]) for entry in known["autograd"]] == measured
    assert known["citation"]["confirmed"] == activation.citation.confirmed
    assert known["unverified"] == list(activation.unverified)


@pytest.mark.parametrize(
    ("specification", "canonical", "ends", "kinks", "gain"),
    [
        ("leaky_relu", "leaky_relu", [("-inf", 0.2), ("inf", 1.0)], [(0.2, 1.0)], 1.04 / 2),
        (
            "torch.nn.functional.leaky_relu",
            "leaky_relu:alpha=0.01",
            [("-inf", 0.01), ("inf", 1.0)],
            [(0.01, 1.0)],
            1.0001 / 2,
        ),
        (
            "elu:alpha=0.5",
            "elu:alpha=0.5",
            [(-0.5, 0.0), ("inf", 1.0)],
            [(0.5, 1.0)],
            # half of it to the right of 0; e^2x is integrated to the left of it
            0.5 + 0.25 * math.exp(2) * math.erfc(2**0.5) / 2,
        ),
        ("sine", "sine", [("nan", "nan")] * 2, [], (1 + math.exp(-2)) / 2),
    ],
)
def test_json_holds_what_is_known(call, specification, canonical, ends, kinks, gain):
    shown = card(call, specification, "--format", "json")
    known = json.loads(shown, parse_constant=pytest.fail)
    assert known["specification"] == canonical
    assert known["asked_as"] == (specification if "torch" in specification else None)
    limits = [known["limits"][end] for end in ("-inf", "inf")]
    assert [(limit["y"], limit["dy"]) for limit in limits] == ends
    points = known["breakpoints"]
    assert [(point["left"]["dy"], point["right"]["dy"]) for point in points] == kinks
    assert known["propagation"]["gains"]["gradient"] == pytest.approx(gain**-0.5, rel=1e-9)


def test_changed_parameters_change_what_is_known(call):
    known = facts(parse("hard_tanh:min_val=-3"))
    assert known["limits"]["-inf"]["y"] == -3
    assert [point["x"] for point in known["breakpoints"]] == [-3, 1]
    assert known["range"] == {
        "low": -3.0, "high": 1.0, "low_attained": True, "high_attained": True
    }  # fmt: skip

    shown = card(call, "hard_tanh:min_val=-3")
    assert "[-3, 1]" in section(shown, "Properties")
    assert "f -> -3" in section(shown, "Properties")
    assert "-3 (default -1)" in section(shown, "Parameters")


def test_the_gradients_of_the_frameworks_are_grouped(call):
    shown = section(card(call, "hard_tanh"), "Breakpoints")
    assert "autograd gives 0 in torch, keras (torch)" in shown
    assert "autograd gives 1 in tensorflow, keras (tensorflow, jax), jax" in shown


def test_a_gradient_that_differs_is_marked_on_a_terminal():
    shown = on_terminal("info", "hard_tanh", "--format", "card")
    marked = [line for line in shown.splitlines() if "\x1b[33m" in line]
    assert any("autograd gives 1" in line for line in marked)
    assert not any("autograd gives 0" in line for line in marked)


def test_a_card_says_by_which_name_it_was_asked_for(call):
    first = card(call, "F.leaky_relu").splitlines()[0]
    assert first.startswith("leaky_relu:alpha=0.01  as torch.nn.functional.leaky_relu")


def test_a_fast_wave_is_drawn_closer(call):
    def widest(shown: str) -> float:
        lines = shown.splitlines()
        (foot,) = (number for number, line in enumerate(lines) if "┬" in line)
        return max(float(tick) for tick in lines[foot + 1].split())

    assert widest(card(call, "sine")) == 6
    assert widest(card(call, "sine:omega=300")) < 0.2


def test_a_jump_is_left_open(call):
    lines = card(call, "step").splitlines()
    top = next(line for line in lines if line.lstrip().startswith("1.0 ┤"))
    below = lines[lines.index(top) + 1 : lines.index(top) + 6]
    assert BRAILLE & set(top)
    assert not BRAILLE & set("".join(below))


@pytest.mark.parametrize(
    "arguments", [["gelo"], [], ["elu:alpha=x"], ["gelu", "--format", "xml"], ["1"]]
)
def test_errors_are_one_line(arguments, call):
    outcome = call("info", *arguments)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)


@pytest.mark.slow
def test_extreme_parameters_give_a_card(call):
    for specification in (
        "sine:omega=1e300",
        "elu:alpha=1e-300",
        "relu:threshold=1e305,max_value=inf",
    ):
        assert "Parameters" in card(call, specification)


def test_a_parameter_whose_square_overflows(call) -> None:
    assert call("info", "leaky_relu:1e200").status == 0
