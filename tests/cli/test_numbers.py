"""Numbers are numbers wherever they stand, negative ones too."""

from __future__ import annotations

import click
import pytest

from actcli.commands.operands import NumberCommand
from tests.conftest import Call


@click.command(cls=NumberCommand)
@click.argument("words", nargs=-1)
@click.option("-n", type=int)
@click.option("-e", type=float)
@click.option("-o")
@click.option("--json", is_flag=True)
@click.option("-q", is_flag=True)
@click.option("--xlim", type=float, nargs=2)
def command(**values: object) -> dict[str, object]:
    """What was read, without what was not given."""
    return {name: value for name, value in values.items() if value not in (None, False)}


def read(line: str) -> dict[str, object]:
    result: dict[str, object] = command.main(line.split(), standalone_mode=False)
    return result


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-10 10 10", {"words": ("-10", "10", "10")}),
        ("-.5", {"words": ("-.5",)}),
        ("-1e-3", {"words": ("-1e-3",)}),
        ("-2e5", {"words": ("-2e5",)}),
        ("-inf", {"words": ("-inf",)}),
        ("-Infinity", {"words": ("-Infinity",)}),
        ("-nan", {"words": ("-nan",)}),
        ("+3 -0", {"words": ("+3", "-0")}),
        ("-5 -n 7 -1", {"words": ("-5", "-1"), "n": 7}),
        ("--xlim -5 5 -2", {"words": ("-2",), "xlim": (-5.0, 5.0)}),
        ("-e -1e-9 -2", {"words": ("-2",), "e": -1e-9}),
        ("-e-1e-9 -2", {"words": ("-2",), "e": -1e-9}),
        ("-qn -7 -1", {"words": ("-1",), "q": True, "n": -7}),
        ("-qn-7 -1", {"words": ("-1",), "q": True, "n": -7}),
        ("-qo -1 -2", {"words": ("-2",), "q": True, "o": "-1"}),
        ("-o -1", {"words": (), "o": "-1"}),
        ("-o --json", {"words": (), "o": "--json"}),
        ("-1 --json", {"words": ("-1",), "json": True}),
        ("--json -- -10 -.5", {"words": ("-10", "-.5"), "json": True}),
        ("-1 -- -2", {"words": ("-1", "-2")}),
        ("-1 -- --json", {"words": ("-1", "--json")}),
        ("- -1", {"words": ("-", "-1")}),
        ("-5:5:0.1", {"words": ("-5:5:0.1",)}),
        ("-5x -3n", {"words": ("-5x", "-3n")}),
    ],
)
def test_reading(line: str, expected: dict[str, object]) -> None:
    assert read(line) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-10 --jsn", "Did you mean '--json'"),
        ("-infile", "No such option '-i'"),
        ("-1 -n", "requires an argument"),
        ("--xlim -5", "requires 2 arguments"),
        ("-n -1.5 -2", "'-1.5' is not a valid integer"),
    ],
)
def test_complaints(line: str, message: str) -> None:
    with pytest.raises(click.UsageError) as caught:
        read(line)
    assert message in caught.value.format_message()


@pytest.mark.parametrize(
    "line",
    [
        "eval relu -10 10 3 --show x --format text",
        "eval relu --show x --format text -10 10 3",
        "eval --show x relu -10 --format text 10 3",
        "eval --show x --format text -- relu -10 10 3",
        "eval relu --show x -1e1 --format text +10 3",
        "eval relu \N{MINUS SIGN}10 10 3 --show x --format text",
        "eval relu -10 10 3e0 --show x --format text",
    ],
)
def test_options_and_numbers_mix(call: Call, line: str) -> None:
    assert call(*line.split()) == (0, "-10.0\n0.0\n10.0\n", "")


@pytest.mark.parametrize(
    ("word", "shown"),
    [("-inf", "-inf"), ("inf", "inf"), ("nan", "nan"), ("-nan", "nan"), ("-0", "-0.0")],
)
def test_a_point_may_be_any_number(call: Call, word: str, shown: str) -> None:
    assert call("eval", "relu", word, "--show", "x", "--format", "text").out == f"{shown}\n"
