"""Ctrl-C wherever it comes: one line, status 130, and no file or process left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import command_line, environment
from tests.support.files import sparse
from tests.support.processes import (
    WITH_NAMES,
    changed_command_line,
    in_the_making,
    living,
    one_processor,
    wait_for,
)

MESSAGE = b"actcli: error: interrupted\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

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
dumps = loads = lambda *_, **__: time.sleep(1000)
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
    assert (done.returncode, done.stderr) == (130, MESSAGE)
    assert not (tmp_path / "y.csv").exists()
    assert not list(tmp_path.glob(".actcli*"))


#: Makes Ctrl-C come while the interpreter runs something whose exceptions it only reports.
FALLING = """
import atexit, gc, os, signal, weakref
import actcli.cli
class Thing: pass
def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(100))
def generator():
    try:
        yield
    finally:
        interrupt()
class HalfMade(Thing):
    def __init__(self):
        interrupt()
        self.file = open(os.devnull)
    def __del__(self):
        self.file.close()
def fall():
    {fall}
run = actcli.cli.run
actcli.cli.run = lambda: (fall(), run())[1]
"""


@pytest.mark.parametrize(
    "fall",
    [
        "thing = Thing(); reference = weakref.ref(thing, interrupt); del thing",
        "Thing.__del__ = interrupt; Thing()",
        "Thing.__del__ = interrupt; thing = Thing(); thing.itself = thing; del thing; gc.collect()",
        "going = generator(); next(going); del going",
        "HalfMade()",
    ],
)
def test_a_callback_of_the_interpreter_does_not_swallow_it(fall: str) -> None:
    with subprocess.Popen(
        changed_command_line(FALLING.format(fall=fall), "eval", "relu"),
        env=environment(),
        stdin=subprocess.PIPE,  # where nothing ever comes
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.wait(timeout=60) == 130
        finally:
            process.kill()
        assert process.stderr
        assert process.stderr.read() == MESSAGE


def test_what_is_done_at_the_end_is_not_interrupted() -> None:
    """All has been written by then."""
    changes = FALLING.format(
        fall=r"atexit.register(os.write, 1, b'last\n'); atexit.register(interrupt)"
    )
    line = changed_command_line(changes, "eval", "relu", "1", "--show", "y", "--format", "csv")
    done = subprocess.run(line, env=environment(), capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"y\n1.0\nlast\n", b"")


@linux
def test_another_one_does_not_disturb_the_tidying_up(tmp_path: Path) -> None:
    changes = f"""
{WITH_NAMES}
import os, signal
unlink = os.unlink
def interrupted(path):
    os.kill(os.getpid(), signal.SIGINT)
    unlink(path)
os.unlink = interrupted
"""
    line = changed_command_line(changes, "eval", "relu", "0", "1", "1000000000000", "-o", "y.csv")
    with subprocess.Popen(line, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE) as process:
        wait_for(lambda: any(in_the_making(process.pid, tmp_path)))
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.read() == MESSAGE
        assert process.wait(timeout=60) == 130
    assert list(tmp_path.iterdir()) == []


def test_it_comes_when_a_pipe_has_just_been_closed(tmp_path: Path) -> None:
    changes = """
import os, signal
os.sched_getaffinity = lambda _: {0, 1}
pipe, close = os.pipe, os.close
def interrupted(descriptor):
    close(descriptor)
    os.close = close
    os.kill(os.getpid(), signal.SIGINT)
def opened():
    os.close = interrupted
    return pipe()
os.pipe = opened
"""
    np.save(tmp_path / "x.npy", np.ones(10_000_000, np.float32))
    line = changed_command_line(changes, "eval", "relu", "x.npy", "-o", "y.npy")
    done = subprocess.run(line, cwd=tmp_path, env=environment(), capture_output=True)
    assert (done.returncode, done.stderr) == (130, MESSAGE)
    assert os.listdir(tmp_path) == ["x.npy"]


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


#: What fills each file of text, without an end.
LINES = {"x.txt": "yes 1.5", "v.txt": "yes '1.5 1'", "x.csv": "echo id,x; yes a,1.5"}


@contextmanager
def endless_input(folder: Path, name: str) -> Iterator[None]:
    """A file with more in it than any machine could finish."""
    if name == "x.npy":
        sparse(folder / name, 1_000_000_000, 200)
        yield
        return
    if not (folder / name).exists():
        os.mkfifo(folder / name)
    with subprocess.Popen(
        ["sh", "-c", f"{{ {LINES[name]}; }} > {name}"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@linux
@pytest.mark.parametrize(
    "args",
    [
        ("sigmoid", "x.txt", "-o", "y.txt"),
        ("sigmoid", "x.txt", "-o", "y.json"),
        ("sigmoid", "x.csv", "--column", "x", "-o", "y.csv"),
        ("sigmoid", "x.npy", "-o", "y.csv"),
        ("sigmoid", "x.npy", "-o", "y.npy"),
        ("sigmoid", "x.npy", "--show", "y,dy", "-o", "y.npz"),
        ("softmax", "x.npy", "--axis", "0", "-o", "y.npy"),
        ("softmax", "v.txt", "-o", "y.txt"),
    ],
)
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.sampled(3)
def test_any_time(tmp_path: Path, args: tuple[str, ...], processes: int) -> None:
    for times in (1, 5):
        with (
            endless_input(tmp_path, args[1]),
            subprocess.Popen(
                command_line("eval", *args),
                cwd=tmp_path,
                env=environment(),
                stderr=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=one_processor if processes == 1 else None,
            ) as process,
        ):
            before = os.listdir(tmp_path)
            wait_for(lambda: any(in_the_making(process.pid, tmp_path)))
            time.sleep(random.random() / 5)
            for _ in range(times):
                os.killpg(process.pid, signal.SIGINT)
                time.sleep(random.random() / 100)
            assert process.stderr
            assert process.stderr.read() == MESSAGE
            assert process.wait(timeout=60) == 130
            assert os.listdir(tmp_path) == before
            wait_for(lambda: not living(process.pid))
