"""What each command may import: start-up is fast because most of it is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import environment

PROBE = """
import sys
before = set(sys.modules)
from actcli.cli import run
status = run(sys.argv[1:])
print(status, *sorted(set(sys.modules) - before), file=open("imported", "w"))
"""
#: Whose import takes long enough to be noticed, and which modules of the standard library do.
HEAVY = {"importlib.metadata", "asyncio", "unittest", "multiprocessing", "email", "http", "ssl"}
#: What ball arithmetic takes, where many values are looked at and some stay undecided without.
BALLS = ("flint",)
RICH = {"rich", "pygments", "markdown_it"}

#: Command line, exit status, and the packages that it may import besides click and this one.
ALLOWED: list[tuple[str, int, set[str]]] = [
    ("", 0, set()),
    ("--help", 0, set()),
    ("--version", 0, set()),
    ("eval --help", 0, set()),
    ("plot --help", 0, set()),
    ("list --help", 0, set()),
    ("info --help", 0, set()),
    ("backends", 0, {"numpy", "importlib.metadata", "email"}),
    ("audit --help", 0, set()),
    ("points --help", 0, set()),
    ("tolerance --help", 0, set()),
    ("tolerance gelu", 2, set()),
    ("tolerance relu --atol 0.1 --backends tensorflow-2.0", 0, {"numpy", *RICH, *BALLS}),
    ("golden --help", 0, set()),
    ("golden gelu", 2, set()),
    ("golden tanh --dtype float16 -o golden", 0, {"numpy", *BALLS}),
    ("compare --help", 0, set()),
    ("compare glu 1 2 nothing", 2, set()),
    ("compare gelu 0 inf", 2, set()),
    ("compare tanh --backends other", 2, set()),
    ("audit", 2, set()),
    ("audit gelu", 2, set()),
    ("audit other gelu", 2, set()),
    ("flow --help", 0, set()),
    ("flow softmax", 2, set()),
    ("flow relu --depth 0", 2, {"numpy"}),
    ("flow relu --depth 2 --width 4", 0, {"numpy", *RICH}),
    ("flow relu --depth 2 --width 4 --format csv", 0, {"numpy"}),
    ("evl", 2, set()),
    ("eval", 2, set()),
    ("eval sigmoid --fromat csv", 2, set()),
    ("eval sigmoid -5x", 2, set()),
    ("eval sigmoid -5 5 0", 2, set()),
    ("eval sigmoid 1 --dtype float31", 2, set()),
    ("eval sigmoid 1 --show z", 2, set()),
    ("eval sigmoid 1 --format cvs", 2, set()),
    ("eval sigmoid 1 --backend other", 2, set()),
    ("eval mish 1 --backend tensorflow", 2, {"numpy"}),
    ("eval sigmoid 0.5 --format torch", 0, {"numpy"}),
    ("eval sigmoid 0.5 --format jax", 0, {"numpy"}),
    ("eval elu:beta=1 1", 2, set()),
    # Only an unknown name makes it look at what other packages may add.
    ("eval sigmod 1", 2, {"importlib.metadata", "email"}),
    ("list", 0, {"importlib.metadata", "email"}),
    ("list --format table", 0, {"importlib.metadata", "email", *RICH}),
    ("info gelu --format json", 0, {"numpy", *BALLS}),
    ("info softmax --format json", 0, set()),
    ("eval glu:x=1 1", 2, set()),
    ("plot softmax", 2, set()),
    ("eval softmax 1 2 3", 0, {"numpy"}),
    ("info gelu", 0, {"numpy", *RICH, *BALLS}),
    ("plot tanh --terminal", 0, {"numpy", *BALLS}),
    ("plot gelu silu --terminal", 0, {"numpy", *BALLS}),
    ("plot tanh --terminal --width 80 -o tanh.txt", 0, {"numpy", *BALLS}),
    ("plot tanh --inline", 2, set()),
    ("eval sigmoid -10 10 10", 0, {"numpy"}),
    ("eval sigmoid 0.5 --dtype float64", 0, {"numpy"}),
    ("eval sigmoid 0.5 --dtype float16 --format csv", 0, {"numpy"}),
    ("eval sigmoid 0.5 --format json", 0, {"numpy"}),
    ("eval sigmoid 0.5 --format hex", 0, {"numpy"}),
    ("eval sigmoid 0.5 --backend tensorflow-2.0", 0, {"numpy"}),
    ("eval sigmoid", 0, {"numpy"}),
    ("eval sigmoid 0.5 --show y -o y.npy", 0, {"numpy"}),
    ("eval sigmoid --raw float32", 0, {"numpy"}),
    ("points sigmoid", 0, {"numpy", "orjson", *BALLS}),
    ("audit actcli tanh --dtype float16 --format json", 0, {"numpy", *BALLS}),
    ("audit tensorflow-2.0 relu --sample 10", 0, {"numpy", *RICH}),
    ("compare relu --backends tensorflow-2.0", 0, {"numpy", *RICH}),
    ("eval x*sigmoid(1.3*x) 1", 0, {"numpy", *BALLS}),
    ("eval sigmoid 0.5 --dtype bfloat16", 0, {"numpy", "ml_dtypes"}),
    ("eval sigmoid 0.5 --dtype float8_e5m2 --format csv", 0, {"numpy", "ml_dtypes"}),
    ("eval sigmoid 0.5 --format table", 0, {"numpy", *RICH}),
]


def imported(tmp_path: Path, *args: str, **changes: str) -> tuple[int, set[str]]:
    """The exit status of a command line, and the packages and heavy modules that it imports."""
    subprocess.run(
        [sys.executable, "-c", PROBE, *args],
        env=environment(**changes),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    status, *modules = (tmp_path / "imported").read_text().split()
    packages = {module.partition(".")[0] for module in modules}
    known = packages - {*sys.stdlib_module_names, "actcli", "click"}
    # The file that sysconfig reads is a module of its own, and numpy's generators bring Cython's.
    own = ("_sysconfigdata", "_cython", "cython_runtime")
    known = {package for package in known if not package.startswith(own)}
    return int(status), known | (HEAVY & set(modules))


@pytest.mark.parametrize(
    ("line", "status", "allowed"), ALLOWED, ids=[line for line, _, _ in ALLOWED]
)
@pytest.mark.sampled(5)
def test_imports(tmp_path: Path, line: str, status: int, allowed: set[str]) -> None:
    got_status, got = imported(tmp_path, *line.split())
    assert got_status == status
    if "numpy" in allowed:
        got -= HEAVY  # what numpy imports is numpy's
    assert got <= allowed
    for essential in {"numpy", "ml_dtypes", "rich"} & allowed:
        assert essential in got, "the list is out of date"


@pytest.mark.parametrize(
    "line", ["actcli e", "actcli eval sig", "actcli eval elu:", "actcli eval sigmoid --dtype "]
)
def test_completion_imports_nothing(tmp_path: Path, line: str) -> None:
    words = line.split(" ")
    status, got = imported(
        tmp_path,
        _ACTCLI_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(words),
        COMP_CWORD=str(len(words) - 1),
    )
    assert status == 0
    assert got <= {"importlib.metadata", "email"}
