"""Arrays too large to be held: memory, processes that share the work, and how they fail."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import Run, command_line, environment
from tests.support.files import needs_full_device, sparse
from tests.support.processes import children, wait_for

COUNT = 5_000_001
#: A process that runs the rest of its command line and prints the peak memory of all its processes.
PEAK = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 // 10**6, file=sys.stderr)
sys.exit(status)
"""
#: MB: half of it is taken before any array, and threads decide how many blocks there are at a time.
LIMIT = 80
#: What the library of balls takes, which decides some of the values of float64.
BALLS = 15  # MB

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc"),
    pytest.mark.usefixtures("cleared_folder"),
]


@pytest.fixture
def x() -> np.ndarray[Any, Any]:
    values = np.random.default_rng(2).normal(0, 4, COUNT).astype(np.float32)
    np.save("x.npy", values)
    return values


def only(*names: str) -> bool:
    return sorted(os.listdir()) == sorted(names)


def shell(line: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """A line of bash in which $ACTCLI is the command."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        env=environment(ACTCLI=" ".join(command_line())),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **settings,
    )


def test_every_way_gives_the_same(x: np.ndarray[Any, Any]) -> None:
    for line in (
        "$ACTCLI eval relu x.npy -o a.npy",
        "$ACTCLI eval relu x.npy > b.npy",
        "$ACTCLI eval relu < x.npy > c.npy",
        "cat x.npy | $ACTCLI eval relu | cat > d.npy",
        ": > e.npy; $ACTCLI eval relu x.npy >> e.npy",
    ):
        done = shell(line)
        assert (done.returncode, done.stderr) == (0, ""), line
    np.save("expected.npy", np.maximum(x, 0))
    expected = Path("expected.npy").read_bytes()
    for name in "abcde":
        assert Path(f"{name}.npy").read_bytes() == expected, name


def test_a_file_that_is_written_after_something_and_before_something(
    x: np.ndarray[Any, Any],
) -> None:
    line = "{ printf before; $ACTCLI eval relu --raw float32 x.bin; printf after; } > y.bin"
    Path("x.bin").write_bytes(x.tobytes())
    assert shell(line).returncode == 0
    assert Path("y.bin").read_bytes() == b"before" + np.maximum(x, 0).tobytes() + b"after"


def test_a_file_may_be_its_own_target(x: np.ndarray[Any, Any]) -> None:
    assert shell("$ACTCLI eval relu x.npy -o x.npy").stderr == ""
    np.testing.assert_array_equal(np.load("x.npy"), np.maximum(x, 0))
    assert only("x.npy")


def test_a_long_range_as_an_array(run: Run) -> None:
    assert run("eval", "relu", "-1", "1", str(COUNT), "--show", "x", "-o", "x.npy").stderr == ""
    expected = np.linspace(-1, 1, COUNT).astype(np.float32)
    got = np.load("x.npy")
    assert got.shape == (COUNT,)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9)
    assert got[0] == -1
    assert got[-1] == 1


@pytest.mark.parametrize(
    "line",
    [
        "{peak} eval relu x.npy -o y.npy",
        "{peak} eval relu x.npy > y.npy",
        "cat x.npy | {peak} eval relu | cat > y.npy",
        "{peak} eval relu x.npy --show y,dy -o y.npz",
        "{peak} eval relu --raw float32 x.npy --format raw | tail -c 300000000 > y.npy",
    ],
)
@pytest.mark.slow
def test_memory_does_not_grow(line: str) -> None:
    sparse("x.npy", 75_000_000)
    Path("peak.py").write_text(PEAK)
    peak = f"{sys.executable} peak.py $ACTCLI"
    done = shell(line.replace("{peak}", peak))
    assert done.returncode == 0, done.stderr
    assert int(done.stderr) <= LIMIT
    size = Path("y.npz" if "npz" in line else "y.npy").stat().st_size
    assert size >= 300_000_000 * (2 if "npz" in line else 1)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.sampled(2)
def test_text_of_several_columns_takes_no_more(x: np.ndarray[Any, Any], form: str) -> None:
    np.save("x.npy", x[:1_500_000])
    Path("peak.py").write_text(PEAK)
    options = f"--dtype float64 --show x,y,dy,d2y --format {form}"
    done = shell(f"{sys.executable} peak.py $ACTCLI eval sigmoid x.npy {options} | tail -n 1")
    assert done.returncode == 0
    assert int(done.stderr) <= LIMIT + BALLS


@pytest.mark.parametrize(
    "line",
    [
        "{peak} eval softmax --axis 0 x.npy -o y.npy",
        "{peak} eval softmax --axis 1 x.npy > y.npy",
        "{peak} eval softmax --axis 2 < x.npy > y.npy",
        "cat x.npy | {peak} eval softmax --axis 1 | cat > y.npy",
        "cat x.npy | {peak} eval softmax | cat > y.npy",
    ],
)
@pytest.mark.sampled(5)
def test_memory_does_not_grow_along_an_axis(line: str) -> None:
    sparse("x.npy", 300, 250, 1000)
    Path("peak.py").write_text(PEAK)
    done = shell(line.replace("{peak}", f"{sys.executable} peak.py $ACTCLI"))
    assert done.returncode == 0, done.stderr
    assert int(done.stderr) <= LIMIT
    y = np.load("y.npy", mmap_mode="r")
    axis = int(line.partition("--axis ")[2][:1] or -1)
    assert y.shape == (300, 250, 1000)
    assert np.all(y[7, ::49] == np.float32(1 / y.shape[axis]))


def test_a_disk_that_fills_up_along_an_axis() -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9 << 20, 9 << 20))

    sparse("x.npy", 3000, 1000)
    done = shell("$ACTCLI eval softmax --axis 0 x.npy -o y.npy", preexec_fn=limited)
    assert (done.returncode, done.stderr) == (
        1,
        "actcli: error: cannot write 'y.npy': File too large\n",
    )
    assert only("x.npy")


def test_a_disk_that_fills_up(x: np.ndarray[Any, Any]) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9 << 20, 9 << 20))

    done = shell("$ACTCLI eval relu x.npy -o y.npy", preexec_fn=limited)
    assert done.returncode == 1
    assert done.stderr == "actcli: error: cannot write 'y.npy': File too large\n"
    assert only("x.npy")


@needs_full_device
@pytest.mark.parametrize("form", ["npy", "raw", "npz"])
def test_a_full_device(x: np.ndarray[Any, Any], form: str) -> None:
    for line in ("x.npy > /dev/full", "x.npy -o /dev/full"):
        done = shell(f"$ACTCLI eval relu --format {form} {line}")
        assert done.returncode == 1
        assert re.fullmatch(
            "actcli: error: cannot write ('/dev/full'|standard output): No space left on device\n",
            done.stderr,
        )


@pytest.mark.parametrize("form", ["npy", "raw", "npz"])
def test_a_reader_that_has_enough(x: np.ndarray[Any, Any], form: str) -> None:
    done = shell(f"$ACTCLI eval relu x.npy --format {form} | head -c 200 | wc -c")
    assert (done.stdout.strip(), done.stderr) == ("200", "")


def test_a_writer_that_ends_early(x: np.ndarray[Any, Any]) -> None:
    done = shell("head -c 9000000 x.npy | $ACTCLI eval relu -o y.npy")
    assert done.returncode == 1
    assert "standard input ends after 2,249,968 of the 5,000,001 elements" in done.stderr
    assert done.stderr.count("\n") == 1
    assert only("x.npy")


@pytest.mark.parametrize("how", ["a file that shrinks", "ctrl-c"])
def test_a_broken_archive_does_not_look_whole(how: str) -> None:
    sparse("x.npy", 20_000_000)
    process = subprocess.Popen(
        command_line("eval", "relu", "x.npy", "--show", "y,dy", "--format", "npz"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert process.stdout is not None
    start = process.stdout.read(1 << 16)
    if how == "ctrl-c":
        process.send_signal(signal.SIGINT)
    else:
        os.truncate("x.npy", 30_000_000)
    out, err = process.communicate(timeout=60)
    assert process.returncode == (130 if how == "ctrl-c" else 1)
    assert err.count(b"\n") == 1
    assert b"PK\x01\x02" not in out
    with pytest.raises(zipfile.BadZipFile):
        np.load(io.BytesIO(start + out))


def start(*args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command_line(*args), env=environment(), stderr=subprocess.PIPE, start_new_session=True
    )


def ended(child: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{child}/status").read_text()
    except OSError:
        return True


@pytest.fixture
def shared() -> Any:
    """A run of several processes with more to do than it finishes while it is watched."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("it needs a second processor")
    sparse("x.npy", 2_000_000_000)
    process = start("eval", "gelu", "x.npy", "-o", "y.npy", "--saturate")
    try:
        wait_for(lambda: bool(children(process.pid)))
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("group", [True, False])
def test_ctrl_c(shared: subprocess.Popen[bytes], group: bool) -> None:
    forked = children(shared.pid)
    time.sleep(0.1)
    (os.killpg if group else os.kill)(shared.pid, signal.SIGINT)
    assert shared.communicate(timeout=60)[1] == b"actcli: error: interrupted\n"
    assert shared.returncode == 130
    assert all(map(ended, forked))
    assert only("x.npy")


def test_an_end_by_signal(shared: subprocess.Popen[bytes]) -> None:
    forked = children(shared.pid)
    shared.terminate()
    assert shared.communicate(timeout=60)[1] == b""
    assert shared.returncode == -signal.SIGTERM
    wait_for(lambda: all(map(ended, forked)))
    assert only("x.npy")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.sampled(2)
def test_a_process_that_is_lost(shared: subprocess.Popen[bytes], number: int) -> None:
    os.kill(children(shared.pid)[0], number)
    _, err = shared.communicate(timeout=60)
    assert err.decode() == (
        f"actcli: error: a process that shared the work was ended by signal {int(number)}\n"
    )
    assert shared.returncode == 1
    assert only("x.npy")


def test_a_file_that_shrinks(shared: subprocess.Popen[bytes]) -> None:
    os.truncate("x.npy", 1_000_000)
    _, err = shared.communicate(timeout=60)
    assert shared.returncode == 1
    assert re.fullmatch(
        rb"actcli: error: 'x.npy' became shorter while it was read: it ends after [\d,]+ of "
        rb"2,000,000,000 elements\n",
        err,
    )
    assert only("x.npy")


@pytest.fixture
def large_samples(folder: Path) -> None:
    """38 MB of zeros as x and as many as y, but for one in the middle and one at the end."""
    y = np.zeros(9_400_000, np.float32)
    y[[5 * 10**6, -1]] = 0.1, 2**-149
    np.savez_compressed(folder / "s.npz", x=np.zeros_like(y), y=y)


@pytest.mark.usefixtures("large_samples")
def test_a_large_archive_of_samples_is_judged_while_it_is_read() -> None:
    Path("peak.py").write_text(PEAK)
    done = shell(f"{sys.executable} peak.py $ACTCLI audit --samples s.npz relu --format json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["inputs"]["count"] == 9_400_000
    assert found["columns"]["y"]["correctly_rounded"] == 9_399_998
    assert (found["dtype"], found["remarks"]) == ("float32", [])
    assert int(done.stderr.split()[-1]) < LIMIT
    done = shell("$ACTCLI audit --samples s.npz relu --format json --dtype float16")
    assert json.loads(done.stdout)["remarks"] == [
        "2 values of y are not float16 numbers and were rounded; the first is element 5000000"
    ]


@pytest.mark.usefixtures("large_samples")
@pytest.mark.slow
def test_a_damaged_archive_of_samples() -> None:
    data = bytearray(Path("s.npz").read_bytes())
    data[-3000] ^= 255  # within y
    Path("s.npz").write_bytes(data)
    done = shell("$ACTCLI audit --samples s.npz relu")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"actcli: error: cannot read array 'y' of 's.npz': .*\n", done.stderr)
