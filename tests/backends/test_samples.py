"""The kernels in samples/kernels: built, run, and judged as their README says."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT, Run, environment

KERNELS = ROOT / "samples" / "kernels"
README = (KERNELS / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of kernels, with the program in C built."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler (cc)")
    shutil.copytree(KERNELS, tmp_path, dirs_exist_ok=True)
    words = [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-o", "gelu", "gelu.c", "-lm"]
    subprocess.run(words, cwd=tmp_path, check=True)
    return tmp_path


def without_versions(text: str) -> str:
    return re.sub(r"(numpy|torch) \d\S*", r"\1", text)


def test_the_readme(folder: Path) -> None:
    """Each command does what is shown, up to the figures, which are of one version of libm."""
    command = folder / "bin" / "actcli"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m actcli "$@"\n')
    command.chmod(0o755)
    settings = environment(PATH=f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    blocks = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.M)[1:]]
    assert len(parts) >= 8
    for part in parts:
        line, _, shown = part.partition("\n")
        if "@torch" in line and importlib.util.find_spec("torch") is None:
            continue
        result = subprocess.run(
            ["bash", "-c", line], cwd=folder, env=settings, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        limited = "--max-ulp" in line
        assert (result.returncode, bool(result.stderr)) == ((1, True) if limited else (0, False))
        wanted, got = (without_versions(text).splitlines() for text in (shown, result.stdout))
        exact = "kernel.py:clipped" in line
        for one, other in zip(wanted if exact else wanted[:1], got, strict=False):
            if one == "...":
                break
            assert one == other


@pytest.mark.parametrize("how", ["", " derivative"])
def test_the_program_is_judged_by_what_it_gives(run: Run, folder: Path, how: str) -> None:
    """Its numbers, had without this project and judged as samples, are as wrong."""
    x = np.concatenate([np.linspace(-9, 9, 5000), [0.0, np.inf]]).astype(np.float32)
    program = ["./gelu", *how.split()]
    raw = subprocess.run(program, cwd=folder, input=x.tobytes(), capture_output=True, check=True)
    y = np.frombuffer(raw.stdout, np.float32)
    column = "dy" if how else "y"
    arrays: dict[str, Any] = {"x": x, column: y}
    np.savez(folder / "it.npz", **arrays)
    np.save(folder / "x.npy", x)
    options = ("--derivative", f"exec:./gelu{how}") if how else ()
    words = ("x.npy", "--show", f"x,{column}", "--backend", "exec:./gelu", *options)
    assert run("eval", "gelu", *words, "-o", "ours.npz").stderr == ""
    with np.load(folder / "ours.npz") as ours:
        np.testing.assert_array_equal(ours[column].view(np.uint32), y.view(np.uint32))
    report = run("audit", "--samples", "it.npz", "gelu", "--format", "json")
    assert json.loads(report.stdout)["columns"][column]["largest_error"] > 1e5


@pytest.mark.parametrize("path", sorted(KERNELS.glob("*.py")), ids=lambda path: path.name)
def test_python_can_be_read(path: Path) -> None:
    """Those for a GPU too, which are not run here."""
    ast.parse(path.read_text(encoding="utf-8"))


def test_all_files_are_named() -> None:
    names = {path.name for path in KERNELS.iterdir() if path.suffix not in ("", ".md", ".pyc")}
    assert names == set(re.findall(r"\]\(([^)]+)\)", README))
