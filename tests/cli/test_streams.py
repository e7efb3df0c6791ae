"""Pipes, full disks, Ctrl-C: how a run ends when the world outside does."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Call, Run, command_line, environment
from tests.support.files import FULL, needs_full_device
from tests.support.processes import changed_command_line

ENDLESS = ("eval", "sigmoid", "-10", "10", "1000000000000")


@contextmanager
def started(*args: str, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process with pipes at all ends, killed if the test leaves it running."""
    process = subprocess.Popen(
        command_line(*args),
        stdin=subprocess.PIPE,
        stdout=settings.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        env=environment(),
        **settings,  # type: ignore[call-overload]
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("form", ["text", "csv", "tsv", "json", "jsonl", "table", "hex", "bits"])
@pytest.mark.sampled(2)
def test_a_closed_pipe_ends_quietly(form: str) -> None:
    with started(*ENDLESS, "--format", form) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(100)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1


def test_a_pipe_closed_before_anything_is_written() -> None:
    """What is short is written at the very end, at the flush."""
    for args in (("--help",), ("eval", "gelu", "1")):
        reader, writer = os.pipe()
        os.close(reader)
        with started(*args, stdout=writer) as process:
            os.close(writer)
            assert process.stderr
            assert process.stderr.read() == b""
            assert process.wait(timeout=60) == 1


@needs_full_device
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "args", [("--help",), ("--version",), ("eval", "gelu", "1"), ENDLESS, ("backends",)]
)
def test_a_full_disk_is_one_line(run: Run, args: tuple[str, ...], unbuffered: str) -> None:
    with FULL.open("w") as full:
        done = run(*args, stdout=full, env={"PYTHONUNBUFFERED": unbuffered})
    message = "actcli: error: cannot write standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, message)


def closing(*numbers: int) -> Callable[[], None]:
    def close() -> None:
        for number in numbers:
            os.close(number)

    return close


def test_closed_standard_streams(run: Run) -> None:
    done = run("eval", "gelu", "1", preexec_fn=closing(1))
    assert done.stderr == "actcli: error: cannot write standard output: it is closed\n"
    assert done.returncode == 1
    done = run("eval", "gelu", preexec_fn=closing(0))
    assert done.stderr == "actcli: error: cannot read standard input: it is closed\n"
    assert done.returncode == 1
    assert run("eval", "gelu", "x", preexec_fn=closing(2)).returncode == 1
    assert run("eval", "relu", "1", "--show", "y", preexec_fn=closing(2)).stdout


def test_the_other_names_of_closed_standard_streams(run: Run) -> None:
    done = run("eval", "gelu", "/dev/stdin", preexec_fn=closing(0))
    assert done.stderr == "actcli: error: cannot read standard input: it is closed\n"
    done = run("eval", "gelu", "1", "-o", "/dev/stdout", preexec_fn=closing(1))
    assert done.stderr == "actcli: error: cannot write '/dev/stdout': it is closed\n"
    done = run("eval", "gelu", "--help", preexec_fn=closing(1))
    assert done.stderr == "actcli: error: cannot write standard output: it is closed\n"


MANY = "".join(f"{number}.5\n" for number in range(400_000))


@pytest.mark.parametrize("numbers", [(0,), (1,), (2,), (1, 2), (0, 1, 2)])
@pytest.mark.sampled(2)
def test_an_opened_file_is_not_taken_for_a_standard_stream(
    run: Run, tmp_path: Path, numbers: tuple[int, ...]
) -> None:
    """A file is opened with the lowest number there is, and what goes to that number goes to it."""
    (tmp_path / "n.txt").write_text(MANY)
    done = run("eval", "identity", "n.txt", "-o", "o.txt", preexec_fn=closing(*numbers))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "o.txt").read_text() == MANY


#: Two processors, wherever the tests run, and a system that is short of something.
TWO = "import os; os.sched_getaffinity = lambda _: {0, 1}\n"
SHORT = """
import errno
def refuse(*_): raise OSError(errno.{error}, os.strerror(errno.{error}))
{what} = refuse
"""
WITHOUT_FORKS = [
    TWO + SHORT.format(what=f"os.{what}", error=error)
    for what, error in [("fork", "EAGAIN"), ("fork", "ENOMEM"), ("pipe", "EMFILE")]
]
#: Threads are for what processes are not: other systems than Linux, whose forks are harmless.
WITHOUT_THREADS = (
    TWO
    + """
import threading
def refuse(*_): raise RuntimeError("can't start new thread")
threading.Thread.start = refuse
listed = os.listdir
os.listdir = lambda path: listed(str(path).replace("/proc/self", "/nowhere"))
"""
)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (changes, line)
        for changes in WITHOUT_FORKS
        for line in (
            "eval identity n.txt -o out.txt",
            "eval relu x.npy -o out.npy",
            "audit actcli tanh --sample 300000 --format json -o out.json",
        )
    ]
    + [
        (WITHOUT_THREADS, line)
        for line in (
            "eval relu x.npy -o out.npy",
            "audit actcli tanh --sample 300000 --format json -o out.json",
        )
    ],
)
@pytest.mark.sampled(11)
def test_what_can_go_on_in_one_process_does(tmp_path: Path, changes: str, line: str) -> None:
    (tmp_path / "n.txt").write_text(MANY)
    np.save(tmp_path / "x.npy", np.linspace(-1, 1, 3_000_000, dtype=np.float32))
    results = []
    for before in ("", changes):
        done = subprocess.run(
            changed_command_line(before, *line.split()),
            env=environment(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        results.append({path.name: path.read_bytes() for path in tmp_path.glob("out*")})
    assert results[0] == results[1]
    assert results[0]


@pytest.mark.parametrize(
    ("error", "message"),
    [("EMFILE", "the system refuses: Too many open files"), ("ENOMEM", "not enough memory")],
)
def test_what_fails_without_a_name_is_not_blamed_on_the_output(error: str, message: str) -> None:
    changes = f"{TWO}from actcli.flow import study{SHORT.format(what='study.study', error=error)}"
    line = changed_command_line(changes, "flow", "relu", "--depth", "2", "--width", "4")
    done = subprocess.run(line, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"actcli: error: {message}")


@pytest.mark.parametrize("args", [(*ENDLESS, "--format", "csv"), ("eval", "gelu")])
def test_ctrl_c(args: tuple[str, ...]) -> None:
    with started(*args) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"1\n")
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        if args == ("eval", "gelu"):
            assert process.stdout.read() == b""
        else:
            while process.stdout.read(1 << 16):
                pass
        assert process.stderr.read() == b"actcli: error: interrupted\n"
        assert process.wait(timeout=60) == 130


def test_a_line_is_answered_when_it_comes() -> None:
    with started("eval", "relu") as process:
        assert process.stdin
        assert process.stdout
        for number in ("1.5", "-2"):
            process.stdin.write(f"{number}\n".encode())
            process.stdin.flush()
            assert float(process.stdout.readline()) == max(float(number), 0)


def test_a_range_of_any_length_streams_in_constant_memory() -> None:
    with started(*ENDLESS, "--format", "csv") as process:
        assert process.stdout
        for _ in range(200):
            assert process.stdout.read(1 << 16)
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            peak = int(status.read_text().partition("VmHWM:")[2].split()[0])
            assert peak < 120_000  # KiB


def test_a_summary_of_a_long_range_comes_at_once(run: Run) -> None:
    done = run(*ENDLESS)  # the whole range would take longer than any test may
    assert done.stdout.count("shape=(1000000000000,), dtype=float32)>") == 3


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 2,3\t4\n5", "1 2 3 4 5"),
        ("1\r\n2\r\n", "1 2"),
        ("# all\n1 # one\n\n,2\n", "1 2"),
        ("1e-3 +2 .5 -inf nan\n", "0.001 2 0.5 -inf nan"),
        ("\N{MINUS SIGN}3\n", "-3"),
        ("", ""),
        ("# nothing", ""),
    ],
)
@pytest.mark.sampled(2)
def test_numbers_in_text(run: Run, text: str, numbers: str) -> None:
    done = run("eval", "relu", "--show", "x", input=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert [repr(float(line)) for line in done.stdout.split()] == [
        repr(float(number)) for number in numbers.split()
    ]


def test_input_shows_y_unless_told_otherwise(run: Run) -> None:
    assert run("eval", "relu", input="-1\n2\n").stdout == "0.0\n2.0\n"
    assert run("eval", "relu", "-", input="2").stdout == "2.0\n"
    assert run("eval", "relu", "--show", "x,y,dy", input="2").stdout == "2.0\t2.0\t1.0\n"
    assert run("eval", "relu", "--format", "csv", input="2").stdout == "y\n2.0\n"
    assert run("eval", "relu", "--format", "json", input="").stdout == '{"y": []}\n'


def test_input_as_tensors(run: Run) -> None:
    done = run("eval", "relu", "--format", "tf", "--show", "x,y", input="-1 2\n")
    assert done.stdout == (
        "a = tf.constant([-1.0, 2.0])\n"
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([-1.,  2.], dtype=float32)>\n"
        "y = tf.nn.relu(a)\n"
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([0., 2.], dtype=float32)>\n"
    )
    many = "\n".join(map(str, range(2000)))
    done = run("eval", "relu", "--format", "tf", "--show", "x", input=many)
    assert done.stdout.startswith("a = tf.constant([0.0, 1.0, 2.0, ..., 1997.0, 1998.0, 1999.0])\n")


def test_what_depends_on_its_place_sees_all_of_the_input(run: Run) -> None:
    """TensorFlow 2.0 worked on eights, and on the rest in another way."""
    numbers = [f"{n / 10 - 5}" for n in range(100)]
    args = ("eval", "sigmoid", "--backend", "tensorflow-2.0")
    whole = run(*args, input="\n".join(numbers))
    with started(*args) as process:
        assert process.stdin
        assert process.stdout
        for number in numbers:
            process.stdin.write(f"{number}\n".encode())
            process.stdin.flush()
        process.stdin.close()
        assert process.stdout.read().decode() == whole.stdout


def test_a_bad_number_is_located_and_what_came_before_it_is_answered(run: Run) -> None:
    done = run("eval", "relu", input="1\n2 3\n4, x5\n6\n")
    assert done.stdout == "1.0\n2.0\n3.0\n4.0\n"
    assert done.stderr == (
        "actcli: error: standard input, line 3, column 4: 'x5' is not a number; "
        "write one as -10, .5, 1e-3 or inf\n"
    )
    assert done.returncode == 1


def test_a_bad_number_far_down(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("1.25\n" * 50_000 + "  1_000\n")
    done = run("eval", "relu", "numbers.txt")
    assert done.stdout == "1.25\n" * 50_000
    assert "numbers.txt, line 50001, column 3: '1_000' is not a number" in done.stderr


def test_a_terminal_is_not_waited_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actcli.commands.eval.is_terminal", lambda stream: True)
    done = call("eval", "sigmoid")
    assert done.status == 2
    assert "for example: actcli eval sigmoid -10 10 10, or: seq -5 5 | actcli eval" in done.err
