"""Non-blocking standard streams, as node and ssh leave them."""

from __future__ import annotations

import fcntl
import io
import os
import struct
import subprocess
import termios
import time
from collections.abc import Callable

import numpy as np
import pytest

from tests.conftest import command_line, environment


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def held(pipe: int) -> int:
    """How many bytes wait in a pipe to be read."""
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(count)


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for that and a little longer, for the process to go on as far as it can, or to end."""
    while not happened() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)


def fed_slowly(args: list[str], parts: list[bytes]) -> tuple[int, bytes, bytes]:
    """Run a command line on a pipe that does not wait; each part comes after the last was read."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    process = subprocess.Popen(
        command_line(*args),
        stdin=reading,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    with open(writing, "wb", buffering=0) as pipe:
        for part in parts:
            pipe.write(part)
            wait_until(lambda: not held(reading), process)
    out, err = process.communicate(timeout=120)
    assert not os.get_blocking(reading), "the other program's setting was changed"
    os.close(reading)
    return process.returncode, out, err


NUMBERS = np.arange(-3.0, 5.0, dtype=np.float32)
NPY = npy(NUMBERS)


@pytest.mark.parametrize(
    ("line", "parts", "wanted"),
    [
        ("eval relu", [b"-1\n2", b"5\n", b"3"], b"0.0\n25.0\n3.0\n"),
        ("eval softmax", [b"1 1\n", b"2 2"], b"0.5 0.5\n0.5 0.5\n"),
        ("eval relu --column v", [b"v\n-1\n", b"2\n"], b"v,y\n-1,0.0\n2,2.0\n"),
        ("eval relu", [NPY[:4], NPY[4:90], NPY[90:140], NPY[140:]], npy(NUMBERS.clip(0))),
        ("eval relu --raw float32 --format text", [b"\0\0", b"\x80\x3f"], b"1.0\n"),
    ],
    ids=["text", "vectors", "table", "npy", "raw"],
)
@pytest.mark.sampled(3)
def test_standard_input(line: str, parts: list[bytes], wanted: bytes) -> None:
    assert fed_slowly(line.split(), parts) == (0, wanted, b"")


def test_samples() -> None:
    line = ["audit", "--samples", "-", "relu", "--max-ulp", "0"]
    assert fed_slowly(line, [b"x,y\n", b"-1,0\n"])[::2] == (0, b"")
    status, _, error = fed_slowly(line, [b"x,y\n", b"-1,7\n"])
    assert status == 1
    assert b"Traceback" not in error
    pair = np.stack([NUMBERS, NUMBERS.clip(0)], axis=1)
    status, _, error = fed_slowly(line, [npy(pair)[:100], npy(pair)[100:]])
    assert (status, error) == (0, b"")


def test_an_end_is_an_end() -> None:
    assert fed_slowly(["eval", "relu"], []) == (0, b"", b"")


@pytest.mark.parametrize(
    ("form", "wanted"), [("text", b"1.0\n" * 400_000), ("npy", npy(np.ones(400_000, np.float32)))]
)
def test_standard_output(form: str, wanted: bytes) -> None:
    """More than a pipe holds, read so late that it is full before."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    line = f"eval relu 1 1 400000 --show x --format {form}"
    process = subprocess.Popen(
        command_line(*line.split()), stdout=writing, stderr=subprocess.PIPE, env=environment()
    )
    os.close(writing)
    wait_until(lambda: held(reading) > 0, process)
    with open(reading, "rb") as pipe:
        got = pipe.read()
    assert (process.communicate(timeout=120)[1], process.returncode) == (b"", 0)
    assert got == wanted
