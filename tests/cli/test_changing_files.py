"""Files that become shorter or longer while they are read, by one process or two."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import command_line, environment
from tests.support.processes import one_processor

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="it needs pipes as short as Linux's"
)
#: More numbers than a pipe and the buffers of a process hold.
COUNT = 2_000_000
SHORTER = 12_000_001


def changed(change: Callable[[], None], processes: int, *args: str) -> tuple[int, bytes, str]:
    """A run whose input is changed when it has begun; it waits for its reader until then."""
    with subprocess.Popen(
        command_line("eval", *args),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        preexec_fn=one_processor if processes == 1 else None,
    ) as process:
        assert process.stdout
        start = process.stdout.read(1 << 12)
        change()
        out, err = process.communicate(timeout=120)
        return process.returncode, start + out, err.decode()


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    (folder / "x.txt").write_bytes(b"1234.25\n" * COUNT)
    (folder / "x.csv").write_bytes(b"x\n" + b"1234.25\n" * COUNT)


@pytest.mark.parametrize("processes", [1, 2])
def test_text_that_shrinks(processes: int) -> None:
    """Its last number is half of one and not answered."""
    status, out, err = changed(lambda: os.truncate("x.txt", SHORTER), processes, "relu", "x.txt")
    assert status == 1
    assert err == (
        "actcli: error: x.txt became shorter while it was read: "
        "it has 12,000,001 of 16,000,000 bytes\n"
    )
    assert out == b"1234.25\n" * (SHORTER // 8)


@pytest.mark.slow
def test_a_table_that_shrinks() -> None:
    args = ("relu", "x.csv", "--column", "x")
    status, out, err = changed(lambda: os.truncate("x.csv", SHORTER), 1, *args)
    assert status == 1
    assert "x.csv became shorter while it was read" in err
    assert err.count("\n") == 1
    assert out == b"x,y\n" + b"1234.25,1234.25\n" * ((SHORTER - 2) // 8)


def test_vectors_that_shrink() -> None:
    Path("v.txt").write_bytes(b"1234.25\n" * 60_000)
    status, out, err = changed(lambda: os.truncate("v.txt", 400_001), 1, "softmax", "v.txt")
    assert (status, out) == (1, b"1.0\n" * 50_000)
    assert err.startswith("actcli: error: v.txt became shorter while it was read")


def test_an_archive_that_shrinks() -> None:
    np.savez("x.npz", x=np.ones(COUNT, np.float64))
    status, _, err = changed(lambda: os.truncate("x.npz", SHORTER), 1, "relu", "x.npz")
    assert status == 1
    assert err == ("actcli: error: cannot read array 'x' of 'x.npz': it ends too early\n")


@pytest.mark.parametrize("processes", [1, 2])
def test_text_that_grows(processes: int) -> None:
    def append() -> None:
        with open("x.txt", "ab") as file:
            file.write(b"-1\n2")

    status, out, err = changed(append, processes, "relu", "x.txt")
    assert (status, err) == (0, "")
    assert out == b"1234.25\n" * COUNT + b"0.0\n2.0\n"


def test_an_array_that_grows() -> None:
    np.save("x.npy", np.ones(COUNT, np.float32))
    size = os.path.getsize("x.npy")

    def append() -> None:
        with open("x.npy", "ab") as file:
            file.write(b"more")

    status, out, err = changed(append, 1, "relu", "x.npy")
    assert (status, err, len(out)) == (0, "", size)
