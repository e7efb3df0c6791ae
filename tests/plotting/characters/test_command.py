"""`actcli plot` on terminals and `--terminal` in pipes and files: what is shown, where and how."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from actcli.catalogue.registry import names
from actcli.plotting.characters.canvas import BRAILLE_BLANK
from tests.conftest import Call, Run, command_line, environment
from tests.support.braille import canvas_of, dots
from tests.support.files import FULL, needs_full_device
from tests.support.pseudo_terminal import ESCAPE, on_terminal, without_escapes

TERMINAL = ("plot", "tanh", "--terminal")


pytestmark = pytest.mark.usefixtures("folder")


def is_picture(text: str) -> bool:
    return any(BRAILLE_BLANK < ord(character) < BRAILLE_BLANK + 256 for character in text)


def test_a_pipe_receives_plain_text_of_72_columns(run: Run, folder: Path) -> None:
    done = run(*TERMINAL)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) in (71, 72)
    assert len(lines) == 1 + 72 // 4 + 2
    assert not ESCAPE.search(done.stdout)
    assert all(line == line.rstrip() for line in lines)
    assert "f(x)" in lines[0]
    assert "f'(x)" in lines[0]
    assert run(*TERMINAL, env={"COLUMNS": "40", "LINES": "9"}).stdout == done.stdout
    assert not list(folder.iterdir())


def test_a_terminal_is_filled_up_to_100_columns(run: Run) -> None:
    for width, expected in ((40, 40), (80, 80), (100, 100), (101, 100), (500, 100)):
        shown = on_terminal(*TERMINAL, width=width)
        lines = without_escapes(shown).splitlines()
        assert max(map(len, lines)) in (expected - 1, expected), width
        assert len(canvas_of(lines)) == expected // 4
    assert on_terminal(*TERMINAL, width=72, NO_COLOR="1") == run(*TERMINAL).stdout


@pytest.mark.parametrize("width", [1, 2, 7, 10, 20])
@pytest.mark.sampled(3)
def test_a_narrow_terminal_gets_a_picture_too(width: int) -> None:
    for specifications in (("tanh",), ("gelu", "hard_sigmoid")):
        shown = without_escapes(on_terminal("plot", *specifications, "--terminal", width=width))
        assert max(map(len, shown.splitlines())) <= max(width, 2)


@pytest.mark.slow
def test_the_environment_may_say_how_wide_a_terminal_is() -> None:
    usual = on_terminal(*TERMINAL, width=60)
    assert on_terminal(*TERMINAL, width=90, COLUMNS="60") == usual
    for nonsense in ("0", "", "-5", "wide", "1" * 30):
        assert on_terminal(*TERMINAL, width=60, COLUMNS=nonsense) == usual
    untold = without_escapes(on_terminal(*TERMINAL, width=0)).splitlines()
    assert max(map(len, untold)) in (79, 80)


def test_a_low_terminal_shows_it_all() -> None:
    for specifications in (("tanh",), ("gelu", "silu")):
        shown = on_terminal("plot", *specifications, "--terminal", width=100, lines=22)
        assert shown.count("\n") <= 20


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm"}, True),
        ({"COLORTERM": "truecolor"}, True),
    ],
)
@pytest.mark.sampled(7)
def test_colour_is_for_those_who_want_it(variables: dict[str, str], coloured: bool) -> None:
    settings = {"COLORTERM": "", **variables}
    shown = on_terminal(*TERMINAL, **settings)
    assert bool(ESCAPE.search(shown)) is coloured
    assert without_escapes(shown) == on_terminal(*TERMINAL, NO_COLOR="1")


def test_colour_can_be_forced_into_a_pipe(run: Run) -> None:
    plain, coloured = run(*TERMINAL).stdout, run(*TERMINAL, env={"FORCE_COLOR": "1"}).stdout
    assert ESCAPE.search(coloured)
    assert without_escapes(coloured) == plain


def test_neighbours_of_one_style_share_their_escapes() -> None:
    shown = on_terminal(*TERMINAL, width=100)
    assert len(ESCAPE.findall(shown)) < 12 * shown.count("\n")
    assert len(shown.encode()) < 3 * len(without_escapes(shown).encode())


@pytest.mark.parametrize("specifications", [("tanh",), ("gelu", "silu", "mish"), tuple(names())])
def test_ascii_is_enough(run: Run, specifications: tuple[str, ...]) -> None:
    done = run("plot", *specifications, "--terminal", env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "*" in done.stdout
    assert "." in done.stdout


def test_the_c_locale_is_enough(run: Run) -> None:
    strict = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = run(*TERMINAL, env=strict)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert on_terminal(*TERMINAL, **strict).isascii()
    assert run(*TERMINAL, env={"LC_ALL": "C", "LANG": "C"}).returncode == 0


def test_a_range_and_the_points_looked_at(call: Call) -> None:
    status, out, _ = call("plot", "relu", "-1", "3", "--terminal")
    ticks = out.splitlines()[-1].split()
    assert status == 0
    assert (float(ticks[0]), float(ticks[-1])) == (-1, 3)
    assert call("plot", "relu", "3", "-1", "--terminal").out == out
    # Two points and the kink between them are a straight line of each piece.
    assert call("plot", "relu", "-1", "3", "2", "--terminal").out == out


def test_width_counts_columns(call: Call) -> None:
    for width in (10, 33, 200):
        lines = call(*TERMINAL, "--width", str(width)).out.splitlines()
        assert max(map(len, lines)) in (width - 1, width)
    shown = without_escapes(on_terminal(*TERMINAL, "--width", "50", width=80))
    assert max(map(len, shown.splitlines())) in (49, 50)


def test_height_counts_lines(call: Call) -> None:
    for arguments in (("tanh",), ("gelu", "silu")):
        for height in (20, 30, 61):
            shown = call("plot", *arguments, "--terminal", "--height", str(height)).out
            assert shown.count("\n") in (height, height - 1)
    shown = on_terminal(*TERMINAL, "--height", "50", lines=24)
    assert shown.count("\n") == 50


def test_limits_of_the_axes(call: Call) -> None:
    lines = call(*TERMINAL, "--xlim", "-1", "3", "--ylim", "-2", "4").out.splitlines()
    rows = [line.split()[0] for line in lines if "┤" in line]
    assert (float(rows[0]), float(rows[-1])) == (4, -2)
    assert (float(lines[-1].split()[0]), float(lines[-1].split()[-1])) == (-1, 3)


def test_the_columns_shown(call: Call) -> None:
    legend = call(*TERMINAL, "--show", "y,d2y").out.splitlines()[0]
    assert [word for word in legend.split() if word.startswith("f")] == ["f(x)", "f''(x)"]
    lines = call("plot", "gelu", "silu", "--terminal", "--show", "dy").out.splitlines()
    assert [line.strip() for line in lines if line.strip().startswith("f")] == ["f'(x)"]


@pytest.mark.parametrize("arguments", [("tanh",), ("tanh", "sigmoid")])
def test_what_an_implementation_gives_is_drawn_in_steps(
    call: Call, arguments: tuple[str, ...]
) -> None:
    asked = ("--dtype", "float8_e5m2", "--show", "y", "--width", "90", "--height", "40")
    status, out, err = call("plot", *arguments, "1", "2", "--terminal", *asked)
    assert (status, err) == (0, "")
    assert "in float8_e5m2" in out
    assert "true value" in out
    # From 1 to 2 there are five numbers, so the first step is an eighth of the picture.
    rows = canvas_of(out.splitlines())
    drawn = {(column, row) for column, row in dots(rows) if column < 18}
    longest = max(sum(1 for _, row in drawn if row == each) for _, each in drawn)
    assert longest == 18


def test_a_backend_is_named(call: Call) -> None:
    out = call("plot", "tf.tanh", "--terminal", "--backend", "tensorflow-2.0").out
    assert "f(x) in tensorflow-2.0, float32" in out


def test_a_file_receives_plain_text_and_its_path_is_printed(run: Run, folder: Path) -> None:
    picture = run(*TERMINAL).stdout
    for name in ("tanh.txt", "tanh"):
        strict = {"PYTHONIOENCODING": "ascii", "FORCE_COLOR": "1"}
        done = run(*TERMINAL, "-o", name, env=strict)
        assert (done.stdout, done.stderr) == (f"{name}\n", "")
        assert (folder / name).read_text(encoding="utf-8") == picture
    assert run(*TERMINAL, "-o", "-").stdout == picture
    assert sorted(path.name for path in folder.iterdir()) == ["tanh", "tanh.txt"]


def test_all_functions_are_small_multiples(call: Call, folder: Path) -> None:
    status, out, err = call("plot", "--all", "--terminal", "--width", "100")
    assert (status, err) == (0, "")
    assert all(name in out for name in names())
    assert not list(folder.iterdir())


def test_a_terminal_shows_the_picture_after_the_file_is_written(run: Run, folder: Path) -> None:
    shown = on_terminal("plot", "tanh", width=80)
    path, _, picture = shown.partition("\n")
    assert path == "tanh.png"
    assert picture == on_terminal(*TERMINAL, width=80)
    assert (folder / "tanh.png").read_bytes().startswith(b"\x89PNG")
    assert run("plot", "tanh").stdout == "tanh.png\n"


@pytest.mark.parametrize("arguments", [("--quiet",), ("-q",), ("-o", "other.png")])
@pytest.mark.sampled(5)
def test_a_terminal_shows_the_path_alone_where_that_is_asked_for(
    arguments: tuple[str, ...],
) -> None:
    shown = on_terminal("plot", "tanh", *arguments)
    assert shown.count("\n") == 1
    assert not is_picture(shown)


def test_another_format_and_range_are_shown_too() -> None:
    shown = on_terminal("plot", "gelu", "silu", "-2", "1", "--format", "svg", "--dark", width=90)
    assert shown.startswith("gelu-silu.svg\n")
    expected = on_terminal("plot", "gelu", "silu", "-2", "1", "--terminal", "--dark", width=90)
    assert shown.partition("\n")[2] == expected


def test_dark_is_brighter() -> None:
    assert on_terminal(*TERMINAL) != on_terminal(*TERMINAL, "--dark")


def test_no_picture_is_shown_of_a_file_that_could_not_be_written(folder: Path) -> None:
    (folder / "tanh.png").mkdir()
    shown = on_terminal("plot", "tanh", status=1)
    assert "tanh.png" in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--dpi", "300"), 2, ["--dpi", "--terminal"]),
        (("--transparent",), 2, ["--transparent", "--terminal"]),
        (("--error",), 2, ["--error", "--terminal"]),
        (("--eps", "0.1"), 2, ["--eps", "--terminal"]),
        (("--equal",), 2, ["--equal", "--terminal"]),
        (("--title", "x"), 2, ["--title", "--terminal"]),
        (("--style", "ggplot"), 2, ["--style", "--terminal"]),
        (("--svg-text", "path"), 2, ["--svg-text", "--terminal"]),
        (("--height", "2"), 2, ["--height", "8 to 1000", "2"]),
        (("--ylim", "1", "1"), 2, ["--ylim", "1.0"]),
        (("--xlim", "0", "inf"), 2, ["--xlim", "inf"]),
        (("--show", "z"), 2, ["'z'"]),
        (("--dtype", "float31"), 2, ["'float31'"]),
        (("--backend", "tensorflow-2.0", "--dtype", "float64"), 2, ["float64"]),
        (("--format", "png"), 2, ["--format png", "--terminal"]),
        (("--format", "svg", "-o", "x.txt"), 2, ["--format svg", "--terminal"]),
        (("-o", "tanh.png"), 2, ["'tanh.png'", "--terminal", ".txt"]),
        (("-o", "tanh.SVG"), 2, ["'tanh.SVG'", "--terminal"]),
        (("-o", "nowhere/tanh.txt"), 1, ["nowhere/tanh.txt", "No such file"]),
        (("-o", "/dev/full"), 1, ["/dev/full", "No space left"]),
        (("--width", "3.5"), 2, ["--width", "columns", "3.5"]),
        (("--width", "5"), 2, ["--width", "10 to 1000", "5"]),
        (("--width", "nan"), 2, ["--width", "columns", "nan"]),
        (("--width", "1e9"), 2, ["--width", "1000"]),
        (("--quiet",), 2, ["--terminal", "--quiet"]),
        (("3",), 2, ["'3'", "two ends"]),
        (("3", "3"), 2, ["3.0", "apart"]),
        (("0", "inf"), 2, ["inf", "finite"]),
        (("0", "1", "1"), 2, ["2 to 1000000"]),
        (("0", "1e301"), 2, ["1e+301"]),
        (("tanhh",), 2, ["'tanhh'", "tanh"]),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    call: Call, arguments: tuple[str, ...], status: int, words: list[str], folder: Path
) -> None:
    result = call(*TERMINAL, *arguments)
    assert (result.status, result.out, result.err.count("\n")) == (status, "", 1)
    for word in words:
        assert word in result.err
    assert not list(folder.iterdir())


def test_an_old_file_survives_a_failure(call: Call, folder: Path) -> None:
    old = folder / "tanh.txt"
    old.write_text("old")
    assert call(*TERMINAL, "0", "nan", "-o", "tanh.txt").status == 2
    assert old.read_text() == "old"
    old.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert call(*TERMINAL, "-o", "tanh.txt").status == 0
    assert stat.S_IMODE(old.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


@needs_full_device
def test_a_full_device_is_one_line(run: Run) -> None:
    for changes in ({}, {"FORCE_COLOR": "1"}):
        with FULL.open("w") as full:
            done = run(*TERMINAL, env=changes, stdout=full)
        message = "actcli: error: cannot write standard output: No space left on device\n"
        assert (done.returncode, done.stderr) == (1, message)


def test_a_closed_pipe_ends_it_quietly(run: Run) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = run(*TERMINAL, stdout=write_end)
    os.close(write_end)
    assert done.stderr == ""


def test_a_closed_standard_output_is_one_line() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command_line(*TERMINAL)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "standard output" in done.stderr


def test_the_curve_goes_through_the_origin(run: Run) -> None:
    rows = canvas_of(run("plot", "tanh", "-3", "3", "--terminal").stdout.splitlines())
    drawn = dots(rows)
    across, down = max(map(len, rows)) * 2, len(rows) * 4
    assert any(abs(x - across / 2) <= 2 and abs(y - down / 2) <= 4 for x, y in drawn)
