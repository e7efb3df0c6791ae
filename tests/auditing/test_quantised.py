"""Audits in quanta: tables of runtimes, kernels with codes, what explains what differs."""

from __future__ import annotations

import json
import sys

import mpmath
import numpy as np
import pytest

from tests.support.quanta import TRUE, Quanta

GIVEN = Quanta("int8", "0.11", -7)
#: The fixed scales of TensorFlow Lite's results.
LITE = {"tanh": Quanta("int8", "1/128"), "sigmoid": Quanta("int8", "1/256", -128)}


def audited(call, *words, status=0):
    found = call("audit", *words, "--format", "json")
    assert found.status == status
    assert found.err == "" or status
    return json.loads(found.out)


def true_codes(name, given, out, way="half-even"):
    with mpmath.workdps(60):
        return [out.code(TRUE[name][0](given.real(code)), way) for code in given.codes]


def write(path, *columns, header=""):
    rows = np.stack([np.array(column) for column in columns], axis=1)
    np.savetxt(path, rows, fmt="%d", delimiter=",", header=header, comments="")


@pytest.mark.parametrize("name", LITE)
@pytest.mark.parametrize("form", ["bin", "npy", "npz", "txt", "csv", "json"])
def test_a_table_is_audited_by_one_command(call, folder, name, form):
    codes = np.array(true_codes(name, GIVEN, LITE[name]), np.int8)
    codes[0], codes[130] = codes[0] + 2, codes[130] - 1
    path = folder / f"lut.{form}"
    if form == "bin":
        codes.tofile(path)
    elif form == "npy":
        np.save(path, codes)
    elif form == "npz":
        np.savez(path, table=codes)
    elif form == "txt":
        write(path, codes)
    elif form == "csv":
        write(path, list(GIVEN.codes), codes, header="x,y")
    else:
        path.write_text(json.dumps({"y": codes.tolist()}))
    words = ("--dtype", GIVEN.spelled, "--out-dtype", LITE[name].spelled)
    found = audited(call, "--samples", str(path), name, *words)
    column = found["columns"]["y"]
    assert found["unit"] == "quantum"
    assert (column["inputs"], column["correctly_rounded"]) == (256, 254)
    assert column["histogram"] == {"1": 1, "2": 1}
    assert (column["largest_error"], column["beyond_bound"]) == (2, 1)
    assert [seen["x_code"] for seen in column["worst"]] == [-128, 2]
    assert [seen["error"] for seen in column["worst"]] == [2, 1]
    assert column["worst"][1]["wanted_code"] == codes[130] + 1
    with mpmath.workdps(60):
        assert column["worst"][1]["x"] == float(GIVEN.real(2))
        assert column["worst"][1]["true"] == float(TRUE[name][0](GIVEN.real(2)))
    assert column["explained_by"] is None
    assert all(way["explains"] < 2 or way["wrong"] for way in column["explanations"])


@pytest.mark.parametrize(
    ("name", "scale", "made", "explained"),
    [
        ("x/2", "1/8", lambda x: np.floor(np.abs(x) / 2 + 0.5) * np.sign(x), "half-away"),
        ("x/2", "1/8", lambda x: np.floor(x / 2 + 0.5), "half-up"),
        ("x/2", "1/8", lambda x: np.floor(x / 2), "floor"),
        ("x/2", "1/8", lambda x: np.trunc(x / 2), "truncation"),
    ],
)
def test_another_rounding_is_recognised(call, folder, name, scale, made, explained):
    codes = np.arange(-128, 128)
    write("t.csv", codes, made(codes))
    found = audited(call, "--samples", "t.csv", name, "--dtype", f"int8:scale={scale}")
    assert found["columns"]["y"]["explained_by"] == explained
    # right by that rounding's own measure
    if explained.startswith("half"):
        words = ("--dtype", f"int8:scale={scale}", "--round", explained, "--max-ulp", "0")
        assert audited(call, "--samples", "t.csv", name, *words)["columns"]["y"]["differing"] == 0


@pytest.mark.parametrize("name", LITE)
@pytest.mark.parametrize("rounding", ["floor", "trunc"])
def test_roundings_of_transcendental_functions(call, folder, name, rounding):
    with mpmath.workdps(60):
        steps = [TRUE[name][0](GIVEN.real(code)) / LITE[name].step for code in GIVEN.codes]
        whole = [int(mpmath.floor(step)) for step in steps]
        if rounding == "trunc":
            whole = [int(step) for step in steps]
    codes = np.clip(np.array(whole) + LITE[name].zero_point, -128, 127)
    write("t.csv", GIVEN.codes, codes)
    words = ("--dtype", GIVEN.spelled, "--out-dtype", LITE[name].spelled)
    found = audited(call, "--samples", "t.csv", name, *words)["columns"]["y"]
    expected = "truncation" if rounding == "trunc" and name == "tanh" else "floor"
    assert found["explained_by"] == expected


@pytest.mark.parametrize("rounding", [np.rint, np.floor])
@pytest.mark.parametrize("multiplier", [False, True])
def test_float32_arithmetic_is_recognised(call, folder, rounding, multiplier):
    """identity from one scale to another has ties that float32 moves."""
    given, out = Quanta("int8", "0.3", 5), Quanta("int8", "0.2", -3)
    x = np.float32(0.3) * np.float32(np.arange(-128, 128) - 5)
    scale = np.float32(0.2)
    quotient = x * (np.float32(1) / scale) if multiplier else x / scale
    write("t.csv", np.clip(rounding(quotient) - 3, -128, 127))
    words = ("--dtype", given.spelled, "--out-dtype", out.spelled)
    found = audited(call, "--samples", "t.csv", "identity", *words)["columns"]["y"]
    assert found["differing"] > 0
    assert found["explained_by"].startswith("float32 ") or rounding is np.floor
    # the way that is named gives the table, and each before it does not
    *others, last = found["explanations"]
    assert last["name"] == found["explained_by"]
    assert (last["explains"], last["wrong"]) == (found["differing"], 0)
    assert all((way["explains"], way["wrong"]) != (found["differing"], 0) for way in others)


KERNELS = """
import numpy as np

def half_away(q):
    steps = np.tanh(0.11*(q.astype(int) + 7))*128
    return np.clip(np.sign(steps)*np.floor(np.abs(steps) + 0.5), -128, 127).astype(np.int8)

def reals(q):
    return np.tanh(0.11*(q.astype(np.float32) + 7))

def halves(q):
    return q // 2
"""


def test_kernels_have_codes_in_and_out(call, folder):
    (folder / "k.py").write_text(KERNELS)
    words = ("--dtype", GIVEN.spelled, "--out-dtype", LITE["tanh"].spelled)
    found = audited(call, "k.py:half_away", "tanh", *words)
    assert found["backend"] == "k.py:half_away"
    assert found["columns"]["y"]["correctly_rounded"] == 256
    status, _, err = call("audit", "k.py:reals", "tanh", *words)
    assert status == 1
    assert "returns float32" in err
    pytest.importorskip("torch")
    found = audited(call, "k.py:halves@torch", "x/2", "--dtype", "int8:scale=1/4")
    assert found["columns"]["y"]["explained_by"] == "floor"


@pytest.mark.parametrize("exchange", ["raw", "npy", "text"])
def test_programs_have_codes_in_and_out(call, folder, exchange):
    copy = "shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    (folder / "same.py").write_text(f"import shutil, sys\n{copy}\n")
    words = (f"exec:{sys.executable} same.py", "relu", "--dtype", "int16:scale=1/256")
    found = audited(call, *words, "--exchange", exchange, "--worst", "1")["columns"]["y"]
    assert (found["inputs"], found["correctly_rounded"]) == (1 << 16, 1 << 15)
    assert found["largest_error"] == 1 << 15
    assert found["worst"][0]["x_code"] == -(1 << 15)


def test_a_kernel_of_floats_may_give_codes(call, folder):
    (folder / "k.py").write_text(
        "import numpy as np\n"
        "def k(x): return np.clip(np.rint(np.tanh(x.astype(float))*128), -128, 127).astype('i1')\n"
    )
    words = ("--dtype", "float8_e4m3fn", "--out-dtype", LITE["tanh"].spelled)
    found = audited(call, "k.py:k", "tanh", *words)["columns"]["y"]
    assert (found["inputs"], found["differing"]) == (254, 0)  # without the two nan


def test_a_kernel_of_codes_may_give_floats(call, folder):
    (folder / "k.py").write_text(
        "import numpy as np\n"
        "def k(q):\n"
        "    y = np.tanh(np.float64(0.11)*(q.astype(int) + 7)).astype('f4')\n"
        "    y[5] = np.nextafter(np.nextafter(y[5], np.float32(2)), np.float32(2))\n"
        "    y[9] = np.nan\n"
        "    return y\n"
    )
    words = ("--dtype", GIVEN.spelled, "--out-dtype", "float32", "--show", "y")
    found = audited(call, "k.py:k", "tanh", *words)
    column = found["columns"]["y"]
    assert (found["unit"], column["histogram"]) == ("ulp", {"2": 1, str(1 << 31): 1})
    assert [seen["x_code"] for seen in column["worst"]] == [9 - 128, 5 - 128]
    status, out, err = call("audit", "k.py:k", "tanh", *words, "--max-ulp", "1")
    assert status == 1
    assert "off by 2 ulp" in out
    assert " ulp, more than --max-ulp 1" in err


def test_real_numbers_are_told_from_codes(call, folder):
    codes = list(GIVEN.codes)
    results = true_codes("tanh", GIVEN, LITE["tanh"])
    with mpmath.workdps(60):
        rows = [
            f"{float(GIVEN.real(code))!r},{result / 128!r}"
            for code, result in zip(codes, results, strict=True)
        ]
    (folder / "r.csv").write_text("x,y\n" + "\n".join(rows))
    words = ("--dtype", GIVEN.spelled, "--out-dtype", LITE["tanh"].spelled)
    found = audited(call, "--samples", "r.csv", "tanh", *words)
    assert found["columns"]["y"]["differing"] == 0
    assert found["remarks"] == [
        f"{name} has numbers with a point: real ones, rounded to codes" for name in "xy"
    ]


def test_the_report_and_the_status(call, folder):
    codes = np.array(true_codes("tanh", GIVEN, LITE["tanh"]))
    codes[100] += 3
    write("t.csv", codes)
    words = ("--samples", "t.csv", "tanh", "--dtype", GIVEN.spelled, "--out-dtype",
             LITE["tanh"].spelled)  # fmt: skip
    status, out, err = call("audit", *words, "--max-ulp", "2")
    assert status == 1
    assert err == "actcli: error: y has an error of 3 quanta, more than --max-ulp 2\n"
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert {"largest error 3 quanta", "off by 3 quanta 1", "beyond 1 quantum 1"} <= {*rows}
    assert "y is explained by no rounding and no float32 arithmetic that was tried" in out
    assert call("audit", *words, "--max-ulp", "3").status == 0
    status, out, _ = call("audit", *words, "--range", "0", "1", "--format", "csv")
    assert (status, out.count("\n")) == (0, 1)  # code -28 is x = -2.31


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("torch", "tanh", "--dtype", GIVEN.spelled), "torch has no quantised dtypes"),
        (("--samples", "short.csv", "tanh", "--dtype", GIVEN.spelled), "has 256 entries"),
        (("--samples", "wrong.csv", "tanh", "--dtype", GIVEN.spelled), "no code of int8"),
        (("--samples", "short.bin", "tanh", "--dtype", GIVEN.spelled), "a table of int8 has 256"),
        (("--samples", "wrong.csv", "softmax", "--dtype", GIVEN.spelled), "softmax"),
        (("--samples", "wrong.csv", "tanh", "--dtype", GIVEN.spelled, "--atol", "1"), "--atol"),
        (("--samples", "wrong.csv", "tanh", "--dtype", GIVEN.spelled, "-o", "p.png"), "p.png"),
        (
            ("--samples", "wrong.csv", "tanh", "--dtype", "int8:scale=auto"),
            "do not tell their scale",
        ),
        (("--all", "torch", "--dtype", GIVEN.spelled), "--all"),
    ],
)
def test_faults_are_one_line(call, folder, words, said):
    (folder / "short.csv").write_text("1\n2\n")
    (folder / "wrong.csv").write_text("x,y\n1,2\n3,400\n")
    (folder / "short.bin").write_bytes(b"12")
    status, out, err = call("audit", *words)
    assert status in (1, 2)
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
