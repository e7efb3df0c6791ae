"""Quantised numbers in and out of `eval`: codes, real numbers, ranges, streams, tables, arrays."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.catalogue import quantised_dtypes
from tests.support.quanta import TRUE, Quanta


def get_any_dtype(text: str) -> Any:
    """A dtype with a scale."""
    return quantised_dtypes.get_any_dtype(text)


D = Quanta("int8", "0.05", 3)
WAYS = ("half-even", "half-away", "half-up")
#: The scales of results that TensorFlow Lite's specification of 8 bits fixes.
LITE = {"tanh": Quanta("int8", "1/128"), "sigmoid": Quanta("int8", "1/256", -128)}


def columns(call, *words):
    status, out, err = call("eval", *words, "--show", "x,y,dy,d2y", "--format", "json", "--codes")
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("name", LITE)
def test_all_codes_in_the_conventions_of_tensorflow_lite(call, folder, name):
    np.save("x.npy", np.arange(-128, 128).astype(np.int8))
    out = LITE[name]
    found = columns(call, name, "x.npy", "--dtype", D.spelled, "--out-dtype", out.spelled)
    assert found["x"] == list(D.codes)
    for order, column in enumerate(("y", "dy", "d2y")):
        with mpmath.workdps(60):
            wanted = [out.code(TRUE[name][order](D.real(code))) for code in D.codes]
        assert found[column] == wanted


@pytest.mark.parametrize("way", WAYS)
def test_points_of_a_range_are_rounded_once(call, way):
    # every third point is a tie between two codes
    third = Quanta("int16", "1/3", -5)
    found = columns(
        call, "tanh", "-2", "2", "25", "--dtype", third.spelled, "--out-dtype", "int16:scale=1/999",
        "--round", way,
    )  # fmt: skip
    points = []
    for place in range(25):
        steps = (Fraction(place, 6) - 2) * 3
        floor = math.floor(steps)
        up = {"half-even": floor % 2 == 1, "half-away": steps > 0, "half-up": True}[way]
        points.append(floor + (up and steps != floor) - 5)
    assert found["x"] == points
    wanted = Quanta("int16", "1/999")
    with mpmath.workdps(60):
        assert found["y"] == [wanted.code(mpmath.tanh(third.real(x)), way) for x in points]


def test_text_holds_real_numbers_and_with_codes_codes(run):
    text = "-9 -0.024999 0.025 0.075001 inf\n"
    words = ("eval", "tanh", "--dtype", D.spelled, "--out-dtype", "int8:scale=1/128")
    codes = [D.code(value) for value in (-9, -0.024999, 0.025, 0.075001, mpmath.inf)]
    with mpmath.workdps(60):
        results = [LITE["tanh"].code(mpmath.tanh(D.real(code))) for code in codes]
    real = run(*words, input=text)
    assert (real.returncode, real.stderr) == (0, "")
    assert [float(line) for line in real.stdout.split()] == [code / 128 for code in results]
    coded = run(*words, "--codes", "--show", "x,y", input=text)
    assert coded.stdout == "".join(f"{x}\t{y}\n" for x, y in zip(codes, results, strict=True))


def test_nan_becomes_the_zero_point_and_is_counted(run):
    words = ("eval", "log", "--dtype", "float32", "--out-dtype", D.spelled, "--codes")
    found = run(*words, input="nan -1 1 0\n")
    assert found.stdout.split() == ["3", "3", "3", "-128"]
    assert found.stderr == (
        "actcli: 2 values were nan and became the zero point, since no code stands for nan\n"
    )
    found = run("eval", "tanh", "nan", "--dtype", D.spelled, "--codes", "--format", "csv")
    assert found.stdout.splitlines()[1] == "3,3,23"
    assert "1 value was nan and became" in found.stderr


def test_a_column_of_a_table_gets_real_numbers(run, folder):
    (folder / "t.csv").write_text("logit,who\n1.02,a\n-50,b\n")
    found = run("eval", "relu", "t.csv", "--column", "logit", "--dtype", D.spelled)
    with mpmath.workdps(60):
        high = float(D.real(D.code(1.02)))
    assert found.stdout == f"logit,who,y\n1.02,a,{high!r}\n-50,b,0.0\n"


def test_arrays_keep_their_shape_and_integers_are_codes(call, folder):
    x = np.array([[-128, 0, 3], [4, 100, 127]], np.int8)
    np.save("x.npy", np.asfortranarray(x))
    assert call("eval", "relu", "x.npy", "--dtype", D.spelled, "-o", "y.npy").status == 0
    y = np.load("y.npy")
    assert y.dtype == np.int8
    assert np.array_equal(y, np.maximum(x, 3))
    x.tofile("x.raw")
    words = ("eval", "relu", "x.raw", "--raw", D.spelled, "--out-dtype", "float32")
    assert call(*words, "-o", "y.npy").status == 0
    y = np.load("y.npy")
    assert y.dtype == np.float32
    assert np.array_equal(y, np.float32(0.05 * np.maximum(x.reshape(-1) - 3.0, 0)))
    np.save("x.npy", x.astype(np.float32))
    assert (
        call("eval", "relu", "x.npy", "--out-dtype", "uint8:scale=1/2", "-o", "y.npz").status == 0
    )
    y = np.load("y.npz")["y"]
    assert y.dtype == np.uint8
    assert np.array_equal(y, np.clip(2.0 * x, 0, 255).astype(np.uint8))
    np.save("x.npy", np.array([5, 200]))
    status, _, err = call("eval", "relu", "x.npy", "--dtype", D.spelled)
    assert status == 1
    assert "x.npy holds 200 at element 1, which is no code of int8: those are -128 to 127" in err


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("tf", "a = tf.constant([-17, 23])  # as int8:scale=0.05,zero_point=3\n"),
        ("tf", "<tf.Tensor: shape=(2,), dtype=int8, numpy=array([-17,  23], dtype=int8)>\n"),
        ("numpy", "x = array([-17,  23], dtype=int8)\n"),
        (
            "torch",
            "x = tensor([-17,  23], dtype=torch.int8)\ny = tensor([0, 1], dtype=torch.uint8)",
        ),
        ("jax", "x = Array([-17,  23], dtype=int8)\n"),
        ("bits", "0xef\t0x00\n0x17\t0x01\n"),
        ("hex", "-0x1p+0\t0x0p+0\n0x1p+0\t0x1p+0\n"),
        ("table", "x     y"),
    ],
)
def test_formats_of_bits_and_reprs_hold_codes(call, form, said):
    words = ("--dtype", D.spelled, "--out-dtype", "uint8:scale=1", "--show", "x,y")
    status, out, err = call("eval", "relu", "-1", "1", "2", *words, "--format", form)
    assert (status, err) == (0, "")
    assert said in out


def test_reprs_are_the_libraries_own(call):
    torch = pytest.importorskip("torch")
    words = ("--dtype", "int16:scale=1/8", "--show", "x", "--format", "torch")
    _, out, _ = call("eval", "relu", "-100", "100", "40", *words)
    codes = [Quanta("int16", "1/8").code(mpmath.mpf(200) * place / 39 - 100) for place in range(40)]
    assert out == f"x = {torch.tensor(codes, dtype=torch.int16)!r}\n"


def test_a_scale_is_chosen_from_the_points_and_the_range(run):
    words = ("eval", "tanh", "--dtype", "int8:scale=auto", "--codes", "--show", "x,y")
    found = run(*words, input="-5 2.5 4\n")
    assert found.stdout.splitlines() == ["-128\t-127", "64\t125", "102\t127"]
    assert found.stderr.splitlines() == [
        "actcli: the scale of x is chosen for -5 to 4: int8:scale=0.0390625",
        "actcli: the scale of the results is chosen for -1 to 1: int8:scale=1/127",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("softmax", "1", "2", "--dtype", D.spelled), "works on vectors"),
        (("tanh", "1", "--dtype", D.spelled, "--backend", "as-written"), "no quantised dtypes"),
        (("tanh", "1", "--dtype", "int8"), "int8 needs a scale"),
        (("tanh", "1", "--dtype", "int8:scale=0"), "must be a number above 0"),
        (("tanh", "1", "--dtype", "int8:scale=-1"), "must be a number above 0"),
        (("tanh", "1", "--dtype", "int8:scale=inf"), "must be a number above 0"),
        (("tanh", "1", "--dtype", "int8:scale=1,zero_point=1.5"), "zero_point=1.5 of int8"),
        (("tanh", "1", "--dtype", "uint8:scale=1,zero_point=-1"), "from 0 to 255"),
        (("tanh", "1", "--dtype", "int8:scale=1,scale=2"), "given twice"),
        (("tanh", "1", "--dtype", "int8:scale=x"), "scale=x"),
        (("tanh", "1", "--dtype", "int8:width=4"), "unknown setting of int8 'width'"),
        (("tanh", "1", "--dtype", "int9:scale=4"), "did you mean int8"),
        (("tanh", "1", "--codes"), "--codes is for quantised numbers"),
        (("exp", "1", "--out-dtype", "int8:scale=auto"), "has no range to choose from"),
        (("exp", "1", "--dtype", D.spelled, "--round", "up"), "half-even"),
    ],
)
def test_faults_are_one_line(call, words, said):
    status, out, err = call("eval", *words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@settings(max_examples=60, deadline=None)
@given(
    scale=st.sampled_from(["0.05", "1/3", "pi/100", "1/128", "1e-300", "1e300"]),
    zero_point=st.integers(-128, 127),
    values=st.lists(st.floats(allow_nan=False), min_size=1, max_size=8),
    way=st.sampled_from(WAYS),
    halves=st.lists(st.integers(-400, 400), max_size=8),
)
def test_numbers_become_the_nearest_code(scale, zero_point, values, way, halves):
    quanta = Quanta("int8", scale, zero_point)
    near = [float(quanta.step * half / 2) for half in halves]  # ties and next to ties
    x = np.array([*values, *near])
    got = get_any_dtype(quanta.spelled).nearest_codes(x, way)
    assert got.tolist() == [quanta.code(value, way) for value in x.tolist()]


@given(code=st.integers(-128, 127), zero_point=st.integers(-128, 127))
def test_codes_survive_the_way_to_real_numbers_and_back(code, zero_point):
    for scale in ("0.05", "1/3", "pi/100"):
        dtype = get_any_dtype(f"int8:scale={scale},zero_point={zero_point}")
        real = dtype.reals(np.array([code], np.int8))
        assert dtype.nearest_codes(real).tolist() == [code]
        if scale == "0.05":
            assert real[0] == float(Fraction(0.05) * (code - zero_point))


def test_points_are_all_codes(call, folder):
    status, out, err = call("points", "tanh", "--dtype", D.spelled)
    assert (status, err) == (0, "")
    assert [float(word) for word in out.split()] == [float(D.real(code)) for code in D.codes]
    assert call("points", "gelu", "--dtype", D.spelled, "--codes").out.split() == [
        str(code) for code in D.codes
    ]
    assert call("points", "gelu", "--dtype", D.spelled, "-o", "x.npy").status == 0
    assert np.array_equal(np.load("x.npy"), np.arange(-128, 128).astype(np.int8))
    status, _, err = call("points", "gelu", "--dtype", D.spelled, "--count", "7")
    assert status == 2
    assert "all codes are points" in err


@pytest.mark.parametrize("words", [("compare", "gelu"), ("tolerance", "gelu"), ("golden", "gelu")])
def test_other_commands_say_which_take_them(call, words):
    status, out, err = call(*words, "--dtype", D.spelled)
    assert (status, out) == (2, "")
    assert "those are for eval, table, audit, points and plot" in err
    assert err.count("\n") == 1


def test_a_picture_has_a_step_for_each_code(folder):
    pytest.importorskip("matplotlib")
    from actcli.analysis.interval import AxisRange
    from actcli.analysis.quantised_measured import QuantisedImplementation
    from actcli.catalogue.specification import parse

    given, out = Quanta("int8", "0.25", 3), Quanta("int8", "1/16", -2)
    drawn = QuantisedImplementation(
        get_any_dtype(given.spelled), get_any_dtype(out.spelled), "half-even", "int8"
    ).measure(parse("tanh"), AxisRange(-3.0, 2.5), (0, 1))
    seen = [code for code in given.codes if -3 <= given.real(code) <= 2.5]
    for order in (0, 1):
        column = drawn.columns[order]
        assert column.x.tolist() == [float(given.real(code)) for code in seen]
        with mpmath.workdps(60):
            true = [TRUE["tanh"][order](given.real(code)) for code in seen]
            wanted = [float(out.real(out.code(value))) for value in true]
        assert column.values.tolist() == wanted
        assert np.allclose(column.true, [float(value) for value in true], rtol=1e-15)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--error",), "--error is in ulp"),
        (("--backend", "torch"), "no quantised dtypes"),
        (("100", "200"), "fewer than two numbers"),
    ],
)
def test_pictures_that_cannot_be(call, folder, words, said):
    status, out, err = call("plot", "tanh", *words, "--dtype", D.spelled)
    assert (status, out) == (2, "")
    assert said in err
    assert [*folder.iterdir()] == []


def test_plots_are_written_and_drawn_in_characters(call, folder):
    found = call("plot", "tanh", "--dtype", "int8:scale=auto", "--out-dtype", "int8:scale=1/8")
    assert (found.status, found.out) == (0, "tanh.png\n")
    assert found.err == "actcli: the scale of x is chosen for -3 to 3: int8:scale=3/127\n"
    status, out, _ = call("plot", "tanh", "--dtype", "uint8:scale=1/4,zero_point=99", "--terminal")
    assert status == 0
    assert "f(x) in uint8:scale=0.25,zero_point=99" in out
