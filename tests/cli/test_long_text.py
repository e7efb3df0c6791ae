"""Long text, which a second process reads: the results must be those of a single process."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from actcli.sources.text import WORTH_A_PROCESS
from tests.conftest import Run, command_line, environment, heed_hangups
from tests.support.files import FULL, needs_full_device
from tests.support.processes import children

COUNT = WORTH_A_PROCESS + 100_000
NUMBERS = "".join(f"{n}\n" for n in range(COUNT))
ANSWERS = "".join(f"{n}.0\n" for n in range(COUNT))
CHILDREN = Path("/proc/self/task") / str(os.getpid()) / "children"
needs_two = pytest.mark.skipif(
    not CHILDREN.exists() or len(os.sched_getaffinity(0)) < 2,
    reason="without a second processor, or /proc, there is no second process",
)


@contextmanager
def reading_on() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that has answered a long input and waits for more, and its child's number."""
    with subprocess.Popen(
        command_line("eval", "relu"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
        preexec_fn=heed_hangups,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            sender = os.fork()
            if sender == 0:
                try:
                    process.stdin.write(NUMBERS.encode())
                    process.stdin.flush()
                finally:
                    os._exit(0)
            assert process.stdout.read(len(ANSWERS)) == ANSWERS.encode()
            os.waitpid(sender, 0)
            (child,) = children(process.pid)
            yield process, child
        finally:
            process.kill()


def is_gone(number: int) -> bool:
    """Whether a process ends soon."""
    for _ in range(100):
        status = Path(f"/proc/{number}/stat")
        try:
            if status.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def test_every_number_is_answered_in_its_place(run: Run, tmp_path: Path) -> None:
    assert run("eval", "relu", input=NUMBERS).stdout == ANSWERS
    (tmp_path / "numbers.txt").write_text(NUMBERS)
    done = run("eval", "relu", "numbers.txt", "-o", "answers.txt", "--dtype", "float64")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "answers.txt").read_text() == ANSWERS
    assert sorted(os.listdir(tmp_path)) == ["answers.txt", "numbers.txt"]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float8_e5m2"])
def test_small_numbers(run: Run, dtype: str) -> None:
    numbers = "0.5\n-1\n" * (COUNT // 2)
    done = run("eval", "relu", "--dtype", dtype, input=numbers)
    assert done.stdout == "0.5\n0.0\n" * (COUNT // 2)


def test_a_bad_number(run: Run) -> None:
    done = run("eval", "relu", input=NUMBERS + "1 x 2\n")
    assert done.stdout == ANSWERS + "1.0\n"
    assert done.stderr == (
        f"actcli: error: standard input, line {COUNT + 1}, column 3: 'x' is not a number; "
        "write one as -10, .5, 1e-3 or inf\n"
    )
    assert done.returncode == 1


def test_bad_numbers_are_counted_in_both_processes(run: Run) -> None:
    for policy, kept, done_to in (("skip", "", "skipped"), ("nan", "nan\n", "taken as nan")):
        done = run("eval", "relu", "--invalid", policy, input="first\n" + NUMBERS + "last\n2")
        assert done.stdout == f"{kept}{ANSWERS}{kept}2.0\n"
        assert done.stderr == (
            f"actcli: 2 values are not numbers, {done_to}; the first is line 1, column 1: 'first'\n"
        )
        assert done.returncode == 0


@needs_two
def test_a_line_is_answered_when_it_comes() -> None:
    with reading_on() as (process, child):
        assert process.stdin
        assert process.stdout
        for number in (b"1.5\n", b"-2\n", b"nan\n"):
            process.stdin.write(number)
            process.stdin.flush()
            assert process.stdout.readline() in (b"1.5\n", b"0.0\n", b"nan\n")
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait(timeout=60) == 0
        assert is_gone(child)


@needs_two
def test_a_reader_that_leaves() -> None:
    with reading_on() as (process, child):
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"1\n")
        process.stdin.flush()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1
        assert is_gone(child)


@needs_two
def test_ctrl_c() -> None:
    with reading_on() as (process, child):
        assert process.stderr
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr.read() == b"actcli: error: interrupted\n"
        assert process.wait(timeout=60) == 130
        assert is_gone(child)


@needs_two
def test_a_second_process_that_is_ended() -> None:
    with reading_on() as (process, child):
        assert process.stderr
        os.kill(child, signal.SIGKILL)
        assert process.stderr.read() == (
            b"actcli: error: the process that reads the input was ended\n"
        )
        assert process.wait(timeout=60) == 1


@needs_two
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.sampled(2)
def test_no_second_process_is_left_behind(number: int) -> None:
    """Though the input that it waits for is still open."""
    with reading_on() as (process, child):
        assert process.stdout
        assert process.stderr
        os.kill(process.pid, number)
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
        assert process.wait(timeout=60) == -number
        assert is_gone(child)


@needs_full_device
def test_a_full_disk(run: Run) -> None:
    with FULL.open("w") as full:
        done = run("eval", "relu", input=NUMBERS, stdout=full)
    message = "actcli: error: cannot write standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, message)
