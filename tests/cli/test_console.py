"""Colour and width: for a terminal only, and as NO_COLOR and FORCE_COLOR say."""

from __future__ import annotations

import io

import pytest

from actcli.console import UNLIMITED, colour_wanted, is_terminal, make_console
from tests.conftest import UNSETTLING, Run
from tests.support.pseudo_terminal import on_terminal, without_escapes

TABLE = ("eval", "relu", "-1", "1", "3", "--format", "table")


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in UNSETTLING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("variables", "in_pipe", "on_screen"),
    [
        ({}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, False, True),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, True),
        ({"FORCE_COLOR": ""}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
    ],
)
def test_who_decides_on_colour(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], in_pipe: bool, on_screen: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for stream, wanted in ((io.StringIO(), in_pipe), (Terminal(), on_screen)):
        assert colour_wanted(stream) is wanted
        make_console(stream).print("word", style="bold dim red")
        assert ("\x1b" in stream.getvalue()) is wanted


def test_a_missing_stream_is_not_a_terminal() -> None:
    closed = io.StringIO()
    closed.close()
    assert not is_terminal(None)
    assert not is_terminal(closed)


def test_a_pipe_has_no_width() -> None:
    stream = io.StringIO()
    console = make_console(stream)
    console.print("word " * 500)
    assert console.width == UNLIMITED
    assert stream.getvalue().count("\n") == 1
    assert make_console(stream, width=72).width == 72


def test_data_is_not_markup() -> None:
    stream = Terminal()
    make_console(stream).print("[bold]1.5[/bold] :smile: {'a': 1}")
    assert stream.getvalue() == "[bold]1.5[/bold] :smile: {'a': 1}\n"


def test_a_letter_that_the_encoding_lacks_is_replaced() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    make_console(stream).print("σ(x)")
    stream.flush()
    assert stream.buffer.getvalue() == b"?(x)\n"


def test_a_table_is_plain_in_a_pipe_and_coloured_on_a_terminal(run: Run) -> None:
    plain = run(*TABLE)
    assert plain.stderr == ""
    assert plain.stdout == (
        "   x     y    dy\n────────────────\n-1.0   0.0   0.0\n 0.0   0.0   0.0\n 1.0   1.0   1.0\n"
    )
    assert "\x1b" in run(*TABLE, env={"FORCE_COLOR": "1"}).stdout
    seen = on_terminal(*TABLE)
    assert "\x1b" in seen
    assert without_escapes(seen) == plain.stdout
    assert on_terminal(*TABLE, NO_COLOR="1") == plain.stdout


def test_a_table_in_ascii(run: Run) -> None:
    done = run(*TABLE, env={"PYTHONIOENCODING": "ascii"})
    assert done.stderr == ""
    assert done.stdout.isascii()
    assert "-1.0 | 0.0 | 0.0\n" in done.stdout


def test_tensors_are_the_same_bytes_on_a_terminal(run: Run) -> None:
    args = ("eval", "sigmoid", "-1", "1", "100")
    assert on_terminal(*args, width=40) == run(*args).stdout
