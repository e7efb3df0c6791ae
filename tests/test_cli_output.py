"""`-o`: a file appears whole or not at all, and what is no file is written directly."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from actcli.output import open_binary, open_text
from tests.conftest import Call, Run, command_line, environment

LINES = {
    "csv": "x,y,dy\n1.0,1.0,1.0\n",
    "tsv": "x\ty\tdy\n1.0\t1.0\t1.0\n",
    "txt": "1.0\t1.0\t1.0\n",
    "json": '{"x": [1.0],\n "y": [1.0],\n "dy": [1.0]}\n',
    "jsonl": '{"x": 1.0, "y": 1.0, "dy": 1.0}\n',
    "ndjson": '{"x": 1.0, "y": 1.0, "dy": 1.0}\n',
    "hex": "0x1p+0\t0x1p+0\t0x1p+0\n",
    "bits": "0x3f800000\t0x3f800000\t0x3f800000\n",
}


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("suffix", LINES)
def test_the_suffix_chooses_the_format(call: Call, tmp_path: Path, suffix: str) -> None:
    for name in (f"a.{suffix}", f"b.{suffix.upper()}"):
        assert call("eval", "relu", "1", "-o", name) == (0, "", "")
        assert (tmp_path / name).read_text() == LINES[suffix]
    assert len(list(tmp_path.iterdir())) == 2


def test_format_wins_over_the_suffix(call: Call, tmp_path: Path) -> None:
    assert call("eval", "relu", "1", "-o", "plain", "--format", "csv").status == 0
    assert call("eval", "relu", "1", "-o", "a.json", "--format", "csv").status == 0
    assert (tmp_path / "plain").read_text() == (tmp_path / "a.json").read_text() == LINES["csv"]


@pytest.mark.parametrize("path", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_by_its_names(call: Call, path: str) -> None:
    done = call("eval", "relu", "1", "-o", path, "--format", "csv")
    assert done == (0, LINES["csv"], "")
    assert call("eval", "relu", "1", "-o", path).out.startswith("a = tf.constant(1.0)\n")


def test_an_open_file_keeps_its_place(run: Run, tmp_path: Path) -> None:
    """`>> file` with /dev/stdout appends; replacing or truncating the file would lose the rest."""
    kept = tmp_path / "kept.csv"
    kept.write_text("before\n")
    (tmp_path / "link").symlink_to("/dev/stdout")
    for path in ("/dev/stdout", "link"):
        with kept.open("a") as out:
            assert run("eval", "relu", "1", "-o", path, "--format", "csv", stdout=out).stderr == ""
    assert kept.read_text() == "before\n" + 2 * LINES["csv"]


def test_a_pipe_is_written_not_replaced(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.csv"
    os.mkfifo(fifo)
    with subprocess.Popen(
        command_line("eval", "relu", "1", "-o", "fifo.csv"), env=environment(), cwd=tmp_path
    ) as process:
        assert fifo.read_text().startswith("a = tf.constant")
        assert process.wait(timeout=60) == 0
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_the_target_of_a_link_is_replaced(call: Call, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target.csv"
    target.write_text("old")
    (tmp_path / "link.csv").symlink_to("folder/target.csv")
    (tmp_path / "new.csv").symlink_to("folder/not-yet.csv")
    for name in ("link.csv", "new.csv"):
        assert call("eval", "relu", "1", "-o", name).status == 0
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / name).read_text() == LINES["csv"]
    names = sorted(path.name for path in (tmp_path / "folder").iterdir())
    assert names == ["not-yet.csv", "target.csv"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_permissions_stay(call: Call, tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(mode)
    assert call("eval", "relu", "1", "-o", "a.csv").status == 0
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077, 0o000])
def test_a_new_file_has_the_permissions_the_umask_leaves(
    call: Call, tmp_path: Path, mask: int
) -> None:
    before = os.umask(mask)
    try:
        assert call("eval", "relu", "1", "-o", "a.csv").status == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o666 & ~mask


def test_a_protected_file_is_not_replaced(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(0o444)
    # Root may write everything, so that the answer is made up.
    monkeypatch.setattr(os, "access", lambda *_: False)
    done = call("eval", "relu", "1", "-o", "a.csv")
    assert done == (1, "", "actcli: error: cannot write 'a.csv': Permission denied\n")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_bad_data_leaves_the_old_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    done = run("eval", "relu", "-o", "a.csv", input="1\n2\nx\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "line 3" in done.stderr
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)],
)
def test_an_interrupted_run_leaves_the_old_file(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    line = command_line("eval", "relu", "-1", "1", "1000000000000", "-o", "a.csv")
    with subprocess.Popen(line, env=environment(), cwd=tmp_path, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(number)
        assert process.wait(timeout=60) == status
        assert process.stderr
        assert process.stderr.read() == (b"actcli: error: interrupted\n" if status > 0 else b"")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_block_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.png"

    def fail_half_way() -> None:
        with open_binary(str(path)) as out:
            out.write(b"half a picture")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert not list(tmp_path.iterdir())
    with open_binary(str(path)) as out:
        out.write(b"a picture")
        assert not path.exists()
    assert path.read_bytes() == b"a picture"


def test_text_has_plain_line_ends(tmp_path: Path) -> None:
    with open_text(str(tmp_path / "a.txt")) as out:
        out.write("α\nβ\n")
    assert (tmp_path / "a.txt").read_bytes() == "α\nβ\n".encode()
