"""What the README and the tutorial show is what the commands print."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from actcli.cli import COMMANDS
from tests.conftest import ROOT, environment

README = ROOT / "README.md"
PYTHON = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TUTORIAL = ROOT / "samples" / "tutorial.sh"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path):
    """Run a line or script of bash in which `actcli` is this project."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "actcli"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m actcli "$@"\n')
    command.chmod(0o755)

    def run(*arguments: str) -> str:
        result = subprocess.run(
            ["bash", *arguments],
            cwd=ROOT,
            env=environment(PATH=f"{folder}{os.pathsep}{os.environ['PATH']}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return result.stdout

    return run


def transcripts() -> list[tuple[str, str]]:
    """Each command of the README's console blocks, with the output shown under it."""
    found = []
    for block in BLOCK.findall(README.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), transcripts(), ids=lambda text: text[:60])
@pytest.mark.sampled(5)
def test_readme_transcript(command, output, shell):
    assert shell("-c", command) == output


def test_readme_has_transcripts_in_the_first_screen():
    assert len(transcripts()) >= 10
    assert README.read_text(encoding="utf-8").index("```console") < 600


def test_readme_python():
    blocks = PYTHON.findall(README.read_text(encoding="utf-8"))
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", str(README), 0)
    results = doctest.DocTestRunner().run(test)
    assert results.attempted >= 5
    assert results.failed == 0


def test_readme_names_files_that_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    missing = [link for link in links if not (ROOT / link).exists()]
    assert missing == []


@pytest.mark.skipif(shutil.which("awk") is None, reason="the tutorial's script uses awk")
@pytest.mark.slow
def test_tutorial(shell):
    assert shell(str(TUTORIAL)) == TUTORIAL.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_command_has_a_row() -> None:
    rows = README.read_text(encoding="utf-8").partition("## Commands")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `actcli (\w+)", rows, re.MULTILINE))
    assert named == set(COMMANDS)
