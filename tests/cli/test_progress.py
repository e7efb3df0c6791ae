"""The bar for a person who waits: on a terminal's standard error alone, and only after a second."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import environment
from tests.support.files import sparse
from tests.support.processes import IMPATIENT, changed_command_line, one_processor
from tests.support.pseudo_terminal import without_escapes

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it needs Linux's /proc and pty"),
    pytest.mark.usefixtures("cleared_folder"),
]
REMAINING = r"MB.*\d:\d\d:\d\d"
#: Enough that a reader who takes a little at a time is not done within a second.
COUNT = 1_000_000


def watched(
    *args: str, until: str, seconds: float | None = None, changes: str = IMPATIENT, **settings: Any
) -> str:
    """What a person sees of a run whose results are read slowly, until it shows some words or the
    time since its first result is over; then it is interrupted."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    settings.setdefault("stdin", subprocess.DEVNULL)
    with subprocess.Popen(
        changed_command_line(changes, "eval", *args),
        env=environment(TERM="xterm-256color"),
        stdout=subprocess.PIPE,
        stderr=theirs,
        **settings,
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        outputs: list[Any] = [ours, process.stdout]
        shown, deadline = b"", time.monotonic() + 100
        while not re.search(until, text := without_escapes(shown.decode(errors="replace"))):
            if time.monotonic() > deadline or process.poll() is not None:
                break
            readable = select.select(outputs, [], [], 0.1)[0]
            if ours in readable:
                shown += os.read(ours, 1 << 16)
            if process.stdout in readable:
                os.read(process.stdout.fileno(), 1 << 16)
                if seconds:
                    deadline = min(deadline, time.monotonic() + seconds)
                time.sleep(0.03)
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            while more := os.read(ours, 1 << 16):
                shown += more
        os.close(ours)
        assert process.wait(timeout=60) == 130
    assert seconds or re.search(until, text)
    assert shown.endswith(b"actcli: error: interrupted\r\n")
    return text


def test_an_array() -> None:
    np.save("x.npy", np.zeros(4 * COUNT, np.float32))
    assert "/16.0 MB" in watched("gelu", "x.npy", until=REMAINING, changes="")


@pytest.mark.slow
def test_an_array_that_processes_share() -> None:
    sparse("x.npy", 2_000_000_000)
    assert "/8.0 GB" in watched("gelu", "x.npy", "-o", "y.npy", until=r"GB.*\d:\d\d:\d\d")
    assert os.listdir() == ["x.npy"]


def test_an_array_along_an_axis() -> None:
    np.save("x.npy", np.zeros((4 * COUNT // 10, 10), np.float32))
    assert "/16.0 MB" in watched("softmax", "x.npy", until=REMAINING)


def test_quiet() -> None:
    np.save("x.npy", np.zeros(4 * COUNT, np.float32))
    assert watched("gelu", "x.npy", "--quiet", until="MB", seconds=0.5) == ""


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.sampled(2)
def test_a_file_of_text_says_how_long_it_will_take(processes: int) -> None:
    Path("x.txt").write_text("1.25\n-0.5\n" * (COUNT // 2))
    single: dict[str, Any] = {"preexec_fn": one_processor} if processes == 1 else {}
    remaining = r"/5\.0 MB.*\d:\d\d:\d\d"
    assert re.search(remaining, watched("gelu", "x.txt", until=remaining, **single))
    with open("x.txt", "rb") as file:
        assert re.search(remaining, watched("gelu", until=remaining, stdin=file, **single))


def test_a_file_of_text_that_is_held_first() -> None:
    Path("x.txt").write_text("1.25\n-0.5\n" * (COUNT // 2))
    assert "/5.0 MB" in watched("gelu", "x.txt", "--format", "json", until=REMAINING)


def test_vectors_of_text() -> None:
    Path("x.txt").write_text("1.25 2\n" * COUNT)
    assert "/7.0 MB" in watched("softmax", "x.txt", until=REMAINING)


def test_a_table() -> None:
    Path("x.csv").write_text("x,z\n" + "1.25,2\n" * COUNT)
    assert "/7.0 MB" in watched("gelu", "x.csv", "--column", "x", until=REMAINING)


def test_a_pipe_does_not_say_how_long_it_will_take() -> None:
    with subprocess.Popen(["yes", "1.25"], stdout=subprocess.PIPE) as source:
        shown = watched("gelu", until=r"B/s", stdin=source.stdout)
        source.kill()
    assert re.search(r"\d/\? [kM]B", shown)
