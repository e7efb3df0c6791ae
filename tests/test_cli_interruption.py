"""Ctrl-C wherever it comes: one line, status 130, and no file or process left behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import command_line, environment

#: A module that is not to be interrupted while it is imported, and is.
FRAGILE = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(100))
except KeyboardInterrupt:
    os.abort()
time.sleep(0.05)
OPT_SERIALIZE_NUMPY = 0
dumps = loads = lambda *_, **__: time.sleep(10)
"""


@pytest.mark.parametrize("args", [("x.txt",), ("x.npy", "--format", "csv")])
def test_an_import_is_not_interrupted(tmp_path: Path, args: tuple[str, ...]) -> None:
    """orjson crashes there."""
    (tmp_path / "x.txt").write_text("1.5\n" * 100_000)
    np.save(tmp_path / "x.npy", np.ones(100_000))
    (tmp_path / "orjson.py").write_text(FRAGILE)
    done = subprocess.run(
        command_line("eval", "relu", *args, "-o", "y.csv"),
        cwd=tmp_path,
        env=environment(PYTHONPATH=f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}"),
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (130, b"actcli: error: interrupted\n")
    assert not (tmp_path / "y.csv").exists()
    assert not list(tmp_path.glob(".actcli*"))


def test_ctrl_c_that_is_ignored_stays_so() -> None:
    """As it is for what a shell without job control runs in the background."""
    with subprocess.Popen(
        command_line("eval", "relu"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    ) as process:
        assert process.stdin
        assert process.stdout
        for number in (b"1.0\n", b"2.0\n"):
            process.stdin.write(number)
            process.stdin.flush()
            assert process.stdout.readline() == number
            process.send_signal(signal.SIGINT)
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def living(group: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ends while we look
            state, _, number = path.read_text().rpartition(")")[2].split()[:3]
            if int(number) == group and state != "Z":
                found.append(path.parent.name)
    return found


@pytest.mark.parametrize(
    "args",
    [
        ("sigmoid", "x.txt", "-o", "y.txt"),
        ("sigmoid", "x.txt", "-o", "y.json"),
        ("sigmoid", "x.csv", "--column", "x", "-o", "y.csv"),
        ("sigmoid", "x.npy", "-o", "y.csv"),
        ("sigmoid", "x.npy", "--show", "y,dy", "-o", "y.npz"),
        ("softmax", "x.npy", "--axis", "0", "-o", "y.npy"),
        ("softmax", "v.txt", "-o", "y.txt"),
    ],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_any_time(tmp_path: Path, args: tuple[str, ...], processes: int) -> None:
    numbers = [str(number) for number in range(500_000)]
    (tmp_path / "x.txt").write_text("\n".join(numbers * 2))
    (tmp_path / "v.txt").write_text("\n".join(f"{number} 1" for number in numbers))
    (tmp_path / "x.csv").write_text("id,x\n" + "\n".join(f"a,{number}" for number in numbers))
    np.save(tmp_path / "x.npy", np.ones((50_000, 200), np.float32))
    before = sorted(os.listdir(tmp_path))
    for _ in range(2):
        with subprocess.Popen(
            command_line("eval", *args),
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, {0})) if processes == 1 else None,
        ) as process:
            assert process.stderr
            while sorted(os.listdir(tmp_path)) == before and process.poll() is None:
                time.sleep(0.01)
            time.sleep(random.random() / 5)
            os.killpg(process.pid, signal.SIGINT)
            assert process.stderr.read() == b"actcli: error: interrupted\n"
            assert process.wait(timeout=60) == 130
        assert sorted(os.listdir(tmp_path)) == before
        deadline = time.monotonic() + 10
        while living(process.pid):
            assert time.monotonic() < deadline
            time.sleep(0.01)
