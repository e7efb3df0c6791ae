"""`actcli audit` and `actcli points` as commands: what they take, write, refuse and return."""

from __future__ import annotations

import csv
import json

import ml_dtypes
import numpy as np
import pytest

from tests.support.completion import offered
from tests.support.files import FULL, needs_full_device
from tests.support.formats import FORMATS, ordinals
from tests.support.pseudo_terminal import ESCAPE, on_terminal, without_escapes

#: A function and format for which an audit takes no time.
QUICK = ("actcli", "tanh", "--dtype", "float8_e4m3fn")


def test_the_emulation_is_as_wrong_as_its_release_was(call):
    outcome = call("audit", "tensorflow-2.0", "sigmoid", "--sample", "20000")
    assert outcome.status == 0
    assert outcome.err == ""
    lines = outcome.out.splitlines()
    assert lines[0].startswith("sigmoid in float32, tensorflow-2.0 against the true values: ")
    assert "d2y: no second derivative in this backend" in outcome.out
    assert "First beyond 1 ulp, from 0 outward" in lines
    assert "Where the errors are" in lines
    assert not ESCAPE.search(outcome.out)
    assert all(line == line.rstrip() for line in lines)


def test_a_pipe_is_not_cut_and_a_terminal_is_fitted(call):
    words = ("audit", "tensorflow-2.0", "sigmoid", "--sample", "2000")
    plain = call(*words).out
    shown = without_escapes(on_terminal(*words, width=80))
    assert max(map(len, plain.splitlines())) > 80
    assert max(map(len, shown.splitlines())) <= 80
    assert "0x" in plain
    assert "0x" not in shown
    wide = without_escapes(on_terminal(*words, width=160))
    assert "0x" in wide


def test_the_same_bytes_every_time(call):
    words = ("audit", "tensorflow-2.0", "tanh", "--format", "json")
    assert call(*words).out == call(*words).out


def test_csv_of_the_regions_and_files_by_suffix(call, tmp_path):
    plain = call("audit", *QUICK, "--format", "csv")
    rows = list(csv.DictReader(plain.out.splitlines()))
    assert {row["column"] for row in rows} == {"y", "dy", "d2y"}
    assert sum(int(row["inputs"]) for row in rows if row["column"] == "y") == 256
    path = tmp_path / "found.csv"
    assert call("audit", *QUICK, "-o", str(path)).out == ""
    assert path.read_text() == plain.out
    path = tmp_path / "found.json"
    call("audit", *QUICK, "-o", str(path))
    assert json.loads(path.read_text())["columns"]["y"]["inputs"] == 256


@pytest.mark.parametrize("suffix", ["png", "svg"])
@pytest.mark.sampled(2)
def test_pictures(call, tmp_path, suffix):
    path = tmp_path / f"errors.{suffix}"
    words = ("audit", "tensorflow-2.0", "sigmoid", "--sample", "2000", "-o", str(path))
    assert call(*words).out == f"{path}\n"
    first = path.read_bytes()
    assert len(first) > 5000
    call(*words)
    assert path.read_bytes() == first
    call(*words, "--dark")
    assert path.read_bytes() != first


def test_max_ulp_is_the_exit_status(call):
    assert call("audit", *QUICK, "--max-ulp", "0.5").status == 0
    words = ("audit", "tensorflow-2.0", "tanh", "--show", "y", "--sample", "3000")
    outcome = call(*words, "--max-ulp", "1")
    assert outcome.status == 1
    assert outcome.out == call(*words).out
    assert outcome.err.startswith("actcli: error: y has an error of ")
    assert outcome.err.endswith(" ulp, more than --max-ulp 1\n")
    assert call(*words, "--max-ulp", "1e9").status == 0


def test_all_says_what_is_missing(call):
    outcome = call("audit", "--all", "tensorflow-2.0", "--sample", "1000")
    assert outcome.status == 0
    assert "Not in this backend\n  absolute, " in outcome.out
    assert [name for name in ("sigmoid", "tanh", "relu") if f"  {name} " not in outcome.out] == []
    assert call("audit", "--all", "tensorflow-2.0", "--sample", "10", "--max-ulp", "1").status == 1


REFUSED = [
    ("audit", "no BACKEND and no function is named"),
    ("audit gelu", "audit takes BACKEND SPEC, but 'gelu' stands alone; backends are actcli, "),
    ("audit actcli", "no function is named to audit actcli on"),
    ("audit actclj gelu", "unknown backend 'actclj'; did you mean actcli?"),
    ("audit gelu actcli", "the BACKEND comes before the SPEC: actcli audit actcli gelu"),
    (f"audit {__file__} gelu", "is not a backend; for numbers in a file: --samples "),
    ("audit actcli gleu", "unknown activation 'gleu'"),
    ("audit actcli 1", "the function comes before the numbers"),
    ("audit actcli gelu tanh", "unexpected extra argument (tanh)"),
    ("audit tensorflow-2.0 gelu", "no gelu in this backend"),
    ("audit tensorflow-2.0 sigmoid --show d2y", "no second derivative"),
    ("audit tensorflow-2.0 tanh --upstream 2", "takes no upstream gradient"),
    ("audit actcli gelu --show x,y", "--show chooses what is judged"),
    ("audit actcli gelu --show dy,d2y --upstream 2", "--upstream is for dy"),
    ("audit actcli gelu --upstream nan", "--upstream must be a finite float32 number"),
    ("audit actcli gelu --upstream 1e5 --dtype float16", "must be a finite float16 number"),
    ("audit actcli gelu --sample -1", "--sample takes a count of inputs"),
    ("audit actcli gelu --sample 120%", "--sample takes a count of inputs"),
    ("audit actcli gelu --sample 1/0", "--sample takes a count of inputs"),
    ("audit actcli gelu --sample all --dtype float64", "would never end"),
    ("audit actcli gelu --sample 1e18", "at most 2^32"),
    ("audit actcli gelu --bound -1", "--bound takes a number of ulp"),
    ("audit actcli gelu --max-ulp much", "'much' is not a number"),
    ("audit actcli gelu -o errors", "has no suffix"),
    ("audit actcli gelu -o errors.doc", "a picture cannot be written as 'doc'"),
    ("audit actcli gelu --dark", "--dark is for pictures"),
    ("audit --all", "--all needs a BACKEND"),
    ("audit --all actcli gelu", "leave out 'gelu'"),
    ("audit --all actcli -o all.png", "--all writes .json, .csv, .txt"),
    ("audit --all tensorflow-2.0 --dtype float16", "no float16 in tensorflow-2.0"),
    ("audit --all actcli --samples x.csv", "give one of them"),
    ("audit --samples x.csv", "--samples FILE needs a SPEC"),
    ("audit --samples x.csv actcli gelu", "leave out 'gelu'"),
    ("audit --samples x.csv gelu --sample 5", "--samples FILE has its own"),
    ("audit --samples x.csv gelu --upstream 5", "needs --dtype"),
    ("points", "missing argument 'SPEC'"),
    ("points gelu --count 4", "4 is not in the range 5<=x<=100000000"),
    ("points gelu -o points.doc", "is not a format's"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "words"), REFUSED, ids=[line for line, _ in REFUSED])
def test_what_is_refused(call, line, words):
    outcome = call(*line.split())
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


FORMATS_OF_TEXT = ["csv", "tsv", "text", "json", "jsonl", "hex", "bits"]


@pytest.mark.parametrize("form", [*FORMATS_OF_TEXT, "npz"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
@pytest.mark.sampled(7)
def test_samples_written_by_eval_are_right(call, tmp_path, form, dtype):
    points, samples = tmp_path / "x.npy", tmp_path / f"samples.{form}"
    call("points", "gelu", "--dtype", dtype, "--count", "500", "-o", str(points))
    words = ("eval", "gelu", str(points), "--show", "x,y,dy,d2y", "--format", form)
    assert call(*words, "-o", str(samples)).err == ""
    outcome = call("audit", "--samples", str(samples), "gelu", "--dtype", dtype, "--format", "json")
    assert outcome.err == ""
    found = json.loads(outcome.out)
    assert found["remarks"] == []
    limit = 1 if dtype == "float64" else 0.501
    for column in found["columns"].values():
        assert column["inputs"] == 500
        assert column["largest_error"] <= limit
        assert column["wrong_otherwise"] == 0
    assert list(found["columns"]) == ["y", "dy", "d2y"]


def test_a_wrong_sample_is_found(call, tmp_path):
    path = tmp_path / "samples.csv"
    path.write_text("note,y,x\nfirst,0.5,0\n\nsecond,0.7310586,1\nthird,0.9,2\n")
    outcome = call("audit", "--samples", str(path), "sigmoid", "--format", "json")
    column = json.loads(outcome.out)["columns"]["y"]
    assert column["inputs"] == 3
    assert column["correctly_rounded"] == 2
    assert column["worst"][0]["x"] == 2
    assert column["worst"][0]["got_text"] == "0.9"
    ulp = 2.0**-24
    true = 1 / (1 + np.exp(-2.0))
    assert column["worst"][0]["error"] == pytest.approx((float(np.float32(0.9)) - true) / ulp)


def test_samples_of_any_origin(call, tmp_path):
    x = np.array([0.5, 1.0, -2.0])
    y = np.tanh(x).astype(np.float16)
    words = ("tanh", "--format", "json")
    named, numbered, table = tmp_path / "a.npz", tmp_path / "b.npz", tmp_path / "c.npy"
    np.savez(named, x=x, y=y, other=np.zeros(7))
    np.savez(numbered, x, y)
    np.save(table, np.stack([x, y.astype(np.float64)], axis=1))
    for path in (named, numbered):
        found = json.loads(call("audit", "--samples", str(path), *words).out)
        assert found["dtype"] == "float16"
        assert found["columns"]["y"]["correctly_rounded"] == 3
    path = tmp_path / "order.txt"
    path.write_text("# x dy\n0.0 1.0\n0x1p+0 0.419974\n")
    outcome = call("audit", "--samples", str(path), *words, "--show", "dy")
    assert list(json.loads(outcome.out)["columns"]) == ["dy"]
    outcome = call("audit", "--samples", str(table), *words, "--dtype", "float16")
    assert json.loads(outcome.out)["columns"]["y"]["correctly_rounded"] == 3


def test_standard_input(run):
    result = run("audit", "--samples", "-", "relu", "--max-ulp", "0", input="-1,0\n2,2\n")
    assert result.returncode == 0
    assert result.stdout.startswith("relu in float32, standard input against the true values: 2 in")


def test_what_was_rounded_is_reported(call, tmp_path):
    path = tmp_path / "samples.csv"
    path.write_text("x,y\n0.1,0.1\n0.100000001,0.1\n0.10000001,0.1\n16777217,1\n")
    outcome = call("audit", "--samples", str(path), "tanh", "--format", "json")
    assert json.loads(outcome.out)["remarks"] == [
        "1 value of x is not a float32 number and was rounded; it is line 5"
    ]
    np.savez(tmp_path / "a.npz", x=np.array([0.5, 0.1]), y=np.array([0.5, 0.1], np.float32))
    outcome = call("audit", "--samples", str(tmp_path / "a.npz"), "tanh", "--format", "json")
    assert json.loads(outcome.out)["remarks"] == [
        "1 value of x is not a float32 number and was rounded; it is element 1"
    ]


BAD_SAMPLES = [
    ("", 1, "is empty"),
    ("x,y\n", 1, "has a header and no rows"),
    ("x,y\n1,2\n3\n", 1, "line 3: 1 columns, where 2 are needed"),
    ("x,y\n1,2\n\n3,four\n", 1, "line 4, y: 'four' is not a number"),
    ("1_0 2\n", 1, "line 1, x: '1_0' is not a number"),
    ("x\n1\n", 2, "y, dy or d2y is missing"),
    ("y,dy\n1,2\n", 2, "x is missing"),
    ("0x3f80 0x3f80\n", 2, "line 1, x: the bit pattern 0x3f80 has 4 hexadecimal digits"),
    ('{"x": [1], "y": [1, 2]}\n', 1, "the columns differ in length"),
    ('{"x": 1, "y": 1}\n{"x": 2}\n', 1, "row 2, y: 'null' is not a number"),
    ('{"x": 1, "y": 1}\n{"x": 2\n', 1, "line 2: not JSON"),
    ("[1, 2]", 1, "neither an object of columns nor an object a row"),
]


@pytest.mark.parametrize(("text", "status", "words"), BAD_SAMPLES)
def test_bad_samples_are_one_line_with_the_place(call, tmp_path, text, status, words):
    path = tmp_path / "bad.txt"
    path.write_text(text)
    outcome = call("audit", "--samples", str(path), "tanh")
    assert outcome.status == status
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert "bad.txt" in outcome.err
    assert words in outcome.err


def test_bad_binary_samples(call, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(2), y=np.zeros(3))
    np.savez(tmp_path / "b.npz", x=np.zeros(2), z=np.zeros(2))
    np.save(tmp_path / "c.npy", np.zeros(3))
    (tmp_path / "d.npz").write_bytes(b"PK nothing")
    for name, words in {
        "a.npz": "must be equally long, but x has 2, y has 3",
        "b.npz": "y, dy or d2y is missing: ",
        "c.npy": "has the shape (3,)",
        "d.npz": "cannot read ",
        "none.npz": "No such file",
    }.items():
        outcome = call("audit", "--samples", str(tmp_path / name), "tanh")
        assert outcome.status in (1, 2)
        assert outcome.err.count("\n") == 1
        assert words in outcome.err


def judged(call, path, *words):
    """What an audit of samples found of each column, or the error."""
    outcome = call("audit", "--samples", str(path), *words, "--format", "json")
    return json.loads(outcome.out)["columns"] if outcome.status == 0 else outcome.err


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_an_array_holds_samples_as_its_rows(call, tmp_path, columns):
    x = np.array([-2, 0, 3, 5, 7], np.float32)
    table = np.stack([x, np.maximum(x, 0), np.float32(x > 0), 0 * x], axis=1)[:, :columns]
    for order in "CF":
        np.save(tmp_path / "a.npy", np.asfortranarray(table) if order == "F" else table)
        found = judged(call, tmp_path / "a.npy", "relu")
        assert list(found) == ["y", "dy", "d2y"][: columns - 1]
        assert all(column["correctly_rounded"] == 5 for column in found.values())
    # without names the columns are in this order, unless there are as many as --show asks for
    found = judged(call, tmp_path / "a.npy", "relu", "--show", "y")
    assert found["y"]["correctly_rounded"] == 5
    if columns > 2:
        found = judged(call, tmp_path / "a.npy", "relu", "--show", "dy")
        assert list(found) == ["dy"]
        assert found["dy"]["correctly_rounded"] == 5


@pytest.mark.parametrize(
    ("shape", "transposed"),
    [((2, 100), True), ((3, 5), True), ((4, 5), True), ((1, 9), False), ((9, 1), False),
     ((5, 5), False), ((2, 1), True), ((2, 0), True), ((3, 2, 1), False), ((7,), False)],
)  # fmt: skip
def test_arrays_of_other_shapes_are_refused(call, tmp_path, shape, transposed):
    """Numbers beyond the fourth column were left out without a word."""
    np.save(tmp_path / "a.npy", np.zeros(shape))
    outcome = call("audit", "--samples", str(tmp_path / "a.npy"), "relu")
    assert (outcome.status, outcome.out) == (1, "")
    assert f"has the shape {shape}; samples are (n, 2) to (n, 4)" in outcome.err
    assert ("its transpose, a.T, is one" in outcome.err) == transposed
    assert outcome.err.count("\n") == 1


def test_columns_beyond_the_fourth(call, tmp_path):
    five = [np.zeros(3)] * 5
    np.savez(tmp_path / "a.npz", *five)
    (tmp_path / "a.csv").write_text("0,0,0,0,0\n")
    (tmp_path / "a.txt").write_text("0 0 0 0 0\n")
    for name in ("a.npz", "a.csv", "a.txt"):
        assert "has 5 columns without names, more than x, y, dy, d2y; leave" in judged(
            call, tmp_path / name, "relu"
        )
    (tmp_path / "a.csv").write_text("n,x,m,y,k\n0,1,2,1,5\n")
    assert judged(call, tmp_path / "a.csv", "relu")["y"]["correctly_rounded"] == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x,y\n1,2\n1,5,2\n", "line 3: 3 cells, and the first row has 2"),
        ("1 2\n1 2 3\n", "line 2: 3 cells, and the first row has 2"),
        ("x,y\n1,5;2,5\n", "line 2: 3 cells, and the first row has 2; are its cells separated"),
        ("x;y\n1,5;2,5\n", "has the columns 'x;y'; are its cells separated by ';'?"),
        ("1,5;2,5\n", "line 1, y: '5;2' is not a number; are its cells separated by ';'?"),
    ],
)
def test_rows_of_samples_that_are_longer_than_the_first(call, tmp_path, text, place):
    (tmp_path / "a.txt").write_text(text)
    assert place in judged(call, tmp_path / "a.txt", "relu")


@pytest.mark.parametrize(
    "text",
    [
        "X,Y\n-1,0\n2,2\n",
        "N,Y,X\n-,0,-1\n7,2,2\n",
        "Y\tX\r\n0\t-1\r\n2\t2\r\n",
        "# Y X\n0 -1\n2 2\n",
        "# by hand\n#y,x\n0,-1\n2,2\n",
        '"Y","X"\n0,-1\n2,2\n',
        '\ufeff"Y","X"\n0,-1\n2,2\n',
        "x y\r-1 0\r2 2\r",
        'x,note,y\n-1,"of\n# two, lines",0\n\n# 3,,3\n2,"",2\n',
        "x,y,X\n-1,0,5\n2,2,5\n",
        '{"X": [-1, 2], "Y": [0, 2]}',
        '{"Y": 0, "X": -1}\n{"X": 2, "Y": 2}\n',
        '{"x": [-1],\n "y": [0]} {"x": 2, "y": 2}',
        '[{"x": -1, "y": 0}, {"x": 2, "y": 2}]',
        '{"x": ["0xbf800000", "0x1p1"], "y": ["0x00000000", 2]}',
    ],
)
def test_samples_in_many_spellings(call, tmp_path, text):
    (tmp_path / "a.txt").write_bytes(text.encode())
    found = judged(call, tmp_path / "a.txt", "relu")
    assert found["y"]["inputs"] == 2
    assert found["y"]["correctly_rounded"] == 2


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("[" * 100_000, 1, "line 1: not JSON of numbers: brackets within brackets"),
        ('{"x":' * 100_000, 1, "line 1: not JSON of numbers: brackets within brackets"),
        ('{"x": [' + "9" * 5000 + "0" * 400 + '], "y": [1, 2]}', 1, "differ in length"),
        ('x,y\n1,"2\n3,4\n', 1, "line 2: a quotation mark opens a cell of this row"),
        ('x,y\n1,2\n1,"' + "2" * 200_000 + '"\n', 1, "line 3: not a row: a cell is longer"),
        ("x,y,y\n1,2,3\n", 1, "has 2 columns y; there must be one"),
        ("x,Dy,dY\n1,2,3\n", 1, "has 2 columns dy; there must be one"),
        ('{"x": [1], "y": [1], "x": [2]}', 1, "the key 'x' appears twice"),
        ('{"x": 1, "y": "1"}', 1, "row 1, y: '1' in quotation marks is not a number"),
        ('{"x": [1, true], "y": [1, 2]}', 1, "row 2, x: 'true' is not a number"),
        ('{"x": [[1, 2]], "y": [1]}', 1, "row 1, x: '[...]' is not a number"),
        ('{"x": {"a": 1}, "y": [1]}', 1, "row 1, x: '{...}' is not a number"),
        ('{"x": 1, "y": 1}\n[2]\n', 1, "neither an object of columns nor an object a row"),
        ("a,b\n1,2\n", 1, "begins with 'a,b'; name the columns x, y, dy, d2y, or give them"),
        ("x,y\n\uff11,2\n", 1, "line 2, x: '\uff11' is not a number"),
    ],
)
def test_text_that_holds_no_samples(call, tmp_path, text, status, words):
    (tmp_path / "bad.txt").write_text(text)
    outcome = call("audit", "--samples", str(tmp_path / "bad.txt"), "tanh")
    assert (outcome.status, outcome.out) == (status, "")
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_bare_numbers_are_not_samples(call, tmp_path):
    np.array([0, 1, 5, 7], np.float32).tofile(tmp_path / "y")
    outcome = call("audit", "--samples", str(tmp_path / "y"), "tanh")
    assert outcome.status in (1, 2)
    assert (outcome.out, outcome.err.count("\n")) == ("", 1)
    np.ones(4, np.float32).tofile(tmp_path / "y.bin")
    outcome = call("audit", "--samples", str(tmp_path / "y.bin"), "tanh")
    assert (outcome.status, outcome.out) == (2, "")
    assert "does not say what its numbers are" in outcome.err
    assert "np.savez('samples.npz', x=x, y=y)" in outcome.err


@pytest.mark.parametrize(
    ("x", "y", "judged_in"),
    [
        ("bfloat16", "float32", ("bfloat16", "float32")),
        ("float16", "float32", ("float16", "float32")),
        ("float16", "bfloat16", ("float16", "bfloat16")),
        ("float32", "float64", ("float32", "float64")),
        ("float32", "bfloat16", ("bfloat16", "bfloat16")),
        ("float64", "float16", ("float16", "float16")),
        ("int64", "float64", ("float64", "float64")),
        ("bool", "float16", ("float16", "float16")),
        ("int32", "int32", ("float32", "float32")),
    ],
)
def test_samples_are_of_their_own_dtypes_unless_somebody_says(call, tmp_path, x, y, judged_in):
    """Inputs that are wider than the results are rounded, narrower ones are what they are."""
    kinds = {"bfloat16": ml_dtypes.bfloat16}
    np.savez(
        tmp_path / "a.npz",
        x=np.ones(2).astype(kinds.get(x, x)),
        y=np.ones(2).astype(kinds.get(y, y)),
    )
    words = ("audit", "--samples", str(tmp_path / "a.npz"), "relu", "--format", "json")
    found = json.loads(call(*words).out)
    assert (found["x_dtype"], found["dtype"]) == judged_in
    assert found["remarks"] == []
    found = json.loads(call(*words, "--dtype", "float16").out)
    assert (found["x_dtype"], found["dtype"]) == ("float16", "float16")
    found = json.loads(call(*words, "--dtype", "float64", "--out-dtype", "bfloat16").out)
    assert (found["x_dtype"], found["dtype"]) == ("float64", "bfloat16")


def test_integers_are_not_rounded_without_a_word(call, tmp_path):
    x = np.array([2**24 + 1, -(2**24) - 1, 3, -(2**63)])
    np.savez(tmp_path / "a.npz", x=x, y=np.float64(x))
    words = ("audit", "--samples", str(tmp_path / "a.npz"), "identity", "--format", "json")
    found = json.loads(call(*words).out)
    assert (found["dtype"], found["remarks"]) == ("float64", [])
    assert found["columns"]["y"]["correctly_rounded"] == 4
    found = json.loads(call(*words, "--dtype", "float32").out)
    assert "2 values of x are not float32 numbers" in found["remarks"][0]
    x = np.array([2**64 - 1, 2**53 + 1, 2**53], np.uint64)
    np.savez(tmp_path / "a.npz", x=x, y=np.float64(x))
    found = json.loads(call(*words).out)
    assert "2 values of x are not float64 numbers" in found["remarks"][0]


def test_arrays_of_different_shapes(call, tmp_path):
    x, y = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)
    np.savez(tmp_path / "a.npz", x=x, y=y)
    said = judged(call, tmp_path / "a.npz", "relu")
    assert "must have one shape, but x has (2, 3), y has (3, 2)" in said
    np.savez(tmp_path / "a.npz", x=x, y=np.asfortranarray(x)[:, :, None])
    assert judged(call, tmp_path / "a.npz", "relu")["y"]["correctly_rounded"] == 6


def test_points_in_every_format(call, tmp_path):
    text = call("points", "relu6", "--count", "60")
    values = [float(line) for line in text.out.split()]
    assert len(values) == 60
    assert {0.0, 6.0} <= set(values)
    path = tmp_path / "x.raw"
    call("points", "relu6", "--count", "60", "-o", str(path))
    raw = np.fromfile(path, np.float32)
    np.testing.assert_array_equal(raw, np.array(values, np.float32))
    bits = call("points", "relu6", "--count", "60", "--format", "bits").out.split()
    assert [int(word, 16) for word in bits] == raw.view(np.uint32).tolist()
    assert ordinals(raw[:-1], FORMATS["float32"]).tolist() == sorted(
        ordinals(raw[:-1], FORMATS["float32"]).tolist()
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("audit tensorflow-", ["tensorflow-2.0"]),
        ("audit actcli tanh_s", ["tanh_shrink"]),
        ("audit --samples x.csv tanh_s", ["tanh_shrink"]),
        ("points tanh_s", ["tanh_shrink"]),
        ("audit actcli elu:", ["alpha="]),
    ],
)
def test_completion(run, words, wanted):
    assert offered(run, *words.split()) == wanted


@needs_full_device
def test_a_full_disk(run):
    with FULL.open("w") as full:
        result = run("audit", *QUICK, stdout=full)
    assert result.returncode == 1
    assert result.stderr == "actcli: error: cannot write standard output: No space left on device\n"
