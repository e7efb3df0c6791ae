"""Programs as backends: what they are given, what they may do wrong, and how they end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES
from tests.conftest import Run, command_line, environment
from tests.support.processes import children, wait_for

#: A program of all kinds: `python program.py WHAT`.
PROGRAM = """
import os, signal, sys, time

what = sys.argv[1]
read, write = sys.stdin.buffer.read, sys.stdout.buffer.write

with open("starts", "a") as starts:
    starts.write(what + "\\n")
if what == "copy":
    while data := read(1 << 12):
        write(data)
elif what == "late":  # holds everything back
    write(read())
elif what == "lines":
    for line in sys.stdin:
        print(max(float(line), 0.0), flush=True)
elif what == "slowly":
    for line in sys.stdin:
        time.sleep(0.7)
        print(float(line), flush=True)
elif what == "words":
    print(" ".join(sys.stdin.read().split()))
elif what == "bad":
    print("1.0 two", flush=True)
elif what == "constant":  # reads nothing
    write(b"\\0" * 4 * int(sys.argv[2]))
elif what == "before":  # much is written before anything is read
    write(b"\\0" * (3 << 20))
    sys.stdout.flush()
    read()
elif what == "nothing":
    pass
elif what == "talks":
    for number in range(40):
        sys.stderr.write("x" * 99_999 + "\\n")
    write(read())
    if len(sys.argv) > 2:
        print("at last\\n", file=sys.stderr)
        sys.exit(int(sys.argv[2]))
elif what == "few":
    write(read()[:-8])
elif what == "odd":
    write(read()[:-3])
elif what == "many":
    write(read() * 2)
elif what == "ever":
    read()
    while True:
        write(b"\\0" * 65536)
elif what == "early":  # ends after some values
    write(read(400))
    print("out of luck", file=sys.stderr)
    sys.exit(7)
elif what in ("SIGSEGV", "SIGTERM"):
    read()
    os.kill(os.getpid(), getattr(signal, what))
elif what == "hangs":
    read(4)
    time.sleep(1000)
elif what == "stays":
    write(read())
    sys.stdout.close()
    os.close(1)
    time.sleep(1000)
elif what == "load":
    import io
    import numpy as np
    if sys.argv[2] not in dir(np):
        import ml_dtypes
    x = np.load(io.BytesIO(read()))
    dtype = np.dtype(sys.argv[2])
    if x.dtype.kind == "V":
        x = x.view(dtype)
    if "big" in sys.argv:
        x = x.astype(">f4")
    if "wrong" in sys.argv:
        x = x.astype(np.float64)
    if "short" in sys.argv:
        x = x[1:]
    out = io.BytesIO()
    np.save(out, x)
    write(out.getvalue())
"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., str]:
    """The word that names the program."""
    (tmp_path / "program.py").write_text(PROGRAM)
    return lambda *words: " ".join([f"exec:{sys.executable} program.py", *words])


def starts(folder: Path) -> list[str]:
    return (folder / "starts").read_text().split()


def identity(run: Run, word: str, *words: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    return run("eval", "identity", *words, "--show", "y", "--backend", word, **settings)


def failure(run: Run, word: str, *words: str) -> str:
    result = identity(run, word, *(words or ("1", "2", "1000")))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    return str(result.stderr)


@pytest.mark.parametrize("how", ["copy", "late"])
@pytest.mark.parametrize("dtype", list(DTYPES))
def test_raw_numbers(run: Run, program: Any, tmp_path: Path, how: str, dtype: str) -> None:
    words = ("-3", "3", "1000", "--dtype", dtype, "--format", "bits")
    result = identity(run, program(how), *words)
    assert result.stderr == ""
    assert result.stdout == identity(run, "actcli", *words).stdout
    assert starts(tmp_path) == [how]


@pytest.mark.parametrize("how", ["copy", "late"])
def test_more_than_any_pipe_holds(run: Run, program: Any, tmp_path: Path, how: str) -> None:
    x = np.arange(1 << 22, dtype=np.float32)
    np.save(tmp_path / "x.npy", x)
    assert identity(run, program(how), "x.npy", "-o", "y.npy").stderr == ""
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), x)
    assert starts(tmp_path) == [how]


def test_a_stream_of_bytes() -> None:
    x = np.arange(300_000, dtype=np.float32)
    words = ("eval", "identity", "--raw", "float32", "--format", "text", "--backend", "exec:cat")
    result = subprocess.run(
        command_line(*words), input=x.tobytes(), capture_output=True, env=environment(), check=True
    )
    np.testing.assert_array_equal(np.array(result.stdout.split(), np.float32), x)


def test_shown_values_and_both_columns(run: Run, program: Any, tmp_path: Path) -> None:
    """A summary of a long range is computed in one go, as are the columns of a range."""
    result = run(
        "eval", "identity", "1", "2000", "2000", "--show", "x,y", "--backend", program("copy")
    )
    assert result.stderr == ""
    assert result.stdout == run("eval", "identity", "1", "2000", "2000", "--show", "x,y").stdout
    assert starts(tmp_path) == ["copy"]
    words = ("eval", "identity", "1", "3", "3", "--format", "csv", "--backend", program("copy"))
    result = run(*words, "--derivative", program("late"))
    assert result.stdout == "x,y,dy\n1.0,1.0,1.0\n2.0,2.0,2.0\n3.0,3.0,3.0\n"
    assert starts(tmp_path)[1:] == ["copy", "late"] or starts(tmp_path)[1:] == ["late", "copy"]


@pytest.mark.parametrize("how", ["lines", "words"])
def test_text(run: Run, program: Any, how: str) -> None:
    words = ("1", "3", "3", "--exchange", "text", "--format", "text")
    assert identity(run, program(how), *words).stdout == "1.0\n2.0\n3.0\n"
    said = failure(run, program("bad"), "1", "2", "2", "--exchange", "text", "--format", "text")
    assert "wrote in line 1, column 5: 'two' is not a number" in said


@pytest.mark.parametrize("dtype", list(DTYPES))
def test_arrays_as_numpy_saves_them(run: Run, program: Any, tmp_path: Path, dtype: str) -> None:
    words = ("-3", "3", "1000", "--dtype", dtype, "--format", "bits")
    result = identity(run, program("load", dtype), *words, "--exchange", "npy")
    assert result.stderr == ""
    assert result.stdout == identity(run, "actcli", *words).stdout


def test_arrays_of_another_kind(run: Run, program: Any) -> None:
    words = ("1", "3", "3", "--exchange", "npy", "--format", "text")
    assert identity(run, program("load", "float32", "big"), *words).stdout == "1.0\n2.0\n3.0\n"
    said = failure(run, program("load", "float32", "wrong"), *words)
    assert "wrote an array of float64 for one of float32" in said
    said = failure(run, program("load", "float32", "short"), *words)
    assert "wrote an array of shape (2,) for 3 values" in said
    assert "wrote no whole .npy header" in failure(run, program("nothing"), *words)
    assert "is not an .npy file" in failure(run, program("constant", "99"), *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("few", "wrote 998 values for 1,000"),
        ("odd", "wrote 3,997 bytes for 1,000 float32 values, which take 4,000"),
        ("many", "wrote 2,000 values for 1,000"),
        ("nothing", "wrote 0 values for 1,000"),
        ("constant 7", "wrote 7 values for 1,000"),
        ("ever", "values and more for 1,000"),
        ("before", "wrote 786,432 values for 1,000"),
        ("early", "ended with status 7 after 100 of 1,000 values; it says: out of luck"),
        ("talks 3", "ended with status 3; it says: at last"),
        ("SIGSEGV", "was ended by SIGSEGV after 0 of 1,000 values"),
        ("SIGTERM", "was ended by SIGTERM"),
        ("hangs --timeout=0.4", "did nothing for 0.4 s (--timeout), after 0 of 1,000 values"),
        ("stays --timeout=0.4", "did not end within 0.4 s (--timeout)"),
    ],
)  # fmt: skip
def test_what_a_program_does_wrong(run: Run, program: Any, words: str, said: str) -> None:
    word, _, option = words.partition(" --")
    options = (f"--{option}",) if option else ()
    assert said in failure(run, program(word), "1", "2", "1000", *options)


def test_what_is_said_and_not_read_does_not_matter(run: Run, program: Any) -> None:
    words = ("1", "3", "3", "--format", "text")
    result = identity(run, program("talks"), *words)
    assert (result.stdout, result.stderr) == ("1.0\n2.0\n3.0\n", "")
    result = identity(run, program("constant", "500_000"), "1", "2", "500000", "--format", "text")
    assert (result.stdout, result.stderr) == ("0.0\n" * 500_000, "")


def test_results_that_came_before_their_numbers(run: Run, program: Any, tmp_path: Path) -> None:
    """The program has ended when most of its input arrives."""
    words = ("eval", "identity", "--show", "y", "--backend", program("constant", "9"))
    with subprocess.Popen(
        command_line(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=tmp_path, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("1\n2\n3\n")
        process.stdin.flush()
        first = [process.stdout.readline() for _ in range(3)]
        for further in ("4\n5\n6\n", "7\n8\n9\n"):
            time.sleep(0.7)
            process.stdin.write(further)
            process.stdin.flush()
        process.stdin.close()
        assert [*first, *process.stdout.read().splitlines(keepends=True)] == ["0.0\n"] * 9
    assert process.returncode == 0


def test_what_cannot_be_started(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no program")
    assert "No such file or directory (./none)" in failure(run, "exec:./none -x", "1")
    assert "Permission denied (./data)" in failure(run, "exec:./data", "1")
    for word, words in (
        ("exec:", "no program stands behind exec:"),
        ("exec:'a", "cannot be split into words: No closing quotation"),
    ):
        result = identity(run, word, "1")
        assert (result.returncode, result.stderr.count("\n")) == (2, 1)
        assert words in result.stderr


def test_words_are_split_as_a_shell_splits_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a b.py").write_text(
        "import sys; assert sys.argv[1:] == ['$HOME', '*', '']; "
        "sys.stdout.buffer.write(sys.stdin.buffer.read())"
    )
    word = f"exec:{sys.executable} 'a b.py' $HOME \\* \"\""
    assert identity(run, word, "1", "--format", "text").stdout == "1.0\n"


def test_several_of_which_one_has_a_comma(run: Run, program: Any) -> None:
    words = ("--backends", program("copy", "a,b"), "--backends", "actcli,as-written")
    result = run("compare", "identity", "1", "--show", "y", *words, "--format", "csv")
    assert result.stderr == ""
    assert result.stdout.count("\n") == 4 or "a,b" in result.stdout


def report(run: Run, *words: str) -> dict[str, Any]:
    result = run("audit", *words, "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("--dtype", "float8_e4m3fn"),
        ("--dtype", "bfloat16"),
        ("--sample", "100"),
        ("--sample", "5e6"),
        ("--dtype", "float64"),
    ],
)
@pytest.mark.parametrize("how", ["copy", "late"])
def test_an_audit_goes_through_one_run(
    run: Run, program: Any, tmp_path: Path, how: str, words: tuple[str, ...]
) -> None:
    """The findings are those of the same function elsewhere, and the program starts once."""
    (tmp_path / "same.py").write_text("def same(x): return x\n")
    wanted = report(run, "same.py:same", "softsign", "--show", "y", *words)
    found = report(run, program(how), "softsign", *words)
    for one in (wanted, found):  # sums in another order
        for tally in (one["columns"]["y"], *one["columns"]["y"]["regions"]):
            tally["mean_error"] = float(f"{float(tally['mean_error']):.10g}")
    assert found["columns"] == wanted["columns"]
    assert found["inputs"] == wanted["inputs"]
    assert starts(tmp_path) == [how]
    assert "--derivative exec:COMMAND" in found["lacking"]["dy"]


def test_a_fault_in_an_audit(run: Run, program: Any) -> None:
    for word, said in (
        ("few", "wrote 65,532 values for 65,536"),
        ("early", "status 7"),
        ("many", "wrote 131,072 values for 65,536"),
    ):
        result = run("audit", program(word), "identity", "--dtype", "float16")
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
        assert said in result.stderr


@pytest.mark.parametrize("command", ["eval", "audit"])
def test_an_interruption_ends_the_program(program: Any, tmp_path: Path, command: str) -> None:
    word = program("hangs")
    words = {
        "eval": ("eval", "identity", "1", "2", "10", "--show", "y", "--backend", word),
        "audit": ("audit", word, "identity"),
    }
    process = subprocess.Popen(
        command_line(*words[command]), cwd=tmp_path, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        wait_for(lambda: (tmp_path / "starts").exists())
        (child,) = children(process.pid)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.parametrize("how", ["lines", "slowly"])
def test_each_line_is_answered_when_the_program_answers(
    program: Any, tmp_path: Path, how: str
) -> None:
    words = ("eval", "identity", "--show", "x,y", "--exchange", "text", "--backend", program(how))
    process = subprocess.Popen(
        command_line(*words), cwd=tmp_path, env=environment(), text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(1, 4):
            process.stdin.write(f"{number}\n")
            assert process.stdout.readline() == f"{number}.0\t{number}.0\n"
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")
    assert starts(tmp_path) == [how]


RELU = """
#include <stdio.h>
int main(void) {
    static float x[4096];
    size_t n;
    while ((n = fread(x, sizeof *x, 4096, stdin)) > 0) {
        for (size_t i = 0; i < n; i++) x[i] = x[i] < 0 ? 0 : x[i];
        fwrite(x, sizeof *x, n, stdout);
    }
    return 0;
}
"""


def test_a_program_in_c(run: Run, tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler (cc)")
    (tmp_path / "relu.c").write_text(RELU)
    subprocess.run([compiler, "-O2", "-o", tmp_path / "relu", tmp_path / "relu.c"], check=True)
    found = report(run, "exec:./relu", "relu")
    y = found["columns"]["y"]
    assert y["correctly_rounded"] == y["inputs"] > 1 << 20
