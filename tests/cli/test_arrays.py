"""Arrays in and out of `eval`: every kind of .npy, .npz, bare numbers; and what is not an array."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from tests.conftest import Call as CallText
from tests.conftest import Outcome, command_line, environment

Array = np.ndarray[Any, Any]

SHAPES: list[tuple[int, ...]] = [(), (0,), (1,), (7,), (3, 5), (2, 0, 3), (2, 3, 4), (70_000,)]
FLOATS = ["float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"]
VOID = {"bfloat16": "V2", "float8_e4m3fn": "V1", "float8_e5m2": "V1"}


def dtype_of(name: str) -> np.dtype[Any]:
    return np.dtype(getattr(ml_dtypes, name) if name in VOID else name)


def relu(x: Array) -> Array:
    return np.where(x > 0, x, np.zeros_like(x))


def load(path: Path, name: str) -> Array:
    """What numpy reads, which knows the types of ml_dtypes as bytes alone."""
    array: Array = np.load(path)
    return array.view(dtype_of(name)) if name in VOID else array


def same(got: Array, expected: Array) -> None:
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    assert got.tobytes() == expected.tobytes()


pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def call(call: CallText):
    """A command line that must be one line of error or none at all."""

    def checked(*args: str) -> Outcome:
        done = call(*args)
        assert done.err == "" if done.status == 0 else done.err.count("\n") == 1
        assert "Traceback" not in done.err
        return done

    return checked


def piped(data: bytes, *args: str) -> tuple[int, bytes, str]:
    """Run a process with bytes in a pipe."""
    import subprocess

    done = subprocess.run(
        command_line(*args), input=data, capture_output=True, env=environment(), timeout=120
    )
    return done.returncode, done.stdout, done.stderr.decode()


def values(shape: tuple[int, ...], name: str) -> Array:
    numbers = np.random.default_rng(1).normal(0, 2, shape)
    return np.asarray(numbers).astype(dtype_of(name))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FLOATS)
def test_every_shape_and_dtype(call, tmp_path: Path, shape: tuple[int, ...], name: str) -> None:
    x = values(shape, name)
    np.save("x.npy", x)
    which = ("--dtype", name) if name == "float8_e4m3fn" else ()
    assert call("eval", "relu", "x.npy", "-o", "y.npy", *which) == (0, "", "")
    same(load(tmp_path / "y.npy", name), relu(x))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.npy", "y.npy"]


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("code", ["<f4", ">f4", ">f8", "<f2"])
def test_orders_and_versions(call, version: tuple[int, int], order: Any, code: str) -> None:
    x = np.asarray(values((4, 3, 2), "float64"), order=order).astype(code)
    with open("x.npy", "wb") as file:
        np.lib.format.write_array(file, x, version)
    assert call("eval", "relu", "x.npy", "-o", "y.npy").status == 0
    y = np.load("y.npy")
    same(y, relu(x).astype(x.dtype.newbyteorder("=")))
    assert y.flags.f_contiguous == (order == "F")


@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (300_000,)])
def test_through_pipes(shape: tuple[int, ...]) -> None:
    x = values(shape, "float32")
    file = io.BytesIO()
    np.save(file, x)
    status, out, err = piped(file.getvalue(), "eval", "relu")
    assert (status, err) == (0, "")
    expected = io.BytesIO()
    np.save(expected, relu(x))
    assert out == expected.getvalue()


@pytest.mark.parametrize("code", ["?", "i1", "u1", "<i2", ">i2", "<u4", "<i8", ">i8", "<u8", ">u8"])
def test_integers_become_the_default_dtype(call, code: str) -> None:
    kind = np.dtype(code)
    if kind.kind == "b":
        x = np.array([True, False])
    else:
        info = np.iinfo(kind)
        x = np.array([info.min, info.max, 0, 1, info.max // 3], kind)
    np.save("x.npy", x)
    assert call("eval", "relu", "x.npy", "--show", "x", "-o", "y.npy").status == 0
    same(np.load("y.npy"), x.astype(np.float32))


@pytest.mark.parametrize("name", FLOATS)
def test_integers_are_rounded_once(call, tmp_path: Path, name: str) -> None:
    """By way of float64 a tie and a bit would become a tie."""
    dtype = dtype_of(name)
    precision = ml_dtypes.finfo(dtype).nmant + 1
    exact = [(1 << 62) + (1 << (62 - precision)) + 1, (1 << 62) + (1 << (62 - precision)) - 1, 5]
    exact += [-number for number in exact]
    np.save("x.npy", np.array(exact, np.int64))
    args = ("--dtype", name, "--show", "x", "-o", "y.npy")
    assert call("eval", "relu", "x.npy", *args).status == 0
    got = load(tmp_path / "y.npy", name).astype(np.float64)
    if name.startswith("float8") or name == "float16":
        assert not np.isfinite(got[:2]).any()
        return
    upper = (1 << 62) + (1 << (63 - precision))
    assert got.tolist() == [float(upper), 2.0**62, 5.0, -float(upper), -(2.0**62), -5.0]


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("stored", ["float16", "bfloat16", "float32", "float64"])
def test_elements_are_cast_once(call, tmp_path: Path, stored: str, name: str) -> None:
    x = np.linspace(-20, 20, 999).astype(dtype_of(stored))
    np.save("x.npy", x)
    args = ("--dtype", name, "--show", "x", "-o", "y.npy")
    assert call("eval", "relu", "x.npy", *args).status == 0
    wide = x.astype(np.float64)
    # ml_dtypes rounds float64 twice; a float32 it rounds once, and none of these is near a tie
    expected = wide.astype(np.float32).astype(dtype_of(name)) if name in VOID else None
    same(load(tmp_path / "y.npy", name), wide.astype(name) if expected is None else expected)


@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2"])
def test_one_byte_is_what_dtype_says(call, tmp_path: Path, name: str) -> None:
    patterns = np.arange(256, dtype=np.uint8)
    np.save("x.npy", patterns.view("V1"))
    assert call("eval", "relu", "x.npy", "--dtype", name, "-o", "y.npy").status == 0
    x = patterns.view(dtype_of(name))
    got = load(tmp_path / "y.npy", name).astype(np.float32)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(got, np.maximum(x.astype(np.float32), 0))
    for args in ((), ("--dtype", "float32")):
        done = call("eval", "relu", "x.npy", *args)
        assert done.status == 2
        assert "--dtype float8_e4m3fn or --dtype float8_e5m2" in done.err


@pytest.mark.parametrize(
    ("x", "called"),
    [
        (np.zeros(2, np.longdouble), "float128"),
        (np.zeros(2, complex), "complex128"),
        (np.array(["a", "b"]), "strings"),
        (np.array([b"a"]), "strings"),
        (np.array([None]), "pickled objects"),
        (np.zeros(2, "M8[s]"), "datetime64[s]"),
        (np.zeros(2, [("a", "f4")]), "records"),
        (np.zeros(2, "V3"), "records"),
    ],
)
def test_what_is_not_a_number(call, x: Array, called: str) -> None:
    np.save("x.npy", x)
    done = call("eval", "relu", "x.npy")
    assert done.status == 1
    assert done.err.startswith(f"actcli: error: 'x.npy' holds {called}")


def npy(header: bytes, data: bytes = b"", version: int = 1) -> bytes:
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def header(shape: str = "(2,)", descr: str = "'<f4'", fortran: str = "False") -> bytes:
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}}}\n".encode()


BAD = {
    "magic": (b"\x93NUMPX" + bytes(100), "is not an .npy file: it does not begin"),
    "magic alone": (b"\x93NUMPY", "ends within its .npy header"),
    "version": (npy(header(), version=4), "is .npy of version 4"),
    "length": (npy(header())[:30], "ends within its .npy header"),
    "huge header": (b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", "header would take 2147483647 bytes"),
    "garbage": (npy(b"\xff\x00{["), "header is not a dictionary"),
    "nested": (npy(b"(" * 5000), "header is not a dictionary"),
    "call": (npy(b"__import__('os').abort()"), "header is not a dictionary"),
    "list": (npy(b"[1]"), "keys of its header are not descr, fortran_order, shape"),
    "keys": (npy(b"{'descr': '<f4'}"), "keys of its header are not descr, fortran_order, shape"),
    "descr": (npy(header(descr="'<q9'")), "no type is called '<q9'"),
    "descr number": (npy(header(descr="7")), "no type is called 7"),
    "order": (npy(header(fortran="2")), "its fortran_order is 2"),
    "shape": (npy(header("[2]")), "no array has the shape [2]"),
    "negative": (npy(header("(-2,)"), bytes(8)), "no array has the shape (-2,)"),
    "fraction": (npy(header("(2.0,)"), bytes(8)), "no array has the shape (2.0,)"),
    "truth": (npy(header("(True,)"), bytes(4)), "no array has the shape (True,)"),
    "beyond": (npy(header(f"({10**12}, {10**12})")), "no array has the shape"),
    "a number without end": (npy(header(f"(0x{'f' * 9000},)")), "no array has the shape"),
    "keys that are none": (npy(b"{[]: 1}"), "header is not a dictionary"),
    "escapes": (npy(b"{'\\q': 1}"), "keys of its header are not descr, fortran_order, shape"),
    "dimensions": (npy(header(f"({'1,' * 65})"), bytes(4)), "no array has the shape"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_headers(call, tmp_path: Path, case: str) -> None:
    data, message = BAD[case]
    Path("x.npy").write_bytes(data)
    done = call("eval", "relu", "x.npy", "-o", "y.npy")
    assert done.status == 1
    assert done.err.startswith("actcli: error: 'x.npy' ")
    assert message in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]


@pytest.mark.parametrize("case", ["magic alone", "huge header", "garbage", "negative"])
def test_bad_headers_in_a_pipe(case: str) -> None:
    data, message = BAD[case]
    status, out, err = piped(data, "eval", "relu")
    assert (status, out) == (1, b"")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("shape", "size", "in_file", "in_pipe"),
    [
        ("(3,)", 8, "is shorter than it says: 3 elements of 4 bytes are 12 bytes, not 8",
         "ends after 2 of the 3 elements it says"),
        ("(3,)", 9, "is shorter than it says: 3 elements of 4 bytes are 12 bytes, not 9",
         "ends after 2 of the 3 elements it says"),
        (f"({10**15},)", 8, "is shorter than it says", "ends after 2 of the 1,000,000,000,000,000"),
        ("(3,)", 13, "is longer than it says: 3 elements of 4 bytes are 12 bytes, not 13",
         "goes on after the 3 elements it says"),
        ("(0,)", 1, "is longer than it says", "goes on after the 0 elements it says"),
    ],
)  # fmt: skip
def test_a_length_that_lies(call, shape: str, size: int, in_file: str, in_pipe: str) -> None:
    data = npy(header(shape), bytes(size))
    Path("x.npy").write_bytes(data)
    done = call("eval", "relu", "x.npy")
    assert (done.status, done.out) == (1, "")
    assert in_file in done.err
    status, _, err = piped(data, "eval", "relu")
    assert status == 1
    assert err.startswith("actcli: error: standard input ")
    assert in_pipe in err
    assert err.count("\n") == 1


def test_headers_of_python_2(call) -> None:
    Path("x.npy").write_bytes(npy(header("(2L,)"), struct.pack("<2f", 1, -1)))
    assert call("eval", "relu", "x.npy", "--format", "text").out == "1.0\n0.0\n"


def test_names_that_promise_an_array(call) -> None:
    for name in ("x.npy", "x.npz"):
        Path(name).write_text("1\n")
        done = call("eval", "relu", name)
        assert done.status == 1
        assert f"{name!r} is not an {name[1:]} file" in done.err
    Path("x.bin").write_bytes(bytes(8))
    done = call("eval", "relu", "x.bin")
    assert done.status == 1
    assert "--raw DTYPE" in done.err


def test_missing_files_and_folders(call) -> None:
    Path("folder.npy").mkdir()
    assert call("eval", "relu", "none.npy") == (
        1, "", "actcli: error: cannot read 'none.npy': No such file or directory\n"
    )  # fmt: skip
    assert "cannot read 'folder.npy': Is a directory" in call("eval", "relu", "folder.npy").err


def test_an_array_in_other_formats(call) -> None:
    x = np.array([[-1, 0.5], [2, -3]], np.float32)
    np.save("x.npy", x)
    assert call("eval", "relu", "x.npy", "--format", "text").out == "0.0\n0.5\n2.0\n0.0\n"
    done = call("eval", "relu", "x.npy", "--format", "json", "--show", "x,y")
    assert json.loads(done.out) == {"x": [-1, 0.5, 2, -3], "y": [0, 0.5, 2, 0]}
    done = call("eval", "relu", "x.npy", "--format", "tf", "--show", "x,y")
    assert done.out == (
        "a = tf.constant(np.load('x.npy'))\n"
        f"<tf.Tensor: shape=(2, 2), dtype=float32, numpy=\n{x!r}>\n"
        "y = tf.nn.relu(a)\n"
        f"<tf.Tensor: shape=(2, 2), dtype=float32, numpy=\n{relu(x)!r}>\n"
    )
    big = np.asfortranarray(np.arange(6000, dtype=np.float64).reshape(60, 100))
    np.save("x.npy", big)
    assert call("eval", "relu", "x.npy", "--format", "numpy").out == f"y = {big!r}\n"
    np.save("x.npy", np.float32(2))
    done = call("eval", "relu", "x.npy", "--format", "tf")
    assert done.out.endswith("<tf.Tensor: shape=(), dtype=float32, numpy=2.0>\n")


def test_several_columns_need_an_archive(call, tmp_path: Path) -> None:
    x = values((4, 3), "float32")
    np.save("x.npy", np.asfortranarray(x))
    done = call("eval", "relu", "x.npy", "--show", "y,dy", "-o", "y.npy")
    assert done.status == 2
    assert "npy holds one column, not y,dy; choose one with --show" in done.err
    assert "npz" in done.err
    assert call("eval", "relu", "x.npy", "--show", "x,y,dy", "-o", "y.npz").status == 0
    with np.load("y.npz") as archive:
        assert sorted(archive) == ["dy", "x", "y"]
        same(archive["x"], x)
        same(archive["y"], relu(x))
        same(archive["dy"], (x > 0).astype(np.float32))
    assert zipfile.ZipFile("y.npz").testzip() is None


def test_an_archive_through_pipes() -> None:
    file = io.BytesIO()
    np.save(file, values((9,), "float32"))
    status, out, err = piped(file.getvalue(), "eval", "relu", "--show", "x,y", "--format", "npz")
    assert (status, err) == (0, "")
    with np.load(io.BytesIO(out)) as archive:
        same(archive["x"], values((9,), "float32"))
        same(archive["y"], relu(values((9,), "float32")))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_array_of_an_archive(call, save: Any) -> None:
    x = values((3, 40_000), "float64")
    save("a.npz", weights=x, bias=np.arange(3))
    assert call("eval", "relu", "a.npz", "--array", "weights", "-o", "y.npy").status == 0
    same(np.load("y.npy"), relu(x))
    assert call("eval", "relu", "a.npz", "--array", "bias", "--format", "text").out == (
        "0.0\n1.0\n2.0\n"
    )
    done = call("eval", "relu", "a.npz")
    assert done.status == 2
    assert "'a.npz' has 2 arrays; choose with --array NAME: weights, bias" in done.err
    done = call("eval", "relu", "a.npz", "--array", "wieghts")
    assert done.status == 2
    assert "unknown array 'wieghts'; did you mean weights?" in done.err
    save("a.npz", only=np.array([-1, 2], np.float32))
    assert call("eval", "relu", "a.npz", "--format", "text").out == "0.0\n2.0\n"
    done = call("eval", "relu", "a.npz", "--format", "tf", "--show", "x")
    assert done.out.startswith("a = tf.constant(np.load('a.npz')['only'])\n")


def test_damaged_archives(call, tmp_path: Path) -> None:
    np.savez_compressed("a.npz", x=values((5000,), "float32"))
    whole = Path("a.npz").read_bytes()
    damaged = bytearray(whole)
    damaged[2000:2100] = bytes(100)
    for data in (whole[:-50], whole[:4], b"PK", bytes(damaged)):
        Path("a.npz").write_bytes(data)
        done = call("eval", "relu", "a.npz", "-o", "y.npy")
        assert done.status == 1
        assert "cannot read " in done.err
    with zipfile.ZipFile("a.npz", "w") as archive:
        archive.writestr("readme.txt", "no array")
    assert "is an archive without arrays" in call("eval", "relu", "a.npz").err
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
    status, _, err = piped(whole, "eval", "relu")
    assert status == 1
    assert "standard input is an .npz archive" in err
    np.save("x.npy", np.zeros(2))
    assert "'x.npy' is not one" in call("eval", "relu", "x.npy", "--array", "x").err


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("count", [0, 5, 200_001])
@pytest.mark.sampled(7)
def test_bare_numbers(call, name: str, count: int) -> None:
    x = values((count,), name)
    y = relu(x).tobytes()
    Path("x.bin").write_bytes(x.tobytes())
    assert call("eval", "relu", "x.bin", "--raw", name, "-o", "y.raw").status == 0
    assert Path("y.raw").read_bytes() == y
    status, out, err = piped(x.tobytes(), "eval", "relu", "--raw", name)
    assert (status, out, err) == (0, y, "")


def test_bare_numbers_of_another_dtype(call) -> None:
    Path("x.bin").write_bytes(np.array([1.1, -2], "<f8").tobytes())
    args = ("eval", "relu", "x.bin", "--raw", "float64")
    assert call(*args, "--dtype", "float32", "-o", "y.bin").status == 0
    assert Path("y.bin").read_bytes() == np.array([1.1, 0], "<f4").tobytes()
    assert call(*args, "--format", "text").out == "1.1\n0.0\n"
    assert call(*args, "-o", "y.npy").status == 0
    same(np.load("y.npy"), np.array([1.1, 0]))
    done = call(*args, "--format", "tf", "--show", "x")
    assert done.out.startswith("a = tf.constant(np.fromfile('x.bin', 'float64'))\n")


def test_a_part_of_an_element(call, tmp_path: Path) -> None:
    Path("x.bin").write_bytes(bytes(41))
    message = "ends inside an element: it has 10 of 4 bytes and 1 more"
    done = call("eval", "relu", "x.bin", "--raw", "float32", "-o", "y.bin")
    assert (done.status, done.out) == (1, "")
    assert f"'x.bin' {message}" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["x.bin"]
    status, out, err = piped(bytes(41), "eval", "relu", "--raw", "float32")
    assert (status, out) == (1, bytes(40))
    assert f"standard input {message}" in err


def test_bytes_are_not_for_a_terminal() -> None:
    import os
    import pty
    import subprocess

    np.save("x.npy", np.zeros(3))
    ours, theirs = pty.openpty()
    line = command_line("eval", "relu", "x.npy")
    done = subprocess.run(
        line, stdout=theirs, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert b"a terminal cannot show binary numbers" in done.stderr


def test_options_of_files_need_a_file(call) -> None:
    for option in ("--raw", "--array"):
        done = call("eval", "relu", "1", option, "float32")
        assert done.status == 2
        assert f"{option} is for numbers from a file" in done.err


def test_text_and_ranges_become_arrays(call) -> None:
    assert call("eval", "relu", "-1", "1", "3", "--show", "y", "-o", "y.npy").status == 0
    same(np.load("y.npy"), np.array([0, 0, 1], np.float32))
    assert call("eval", "relu", "0.5", "--show", "y", "-o", "y.npy").status == 0
    same(np.load("y.npy"), np.array(0.5, np.float32))
    Path("x.txt").write_text("-1 2\n3\n")
    assert call("eval", "relu", "x.txt", "-o", "y.npy").status == 0
    same(np.load("y.npy"), np.array([0, 2, 3], np.float32))


def test_the_emulation_sees_the_whole_array(call) -> None:
    """TensorFlow 2.0 worked on eights, and on the rest in another way."""
    x = np.linspace(-5, 5, 70_001).astype(np.float32)
    np.save("x.npy", x)
    Path("x.txt").write_text("\n".join(map(repr, x.tolist())))
    args = ("--backend", "tensorflow-2.0", "-o")
    assert call("eval", "sigmoid", "x.npy", *args, "a.npy").status == 0
    assert call("eval", "sigmoid", "x.txt", *args, "b.npy").status == 0
    same(np.load("a.npy"), np.load("b.npy"))
    np.save("x.npy", x.astype(np.float64))
    done = call("eval", "sigmoid", "x.npy", *args, "c.npy")
    assert done.status == 2
    assert "no float64 in this backend" in done.err


@pytest.mark.parametrize("shape", [(2**64, 0), (0, 2**64), (2**63 - 2, 1, 0), (2**32, 2**32, 0)])
def test_shapes_that_no_array_can_have(call, shape: tuple[int, ...]) -> None:
    with open("x.npy", "wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
    for words in (["eval", "softmax", "x.npy"], ["eval", "relu", "x.npy"]):
        done = call(*words)
        assert (done.status, done.out) == (1, "")
        assert f"no array has the shape {shape}" in done.err


@pytest.mark.parametrize("name", ["relu", "softmax", "sparsemax"])
def test_a_pipe_that_ends_early(name: str) -> None:
    file = io.BytesIO()
    np.save(file, np.zeros(1000, np.float32))
    status, _, err = piped(file.getvalue()[:300], "eval", name)
    assert status == 1
    assert err == "actcli: error: standard input ends after 43 of the 1,000 elements it says\n"
