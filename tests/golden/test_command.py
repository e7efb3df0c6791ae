"""`actcli golden`: its files beside values of mpmath, numpy's reader and a C compiler."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

import actcli
from tests.conftest import ROOT, Run
from tests.support.formats import FORMATS, round_fraction, wide

SAMPLE = ROOT / "samples" / "golden"
QUICK = ("--dtype", "float8_e5m2", "--dtype", "float32", "--count", "64")
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
COLUMNS = ("x", "y", "dy", "d2y")


def exact(value):
    """A number of mpmath as a fraction."""
    sign, mantissa, exponent, _ = mpmath.mpf(value)._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


def gelu(x):
    """Value, derivative and second derivative."""
    density = mpmath.npdf(x)
    return x * mpmath.ncdf(x), mpmath.ncdf(x) + x * density, (2 - x * x) * density


def read(path, name):
    """The columns of an archive in a format, from the bytes of their numbers."""
    with np.load(path) as archive:
        assert archive.files == list(COLUMNS)
        return {column: archive[column].view(FORMATS[name].numpy) for column in archive.files}


@pytest.mark.parametrize(
    ("name", "step"), [("float8_e4m3fn", 1), ("float16", 97), ("bfloat16", 101), ("float32", 5)]
)
def test_the_values_are_those_of_mpmath(call, folder, name, step):
    words = ("golden", "gelu", "--dtype", name, "--count", "1000", "--format", "npz", "-o", "g")
    outcome = call(*words)
    assert outcome == (0, f"{Path('g', 'manifest.json')}\n", "")
    form = FORMATS[name]
    found = read(f"g/gelu/{name}.npz", name)
    assert len(found["x"]) == (1000 if form.bits > 16 else 1 << form.bits)
    if form.bits <= 16:
        assert found["x"].view(form.pattern).tolist() == list(range(1 << form.bits))
    compared = 0
    for row in range(0, len(found["x"]), step):
        x = float(wide(found["x"][row]))
        if not np.isfinite(x) or not 1e-30 < abs(x) < 40:
            continue
        with mpmath.workdps(120):
            for column, true in zip(COLUMNS[1:], gelu(mpmath.mpf(x)), strict=True):
                right = round_fraction(exact(true), form)
                assert float(wide(found[column][row])) == right, (column, x)
        compared += 1
    assert compared > 60


def test_every_kind_of_file_has_the_same_numbers(call, folder):
    assert call("golden", "leaky_relu", *QUICK, "-o", "g").status == 0
    for name in ("float8_e5m2", "float32"):
        found = read(f"g/leaky_relu/{name}.npz", name)
        for column, values in found.items():
            stored = FORMATS[name].pattern.newbyteorder("<")
            bare = np.fromfile(f"g/leaky_relu/{name}.{column}.bin", stored)
            assert bare.tolist() == values.view(FORMATS[name].pattern).tolist()


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
@pytest.mark.parametrize("name", ["float8_e5m2", "bfloat16", "float32", "float64"])
def test_a_compiler_reads_the_header(call, folder, name):
    assert call("golden", "elu:alpha=1.5", "--dtype", name, "--count", "50", "-o", "g").status == 0
    at = f"golden_elu_alpha_1_5_{name}"
    Path("print.c").write_text(
        f'#include "g/elu-alpha-1.5/{name}.h"\n#include "g/elu-alpha-1.5/{name}.h"\n'
        "#include <stdio.h>\n"
        "int main(void) {\n"
        + "".join(
            f"    fwrite({at}_{column}, sizeof {at}_{column}[0], {at.upper()}_COUNT, stdout);\n"
            for column in COLUMNS
        )
        + "    return 0;\n}\n"
    )
    command = [str(COMPILER), "-std=c99", "-Wall", "-Werror", "-pedantic", "print.c", "-o", "print"]
    subprocess.run(command, check=True)
    printed = subprocess.run(["./print"], check=True, capture_output=True).stdout
    files = [Path(f"g/elu-alpha-1.5/{name}.{column}.bin") for column in COLUMNS]
    assert printed == b"".join(file.read_bytes() for file in files)  # on a little-endian machine


def test_the_manifest(call, folder):
    assert call("golden", "relu", "hard_tanh", "gelu", *QUICK, "-o", "g").status == 0
    said = json.loads(Path("g/manifest.json").read_text())
    assert said["actcli"] == actcli.__version__
    assert "to nearest, ties to even" in said["conventions"]["rounding"]
    relu, hard_tanh, gelu_entry = said["functions"]
    assert relu["kinks"][0]["x"] == 0
    assert relu["kinks"][0]["dy"] == 0
    assert relu["kinks"][0]["right"]["dy"] == 1
    assert [kink["dy"] for kink in hard_tanh["kinks"]] == [0, 0]
    assert gelu_entry["kinks"] == []
    written = {os.path.join(*path.parts[1:]) for path in Path("g").rglob("*") if path.is_file()}
    told = set()
    for entry in said["functions"]:
        for file in entry["files"]:
            data = Path("g", file["path"]).read_bytes()
            assert file["sha256"] == hashlib.sha256(data).hexdigest()
            assert file["bytes"] == len(data)
            told.add(file["path"])
    assert written == told | {"manifest.json"}


def test_the_same_bytes_with_fewer_vector_instructions(run, tmp_path):
    """What a processor makes of nan, and how it multiplies and adds, must not be seen."""
    words = ("mish", "sine", "x/(x-1)", *QUICK, "--dtype", "bfloat16", "--format", "npz")
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    manifests = []
    for disabled in ("", " ".join(found)):
        done = run("golden", *words, "-o", "g", env={"NPY_DISABLE_CPU_FEATURES": disabled})
        assert done.returncode == 0, done.stderr
        manifests.append((tmp_path / "g" / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]


def test_every_nan_of_a_result_has_the_same_pattern(call, folder):
    assert call("golden", "log(x)", "--dtype", "float16", "--format", "raw", "-o", "g").status == 0
    y = np.fromfile("g/formula/float16.y.bin", "<u2")
    nan = y[(y & 0x7C00 == 0x7C00) & (y & 0x3FF != 0)]
    assert len(nan) > 30000
    assert set(nan.tolist()) == {0x7E00}
    assert (y[0], y[0x7C00]) == (0xFC00, 0x7C00)  # the infinities stay
    x = np.fromfile("g/formula/float16.x.bin", "<u2")
    assert x.tolist() == list(range(65536))


def test_check_finds_what_differs_and_what_lacks(call, folder):
    assert call("golden", "silu", "relu", *QUICK, "-o", "g").status == 0
    good = call("golden", "--check", "g")
    assert (good.status, good.err) == (0, "")
    assert good.out == "all 24 files are what the manifest says and this version computes\n"

    path = Path("g/silu/float32.dy.bin")
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    Path("g/relu/float8_e5m2.h").unlink()
    bad = call("golden", "--check", "g")
    assert bad.status == 1
    assert bad.out.splitlines() == [
        "silu/float32.dy.bin differs from manifest.json",
        "relu/float8_e5m2.h is missing",
    ]
    assert bad.err == "actcli: error: 2 of 24 files are missing or not what they should be\n"


def test_check_computes_anew(call, folder):
    """Files of wrong values whose manifest is right about their bytes."""
    assert call("golden", "silu", *QUICK, "--format", "raw", "-o", "g").status == 0
    path, manifest = Path("g/silu/float32.y.bin"), Path("g/manifest.json")
    said = json.loads(manifest.read_text())
    path.write_bytes(bytes(path.stat().st_size))
    (entry,) = [one for one in said["functions"][0]["files"] if one["path"] == "silu/float32.y.bin"]
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(said))
    bad = call("golden", "--check", "g")
    assert bad.status == 1
    assert bad.out == "silu/float32.y.bin differs from what this version computes\n"


def test_formulas_are_checked_by_their_text(call, folder):
    named = "swoosh(x, a=0.08) = log(1+exp(x-1)) - a*x"
    words = ("golden", named, "x*sigmoid(b*x):b=1.5", *QUICK, "--format", "npz", "-o", "g")
    outcome = call(*words)
    assert (outcome.status, outcome.err) == (0, "")
    assert Path("g/swoosh-a-0.08/float32.npz").exists()
    assert Path("g/formula/float32.npz").exists()
    assert call("golden", "--check", "g").status == 0


def test_the_whole_catalogue(call, folder):
    words = ("--dtype", "float8_e5m2", "--format", "raw", "-o", "g", "--quiet")
    assert call("golden", "--all", *words).status == 0
    found = {path.name for path in Path("g").iterdir()} - {"manifest.json"}
    assert found == set(actcli.names())
    assert call("golden", "--check", "g").status == 0


def test_the_published_example(call):
    outcome = call("golden", "--check", str(SAMPLE))
    assert (outcome.status, outcome.err) == (0, "")
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 200_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no function is named"),
        (("gelu",), "needs a folder to write into"),
        (("gelu", "-o", "-"), "needs a folder to write into"),
        (("gelu", "--all", "-o", "g"), "leave the SPECs out"),
        (("gelu", "swish", "silu", "-o", "g"), "into the same folder silu"),
        (("softmax", "-o", "g"), "works on whole vectors"),
        (("gelu", "--check", "g"), "leave SPEC out"),
        (("--check", "g", "--count", "9"), "leave --count out"),
        (("gelu", "--count", "2", "-o", "g"), "5<=x<=1000000"),
    ],
)
def test_wrong_use_is_one_line(call, folder, words, said):
    outcome = call("golden", *words)
    assert outcome.status == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no manifest.json in 'g'"),
        ("{", "is not JSON"),
        ("[]", "is not a manifest of golden files of format 1"),
        ('{"format": 2, "functions": []}', "is not a manifest of golden files of format 1"),
        ('{"format": 1, "functions": [{}]}', "is not a whole manifest"),
        ('{"format": 1}', "is not a whole manifest"),
        (
            '{"format": 1, "functions": [{"specification": "gelo", "folder": "gelo", "points": 5, '
            '"files": []}]}',
            "gelo cannot be computed anew: unknown activation 'gelo'",
        ),
        (
            '{"format": 1, "functions": [{"specification": "gelu", "folder": "g", "points": 5, '
            '"files": [{"path": "../x", "dtype": "float32", "kind": "raw", "sha256": "0"}]}]}',
            "'../x', which is not below its folder",
        ),
    ],
)
def test_a_bad_manifest_is_one_line(call, folder, text, said):
    Path("g").mkdir()
    if text is not None:
        Path("g/manifest.json").write_text(text)
    outcome = call("golden", "--check", "g")
    assert outcome.status == 1
    assert outcome.out == ""
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_folder_that_cannot_be_made(call, folder):
    Path("g").write_text("a file")
    outcome = call("golden", "relu", *QUICK, "-o", "g")
    assert outcome.status == 1
    assert outcome.err.startswith("actcli: error: cannot make the folder 'g/relu'")
    assert Path("g").read_text() == "a file"


def test_files_of_an_earlier_run_are_named(run: Run, tmp_path: Path) -> None:
    words = ("golden", "relu", "-o", "g", "--dtype", "float8_e5m2", "--format")
    assert run(*words, "npz").stderr == ""
    assert run(*words, "npz").stderr == ""
    said = run(*words, "c").stderr
    assert said == (
        "actcli: 'g' keeps 1 file of an earlier run that the manifest no longer lists; the first "
        "is relu/float8_e5m2.npz\n"
    )
