"""Completion in the shell: commands, options, function names, parameters, values."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from actcli.backends import BACKENDS
from actcli.catalogue.registry import names
from actcli.cli import COMMANDS
from actcli.numerics.dtypes import DTYPES
from tests.conftest import Run, command_line, environment
from tests.support.completion import offered


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("",), list(COMMANDS)),
        (("ev",), ["eval"]),
        (("--ver",), ["--version"]),
        (("eval", "leaky"), ["leaky_relu", "leakyrelu"]),
        (("eval", "tf.nn.leaky"), ["tf.nn.leaky_relu"]),
        (("eval", "elu", ":", ""), ["alpha="]),
        (("eval", "elu", ":", "al"), ["alpha="]),
        (("eval", "hard_tanh", ":", "min_val", "=", "1,m"), ["1,max_val="]),
        (("eval", "gelu", ":", "approximate", "=", ""), ["none", "tanh"]),
        (("eval", "no_such", ":", ""), []),
        (("eval", "'x*sigm"), ["x*sigmoid("]),
        (("eval", '"where(x > 0, x, expm'), ["where(x > 0, x, expm1("]),
        (("eval", "x**2+log1p"), ["x**2+log1p("]),
        (("eval", "'x*"), []),
        (("eval", "sigmoid", "-10", "10", "--for"), ["--format"]),
        (("eval", "sigmoid", "--format", "j"), ["json", "jsonl", "jax"]),
        (("eval", "sigmoid", "--format", "=", "c"), ["csv"]),
        (("eval", "sigmoid", "--dtype", "b"), ["bfloat16"]),
        (("eval", "sigmoid", "--backend", ""), list(BACKENDS)),
        (("eval", "sigmoid", "--backend", "as-written@b"), ["as-written@bfloat16"]),
        (("eval", "sigmoid", "--backend", "as-written", "@", "b"), ["bfloat16"]),
        (("eval", "sigmoid", "--backend", "as-written", "@"), list(DTYPES)),
        (("audit", "as-written", "@", "float8"), ["float8_e4m3fn", "float8_e5m2"]),
        (("compare", "gelu", "--backends", "torch,as-written", "@", "b"), ["bfloat16"]),
        (("eval", "sigmoid", "--backend", "torch", "@", ""), ["compile", "cuda", "mps"]),
        (("eval", "sigmoid", "--backend", "scipy", "@", ""), []),
        (("eval", "sigmoid", "--show", "x,"), ["x,y", "x,dy", "x,d2y"]),
        (("info", "softs"), ["softsign", "softshrink"]),
        (("plot", "gelu", "softs"), ["softsign", "softshrink"]),
    ],
)
@pytest.mark.sampled(3)
def test_offers(run: Run, words: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(offered(run, *words)) == sorted(expected)


def test_every_function_is_offered(run: Run) -> None:
    assert set(names()) <= set(offered(run, "eval", ""))


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_in_bash_itself(tmp_path: Path) -> None:
    tool = tmp_path / "actcli"
    tool.write_text(f'#!/bin/sh\nexec {" ".join(command_line())} "$@"\n')
    tool.chmod(0o755)
    script = """
        eval "$(_ACTCLI_COMPLETE=bash_source actcli)"
        compopt() { printf 'compopt %s %s\\n' "$1" "$2"; }
        COMP_WORDS=(actcli eval elu : al) COMP_CWORD=4
        _actcli_completion actcli
        echo "${COMPREPLY[@]}"
        complete -p actcli
    """
    env = environment()
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**env, "PATH": f"{tmp_path}:{env['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[:2] == ["compopt -o nospace", "alpha="]
    assert "-F _actcli_completion actcli" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(run: Run, shell: str) -> None:
    done = run(env={"_ACTCLI_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert "_ACTCLI_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"_ACTCLI_COMPLETE": f"{shell}_complete", **missing}, "sets COMP_WORDS and COMP_CWORD too")
        for shell in ("bash", "zsh", "fish")
        for missing in ({}, {"COMP_WORDS": "actcli e"}, {"COMP_CWORD": "1"})
    ]
    + [
        (
            {"_ACTCLI_COMPLETE": "zsh_complete", "COMP_WORDS": "actcli", "COMP_CWORD": "x"},
            'type: eval "$(_ACTCLI_COMPLETE=zsh_source actcli)"',
        ),
        ({"_ACTCLI_COMPLETE": "bash_sorce"}, "did you mean bash_source"),
        ({"_ACTCLI_COMPLETE": "1"}, "known: bash_source, zsh_source, fish_source"),
    ],
)
def test_requests_that_no_shell_makes(run: Run, changes: dict[str, str], message: str) -> None:
    done = run("eval", env=changes)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("actcli: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
