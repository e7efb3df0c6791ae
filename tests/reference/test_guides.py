"""`actcli guide`: pages whose commands do what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from actcli.cli import COMMANDS
from actcli.commands.guide import TOPICS
from tests.backends.installed import skip_unless_installed
from tests.conftest import ROOT, Call, Run
from tests.support.completion import offered

FOLDER = ROOT / "actcli" / "reference" / "guides"
KERNEL = """
import torch


def my_gelu(x):
    return torch.nn.functional.gelu(x)
"""


def commands(topic: str) -> list[str]:
    """The commands of a guide that stand on lines of their own."""
    text = (FOLDER / f"{topic}.txt").read_text(encoding="utf-8")
    return re.findall(r"^ +actcli (.*)$", text, re.MULTILINE)


def test_each_topic_has_a_page_that_fits_on_a_terminal(call: Call) -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(TOPICS)
    for topic in TOPICS:
        status, out, err = call("guide", topic)
        assert (status, err) == (0, "")
        assert out == (FOLDER / f"{topic}.txt").read_text(encoding="utf-8")
        assert out.isascii()
        assert max(map(len, out.splitlines())) <= 80
    assert call("guide").out == "".join(f"{name}\t{text}\n" for name, text in TOPICS.items())


def test_other_topics(call: Call) -> None:
    outcome = call("guide", "kernal")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "actcli: error: unknown topic 'kernal'; did you mean kernel?\n"


def test_topics_are_offered(run: Run) -> None:
    assert offered(run, "guide", "") == list(TOPICS)


def test_the_guide_to_kernels_has_five_numbered_commands() -> None:
    text = (FOLDER / "kernel.txt").read_text(encoding="utf-8")
    numbered = re.findall(r"^(\d)\. .*\n +actcli (\w+)", text, re.MULTILINE)
    assert numbered == [
        ("1", "audit"), ("2", "audit"), ("3", "audit"), ("4", "tolerance"), ("5", "audit"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", commands("kernel"))
def test_the_commands_on_kernels_run(run: Run, tmp_path: Path, line: str) -> None:
    words = shlex.split(line)
    if words[0] not in COMMANDS:
        pytest.skip(f"there is no {words[0]} yet")
    (tmp_path / "kernel.py").write_text(KERNEL)
    if "kernel.py" in line:
        skip_unless_installed("torch")
    if "--baseline" in words:
        place = words.index("--baseline")
        earlier = run(*words[:place], "-o", words[place + 1])
        assert earlier.returncode == 0, earlier.stderr
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
