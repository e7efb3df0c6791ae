"""`-o`: a file appears whole or not at all, and what is not a regular file is written directly."""

from __future__ import annotations

import errno
import os
import signal
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from actcli.output import open_binary, open_text
from tests.conftest import Call, Run, command_line, environment, heed_hangups
from tests.support.processes import (
    UNFINISHED,
    WITH_NAMES,
    changed_command_line,
    in_the_making,
    wait_for,
)

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


pytestmark = pytest.mark.usefixtures("folder")


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


#: Work that does not end, whose result is a.csv.
ENDLESS = ("eval", "relu", "-1", "1", "1000000000000", "-o", "a.csv")
#: Whether the file that is written has no name yet, or a makeshift one.
either_way = pytest.mark.parametrize("changes", ["", WITH_NAMES], ids=["unnamed", "named"])
linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


@contextmanager
def writing(folder: Path, changes: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is writing a.csv."""
    line = changed_command_line(changes, *ENDLESS)
    with subprocess.Popen(
        line, env=environment(), cwd=folder, stderr=subprocess.PIPE, preexec_fn=heed_hangups
    ) as process:
        try:
            wait_for(lambda: any(one.st_size for one in in_the_making(process.pid, folder)))
            yield process
        finally:
            process.kill()


@linux
@either_way
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)],
)
@pytest.mark.sampled(2)
def test_an_interrupted_run_leaves_the_old_file(
    tmp_path: Path, number: signal.Signals, status: int, changes: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with writing(tmp_path, changes) as process:
        process.send_signal(number)
        assert process.wait(timeout=60) == status
        assert process.stderr
        assert process.stderr.read() == (b"actcli: error: interrupted\n" if status > 0 else b"")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@linux
def test_a_killed_run_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with writing(tmp_path, "") as process:
        assert list(tmp_path.iterdir()) == [path]
        process.kill()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@linux
def test_what_a_killed_run_leaves_is_swept_away(call: Call, tmp_path: Path) -> None:
    def leftovers() -> list[Path]:
        return list(tmp_path.glob(f"{UNFINISHED}*"))

    other = tmp_path / ".actcli-0.tmp"  # not of our making
    other.write_text("kept")
    with writing(tmp_path, WITH_NAMES) as process:
        assert call("eval", "relu", "1", "-o", "b.csv").status == 0
        assert len(leftovers()) == 2  # of the living nothing is swept
        process.kill()
    assert len(leftovers()) == 2
    assert call("eval", "relu", "1", "-o", "b.csv").status == 0
    assert leftovers() == [other]


@linux
@either_way
def test_a_private_file_is_private_while_it_is_written(tmp_path: Path, changes: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(0o600)
    with writing(tmp_path, f"import os; os.umask(0); {changes}") as process:
        (status,) = in_the_making(process.pid, tmp_path)
        assert stat.S_IMODE(status.st_mode) == 0o600


@either_way
def test_the_data_is_on_the_disk_before_the_name_is(tmp_path: Path, changes: str) -> None:
    telling = """
import os, sys
def telling(name, function):
    return lambda *args, **settings: (print(name, file=sys.stderr), function(*args, **settings))[1]
for name in ("fsync", "replace"):
    setattr(os, name, telling(name, getattr(os, name)))
"""
    line = changed_command_line(telling + changes, "eval", "relu", "1", "-o", "a.csv")
    done = subprocess.run(line, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "fsync\nreplace\n")
    assert (tmp_path / "a.csv").read_text() == LINES["csv"]


def test_a_disk_that_fails_in_the_end(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    done = call("eval", "relu", "1", "-o", "a.csv")
    assert done == (1, "", "actcli: error: cannot write 'a.csv': Input/output error\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("before", "after"), [(0o640, 0o600), (0o664, 0o644), (0o660, 0o600), (0o604, 0o644)]
)
@pytest.mark.parametrize("is_member", [True, False])
def test_a_group_that_cannot_be_kept_gives_its_rights_to_no_other(
    call: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: int,
    after: int,
    is_member: bool,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(before)

    def refuse(descriptor: int, user: int, group: int) -> None:
        if user != -1 or not is_member:
            raise PermissionError

    # Root may give everything away, so that the answer is made up.
    monkeypatch.setattr(os, "fchown", refuse)
    assert call("eval", "relu", "1", "-o", "a.csv").status == 0
    assert stat.S_IMODE(path.stat().st_mode) == (before if is_member else after)


@linux
def test_an_access_list_stays(call: Call, tmp_path: Path) -> None:
    """With one, the mode's bits of the group are not the group's, but the most that anybody has."""
    name, nobody = "system.posix_acl_access", 0xFFFFFFFF
    entries = [(0x01, 6, nobody), (0x02, 6, 12345), (0x04, 0, nobody), (0x10, 6, nobody)]
    rules = struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", *entry) for entry in [*entries, (0x20, 0, nobody)]
    )
    path = tmp_path / "a.csv"
    path.write_text("old")
    try:
        os.setxattr(path, name, rules)
    except OSError:
        pytest.skip("the file system has no access lists")
    assert call("eval", "relu", "1", "-o", "a.csv").status == 0
    assert os.getxattr(path, name) == rules
    plain, default = tmp_path / "plain.csv", name.replace("access", "default")
    plain.write_text("old")
    plain.chmod(0o640)
    os.setxattr(tmp_path, default, rules)  # for what will be made here
    assert call("eval", "relu", "1", "-o", "plain.csv").status == 0
    assert stat.S_IMODE(plain.stat().st_mode) == 0o640
    assert name not in os.listxattr(plain)


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
