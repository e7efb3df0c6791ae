"""`actcli plot --all`: a folder of pictures and the page that shows them."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import html5lib
import pytest
from PIL import Image

from actcli.catalogue.built_in import spellings
from actcli.catalogue.registry import elementwise, names, vectors
from tests.conftest import ROOT, Call, environment
from tests.support.cards import SHORTENED
from tests.support.processes import IMPATIENT, children, wait_for
from tests.support.pseudo_terminal import on_terminal_of, without_escapes

SAMPLE = ROOT / "samples" / "gallery"
MATHEMATICS = re.compile(r"<math.*?</math>", re.DOTALL)
#: The command line with a catalogue of a few functions, and what else a test changes before.
FEW = """
import os, sys
import actcli.__main__
import actcli.catalogue.registry as registry
whole = registry.elementwise()
few = {name: whole[name] for name in ("gelu", "hard_shrink", "elu", "relu")}
registry.elementwise = lambda: few
CHANGES
from actcli.cli import run
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
actcli.__main__.leave(run(sys.argv[1:]))
"""


def few(*arguments: str, changes: str = "") -> list[str]:
    """The command that runs `actcli` on a catalogue of four functions."""
    return [sys.executable, "-c", FEW.replace("CHANGES", changes), *arguments]


def finished(command: list[str], **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=300, **settings
    )


def parsed(html: str) -> ElementTree.Element:
    """The page as a tree; an error where it is not valid."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def linked_pictures(page: ElementTree.Element) -> list[str]:
    links = [image.get("src", "") for image in page.iter("img")]
    links += [source.get("srcset", "") for source in page.iter("source")]
    return [unquote(link) for link in links]


@pytest.mark.slow
def test_every_function_is_drawn_and_the_sample_is_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "gallery"
    command = [sys.executable, "-m", "actcli", "plot", "--all", "-o", str(folder), "--dpi", "20"]
    done = finished(command)
    assert (done.returncode, done.stderr) == (0, "")
    pictures = [f"{below}{name}.png" for name in names() for below in ("", "dark/")]
    assert done.stdout.splitlines() == [f"{folder}/{path}" for path in [*pictures, "index.html"]]
    assert files(folder) == {*pictures, "index.html"}
    again = "draw it anew: actcli plot --all -o samples/gallery"
    assert files(folder) == files(SAMPLE), again
    drawn, sample = (
        MATHEMATICS.sub("", (below / "index.html").read_text(encoding="utf-8"))
        for below in (folder, SAMPLE)
    )
    assert drawn.replace(" --dpi 20", "") == sample, again


def test_the_page_shows_every_picture_and_no_other() -> None:
    page = parsed((SAMPLE / "index.html").read_text(encoding="utf-8"))
    linked = linked_pictures(page)
    assert len(linked) == 2 * len(names())
    assert {*linked, "index.html"} == files(SAMPLE)
    for path in linked:
        with Image.open(SAMPLE / path) as picture:
            assert (picture.format, picture.mode) == ("PNG", "P")
            assert picture.info["Title"] == Path(path).stem
            wanted = (0x11, 0x14, 0x18) if path.startswith("dark/") else (255, 255, 255)
            corner = picture.convert("RGB").getpixel((0, 0))
            assert isinstance(corner, tuple)
            assert all(abs(a - b) <= 2 for a, b in zip(corner, wanted, strict=True))


def test_everything_that_is_declared_stands_in_the_entry() -> None:
    page = parsed((SAMPLE / "index.html").read_text(encoding="utf-8"))
    articles = {article.get("id", ""): article for article in page.iter("article")}
    declared = {**elementwise(), **vectors()}
    assert set(articles) == set(declared)
    for name, activation in declared.items():
        words = " ".join("".join(articles[name].itertext()).split())
        for spelling, _ in spellings(activation):
            assert spelling in words
        for symbol in activation.symbols:
            assert symbol.expression in words
        for parameter in activation.parameters:
            assert f"{parameter.name}" in words
            assert parameter.meaning in words
        formula = SHORTENED.get(name, (activation.text,))[0]
        for text in (formula, *activation.notes, *activation.unverified):
            assert " ".join(text.split()) in words
        assert str(activation.citation) in words
        assert articles[name].findall(".//{*}math")
        images = list(articles[name].iter("img"))
        assert len(images) == (name in elementwise())
        for image in images:
            assert formula in image.get("alt", "")


def test_links_lead_somewhere_and_names_stand_once() -> None:
    page = parsed((SAMPLE / "index.html").read_text(encoding="utf-8"))
    anchors = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(anchors) == len(set(anchors))
    for link in page.iter("a"):
        assert link.get("href", "").removeprefix("#") in anchors


def test_the_page_needs_nothing_from_anywhere() -> None:
    text = (SAMPLE / "index.html").read_text(encoding="utf-8")
    assert "://" not in re.sub(r"https?://[^\s\"'<]*(?=[^<]*</(?:li|p|dd)>)", "", text)
    page = parsed(text)
    assert not [link for link in page.iter("link") if link.get("href") != "data:,"]
    assert not [script for script in page.iter("script") if script.get("src")]


@pytest.mark.slow
def test_the_commands_of_the_page_work(call: Call, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = parsed((SAMPLE / "index.html").read_text(encoding="utf-8"))
    commands = [
        code.text or ""
        for code in page.iter("code")
        if "command" in (code.get("class") or "").split()
    ]
    assert len(commands) == 3 * len(names()) + 2 * len(vectors()) - 1  # softmax2d takes images
    for command in commands:
        if "actcli plot" in command and command not in ("actcli plot elu", "actcli plot tanh"):
            assert command.split()[2] in names()
        elif command.startswith("actcli"):
            status, out, err = call(*command.split()[1:])
            assert (status, err) == (0, ""), command
            assert out
    script = "\n".join(command for command in commands if command.startswith("printf"))
    actcli = f'actcli() {{ "{sys.executable}" -m actcli "$@"; }}\n'
    done = finished(["bash", "-ec", actcli + script])
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == script.count("\n") + 1


@pytest.mark.parametrize("picture_format", ["png", "svg"])
@pytest.mark.slow
def test_the_same_bytes_on_one_core_as_on_two(tmp_path: Path, picture_format: str) -> None:
    found = []
    for cores in (1, 2):
        folder = tmp_path / str(cores) / "gallery"
        folder.parent.mkdir()
        processors = sorted(os.sched_getaffinity(0))[:cores]
        command = few("plot", "--all", "-o", "gallery", "--dpi", "30", "--format", picture_format)
        done = finished(
            command,
            cwd=folder.parent,
            preexec_fn=lambda here=processors: os.sched_setaffinity(0, here),
        )
        assert (done.returncode, done.stderr) == (0, "")
        drawn = {name: (folder / name).read_bytes() for name in files(folder)}
        found.append((done.stdout, drawn))
    assert len(found[0][1]) == 9
    assert found[0] == found[1]


def test_range_and_looks_are_repeated_in_the_commands(tmp_path: Path) -> None:
    arguments = ("-2", "7", "--dark", "--width=3", "--format", "svg", "-q", "-ogallery")
    done = finished(few("plot", "--all", *arguments), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(os.listdir(tmp_path / "gallery"))[-2:] == ["index.html", "relu.svg"]
    text = (tmp_path / "gallery" / "index.html").read_text(encoding="utf-8")
    assert "actcli plot elu -2 7 --dark --width=3 -o elu.svg<" in text
    assert 'name="color-scheme" content="dark"' in text
    assert "prefers-color-scheme" not in text
    parsed(text)


@pytest.mark.slow
def test_what_browsers_cannot_show_is_linked(tmp_path: Path) -> None:
    done = finished(few("plot", "--all", "-o", "gallery", "--format", "pdf"), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = parsed((tmp_path / "gallery" / "index.html").read_text(encoding="utf-8"))
    assert not list(page.iter("img"))
    links = {link.get("href") for link in page.iter("a")}
    assert {path.name for path in (tmp_path / "gallery").glob("*.pdf")} <= links
    assert "elu.pdf" in links


BROKEN = {
    "draws": 'few["relu"] = few["relu"]._replace(formulas=lambda m, x, **_: 1 / 0)',
    "describes": 'few["relu"] = few["relu"]._replace(limits=lambda **_: 1 / 0)',
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.sampled(5)
def test_a_faulty_function_is_one_line(tmp_path: Path, fault: str, cores: int) -> None:
    processors = sorted(os.sched_getaffinity(0))[:cores]
    done = finished(
        few("plot", "--all", "-o", "gallery", "--dpi", "30", changes=BROKEN[fault]),
        cwd=tmp_path,
        preexec_fn=lambda: os.sched_setaffinity(0, processors),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("actcli: error: relu cannot be shown: ")
    assert done.stderr.count("\n") == 1
    assert unfinished(tmp_path) == []


def test_words_of_a_package_are_not_html(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>&amp;"
    changes = (
        f'few["relu"] = few["relu"]._replace(notes=({evil!r},), aliases=({evil!r},),'
        f" family={evil!r})"
    )
    done = finished(few("plot", "--all", "-o", "g", "--dpi", "30", changes=changes), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = parsed((tmp_path / "g" / "index.html").read_text(encoding="utf-8"))
    assert len(list(page.iter("script"))) == 1
    (article,) = (article for article in page.iter("article") if article.get("id") == "relu")
    assert "".join(article.itertext()).count(evil) == 2
    assert evil in article.get("data-names", "")


def test_a_disk_that_takes_no_more(tmp_path: Path) -> None:
    done = finished(
        few("plot", "--all", "-o", "gallery"),
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"actcli: error: cannot write '?gallery/.*\.png'?: File too large\n", done.stderr
    )
    assert unfinished(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "gallery").mkdir()
    (tmp_path / "gallery" / "dark").write_text("mine")
    done = finished(few("plot", "--all", "-o", "gallery"), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "actcli: error: cannot make the folder 'gallery/dark': File exists\n"


#: A picture is whole for a while before it has its name.
SLOWLY = "import time; move = os.replace; os.replace = lambda *p: (time.sleep(1000), move(*p))"


@pytest.fixture
def drawing(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run on two processors, of which one writes a picture."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("it needs a second processor")
    process = subprocess.Popen(
        few("plot", "--all", "-o", "gallery", "--dpi", "30", changes=SLOWLY),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        wait_for(lambda: len(list(tmp_path.rglob(".*.tmp"))) == 1)
        yield process
    finally:
        process.kill()
        process.communicate()


def unfinished(folder: Path) -> list[Path]:
    return [*folder.rglob(".*"), *folder.rglob("index.html")]


@pytest.mark.parametrize("group", [True, False])
@pytest.mark.sampled(2)
def test_ctrl_c(drawing: subprocess.Popen[bytes], group: bool, tmp_path: Path) -> None:
    (child,) = children(drawing.pid)
    (os.killpg if group else os.kill)(drawing.pid, signal.SIGINT)
    assert drawing.communicate(timeout=60) == (b"", b"actcli: error: interrupted\n")
    assert drawing.returncode == 130
    assert not Path(f"/proc/{child}").exists()
    assert unfinished(tmp_path) == []


@pytest.mark.slow
def test_an_end_by_signal(drawing: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (child,) = children(drawing.pid)
    drawing.terminate()
    assert drawing.communicate(timeout=60) == (b"", b"")
    assert drawing.returncode == -signal.SIGTERM
    wait_for(lambda: not Path(f"/proc/{child}").exists())
    assert unfinished(tmp_path) == []


@pytest.mark.slow
def test_a_bar_shows_on_a_terminal(tmp_path: Path) -> None:
    command = few("plot", "--all", "-o", str(tmp_path / "g"), "--dpi", "30", changes=IMPATIENT)
    shown = without_escapes(on_terminal_of(command))
    assert "4/4 functions" in shown
    assert shown.endswith("index.html\n")
    assert "functions" not in on_terminal_of([*command, "--quiet"])
