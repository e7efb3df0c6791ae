"""Samples in one file or two, with names of their own, bare, and x and results of two dtypes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest

from tests.conftest import Call, environment

X = np.linspace(-4, 4, 60).astype(np.float32)
#: One of them is 0.25 off.
Y = np.tanh(X.astype(np.float64)).astype(np.float32)
Y[30] += np.float32(0.25)


def found(call: Call, *words: str) -> Any:
    outcome = call("audit", *words, "tanh", "--format", "json")
    assert outcome.status == 0, outcome.err
    return json.loads(outcome.out)


def check(report: Any, count: int = 60) -> None:
    """That it is the report of X and Y."""
    column = report["columns"]["y"]
    assert column["inputs"] == count
    assert column["largest_absolute_error"] == pytest.approx(0.25, rel=1e-6)
    assert column["worst_absolute"]["x"] == pytest.approx(float(X[30]))
    assert report["remarks"] == []


def save(path: Path, numbers: np.ndarray) -> str:
    """A file of the kind that the suffix says."""
    if path.suffix == ".npz":
        np.savez(path, numbers)
    elif path.suffix == ".npy":
        np.save(path, numbers)
    elif path.suffix == ".txt":
        path.write_text("\n".join(map(repr, numbers.reshape(-1).astype(float).tolist())))
    elif path.suffix == ".json":
        name = path.stem[0]
        path.write_text(json.dumps({name: numbers.reshape(-1).astype(float).tolist()}))
    else:
        numbers.tofile(path)
    return str(path)


@pytest.mark.parametrize("x", [".npy", ".npz", ".txt", ".json", ".bin"])
@pytest.mark.parametrize("y", [".npy", ".npz", ".txt", ".json", ".bin"])
def test_x_in_one_file_and_results_in_another(call: Call, tmp_path: Path, x: str, y: str) -> None:
    words = ["--x", save(tmp_path / f"x{x}", X), "--samples", save(tmp_path / f"y{y}", Y)]
    words += ["--raw", "float32"] if ".bin" in (x, y) else []
    report = found(call, *words)
    check(report)
    assert report["source"] == f"{tmp_path / f'y{y}'} for x in {tmp_path / f'x{x}'}"


def test_two_files_of_any_shape(call: Call, tmp_path: Path) -> None:
    x = save(tmp_path / "x.npy", X.reshape(5, 12))
    check(found(call, "--x", x, "--samples", save(tmp_path / "y.npy", Y.reshape(5, 12))))
    fortran = np.asfortranarray(Y.reshape(5, 12))
    check(found(call, "--x", x, "--samples", save(tmp_path / "y.npy", fortran)))
    check(found(call, "--x", x, "--samples", save(tmp_path / "y.txt", Y)))
    outcome = call(
        "audit", "--x", x, "--samples", save(tmp_path / "y.npy", Y.reshape(12, 5)), "tanh"
    )
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.count("\n") == 1
    outcome = call("audit", "--x", x, "--samples", save(tmp_path / "y.npy", Y[1:]), "tanh")
    assert outcome.status == 1
    assert "must be equally long, but x has 60, y has 59" in outcome.err


def test_several_results_beside_x(call: Call, tmp_path: Path) -> None:
    x = save(tmp_path / "x.npy", X)
    slope = (1 - np.tanh(X.astype(np.float64)) ** 2).astype(np.float32)
    np.save(tmp_path / "rows.npy", np.stack([Y, slope], axis=1))
    np.savez(tmp_path / "named.npz", dy=slope, y=Y)
    (tmp_path / "table.csv").write_text(
        "dy,y\n"
        + "".join(f"{d!r},{y!r}\n" for d, y in zip(slope.tolist(), Y.tolist(), strict=True))
    )
    for name in ("rows.npy", "named.npz", "table.csv"):
        report = found(call, "--x", x, "--samples", str(tmp_path / name))
        assert list(report["columns"]) == ["y", "dy"]
        assert report["columns"]["dy"]["largest_error"] <= 0.51
        check(report)
    np.save(tmp_path / "dy.npy", slope)
    report = found(call, "--x", x, "--samples", str(tmp_path / "dy.npy"), "--show", "dy")
    assert list(report["columns"]) == ["dy"]
    assert report["columns"]["dy"]["largest_error"] <= 0.51


def test_bare_rows_of_x_and_results(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "rows.bin"
    np.stack([X, Y], axis=1).tofile(path)
    check(found(call, "--samples", str(path), "--raw", "float32"))
    np.stack([X, Y, Y], axis=1).tofile(path)
    report = found(call, "--samples", str(path), "--raw", "float32", "--show", "y,dy")
    assert list(report["columns"]) == ["y", "dy"]
    X[:3].tofile(path)
    outcome = call("audit", "--samples", str(path), "tanh", "--raw", "float32")
    assert (outcome.status, outcome.out) == (1, "")
    assert "has 3 numbers, not rows of 2 (x,y)" in outcome.err
    path.write_bytes(b"12345")
    x = save(tmp_path / "x.npy", X)
    outcome = call("audit", "--x", x, "--samples", str(path), "tanh", "--raw", "float32")
    assert "ends inside an element" in outcome.err


def test_bare_numbers_from_a_pipe(tmp_path: Path) -> None:
    save(tmp_path / "x.npy", X)
    words = (
        "audit",
        "--x",
        "x.npy",
        "--samples",
        "-",
        "--raw",
        "float32",
        "tanh",
        "--format",
        "json",
    )
    done = subprocess.run(
        [sys.executable, "-m", "actcli", *words], input=Y.tobytes(), capture_output=True,
        cwd=tmp_path, env=environment(), check=True,
    )  # fmt: skip
    check(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("n,inp,out\n1,0.5,0.46211717\n2,1,0.9\n", "inp,out"),
        ("y,x\n0.5,0.46211717\n1,0.9\n", "y,x"),
        ("0.5,7,0.46211717\n1,7,0.9\n", "1,3"),
        ("a,b,c\n0.5,7,0.46211717\n1,7,0.9\n", "1,3"),
        ("Out\tIn\n0.46211717\t0.5\n0.9\t1\n", "In,Out"),
        ('{"in": [0.5, 1], "out": [0.46211717, 0.9]}', "in,out"),
        ('{"out": 0.46211717, "in": 0.5}\n{"in": 1, "out": 0.9}\n', "in,out"),
    ],
)
def test_columns_by_other_names(call: Call, tmp_path: Path, text: str, names: str | None) -> None:
    if names is None:
        return
    (tmp_path / "a.txt").write_text(text)
    column = found(call, "--samples", str(tmp_path / "a.txt"), "--columns", names)["columns"]["y"]
    assert (column["inputs"], column["correctly_rounded"]) == (2, 1)
    assert column["worst"][0]["got_text"] == "0.9"
    assert column["worst"][0]["x"] == 1


def test_arrays_by_other_names(call: Call, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", inputs=X, outputs=Y, x=Y, y=X)
    words = ("--samples", str(tmp_path / "a.npz"), "--columns")
    check(found(call, *words, "inputs,outputs"))
    report = found(call, *words, "inputs,outputs", "--show", "dy")
    assert list(report["columns"]) == ["dy"]
    save(tmp_path / "x.npy", X)
    check(found(call, "--x", str(tmp_path / "x.npy"), *words, "outputs"))
    np.save(tmp_path / "b.npy", np.stack([Y, X], axis=1))
    check(found(call, "--samples", str(tmp_path / "b.npy"), "--columns", "2,1"))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("inputs,output", "unknown column 'output'; did you mean outputs?"),
        ("inputs", "--columns names x, y, dy, d2y, at least 2 of them"),
        ("a,b,c,d,e", "--columns names x, y, dy, d2y, at least 2 of them"),
        ("a,a", "--columns takes different names"),
        ("a,", "--columns takes different names"),
    ],
)
def test_names_that_are_not_there(call: Call, tmp_path: Path, names: str, words: str) -> None:
    np.savez(tmp_path / "a.npz", inputs=X, outputs=Y)
    outcome = call("audit", "--samples", str(tmp_path / "a.npz"), "tanh", "--columns", names)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert words in outcome.err


@pytest.mark.parametrize("way", ["npz", "two files", "bare", "text"])
def test_bfloat16_in_and_float32_out(call: Call, tmp_path: Path, way: str) -> None:
    """x is the bfloat16 number that it is, and the error of y is in ulp of float32."""
    x = np.linspace(-3, 3, 41).astype(ml_dtypes.bfloat16)
    with mpmath.workprec(100):
        true = [mpmath.tanh(mpmath.mpf(float(v))) for v in x]
        exact = np.array([np.float32(float(t)) for t in true])
        y = exact.copy()
        y[7] = np.nextafter(y[7], np.float32(1))
        ulp = mpmath.mpf(2) ** (mpmath.frexp(true[7])[1] - 24)
        error = float(abs(mpmath.mpf(float(y[7])) - true[7]) / ulp)
    np.savez(tmp_path / "a.npz", x=x, y=y)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    x.tofile(tmp_path / "x.bin")
    y.tofile(tmp_path / "y.bin")
    (tmp_path / "a.csv").write_text(
        "".join(f"{float(a)!r},{float(b)!r}\n" for a, b in zip(x, y, strict=True))
    )
    words = {
        "npz": ["--samples", "a.npz"],
        "two files": ["--x", "x.npy", "--samples", "y.npy"],
        "bare": ["--x", "x.bin", "--samples", "y.bin", "--raw", "bfloat16,float32"],
        "text": ["--samples", "a.csv", "--dtype", "bfloat16", "--out-dtype", "float32"],
    }[way]
    report = found(call, *(str(tmp_path / w) if "." in w else w for w in words))
    assert (report["x_dtype"], report["dtype"], report["remarks"]) == ("bfloat16", "float32", [])
    column = report["columns"]["y"]
    assert column["inputs"] - column["correctly_rounded"] == 1
    worst = column["worst"][0]
    assert int(worst["x_bits"], 16) == int(x.view(np.uint16)[7])
    assert len(worst["got_bits"]) == len("0x12345678")
    assert worst["error"] == pytest.approx(error, rel=1e-6)
    shown = call("audit", *(str(tmp_path / w) if "." in w else w for w in words), "tanh").out
    assert shown.startswith("tanh in float32 of bfloat16 inputs, ")


REFUSED = [
    ("actcli tanh --x x.npy", "--x is for --samples FILE"),
    ("actcli tanh --raw float32", "--raw is for --samples FILE"),
    ("actcli tanh --columns a,b", "--columns is for --samples FILE"),
    ("--samples y.bin tanh --raw float32,float32,float32", "--raw takes the dtype of x and"),
    ("--samples y.bin tanh --raw float31", "unknown dtype 'float31'"),
    ("--samples y.bin tanh --raw bfloat16,float32", "--raw with two dtypes needs x in a file"),
    ("--samples y.bin --x y.bin tanh --raw float32 --show y,dy", "one column; choose one of y,dy"),
    ("--samples y.bin tanh --raw float32 --columns a,b", "have no names for --columns"),
    ("--samples y.bin tanh", "add --raw DTYPE, or write np.savez"),
    ("--samples - --x - tanh", "cannot both be standard input"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_what_is_refused(call: Call, folder: Path, line: str, words: str) -> None:
    Y.tofile(folder / "y.bin")
    outcome = call("audit", *line.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_large_files_take_little_memory(tmp_path: Path) -> None:
    """Two files of 128 MB, of which parts are in memory."""
    count = 1 << 25
    x = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.float32, (count,))
    x[:] = np.arange(count, dtype=np.float32) - 7
    np.save(tmp_path / "y.npy", np.maximum(x, 0))
    code = (
        "import atexit, sys\n"
        "status = lambda: open('/proc/self/status').read().split()\n"
        "peak = lambda words: words[words.index('VmHWM:') + 1]\n"
        "atexit.register(lambda: print(peak(status()), file=sys.stderr))\n"
        "from actcli.__main__ import main\n"
        "main()\n"
    )
    words = ("audit", "--x", "x.npy", "--samples", "y.npy", "relu", "--format", "json")
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path,
        env=environment(), check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["columns"]["y"]["correctly_rounded"] == count
    assert int(done.stderr) < 120_000  # KiB
    for path in tmp_path.iterdir():
        path.unlink()
