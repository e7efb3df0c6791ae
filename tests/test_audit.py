"""`actcli audit` and `actcli points` as commands: what they take, write, refuse and return."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

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
    assert "Where the error lives" in lines
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


def test_all_says_what_is_lacking(call):
    outcome = call("audit", "--all", "tensorflow-2.0", "--sample", "1000")
    assert outcome.status == 0
    assert "Not in this backend\n  absolute, " in outcome.out
    assert [name for name in ("sigmoid", "tanh", "relu") if f"  {name} " not in outcome.out] == []
    assert call("audit", "--all", "tensorflow-2.0", "--sample", "10", "--max-ulp", "1").status == 1


REFUSED = [
    ("audit", "no BACKEND and no function is named"),
    ("audit gelu", "audit takes BACKEND SPEC, but 'gelu' stands alone; backends are actcli, "),
    ("audit actcli", "no function is named to audit actcli with"),
    ("audit actclj gelu", "unknown backend 'actclj'; did you mean actcli?"),
    ("audit gelu actcli", "the BACKEND stands before the SPEC: actcli audit actcli gelu"),
    (f"audit {__file__} gelu", "is no backend; for numbers in a file: --samples "),
    ("audit actcli gleu", "unknown activation 'gleu'"),
    ("audit actcli softmax", "softmax works on whole vectors"),
    ("audit actcli 1", "the function stands before the numbers"),
    ("audit actcli gelu tanh", "unexpected extra argument (tanh)"),
    ("audit tensorflow-2.0 gelu", "no gelu in this backend"),
    ("audit tensorflow-2.0 sigmoid --show d2y", "no second derivative"),
    ("audit tensorflow-2.0 tanh --upstream 2", "takes no upstream gradient"),
    ("audit actcli gelu --show x,y", "--show says what is judged"),
    ("audit actcli gelu --show dy,d2y --upstream 2", "--upstream is a matter of dy"),
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
    ("audit --all actcli gelu", "'gelu' is one word too many"),
    ("audit --all actcli -o all.png", "--all writes .json, .csv, .txt"),
    ("audit --all tensorflow-2.0 --dtype float16", "no float16 in tensorflow-2.0"),
    ("audit --all actcli --samples x.csv", "give one of them"),
    ("audit --samples x.csv", "--samples FILE needs a SPEC"),
    ("audit --samples x.csv actcli gelu", "'gelu' is one word too many"),
    ("audit --samples x.csv gelu --sample 5", "--samples FILE has its own"),
    ("audit --samples x.csv gelu --upstream 5", "needs --dtype"),
    ("points", "missing argument 'SPEC'"),
    ("points softmax", "softmax works on whole vectors"),
    ("points gelu --count 4", "4 is not in the range x>=5"),
    ("points gelu -o points.doc", "names no format"),
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


def test_what_was_rounded_is_said(call, tmp_path):
    path = tmp_path / "samples.csv"
    path.write_text("x,y\n0.1,0.1\n0.100000001,0.1\n0.10000001,0.1\n16777217,1\n")
    outcome = call("audit", "--samples", str(path), "tanh", "--format", "json")
    assert json.loads(outcome.out)["remarks"] == [
        "1 value of x is no float32 number and was rounded to one; it is line 5"
    ]
    np.savez(tmp_path / "a.npz", x=np.array([0.5, 0.1]), y=np.float32([0.5, 0.1]))
    outcome = call("audit", "--samples", str(tmp_path / "a.npz"), "tanh", "--format", "json")
    assert json.loads(outcome.out)["remarks"] == [
        "1 value of x is no float32 number and was rounded to one; it is element 1"
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
    ('{"x": [1], "y": [1, 2]}\n', 1, "the columns are not equally long"),
    ('{"x": 1, "y": 1}\n{"x": 2}\n', 1, "row 2, y: 'null' is not a number"),
    ('{"x": 1, "y": 1}\n{"x": 2\n', 1, "line 2: no JSON"),
    ("[1, 2]", 1, "neither an object of columns nor objects a row"),
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


def test_points_in_every_format(call, tmp_path):
    text = call("points", "relu6", "--count", "60")
    values = [float(line) for line in text.out.split()]
    assert len(values) == 60
    assert {0.0, 6.0} <= set(values)
    path = tmp_path / "x.raw"
    call("points", "relu6", "--count", "60", "-o", str(path))
    raw = np.fromfile(path, np.float32)
    np.testing.assert_array_equal(raw, np.float32(values))
    bits = call("points", "relu6", "--count", "60", "--format", "bits").out.split()
    assert [int(word, 16) for word in bits] == raw.view(np.uint32).tolist()
    assert ordinals(raw[:-1], FORMATS["float32"]).tolist() == sorted(
        ordinals(raw[:-1], FORMATS["float32"]).tolist()
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("actcli audit tensorflow-", {"tensorflow-2.0"}),
        ("actcli audit actcli tanh_s", {"tanh_shrink"}),
        ("actcli audit --samples x.csv tanh_s", {"tanh_shrink"}),
        ("actcli points tanh_s", {"tanh_shrink"}),
        ("actcli audit actcli elu:", {"alpha="}),
    ],
)
def test_completion(run, words, wanted):
    parts = words.split(" ")
    result = run(
        env={
            "_ACTCLI_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(parts) - 1),
        }
    )
    assert {line.partition(",")[2] for line in result.stdout.split()} == wanted


def test_a_full_disk_and_a_closed_pipe(run, tmp_path):
    with open("/dev/full", "w") as full:
        result = run("audit", *QUICK, stdout=full)
    assert result.returncode == 1
    assert result.stderr == "actcli: error: cannot write standard output: No space left on device\n"
