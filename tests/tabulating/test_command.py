"""`actcli table`: its entries beside mpmath, a C compiler, nvcc, a Verilog simulator and numpy."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

from tests.support.formats import FORMATS, round_fraction, wide

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
TRUE = {
    "gelu": lambda x: x * mpmath.ncdf(x),
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "relu": lambda x: mpmath.mpf(max(x, 0)),
    "hard_sigmoid": lambda x: min(max(x / 6 + mpmath.mpf(1) / 2, 0), 1),
    "x*x/3": lambda x: x * x / 3,
}
SLOPE = {
    "tanh": lambda x: 1 - mpmath.tanh(x) ** 2,
    "silu": lambda x: (lambda s: s * (1 + x * (1 - s)))(1 / (1 + mpmath.exp(-x))),
}
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-(2**15), 2**15 - 1)}


def table(call, *words):
    """The object of a table as JSON."""
    status, out, err = call("table", *words, "--format", "json")
    assert (status, err) == (0, "")
    return json.loads(out)


def quantised(base, scale, zero_point, value, way):
    """The code of a real number of mpmath, by the words of the definition."""
    low, high = LIMITS[base]
    with mpmath.workdps(60):
        steps = mpmath.mpf(value) / scale
        floor = int(mpmath.floor(steps))
        rest = steps - floor
        if rest == mpmath.mpf(1) / 2:
            up = {"half-even": floor % 2 == 1, "half-away": steps > 0, "half-up": True}[way]
        else:
            up = rest > mpmath.mpf(1) / 2
        return min(max(floor + up + zero_point, low), high)


@pytest.mark.parametrize("name", sorted(TRUE))
@pytest.mark.parametrize(
    ("given", "out", "way"),
    [
        (("int8", "1/16", 3), ("int8", "1/16", 3), "half-even"),
        (("int8", "0.05", 0), ("uint8", "1/255", 7), "half-away"),
        (("uint8", "pi/100", 100), ("int16", "1/2", -5), "half-up"),
        (("uint8", "0.5", 128), ("int8", "0.5", 0), "half-up"),
    ],
)
def test_quantised_tables_are_true(call, name, given, out, way):
    spelled = ["{}:scale={},zero_point={}".format(*one) for one in (given, out)]
    found = table(call, name, "--dtype", spelled[0], "--out-dtype", spelled[1], "--round", way)
    with mpmath.workdps(60):
        scales = [_real(one[1]) for one in (given, out)]
        low, high = LIMITS[given[0]]
        assert len(found["table"]) == high - low + 1
        for code, entry in zip(range(low, high + 1), found["table"], strict=True):
            true = TRUE[name](scales[0] * (code - given[2]))
            assert entry == quantised(out[0], scales[1], out[2], true, way), (code, entry)
    values = [float(Fraction(float(scales[1])) * (entry - out[2])) for entry in found["table"]]
    assert np.allclose(found["values"], values, rtol=1e-14)


def _real(text):
    """A scale as the option takes it: a decimal is the float64 nearest to it."""
    if "/" not in text:
        return mpmath.mpf(float(text))
    above, below = text.split("/")
    return (mpmath.pi if above == "pi" else mpmath.mpf(above)) / mpmath.mpf(below)


@pytest.mark.parametrize("name", sorted(SLOPE))
def test_derivatives_are_those_by_the_real_number(call, name):
    words = ("--dtype", "int8:scale=0.05,zero_point=-4", "--out-dtype", "int16:scale=0.001")
    found = table(call, name, *words, "--show", "dy")["table"]
    with mpmath.workdps(60):
        for code in range(-128, 128):
            true = SLOPE[name](mpmath.mpf(0.05) * (code + 4))
            assert found[code + 128] == quantised("int16", mpmath.mpf(0.001), 0, true, "half-even")


@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float8_e5m2", "bfloat16", "float16"])
@pytest.mark.parametrize("name", ["gelu", "tanh", "x*x/3"])
def test_tables_of_floats_are_true(call, name, dtype):
    form = FORMATS[dtype]
    found = table(call, name, "--dtype", dtype)
    assert len(found["table"]) == len(found["bits"]) == 1 << form.bits
    patterns = np.array(found["bits"], form.pattern)
    assert hashlib.sha256(patterns.tobytes()).hexdigest() == found["sha256"]
    inputs = wide(np.arange(1 << form.bits, dtype=form.pattern).view(form.numpy))
    results = wide(patterns.view(form.numpy))
    # the digits of `table` read back to the numbers of `bits`
    read = np.array([float(value) for value in found["table"]])
    with np.errstate(over="ignore", invalid="ignore"):
        again = wide(read.astype(np.float32).astype(form.numpy))
    assert np.array_equal(again, results, equal_nan=True)
    for place in range(0, inputs.size, 1 if form.bits == 8 else 211):
        x = float(inputs[place])
        if np.isfinite(x):
            with mpmath.workprec(400):
                true = mpmath.mpf(TRUE[name](mpmath.mpf(x)))
                if name == "gelu" and x < -40:
                    true = mpmath.mpf(0)
                sign, mantissa, exponent, _ = true._mpf_
            exact = (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent
            wanted = round_fraction(exact, form)
            assert results[place] == wanted or (np.isnan(results[place]) and np.isnan(wanted)), x


HALVES = [
    ("tanh", "bfloat16", "bfloat16", "f(-x) = -f(x)"),
    ("softsign", "float8_e5m2", "float8_e5m2", "f(-x) = -f(x)"),
    ("x*x/3", "float16", "float16", "f(-x) = f(x)"),
    ("gelu", "int8:scale=1/16", "int8:scale=1/16", "code(-x) = code(x) - 1*n"),
    ("tanh", "uint8:scale=1/32,zero_point=128", "int8:scale=1/127", "code(-x) = 0 - code(x)"),
    ("tanh", "int8:scale=1/32,zero_point=-20", "int8:scale=1/99,zero_point=5", "10 - code(x)"),
    ("sigmoid", "int16:scale=1/4000", "int8:scale=1/254,zero_point=-127", "= 0 - code(x)"),
]


@pytest.mark.parametrize(("name", "given", "out", "words"), HALVES)
def test_half_a_table_gives_the_whole(call, name, given, out, words):
    whole = table(call, name, "--dtype", given, "--out-dtype", out)
    half = table(call, name, "--dtype", given, "--out-dtype", out, "--half")
    assert words in half["rule"]
    assert whole["rule"] is None
    entries = half["table"]
    if given in FORMATS:
        entries = np.array(entries, float)
        negative = entries if words.endswith("= f(x)") else -entries
        both = np.concatenate([entries, negative])
        assert np.array_equal(both, np.array(whole["table"], float), equal_nan=True)
        return
    base, _, settings = given.partition(":")
    zero_point = int(settings.partition("zero_point=")[2] or 0)
    low, high = LIMITS[base]
    least, most = LIMITS[out.partition(":")[0]]
    for code, wanted in zip(range(low, high + 1), whole["table"], strict=True):
        size = abs(code - zero_point)
        got = entries[size]
        alone = zero_point + size > high or zero_point - size < low
        if code < zero_point and not alone:
            number = 10 if "10 -" in words else 0
            got = got - size if "*n" in words else number - got
            got = min(max(got, least), most)
        assert got == wanted, code


def test_a_rule_that_one_entry_breaks_is_not_offered(call):
    status, out, err = call("table", "sigmoid", "--dtype", "bfloat16", "--half")
    assert (status, out) == (2, "")
    assert "f(-x) = 1.0 - f(x), misses" in err
    assert err.count("\n") == 1


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn"])
def test_the_header_compiles_and_is_audited(call, folder, dtype):
    bits = FORMATS[dtype].bits
    assert call("table", "gelu", "--dtype", dtype, "-o", "t.h", "--name", "lut")[0] == 0
    Path("t.c").write_text(f"""
#include <stdio.h>
#include "t.h"
int main(void) {{
    uint{bits}_t x;
    while (fread(&x, sizeof x, 1, stdin) == 1) {{ x = lut_at(x); fwrite(&x, sizeof x, 1, stdout); }}
    return 0;
}}
""")
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run([str(COMPILER), *flags, "-O1", "t.c", "-o", "t"], check=True)
    words = ("audit", "exec:./t", "gelu", "--dtype", dtype, "--show", "y", "--format", "json")
    status, out, err = call(*words)
    assert (status, err) == (0, "")
    assert json.loads(out)["columns"]["y"]["share_correctly_rounded"] == 1


@pytest.mark.skipif(shutil.which("nvcc") is None, reason="no nvcc")
def test_cuda_compiles(call, folder):
    for words, memory in ((("tanh", "--half"), "__constant__"), (("gelu",), "__device__ const")):
        assert call("table", *words, "--dtype", "bfloat16", "-o", "t.cuh")[0] == 0
        text = Path("t.cuh").read_text()
        assert f"\n{memory} uint16_t " in text
        Path("t.cu").write_text('#include "t.cuh"\n__global__ void k() {}\n')
        subprocess.run(["nvcc", "-c", "t.cu", "-o", "t.o"], check=True)


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="no iverilog")
def test_verilog_reads_the_entries(call, folder):
    words = (
        *("silu", "--dtype", "int8:scale=1/16", "--out-dtype", "int8:scale=1/100"),
        *("--show", "dy", "--name", "lut"),
    )
    assert call("table", *words, "-o", "t.mem")[0] == 0
    Path("t.v").write_text("""
module t; reg [7:0] lut [0:255]; integer i;
initial begin
    $readmemh("t.mem", lut);
    for (i = 0; i < 256; i = i + 1) $display("%0d", $signed(lut[i]));
end
endmodule
""")
    subprocess.run(["iverilog", "-o", "t", "t.v"], check=True)
    shown = subprocess.run(["vvp", "t"], check=True, capture_output=True, text=True).stdout
    assert list(map(int, shown.split())) == table(call, *words)["table"]


def test_text_and_npy_have_the_same_entries(call, folder):
    for dtype, read in (("float16", np.float16), ("int8:scale=1/8", np.int8)):
        assert call("table", "mish", "--dtype", dtype, "-o", "t.npy")[0] == 0
        assert call("table", "mish", "--dtype", dtype, "-o", "t.txt")[0] == 0
        array = np.load("t.npy")
        assert array.dtype == read
        rows = [line.split("\t") for line in Path("t.txt").read_text().splitlines()]
        rows = [row for row in rows if not row[0].startswith("#")]
        assert np.array_equal(np.array([y for _, y in rows], read), array, equal_nan=True)
        inputs = wide(np.array([x for x, _ in rows], read))
        if read is np.int8:
            assert inputs.tolist() == list(range(-128, 128))
        else:
            every = wide(np.arange(1 << 16, dtype=np.uint16).view(np.float16))
            assert np.array_equal(inputs, every, equal_nan=True)


def test_a_scale_is_chosen_and_told(call):
    words = ("table", "sigmoid", "--dtype", "int8:scale=auto", "--out-dtype", "uint8:scale=auto")
    status, out, err = call(*words, "--format", "json")
    assert status == 0
    found = json.loads(out)
    assert found["out_dtype"] == "uint8:scale=1/255"
    assert found["dtype"] in err
    assert "uint8:scale=1/255" in err
    found = table(call, "relu", "--dtype", "int8:scale=0.5", "--out-dtype", "int8:scale=0.5")
    assert max(found["table"]) == 127


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gelu",), "a table needs a dtype of 8 or 16 bits"),
        (("gelu", "--dtype", "float32"), "2^32 inputs"),
        (("softmax", "--dtype", "bfloat16"), "whole vectors"),
        (("gelu", "--dtype", "int8"), "int8 needs a scale"),
        (("gelu", "--dtype", "int8:scale=-1"), "must be a number above 0"),
        (("gelu", "--dtype", "int8:scale=nan"), "scale=nan"),
        (("gelu", "--dtype", "int8:scale=1,zero_point=1.5"), "whole number from -128 to 127"),
        (("gelu", "--dtype", "uint8:scale=1,zero_point=-1"), "from 0 to 255"),
        (("gelu", "--dtype", "int8:scale=1,scale=2"), "given twice"),
        (("gelu", "--dtype", "int8:offset=2"), "unknown setting of int8"),
        (("gelu", "--dtype", "int7:scale=1"), "unknown dtype 'int7'"),
        (("gelu", "--dtype", "bfloat16", "--name", "9x"), "no name in C"),
        (("gelu", "--dtype", "bfloat16", "-o", "t.csv"), "table writes"),
        (("relu", "--dtype", "bfloat16", "--out-dtype", "int8:scale=auto"), "give the scale"),
    ],
)
def test_what_cannot_be_had_is_one_line(call, words, said):
    status, out, err = call("table", *words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
