"""`actcli plot`: the files it writes, and what it says when it cannot."""

from __future__ import annotations

import os
import pty
import re
import stat
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from actcli.catalogue.registry import names
from tests.conftest import Call, Run, command_line, environment

SIGNATURES = {
    "png": b"\x89PNG\r\n\x1a\n",
    "svg": b"<?xml",
    "pdf": b"%PDF-1.4",
    "eps": b"%!PS-Adobe",
    "jpg": b"\xff\xd8\xff",
    "tiff": b"II*\x00",
}


SVG = "{http://www.w3.org/2000/svg}"


pytestmark = pytest.mark.usefixtures("folder")


def test_one_function_becomes_name_png(run: Run, folder: Path) -> None:
    done = run("plot", "tanh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "tanh.png\n", "")
    with Image.open(folder / "tanh.png") as picture:
        assert picture.format == "PNG"
        assert picture.size == (960, 640)
    assert [path.name for path in folder.iterdir()] == ["tanh.png"]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("gelu", "silu", "mish", "-5", "5"), "gelu-silu-mish.png"),
        (("gelu", "-5", "5", "silu"), "gelu-silu.png"),
        (("elu:alpha=0.5",), "elu-alpha-0.5.png"),
        (("elu:0.5", "tf.nn.elu"), "elu-alpha-0.5-elu.png"),
        (("hard_tanh:min_val=-2,max_val=3",), "hard_tanh-min_val--2.0-max_val-3.0.png"),
        (("tanh", "tanh"), "tanh.png"),
        (("swish", "-.5", "1e-3", "20"), "silu.png"),
    ],
)
@pytest.mark.sampled(3)
def test_names_of_files(call: Call, arguments: tuple[str, ...], name: str, folder: Path) -> None:
    assert call("plot", *arguments, "--dpi", "30") == (0, f"{name}\n", "")
    assert (folder / name).is_file()


@pytest.mark.slow
def test_many_names_do_not_make_an_impossible_one(call: Call, folder: Path) -> None:
    assert call("plot", *names(), "--dpi", "20").status == 0
    (path,) = folder.iterdir()
    assert path.name == f"{names()[0]}-and-{len(names()) - 1}-more.png"


@pytest.mark.parametrize("suffix", SIGNATURES)
@pytest.mark.sampled(2)
def test_the_suffix_chooses_the_format(call: Call, suffix: str, folder: Path) -> None:
    target = folder / f"picture.{suffix.upper()}"
    assert call("plot", "hard_shrink", "-o", str(target)) == (0, f"{target}\n", "")
    assert target.read_bytes().startswith(SIGNATURES[suffix])


@pytest.mark.slow
def test_the_same_command_gives_the_same_bytes(run: Run, folder: Path) -> None:
    pictures = []
    for changes in ({"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1"}, {"PYTHONHASHSEED": "2"}):
        written = {}
        for suffix in ("png", "svg", "pdf", "svgz", "eps", "ps"):
            target = folder / f"picture.{suffix}"
            command = ("plot", "elu:alpha=0.5", "relu", "step", "-o", str(target))
            assert run(*command, env=changes).returncode == 0
            written[suffix] = target.read_bytes()
        pictures.append(written)
        time.sleep(1.1 if len(pictures) == 1 else 0.0)  # some formats tell the second
    for suffix, picture in pictures[0].items():
        assert picture == pictures[1][suffix], suffix


@pytest.mark.slow
def test_other_pictures_are_the_same_bytes_too(run: Run, folder: Path) -> None:
    command = ("plot", "gelu", "--dtype", "float8_e5m2", "--error", "--svg-text", "path")
    for name in ("a.svg", "b.svg"):
        assert run(*command, "-o", name).returncode == 0
    assert (folder / "a.svg").read_bytes() == (folder / "b.svg").read_bytes()


def test_a_name_that_is_not_text_is_printed_as_it_is(folder: Path) -> None:
    name = b"\xff.png"
    done = subprocess.run(
        [*command_line("plot", "relu", "-o"), name],
        env=environment(PYTHONIOENCODING="utf-8:strict"),
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, name + b"\n", b"")
    assert os.listdir(os.fsencode(folder)) == [name]


@pytest.mark.parametrize("settings", [b"lines.linewidth: 9\nnonsense: 1\n", b"\xff\xfe\n"])
@pytest.mark.sampled(2)
def test_the_environment_changes_nothing(run: Run, folder: Path, settings: bytes) -> None:
    assert run("plot", "tanh", "-o", "plain.png").returncode == 0
    (folder / "matplotlibrc").write_bytes(settings)
    done = run(
        "plot",
        "tanh",
        "-o",
        "unsettled.png",
        env={
            "MPLBACKEND": "nonsense",
            "MATPLOTLIBRC": str(folder / "matplotlibrc"),
            "MPLCONFIGDIR": "/proc/nowhere",
            "DISPLAY": "",
        },
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "plain.png").read_bytes() == (folder / "unsettled.png").read_bytes()


@pytest.mark.parametrize("style", ["ggplot", "own.mplstyle"])
@pytest.mark.sampled(2)
def test_settings_of_the_folder_do_not_disturb_a_style(run: Run, folder: Path, style: str) -> None:
    (folder / "matplotlibrc").write_bytes(b"font.size: \xff\xfe\n\xff")
    (folder / "own.mplstyle").write_text("axes.grid: True\n")
    done = run("plot", "relu", "--style", style, "-o", "m.png")
    assert (done.returncode, done.stdout, done.stderr) == (0, "m.png\n", "")


def test_pyplot_is_never_imported(folder: Path) -> None:
    script = (
        "import sys; from actcli.cli import run; run(['plot', 'tanh']);"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), cwd=folder, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize(
    "arguments", [("elu",), ("elu", "celu"), ("elu", "--title", r"$\alpha\prime-$ elu")]
)
def test_the_text_of_an_svg_is_text(call: Call, arguments: tuple[str, ...], folder: Path) -> None:
    assert call("plot", *arguments, "-o", "elu.svg").status == 0
    tree = ElementTree.parse(folder / "elu.svg")
    # Between the signs of a formula matplotlib breaks the line.
    texts = ("".join(text.itertext()) for text in tree.iter(f"{SVG}text"))
    words = "".join("".join(text.split()) for text in texts)
    for sign in ("elu", "\N{PRIME}", "\N{MINUS SIGN}", "\N{GREEK SMALL LETTER ALPHA}"):
        assert sign in words
    # Control characters, private use, unassigned: what an old TeX font leaves behind.
    kinds = {unicodedata.category(sign) for sign in words}
    assert not kinds & {"Cc", "Co", "Cn", "Cs"}
    assert "cmmi" not in (folder / "elu.svg").read_text()


def test_the_text_of_an_svg_can_be_outlines(call: Call, folder: Path) -> None:
    assert call("plot", "elu", "-o", "elu.svg", "--svg-text", "path").status == 0
    assert not list(ElementTree.parse(folder / "elu.svg").iter(f"{SVG}text"))


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_picture_is_described_in_words(call: Call, suffix: str, folder: Path) -> None:
    assert call("plot", "sigmoid", "-o", f"picture.{suffix}").status == 0
    data = (folder / f"picture.{suffix}").read_bytes()
    assert re.search(rb"sigmoid: f\\?\(x\\?\) = .*range \\?\(0, 1\\?\)", data)
    assert b"CreationDate" not in data
    assert b"dc:date" not in data


def test_a_range_runs_either_way(call: Call, folder: Path) -> None:
    assert call("plot", "mish", "-2", "7", "-o", "a.png").status == 0
    assert call("plot", "mish", "7", "-2", "-o", "b.png").status == 0
    assert call("plot", "mish", "-2", "6", "-o", "c.png").status == 0
    a, b, c = ((folder / f"{name}.png").read_bytes() for name in "abc")
    assert a == b != c


def test_size_and_colours(call: Call, folder: Path) -> None:
    assert call("plot", "tanh", "--width", "3.5", "--dpi", "100", "--dark").status == 0
    with Image.open(folder / "tanh.png") as picture:
        assert picture.width == 350
        assert picture.convert("RGB").getpixel((1, 1)) == (0x11, 0x14, 0x18)
    assert call("plot", "tanh", "--transparent").status == 0
    with Image.open(folder / "tanh.png") as picture:
        assert picture.convert("RGBA").getpixel((1, 1)) == (255, 255, 255, 0)


@pytest.mark.parametrize(
    ("suffix", "chosen"), [("png", ()), ("svg", ("--format", "svg")), ("pdf", ("--format", "PDF"))]
)
@pytest.mark.sampled(3)
def test_standard_output_takes_a_picture(
    call: Call, suffix: str, chosen: tuple[str, ...], folder: Path
) -> None:
    target = folder / f"tanh.{suffix}"
    assert call("plot", "tanh", "-o", str(target)).status == 0
    done = subprocess.run(
        command_line("plot", "tanh", "-o", "-", *chosen),
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert done.stdout == target.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("tanh", "-o", "tanh.xyz"), 2, ["'xyz'", "pdf, pgf, png", "svg"]),
        (("tanh", "-o", "tanh"), 2, ["'tanh'", "suffix", "png", "svg"]),
        (("tanh", "--format", "bmp"), 2, ["'bmp'", "png"]),
        (("tanh", "-o", "nowhere/tanh.png"), 1, ["nowhere/tanh.png", "No such file or directory"]),
        (("tanh", "-o", "."), 1, ["'.'", "directory"]),
        (("tanh", "-o", "/dev/full"), 1, ["/dev/full", "No space left on device"]),
        ((), 2, ["no function", "actcli plot"]),
        (("-5", "5"), 2, ["no function", "actcli plot"]),
        (("tanhh",), 2, ["'tanhh'", "tanh"]),
        (("tanh", "3"), 2, ["'3'", "two ends"]),
        (("tanh", "3", "3"), 2, ["3.0", "apart"]),
        (("tanh", "0", "inf"), 2, ["inf", "finite"]),
        (("tanh", "-1e308", "1"), 2, ["-1e+308", "1e+300"]),
        (("tanh", "-5x", "5"), 2, ["'-5x'", "not a number"]),
        (("tanh", "0", "1", "0"), 2, ["NUM", "'0'"]),
        (("tanh", "0", "1", "2.5"), 2, ["NUM", "'2.5'"]),
        (("tanh", "0", "1", "1"), 2, ["2 to 1000000", "1"]),
        (("tanh", "0", "1", "1e12"), 2, ["2 to 1000000"]),
        (("tanh", "0", "1", "2", "3"), 2, ["'3'"]),
        (("tanh", "--width", "0"), 2, ["--width", "0"]),
        (("tanh", "--width", "nan"), 2, ["--width", "nan"]),
        (("tanh", "--dpi", "1e9"), 2, ["--dpi", "1200"]),
        (("tanh", "--height", "0.1"), 2, ["--height", "1.5"]),
        (("tanh", "--width", "40", "--dpi", "1200"), 2, ["dots", "1e+08"]),
        (("tanh", "--width", "abc"), 2, ["'abc'", "number"]),
        (("tanh", "--xlim", "1", "-1"), 2, ["--xlim", "1.0 -1.0", "lower end first"]),
        (("tanh", "--xlim", "1", "1"), 2, ["--xlim", "apart"]),
        (("tanh", "--ylim", "nan", "1"), 2, ["--ylim", "nan"]),
        (("tanh", "--ylim", "-inf", "1"), 2, ["--ylim", "-inf"]),
        (("tanh", "--ylim", "low", "1"), 2, ["'low'", "number"]),
        (("tanh", "--xlim", "1"), 2, ["--xlim", "2 arguments"]),
        (("tanh", "0", "1", "--xlim", "2", "3"), 2, ["--xlim 2.0 3.0", "0.0 to 1.0"]),
        (("tanh", "--eps", "-0.1"), 2, ["--eps", "-0.1"]),
        (("tanh", "--eps", "inf"), 2, ["--eps", "inf"]),
        (("tanh", "--show", "x"), 2, ["x is the axis", "y, dy, d2y"]),
        (("tanh", "--show", "d3y"), 2, ["'d3y'", "d2y"]),
        (("tanh", "--title", r"a $\nosuch$ b"), 2, ["mathtext", r"Unknown symbol: \nosuch"]),
        (("tanh", "--title", "$x_$"), 2, ["'$x_$'", "mathtext", "column 3"]),
        (("tanh", "--title", "a" * 1000), 2, ["1000", "400"]),
        (("tanh", "--svg-text", "letters"), 2, ["'letters'", "path"]),
        (("tanh", "--style", "gplot"), 2, ["'gplot'", "ggplot"]),
        (("tanh", "--style", "nowhere.mplstyle"), 2, ["nowhere.mplstyle", "No such file"]),
        (("tanh", "--style", "."), 2, ["'.'", "not a file"]),
        (("tanh", "--style", __file__), 2, ["not a matplotlib style", "line 3"]),
        (("tanh", "--style", sys.executable), 2, ["not a matplotlib style"]),
        (("gelu", "--backend", "tensorflow-2.0"), 2, ["gelu", "tensorflow-2.0 has sigmoid"]),
        (("relu", "--backend", "tensorflow-2.0", "--dtype", "float16"), 2, ["no float16"]),
        (("relu", "--backend", "tensorflow-2.0", "--show", "d2y"), 2, ["second derivative"]),
        (("relu", "--backend", "tensorflw"), 2, ["'tensorflw'", "did you mean tensorflow"]),
        (("relu", "--dtype", "float9"), 2, ["'float9'", "float"]),
        (("relu", "3.01", "3.1", "--dtype", "float8_e5m2"), 2, ["float8_e5m2", "no number"]),
        ((*names()[:7], "--error"), 2, ["at most 6 functions", "7"]),
        (
            ("tanh", "gelu", "--width", "2", "--height", "1.5", "--show", "y,dy,d2y"),
            2,
            ["2 by 1.5"],
        ),
        (("--all",), 2, ["--all", "folder"]),
        (("--all", "tanh", "-o", "gallery"), 2, ["--all", "'tanh'"]),
    ],
)
@pytest.mark.sampled(3)
def test_what_cannot_be_drawn_is_one_line(
    call: Call, arguments: tuple[str, ...], status: int, words: list[str], folder: Path
) -> None:
    result = call("plot", *arguments)
    assert (result.status, result.out) == (status, "")
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err
    assert not list(folder.iterdir())


def test_a_folder_that_is_a_file(call: Call, folder: Path) -> None:
    (folder / "gallery").write_text("mine")
    result = call("plot", "--all", "-o", "gallery")
    assert result.status == 1
    assert "'gallery'" in result.err
    assert (folder / "gallery").read_text() == "mine"


def test_an_old_picture_survives_a_failure(call: Call, folder: Path) -> None:
    old = folder / "tanh.png"
    old.write_bytes(b"old")
    assert call("plot", "tanh", "0", "nan").status == 2
    assert old.read_bytes() == b"old"
    old.chmod(stat.S_IRUSR)
    status = call("plot", "tanh").status
    if status:  # root may write anywhere
        assert old.read_bytes() == b"old"
    assert [path.name for path in folder.iterdir()] == ["tanh.png"]


def test_a_terminal_is_not_fed_a_picture(folder: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        command_line("plot", "tanh", "-o", "-"),
        env=environment(),
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert "garble" in done.stderr
