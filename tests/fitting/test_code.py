"""Code of a fit: compiled, simulated and run, and held bit for bit against the others."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
FLAGS = (["-O2", "-ffp-contract=off"], ["-O3", "-march=native", "-ffp-contract=fast"])
TYPES = {
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float16": np.dtype(np.float16),
    "float8_e4m3fn": np.dtype(ml_dtypes.float8_e4m3fn),
    "float32": np.dtype(np.float32),
}
#: Fits of every kind: function, ends, options.
FITS = {
    "bfloat16": ("gelu", "-8", "8", "--dtype", "bfloat16", "--max-error", "1", "--degree", "2"),
    "wider": (
        *("silu", "-8", "8", "--dtype", "float16", "--evaluate", "float32"),
        *("--cuts", "exponent", "--max-error", "1", "--degree", "4"),
    ),
    "without fma": (
        *("sigmoid", "-8", "8", "--dtype", "bfloat16", "--no-fma", "--measure", "absolute"),
        *("--pieces", "8", "--degree", "2", "--cuts", "uniform"),
    ),
    "float8": ("tanh", "-4", "4", "--dtype", "float8_e4m3fn", "--max-error", "1", "--degree", "1"),
    "float32": (
        *("tanh", "-9", "9", "--max-error", "1e-4", "--measure", "absolute", "--degree", "3"),
    ),
    "float32 without fma": (
        *("softplus", "-4", "4", "--max-error", "1e-5", "--measure", "absolute", "--degree", "3"),
        "--no-fma",
    ),
    "line": ("bent_identity", "-8", "8", "--pieces", "8", "--measure", "absolute", "--degree", "2"),
    "linear": (
        *("tanh", "-4", "4", "--dtype", "float16", "--measure", "absolute"),
        *("--interpolation", "linear", "--max-error", "0.002"),
    ),
    "quadratic": (
        *("gelu", "-4", "4", "--measure", "absolute", "--interpolation", "quadratic"),
        *("--max-error", "1e-4"),
    ),
    "Q4.12": ("tanh", "-4", "4", "--dtype", "Q4.12", "--max-error", "1.5", "--degree", "3"),
    "Q4.8": (
        *("silu", "-6", "6", "--dtype", "Q4.8", "--evaluate", "Q6.14", "--no-truncate"),
        *("--max-error", "0.75", "--degree", "2"),
    ),
    "Q3.9": (
        *("sigmoid", "-4", "4", "--dtype", "Q3.9", "--interpolation", "quadratic"),
        *("--max-error", "2.5"),
    ),
    "Q3.5": ("gelu", "-3.5", "3.5", "--dtype", "Q3.5", "--pieces", "4", "--degree", "2"),
}
FIXED = [name for name in FITS if name[0] == "Q"]
EVERYDAY = ("bfloat16", "without fma", "Q4.8")


def written(call, fit, *words):
    """Write a fit of the list into a file; the file's text."""
    status, out, err = call("fit", *FITS[fit], "--name", "f", *words)
    assert (status, err) == (0, ""), err
    return out


def dtype_of(fit):
    words = FITS[fit]
    return words[words.index("--dtype") + 1] if "--dtype" in words else "float32"


def inputs_of(fit):
    """All inputs of a small format as bytes and as float64, or many of float32."""
    name = dtype_of(fit)
    if name[0] == "Q":
        above, below = map(int, name[1:].split("."))
        width = 8 if above + below <= 8 else 16
        whole = np.arange(-(1 << (above + below - 1)), 1 << (above + below - 1))
        return whole.astype(f"int{width}"), whole * 2.0**-below
    form = TYPES[name]
    if name == "float32":
        rng = np.random.default_rng(7)
        some = rng.integers(0, 1 << 32, 60_000, dtype=np.uint32).view(np.float32)
        near = np.linspace(-10, 10, 60_001).astype(np.float32)
        special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3.4e38], np.float32)
        x = np.concatenate([some, near, special])
    else:
        bits = form.itemsize * 8
        x = np.arange(1 << bits, dtype=f"uint{bits}").view(form)
    with np.errstate(invalid="ignore"):
        return x, x.astype(np.float64)


def compiled(code, flags, like, suffix=".c"):
    """A program that applies f to every number of its input."""
    kind = f"{'int' if like.dtype.kind == 'i' else 'uint'}{like.dtype.itemsize * 8}_t"
    kind = "float" if like.dtype == np.float32 else kind
    main = f"""
#include <stdio.h>
int main(void) {{
    {kind} x;
    while (fread(&x, sizeof x, 1, stdin) == 1) {{ x = f(x); fwrite(&x, sizeof x, 1, stdout); }}
    return 0;
}}
"""
    Path(f"f{suffix}").write_text(code + main)
    language = ["-std=c99", "-pedantic"] if suffix == ".c" else ["-x", "c++"]
    words = [str(COMPILER), *language, "-Wall", "-Wextra", "-Werror", *flags, f"f{suffix}"]
    subprocess.run([*words, "-o", "f", "-lm"], check=True)


def applied(x):
    """What the program makes of numbers."""
    done = subprocess.run(["./f"], input=x.tobytes(), capture_output=True, check=True)
    return np.frombuffer(done.stdout, x.dtype)


def python_results(code, wide):
    """What the Python form makes of numbers."""
    names: dict = {}
    exec(compile(code, "f.py", "exec"), names)
    return names["f"](wide)


def wide_of(fit, results):
    if dtype_of(fit)[0] == "Q":
        return results * 2.0 ** -int(dtype_of(fit).partition(".")[2])
    with np.errstate(invalid="ignore"):
        return results.astype(np.float64)


def selected(names):
    return [
        name if name in EVERYDAY else pytest.param(name, marks=pytest.mark.slow) for name in names
    ]


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
@pytest.mark.parametrize("fit", selected(FITS))
def test_c_and_python_agree_bit_for_bit_however_it_is_compiled(call, folder, fit):
    code = written(call, fit, "--format", "c")
    x, wide = inputs_of(fit)
    wanted = python_results(written(call, fit, "--format", "python"), wide)
    for flags in FLAGS:
        compiled(code, flags, x)
        got = wide_of(fit, applied(x))
        assert np.array_equal(got, wanted, equal_nan=True)
        if fit not in FIXED:  # which have one 0
            number = ~np.isnan(got)
            assert np.array_equal(np.signbit(got)[number], np.signbit(wanted)[number])


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
@pytest.mark.parametrize("fit", selected(["bfloat16", "float32", "Q4.12"]))
def test_cuda_text_computes_the_same(call, folder, fit):
    x, wide = inputs_of(fit)
    compiled(written(call, fit, "--format", "cuda"), ["-O2"], x, ".cu")
    wanted = python_results(written(call, fit, "--format", "python"), wide)
    assert np.array_equal(wide_of(fit, applied(x)), wanted, equal_nan=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nvcc") is None, reason="no nvcc")
@pytest.mark.parametrize("fit", ["bfloat16", "float32", "Q4.12"])
def test_cuda_compiles_for_a_device(call, folder, fit):
    code = written(call, fit, "--format", "cuda")
    kind = {"bfloat16": "uint16_t", "float32": "float", "Q4.12": "int16_t"}[fit]
    Path("f.cu").write_text(f"{code}\n__global__ void k({kind} *x) {{ x[0] = f(x[0]); }}\n")
    subprocess.run(["nvcc", "-c", "f.cu", "-o", "f.o"], check=True)


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
@pytest.mark.parametrize("fit", ["bfloat16", pytest.param("wider", marks=pytest.mark.slow)])
def test_an_audit_finds_the_proven_error(call, folder, fit):
    report = json.loads(written(call, fit, "--format", "json"))
    x, _ = inputs_of(fit)
    compiled(written(call, fit, "--format", "c"), ["-O2"], x)
    words = ("--dtype", dtype_of(fit), "--show", "y", "--format", "json")
    ends = ("--range", str(report["start"]), str(report["stop"]))
    status, out, _ = call("audit", "exec:./f", FITS[fit][0], *words, *ends)
    assert status == 0
    found = json.loads(out)["columns"]["y"]["largest_error"]
    assert found == pytest.approx(report["max_error"], rel=1e-6)


def simulated(simulator, code):
    """Whether the bench passes."""
    Path("f.sv").write_text(code)
    if simulator == "iverilog":
        subprocess.run(["iverilog", "-g2012", "-s", "f_test", "-o", "f.vvp", "f.sv"], check=True)
        done = subprocess.run(["vvp", "f.vvp"], capture_output=True, text=True)
    else:
        words = ["verilator", "--binary", "--timing", "-Wall", "--top-module", "f_test"]
        subprocess.run([*words, "-Mdir", "obj", "f.sv"], check=True, capture_output=True)
        done = subprocess.run(["obj/Vf_test"], capture_output=True, text=True)
    passed = "PASS" in done.stdout
    assert passed == ("FAIL" not in done.stdout + done.stderr)
    return passed


@pytest.mark.parametrize(
    ("simulator", "fit"),
    [
        ("iverilog", "Q4.8"),
        *(pytest.param("iverilog", fit, marks=pytest.mark.slow) for fit in FIXED[:1]),
        *(pytest.param("verilator", fit, marks=pytest.mark.slow) for fit in FIXED[:2]),
    ],
)
def test_the_test_bench_passes_and_a_wrong_coefficient_fails(call, folder, simulator, fit):
    if shutil.which(simulator) is None:
        pytest.skip(f"no {simulator}")
    code = written(call, fit, "--format", "verilog")
    assert simulated(simulator, code)
    if fit != "Q4.8":
        return
    found = re.search(r"c1 = (-?)(\d+)'sd(\d+);", code)
    assert found is not None
    sign, width, value = found.groups()
    wrong = code.replace(found[0], f"c1 = {sign}{width}'sd{int(value) + 40};", 1)
    assert not simulated(simulator, wrong)


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="no iverilog")
@pytest.mark.parametrize("fit", selected(FIXED))
def test_verilog_gives_the_numbers_of_c_for_every_input(call, folder, fit):
    code = written(call, fit, "--format", "verilog")
    _, wide = inputs_of(fit)
    bits = sum(map(int, dtype_of(fit)[1:].split(".")))
    bench = f"""
module all; reg signed [{bits - 1}:0] x; wire signed [{bits - 1}:0] y; integer i;
f unit (.x(x), .y(y));
initial for (i = 0; i < {1 << bits}; i = i + 1) begin
    x = i - {1 << (bits - 1)}; #1; $display("%0d", y);
end
endmodule
"""
    Path("f.sv").write_text(code + bench)
    subprocess.run(["iverilog", "-g2012", "-s", "all", "-o", "f.vvp", "f.sv"], check=True)
    shown = subprocess.run(["vvp", "f.vvp"], capture_output=True, text=True, check=True).stdout
    wanted = python_results(written(call, fit, "--format", "python"), wide)
    assert np.array_equal(wide_of(fit, np.array(shown.split(), int)), wanted)
