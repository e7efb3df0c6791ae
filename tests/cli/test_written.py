"""What `eval` writes, `eval` reads: hexadecimal floats, bit patterns, JSON."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES
from tests.conftest import Call, Outcome, command_line, environment

Fed = Callable[..., Outcome]
NOT_A_NUMBER = "is not a number; write one as -10, .5, 1e-3 or inf"


@pytest.fixture
def fed(call: Call, tmp_path: Path) -> Fed:
    """Evaluate a function on a text: `fed("relu", "1 2", "--dtype", "float64")`."""

    def evaluate(function: str, text: str, *args: str) -> Outcome:
        path = tmp_path / "fed.txt"
        path.write_text(text, encoding="utf-8")
        return call("eval", function, str(path), *args)

    return evaluate


def some_numbers(name: str) -> np.ndarray:
    """Numbers of a dtype of every kind: each bit pattern of 8 bits, some of the others."""
    dtype = DTYPES[name]
    count = min(1 << dtype.bits, 500)
    patterns = (np.arange(count, dtype=np.uint64) << np.uint64(dtype.bits - 8)) | np.arange(
        count, dtype=np.uint64
    )
    values = (patterns & np.uint64((1 << dtype.bits) - 1)).astype(dtype.unsigned).view(dtype.numpy)
    return values[np.isfinite(values.astype(np.float64)) | np.isinf(values.astype(np.float64))]


@pytest.mark.parametrize("form", ["text", "hex", "bits", "json", "jsonl"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_what_is_written_reads_back(call: Call, tmp_path: Path, form: str, dtype: str) -> None:
    values = some_numbers(dtype)
    assert len(values) > 200
    values.tofile(tmp_path / "x.raw")
    written, read = str(tmp_path / "written.txt"), str(tmp_path / "read.raw")
    words = ("eval", "identity", str(tmp_path / "x.raw"), "--raw", dtype, "--format", form)
    assert call(*words, "-o", written).status == 0
    words = ("eval", "identity", written, "--dtype", dtype, "--format", "raw")
    columns = ("--column", "y") if form.startswith("json") else ()
    assert call(*words, *columns, "-o", read).err == ""
    assert Path(read).read_bytes() == values.tobytes()


SPELLED = [
    ("0x3f800000", "float32", 1.0),
    ("0X3F800000", "float32", 1.0),
    ("0x80000000", "float32", -0.0),
    ("0x7f800001", "float32", float("nan")),
    ("0x3ff0000000000000", "float64", 1.0),
    ("0x3c00", "float16", 1.0),
    ("0x3f80", "bfloat16", 1.0),
    ("0x38", "float8_e4m3fn", 1.0),
    ("0x3c", "float8_e5m2", 1.0),
    ("0x40", "float8_e5m2", 2.0),
    ("0x1p+0", "float32", 1.0),
    ("-0x1.8P1", "float32", -3.0),
    ("+0x.8p-1", "float32", 0.25),
    ("0x1.p0", "float32", 1.0),
    ("\N{MINUS SIGN}0x1p0", "float32", -1.0),
    ("0x1p99999", "float32", float("inf")),
    ("-0x1p99999", "float32", float("-inf")),
    ("0x1p-99999", "float32", 0.0),
]


@pytest.mark.parametrize(("word", "dtype", "value"), SPELLED)
@pytest.mark.parametrize("others", ["", "1 "])
def test_spellings(fed: Fed, word: str, dtype: str, value: float, others: str) -> None:
    """Alone, in a line, in a cell of a table, in JSON."""
    wanted = repr(value)
    done = fed("identity", f"{others}{word}, {word} # 5\n", "--dtype", dtype)
    assert done.out.split() == [*(["1.0"] if others else []), wanted, wanted]
    assert done.err == ""
    args = ("--dtype", dtype, "--column", "a")
    done = fed("identity", f"n,a\n{others},{word}\n", *args)
    assert done.out == f"n,a,y\n{others},{word},{wanted}\n"
    done = fed("identity", json.dumps({"a": word}), *args)
    assert done.out == f"{wanted}\n"


@pytest.mark.parametrize(("word", "dtype", "value"), SPELLED)
def test_spellings_on_the_line(call: Call, word: str, dtype: str, value: float) -> None:
    form = ("--dtype", dtype, "--format", "text")
    assert call("eval", "identity", word, *form, "--show", "y").out == f"{value!r}\n"
    if np.isfinite(value) and value:
        done = call("eval", "identity", word, word, "1", *form, "--show", "y")
        assert done.out == f"{value!r}\n"
        assert call("compare", "relu", word, "--dtype", dtype).status == 0


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("0x10", f"'0x10' {NOT_A_NUMBER}"),
        ("0x3f80000", f"'0x3f80000' {NOT_A_NUMBER}"),
        ("0x3f8000000", f"'0x3f8000000' {NOT_A_NUMBER}"),
        ("-0x3f800000", f"'-0x3f800000' {NOT_A_NUMBER}"),
        ("0x3f8_0000", f"'0x3f8_0000' {NOT_A_NUMBER}"),
        ("3f800000x", f"'3f800000x' {NOT_A_NUMBER}"),
        ("0x1.8", f"'0x1.8' {NOT_A_NUMBER}"),
        ("1.8p3", f"'1.8p3' {NOT_A_NUMBER}"),
        ("0xp3", f"'0xp3' {NOT_A_NUMBER}"),
        ("0x.p3", f"'0x.p3' {NOT_A_NUMBER}"),
        ("[1]", f"'[1]' {NOT_A_NUMBER}"),
        ("true", f"'true' {NOT_A_NUMBER}"),
        ('"1"', f"'\"1\"' {NOT_A_NUMBER}"),
        ("0x3f80", "0x3f80 has 4 hexadecimal digits, but one of float32 has 8; choose another"),
        ("0x3ff0000000000000", "has 16 hexadecimal digits, but one of float32 has 8; choose"),
    ],
)
def test_words_that_are_not_numbers(fed: Fed, word: str, message: str) -> None:
    done = fed("identity", f"1\n{word}\n")
    assert (done.status, done.out) == (1, "1.0\n")
    assert "fed.txt, line 2, column 1: " in done.err
    assert message in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("word", ["0x10", "0x3f80000", "-0x3f800000", "0x1.8", "0x.p3", "0x3f80"])
@pytest.mark.parametrize("words", ["eval identity {}", "eval identity 0 {}", "plot tanh {} 1"])
def test_what_spells_no_number_on_the_line(call: Call, word: str, words: str) -> None:
    done = call(*words.format(word).split())
    assert (done.status, done.out) == (2, "")
    assert word in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "args", "wanted"),
    [
        ('{"x": [1, 2], "y": [3, 4]}', (), [1, 2]),
        ('{"x": [1, 2],\n "y": [3, 4]}\n', (), [1, 2]),
        ('{"x": [1, 2],\n "y": [3, 4]}\n', ("--column", "y"), [3, 4]),
        ('{"y": 1, "x": 2}\n{"x": 3}\n', (), [2, 3]),
        ('{"logit": 1}\n\n{"logit": 3}', (), [1, 3]),
        ('{"a": 1, "b": 5}\n{"b": 3}\n', ("--column", "b"), [5, 3]),
        ('{"x": 1} {"x": 2}\n{"x": [3, 4]}\n', (), [1, 2, 3, 4]),
        ('\n \ufeff'.strip() + ' {"x": 1}', (), [1]),
        ('{\n "x": [\n1,\n2\n]\n}\n{"x": 3}', (), [1, 2, 3]),
        ('{"x": ["inf", "-inf", "nan", NaN, -Infinity, 1e999]}', (),
         ["inf", "-inf", "nan", "nan", "-inf", "inf"]),
        ('{"x": [-0, -0.0, 1E+2, 1e-50, ' + "9" * 400 + "]}", (), [-0.0, -0.0, 100, 0, "inf"]),
        ('{"x": []}', (), []),
        ('{"caf\u00e9": 1}', ("--column", "caf\u00e9"), [1]),
    ],
)  # fmt: skip
def test_json(fed: Fed, text: str, args: tuple[str, ...], wanted: list[object]) -> None:
    done = fed("identity", text, *args)
    assert done.out.split() == [repr(float(value)) for value in wanted]  # type: ignore[arg-type]
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize(
    ("text", "args", "status", "passed", "message"),
    [
        ('{"a": 1, "b": 2}', (), 2, "", "has 'a, b' and no x; --column NAME says which is x"),
        ('{"a": 1, "b": 2}', ("--column", "c"), 2, "", "unknown column 'c'; known: a, b"),
        ('{"a": 1}', ("--column", "a", "--header"), 2, "", "--header is for tables"),
        ('{"a": 1}', ("--array", "a"), 2, "", "--array chooses from an .npz archive"),
        ("{}", (), 1, "", "line 1: an object without numbers"),
        ("{", (), 1, "", "line 1: not JSON: Expecting property name"),
        ('{"x": 1}\n{"x": tru}\n', (), 1, "1.0\n", "line 2: not JSON: Expecting value"),
        ('{"x":\n1}\n{"x":\n\ny}\n', (), 1, "1.0\n", "line 5: not JSON: Expecting value"),
        ('{"x": 1}\n[2]\n', (), 1, "1.0\n", "line 2: not an object; JSON must be an object of"),
        ('{"x": 1}\n2\n', (), 1, "1.0\n", "line 2: not an object; JSON must be an object of"),
        ('{"x": 1}\n{"y": 2}\n', (), 1, "1.0\n", f"line 2, 'x': 'null' {NOT_A_NUMBER}"),
        ('{"x": [1, true]}', (), 1, "1.0\n", f"line 1, 'x', element 2: 'true' {NOT_A_NUMBER}"),
        ('{"x": "1"}', (), 1, "", "line 1, 'x': '1' in quotation marks is not a number"),
        ('{"x": "one"}', (), 1, "", f"'one' {NOT_A_NUMBER}"),
        ('{"x": "0x3f80"}', (), 1, "", "has 4 hexadecimal digits, but one of float32 has 8"),
        ('{"x": {"y": 1}}', (), 1, "", f"'{{...}}' {NOT_A_NUMBER}"),
        ('{"x": [[1]]}', (), 1, "", f"element 1: '[...]' {NOT_A_NUMBER}"),
        ('{"x": 1, "x": 2}', (), 1, "", "the key 'x' appears twice"),
        ('{"x": ' + "[" * 100_000, (), 1, "", "line 1: not JSON of numbers: brackets within"),
    ],
)  # fmt: skip
def test_json_without_numbers(
    fed: Fed, text: str, args: tuple[str, ...], status: int, passed: str, message: str
) -> None:
    done = fed("identity", text, *args)
    assert (done.status, done.out) == (status, passed)
    assert message in done.err
    assert done.err.count("\n") == 1


def test_invalid_values_of_json(fed: Fed) -> None:
    text = '{"x": 1}\n{"x": null}\n{"y": 2}\n{"x": [3, "4", true]}\n'
    done = fed("relu", text, "--invalid", "nan")
    assert done.out == "1.0\nnan\nnan\n3.0\nnan\nnan\n"
    assert "4 values are not numbers, taken as nan; the first is line 2, 'x': 'null'" in done.err
    done = fed("relu", text, "--invalid", "skip")
    assert done.out == "1.0\n3.0\n"


def test_json_in_other_formats(fed: Fed) -> None:
    done = fed("relu", '{"x": [-1, 2]}', "--format", "jsonl", "--show", "x,y")
    assert done.out == '{"x": -1.0, "y": 0.0}\n{"x": 2.0, "y": 2.0}\n'
    args = ("--column", "y", "--format", "csv", "--show", "x,y")
    assert fed("relu", done.out, *args).out == "x,y\n0.0,0.0\n2.0,2.0\n"


@pytest.mark.parametrize("form", ["text", "csv", "json", "jsonl", "hex", "bits"])
def test_vectors_read_back_as_vectors(fed: Fed, form: str) -> None:
    text = "1 2 3\n4 5\n6\n7 8\n"
    written = fed("softmax", text, "--format", form, "--show", "x").out
    if form == "csv":
        written = written.removeprefix("x\n")
    columns = ("--column", "x") if form.startswith("json") else ()
    done = fed("softmax", written, *columns)
    assert done.out == fed("softmax", text).out
    assert done.err == ""


def test_the_numbers_of_an_object_of_columns_are_a_vector(fed: Fed) -> None:
    done = fed("softmax", '{"x": [1, 2, 3]}\n{"x": 4}\n')
    assert done.out == "0.09003057 0.24472848 0.66524094\n1.0\n"
    done = fed("softmax", "x,y\n1,2\n", "--column", "x")
    assert (done.status, done.out) == (2, "")
    assert "--column is for functions of one number, but softmax takes a vector" in done.err


def test_an_object_is_answered_when_it_comes() -> None:
    with subprocess.Popen(
        command_line("eval", "relu"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin
        assert process.stdout
        for sent, answer in (('{"x": 1}\n', b"1.0\n"), ('{"x": [-1,', b""), ("2]}\n", b"0.0\n")):
            process.stdin.write(sent.encode())
            process.stdin.flush()
            if answer:
                assert process.stdout.readline() == answer
        process.stdin.close()
        assert process.stdout.read() == b"2.0\n"


def test_an_object_of_many_numbers(call: Call, tmp_path: Path) -> None:
    """More than are handed on together, with a bad one among them."""
    numbers = [number / 7 for number in range(150_000)]
    path = tmp_path / "many.json"
    path.write_text(json.dumps({"x": numbers}))
    words = ("eval", "identity", str(path), "--dtype", "float64", "--format", "raw", "-o")
    assert call(*words, str(tmp_path / "y.raw")).status == 0
    assert (tmp_path / "y.raw").read_bytes() == struct.pack("<150000d", *numbers)
    path.write_text(json.dumps({"x": [*numbers, None, 1]}))
    outcome = call("eval", "identity", str(path))
    assert outcome.out.count("\n") == 150_000
    assert "line 1, 'x', element 150001: 'null'" in outcome.err
