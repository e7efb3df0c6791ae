"""Running the command line: as a process of its own, or in this one where that is all it takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
# As the command line has it, and before anything imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# In the background of a shell Ctrl-C is ignored, and so it would be by the processes under test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
#: What would change colours, widths, buffering or how long a start takes, if it were set here.
UNSETTLING = (
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONIOENCODING",
    "PYTHONUNBUFFERED",
    "TTY_COMPATIBLE",
    "_ACTCLI_COMPLETE",
)


def heed_hangups() -> None:
    """Undo for a process that is started what nohup does for the tests: hang-ups are ignored."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def environment(**changes: str) -> dict[str, str]:
    """The environment of a process under test."""
    settled = {name: value for name, value in os.environ.items() if name not in UNSETTLING}
    return {**settled, "PYTHONPATH": str(ROOT), **changes}


def command_line(*args: str) -> list[str]:
    """The command that runs this project with the Python of the tests."""
    return [sys.executable, "-m", "actcli", *args]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave all but every n-th case of a test that is marked so to the slow ones."""
    seen: Counter[str] = Counter()
    for item in items:
        sampled = item.get_closest_marker("sampled")
        if sampled is None:
            continue
        test = item.nodeid.partition("[")[0]
        if seen[test] % sampled.args[0]:
            item.add_marker(pytest.mark.slow)
        seen[test] += 1


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a process to its end: `run("eval", "gelu", "1")`, in an empty folder, with no input."""

    def run_process(
        *args: str, input: str | None = None, env: dict[str, str] | None = None, **settings: Any
    ) -> subprocess.CompletedProcess[str]:
        if input is None:
            settings.setdefault("stdin", subprocess.DEVNULL)
        for stream in ("stdout", "stderr"):
            settings.setdefault(stream, subprocess.PIPE)
        settings.setdefault("cwd", tmp_path)
        return subprocess.run(
            command_line(*args),
            input=input,
            env=environment(**(env or {})),
            text=True,
            timeout=120,
            check=False,
            **settings,
        )

    return run_process


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Outcome(NamedTuple):
    """What one command line did."""

    status: int
    out: str
    err: str


Call = Callable[..., Outcome]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command line in this process: much faster than `run`, the same down to the bytes."""
    for name in UNSETTLING:
        monkeypatch.delenv(name, raising=False)

    def call_here(*args: str) -> Outcome:
        from actcli.cli import run

        status = run(list(args))
        out, err = capfd.readouterr()
        return Outcome(status, out, err)

    return call_here
