"""Formats for other programs: text, csv, tsv, json, jsonl, hex, bits, and the table."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest

from actcli.formats import FORMATS, format_of_path
from actcli.numerics.dtypes import DTYPES
from tests.conftest import Call

ARGS = ("eval", "relu", "-1", "1", "3")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("text", "-1.0\t0.0\t0.0\n0.0\t0.0\t0.0\n1.0\t1.0\t1.0\n"),
        ("csv", "x,y,dy\n-1.0,0.0,0.0\n0.0,0.0,0.0\n1.0,1.0,1.0\n"),
        ("tsv", "x\ty\tdy\n-1.0\t0.0\t0.0\n0.0\t0.0\t0.0\n1.0\t1.0\t1.0\n"),
        ("json", '{"x": [-1.0, 0.0, 1.0],\n "y": [0.0, 0.0, 1.0],\n "dy": [0.0, 0.0, 1.0]}\n'),
        (
            "jsonl",
            '{"x": -1.0, "y": 0.0, "dy": 0.0}\n'
            '{"x": 0.0, "y": 0.0, "dy": 0.0}\n'
            '{"x": 1.0, "y": 1.0, "dy": 1.0}\n',
        ),
        ("hex", "-0x1p+0\t0x0p+0\t0x0p+0\n0x0p+0\t0x0p+0\t0x0p+0\n0x1p+0\t0x1p+0\t0x1p+0\n"),
        (
            "bits",
            "0xbf800000\t0x00000000\t0x00000000\n"
            "0x00000000\t0x00000000\t0x00000000\n"
            "0x3f800000\t0x3f800000\t0x3f800000\n",
        ),
    ],
)
def test_bytes(call: Call, form: str, text: str) -> None:
    assert call(*ARGS, "--format", form) == (0, text, "")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("num", [1, 2, 8191, 8192, 8193, 20_000])
@pytest.mark.sampled(3)
def test_formats_agree_past_the_end_of_a_block(call: Call, dtype: str, num: int) -> None:
    args = ("eval", "tanh", "-3", "3", str(num), "--dtype", dtype, "--show", "y,x")
    rows = [row.split("\t") for row in call(*args, "--format", "text").out.splitlines()]
    assert len(rows) == num
    header, *records = csv.reader(io.StringIO(call(*args, "--format", "csv").out))
    assert (header, records) == (["y", "x"], rows)
    columns = json.loads(call(*args, "--format", "json").out)
    assert list(columns) == ["y", "x"]
    assert [list(map(repr, column)) for column in columns.values()] == [
        list(column) for column in zip(*rows, strict=True)
    ]
    lines = call(*args, "--format", "jsonl").out.splitlines()
    assert [[repr(row["y"]), repr(row["x"])] for row in map(json.loads, lines)] == rows
    exact = [row.split("\t") for row in call(*args, "--format", "hex").out.splitlines()]
    assert [abs(float.fromhex(y)) <= 1 for y, _ in exact] == [True] * num


@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
def test_what_is_not_finite(call: Call, word: str) -> None:
    args = ("eval", "linear", word, "--show", "x,y")
    assert json.loads(call(*args, "--format", "json").out) == {"x": [word], "y": [word]}
    assert json.loads(call(*args, "--format", "jsonl").out) == {"x": word, "y": word}
    assert call(*args, "--format", "csv").out == f"x,y\n{word},{word}\n"
    assert call(*args, "--format", "text").out == f"{word}\t{word}\n"
    assert call(*args, "--format", "hex").out == f"{word}\t{word}\n"


def test_a_point_is_one_row(call: Call) -> None:
    args = ("eval", "relu", "2", "--format")
    assert call(*args, "csv").out == "x,y,dy\n2.0,2.0,1.0\n"
    assert json.loads(call(*args, "json").out) == {"x": [2.0], "y": [2.0], "dy": [1.0]}
    assert json.loads(call(*args, "jsonl").out) == {"x": 2.0, "y": 2.0, "dy": 1.0}


def test_saturation(call: Call) -> None:
    args = ("eval", "exponential", "10", "--dtype", "float8_e4m3fn", "--show", "y")
    assert call(*args, "--format", "text").out == "nan\n"
    assert call(*args, "--format", "text", "--saturate").out == "450.0\n"
    assert call(*args, "--format", "hex", "--saturate").out == "0x1.cp+8\n"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.sampled(2)
def test_the_columns_of_a_long_table_stay_in_line(call: Call, dtype: str) -> None:
    args = ("eval", "tanh", "-3", "3", "600", "--dtype", dtype, "--format", "table")
    header, rule, *rows = call(*args).out.splitlines()
    assert len(rows) == 600
    assert {len(row) for row in rows} == {len(header)} == {len(rule)}
    values = [[float(word) for word in row.split()] for row in rows]
    assert values[0][0] == -3.0
    assert all(math.copysign(1, y) == math.copysign(1, x) for x, y, _ in values)


def test_every_format_is_written_and_known_by_its_suffixes(call: Call) -> None:
    for name, form in FORMATS.items():
        show = ("--show", "y") if form.binary else ()
        assert call(*ARGS, "--format", name, *show).status == 0
        for suffix in form.suffixes:
            assert format_of_path(f"a/b.c{suffix}") == name
    suffixes = [suffix for form in FORMATS.values() for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))
