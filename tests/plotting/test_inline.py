"""Images among the text of a terminal: what is sent is the PNG, and never where it would garble."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image

from actcli.errors import UsageError
from actcli.plotting.inline import CHUNK, encoder, iterm, kitty
from tests.conftest import Call, Run
from tests.support.pseudo_terminal import on_terminal

KITTY = {"TERM": "xterm-kitty"}
ITERM = {"TERM_PROGRAM": "iTerm.app"}
#: What would give away a terminal, if it were set where the tests run.
TELLING = {"TMUX": "", "STY": "", "KITTY_WINDOW_ID": "", "TERM_PROGRAM": ""}


pytestmark = pytest.mark.usefixtures("folder")


def kitty_commands(text: str) -> list[tuple[dict[str, str], str]]:
    """The keys and the payload of each of kitty's graphics commands, which is all there may be."""
    commands = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert "".join(f"\x1b_G{keys};{payload}\x1b\\" for keys, payload in commands) == text
    return [
        (dict(pair.split("=") for pair in keys.split(",")), payload) for keys, payload in commands
    ]


def from_kitty(text: str) -> bytes:
    commands = kitty_commands(text)
    first, *rest = [keys for keys, _ in commands]
    assert (first["a"], first["f"]) == ("T", "100")
    assert all(set(keys) == {"m", "q"} for keys in rest)
    assert all(keys["q"] == "2" for keys in (first, *rest))
    assert [keys["m"] for keys in (first, *rest)] == ["1"] * len(rest) + ["0"]
    payloads = [payload for _, payload in commands]
    assert all(len(payload) == CHUNK for payload in payloads[:-1])
    assert len(payloads[-1]) <= CHUNK
    assert CHUNK % 4 == 0
    return b64decode("".join(payloads), validate=True)


def from_iterm(text: str) -> tuple[dict[str, str], bytes]:
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):([^\x07]*)\x07", text)
    assert found
    keys = dict(pair.split("=") for pair in found[1].split(";"))
    return keys, b64decode(found[2], validate=True)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 3072, 3073, 6144, 10_000])
def test_both_protocols_carry_any_bytes(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    assert from_kitty(kitty(data).decode()) == data
    keys, received = from_iterm(iterm(data).decode())
    assert received == data
    assert keys == {"inline": "1", "size": str(size)}


@pytest.mark.parametrize(
    "variables",
    [KITTY, {"TERM": "xterm-ghostty"}, {"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}],
)
@pytest.mark.sampled(5)
def test_kitty_is_sent_the_file_in_chunks(variables: dict[str, str], folder: Path) -> None:
    shown = on_terminal("plot", "tanh", "--inline", **{**TELLING, **variables})
    path, _, picture = shown.partition("\n")
    assert path == "tanh.png"
    png = (folder / "tanh.png").read_bytes()
    assert from_kitty(picture.rstrip("\n")) == png
    assert picture.endswith("\x1b\\\n")
    assert len(kitty_commands(picture.rstrip("\n"))) > 1


@pytest.mark.parametrize("program", ["iTerm.app", "WezTerm"])
def test_iterm_is_sent_the_file_at_once(program: str, folder: Path) -> None:
    shown = on_terminal("plot", "relu", "--inline", **{**TELLING, "TERM_PROGRAM": program})
    path, _, picture = shown.partition("\n")
    keys, png = from_iterm(picture.rstrip("\n"))
    assert (path, png) == ("relu.png", (folder / "relu.png").read_bytes())
    assert keys == {"inline": "1", "size": str(len(png))}


@pytest.mark.slow
def test_an_image_wider_than_the_window_is_scaled_down() -> None:
    settings = {**TELLING, **KITTY}
    for pixels, columns in ((800, "80"), (960, None), (2000, None), (0, None)):
        shown = on_terminal("plot", "tanh", "--inline", pixels=pixels, **settings)
        keys, _ = kitty_commands(shown.partition("\n")[2].rstrip("\n"))[0]
        assert keys.get("c") == columns
    shown = on_terminal("plot", "tanh", "--inline", pixels=800, **{**TELLING, **ITERM})
    assert from_iterm(shown.partition("\n")[2].rstrip("\n"))[0]["width"] == "80"


def test_a_file_in_another_format_is_shown_as_png(folder: Path) -> None:
    settings = {**TELLING, **KITTY}
    shown = on_terminal("plot", "tanh", "--inline", "-o", "tanh.svg", "--dpi", "50", **settings)
    path, _, picture = shown.partition("\n")
    assert path == "tanh.svg"
    assert (folder / "tanh.svg").read_text().startswith("<?xml")
    (folder / "seen.png").write_bytes(from_kitty(picture.rstrip("\n")))
    with Image.open(folder / "seen.png") as image:
        assert image.size == (240, 160)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TMUX": "/tmp/tmux,1,0", **KITTY}, ["tmux", "--terminal"]),
        ({"TERM": "tmux-256color", **ITERM}, ["tmux", "--terminal"]),
        ({"STY": "1.pts", **KITTY}, ["screen", "--terminal"]),
        ({"TERM": "screen.xterm-256color", **ITERM}, ["screen", "--terminal"]),
        ({"TERM": "xterm-256color"}, ["'xterm-256color'", "kitty", "iTerm2", "--terminal"]),
        ({"TERM": "dumb", "TERM_PROGRAM": "Apple_Terminal"}, ["'dumb'", "--terminal"]),
        ({}, ["kitty", "--terminal"]),
    ],
)
def test_where_no_image_would_show_nothing_is_drawn(
    variables: dict[str, str], words: list[str], folder: Path
) -> None:
    with pytest.raises(UsageError) as raised:
        encoder(variables)
    settings = {**TELLING, "TERM": "", **variables}
    shown = on_terminal("plot", "tanh", "--inline", status=2, width=300, **settings)
    assert shown == f"actcli: error: {raised.value}\n"
    for word in words:
        assert word in shown
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ["--inline", "standard output", "-o FILE.png"]),
        (("-o", "-"), ["--inline", "standard output"]),
        (("--terminal",), ["--terminal", "choose one"]),
        (("--quiet",), ["--quiet", "choose one"]),
    ],
)
def test_options_that_exclude_each_other_are_one_line(
    call: Call, arguments: tuple[str, ...], words: list[str], folder: Path
) -> None:
    result = call("plot", "tanh", "--inline", *arguments)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    for word in words:
        assert word in result.err
    assert not list(folder.iterdir())


def test_all_functions_are_too_many_for_one_image(call: Call) -> None:
    result = call("plot", "--all", "--inline", "-o", "gallery")
    assert result.status == 2
    assert "--all" in result.err


def test_no_escape_reaches_a_pipe(run: Run) -> None:
    done = run("plot", "tanh", "--inline", env=KITTY)
    assert (done.returncode, done.stdout) == (2, "")
