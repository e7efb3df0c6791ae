"""`audit --lengths`: whether results depend on anything but x."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.backends.installed import skip_unless_installed
from tests.conftest import Call, Run

KERNELS = '''
import os

import numpy as np

calls = 0


def relu(x):
    return np.maximum(x, x.dtype.type(0))


def up(x, where=True):
    """relu, one ulp up at some positive numbers."""
    y = relu(x)
    return np.where((x > 0) & (x < 1e30) & where, np.nextafter(y, y.dtype.type(np.inf)), y)


def by_tail(x):
    """The last numbers of an array that is no multiple of 4, otherwise."""
    return up(x, np.arange(len(x)) >= len(x) // 4 * 4)


def by_call(x):
    global calls
    calls += 1
    return up(x) if calls > 1 else relu(x)


def by_stride(x):
    return up(x) if x.strides != (x.itemsize,) else relu(x)


def by_place(x):
    return up(x) if x.ctypes.data % 8 else relu(x)


def by_thread(x):
    return up(x) if len(os.sched_getaffinity(0)) == 1 else relu(x)


def worse(x):
    return x if len(x) > 3 else x * np.float32("nan")
'''

PROGRAM = """
import sys

import numpy as np

x = np.frombuffer(sys.stdin.buffer.read(), np.float32)
open("starts.txt", "a").write(f"{len(x)}\\n")
y = np.maximum(x, np.float32(0))
if len(x) == 3:
    y = y + np.float32(1)
sys.stdout.buffer.write(y.tobytes())
"""


@pytest.fixture
def kernels(folder: Path) -> Path:
    (folder / "own_kernels.py").write_text(KERNELS)
    (folder / "program.py").write_text(PROGRAM)
    return folder


def study(outcome: Any) -> tuple[dict[int, Any], dict[str, Any]]:
    """The entries by length and by call."""
    status = outcome.returncode if hasattr(outcome, "returncode") else outcome.status
    out = outcome.stdout if hasattr(outcome, "stdout") else outcome.out
    assert status == 0, outcome
    report = json.loads(out)
    assert list(report["lengths"][0]) == [
        "length", "different", "first", "first_bits", "ulp", "inputs", "columns",
    ]  # fmt: skip
    lengths = {entry["length"]: entry for entry in report["lengths"]}
    return lengths, {entry["call"]: entry for entry in report["calls"]}


def audited(run: Run, function: str, lengths: str = "1,3,4,8,64,1000") -> Any:
    words = ("audit", f"own_kernels.py:{function}", "relu", "--show", "y", "--sample", "9")
    return study(run(*words, "--lengths", lengths, "--format", "json"))


def dependent(entries: dict[Any, Any]) -> set[Any]:
    return {key for key, entry in entries.items() if entry["different"]}


NAMES = {"second", "strided", "shifted"} | ({"one thread"} if (os.cpu_count() or 1) > 1 else set())


def test_what_depends_on_nothing(run: Run, kernels: Path) -> None:
    lengths, calls = audited(run, "relu")
    assert not dependent(lengths)
    assert not dependent(calls)
    assert set(calls) == NAMES
    assert lengths[1] == {
        "length": 1, "different": 0, "first": None, "first_bits": None, "ulp": 0.0,
        "inputs": 128, "columns": {"y": 0},
    }  # fmt: skip
    assert [lengths[n]["inputs"] for n in (3, 64, 1000)] == [384, 4096, 4096]


def test_a_tail_of_the_array_is_found(run: Run, kernels: Path) -> None:
    """In arrays of 1 and 3 all is tail; in the others nothing is."""
    lengths, calls = audited(run, "by_tail")
    assert dependent(lengths) == {1, 3}
    assert not dependent(calls)
    assert 0.2 * 128 < lengths[1]["different"] < 0.5 * 128
    for entry in (lengths[1], lengths[3]):
        assert entry["ulp"] == 1
        assert entry["first"] > 0
        assert entry["columns"] == {"y": entry["different"]}
        bits = np.array([int(entry["first_bits"], 16)], np.uint32).view(np.float32)[0]
        assert np.float32(entry["first"]) == bits


@pytest.mark.parametrize(
    ("function", "found"),
    [("by_stride", {"strided"}), ("by_place", {"shifted"}), ("by_thread", {"one thread"})],
)
def test_how_arrays_are_passed_is_found(
    run: Run, kernels: Path, function: str, found: set[str]
) -> None:
    if not found <= NAMES:
        pytest.skip("there is only one processor here")
    lengths, calls = audited(run, function, "3,8")
    assert not dependent(lengths)
    assert dependent(calls) == found
    assert calls[next(iter(found))]["ulp"] == 1


def test_a_later_call_is_found(run: Run, kernels: Path) -> None:
    lengths, calls = audited(run, "by_call", "8")
    assert dependent(lengths) == {8}
    assert "second" in dependent(calls)


def test_a_difference_that_ulp_cannot_express(run: Run, kernels: Path) -> None:
    words = ("audit", "own_kernels.py:worse", "identity", "--show", "y", "--lengths", "1,8")
    lengths, _ = study(run(*words, "--sample", "9", "--format", "json"))
    assert dependent(lengths) == {1}
    assert lengths[1]["ulp"] == "inf"
    assert 120 < lengths[1]["different"] < 128  # nan is nan in both


def test_a_program_is_started_once_for_each_length(run: Run, kernels: Path) -> None:
    program = f"exec:{sys.executable} program.py"
    words = ("audit", program, "relu", "--sample", "9", "--show", "y", "--lengths", "1,3,64")
    lengths, calls = study(run(*words, "--format", "json"))
    assert dependent(lengths) == {3}
    assert [lengths[n]["inputs"] for n in (1, 3, 64)] == [1, 3, 64]
    assert set(calls) == {"second"}
    starts = (kernels / "starts.txt").read_text().split()
    assert starts[:5] == ["4096", "1", "3", "64", "4096"]


def test_the_vector_path_of_tensorflow_2(call: Call) -> None:
    """sigmoid computes eight at a time, and the rest by another formula; tanh does not."""
    words = ("--sample", "9", "--lengths", "1,3,8,64,1000", "--format", "json")
    lengths, calls = study(call("audit", "tensorflow-2.0", "sigmoid", *words))
    assert dependent(lengths) == {1, 3}
    assert not dependent(calls)
    assert lengths[1]["columns"]["y"] > lengths[1]["columns"]["dy"] > 0
    lengths, calls = study(call("audit", "tensorflow-2.0", "tanh", *words))
    assert not dependent(lengths) | dependent(calls)


def test_only_a_range_is_looked_at(call: Call) -> None:
    words = ("audit", "tensorflow-2.0", "sigmoid", "--sample", "9", "--lengths", "3", "--format")
    lengths, _ = study(call(*words, "json", "--range", "-2", "-1"))
    assert lengths[3]["inputs"] < 1000
    assert -2 <= lengths[3]["first"] <= -1


def test_torch_takes_another_way_where_numbers_do_not_lie_side_by_side(call: Call) -> None:
    """The difference between both ways is PyTorch's own, to the bit."""
    skip_unless_installed("torch")
    import torch

    words = ("audit", "torch", "gelu", "--show", "y", "--sample", "9", "--lengths", "64")
    _, calls = study(call(*words, "--format", "json"))
    from actcli.catalogue.specification import parse
    from actcli.evaluating.worth_testing import worth_testing
    from actcli.numerics.dtypes import get_dtype

    x = torch.from_numpy(worth_testing(parse("gelu"), get_dtype("float32"), 4096))
    apart = torch.stack([x, x], dim=1)[:, 0]
    first, second = (torch.nn.functional.gelu(one).numpy() for one in (x, apart))
    differ = (first.view(np.uint32) != second.view(np.uint32)) & ~np.isnan(first)
    assert calls["strided"]["different"] == np.count_nonzero(differ)


def test_people_read_it_too(call: Call) -> None:
    words = ("audit", "tensorflow-2.0", "sigmoid", "--sample", "9", "--show", "y")
    shown = call(*words, "--lengths", "3,1000").out
    found = shown.partition("Does a result depend on anything but x?\n")[2].partition("\n\n")[0]
    lines = found.splitlines()
    assert " ".join(lines[0].split()) == "inputs other results first at x = largest difference"
    assert lines[1].split()[:4] == ["in", "arrays", "of", "3"]
    assert lines[2].split() == ["in", "arrays", "of", "1,000", "4,096", "0"]
    assert "Does a result" not in call(*words).out


REFUSED = [
    ("actcli tanh --lengths 0", "--lengths takes whole numbers from 1 to 1,048,576"),
    ("actcli tanh --lengths 1,2.5", "--lengths takes whole numbers"),
    ("actcli tanh --lengths 3,,4", "--lengths takes whole numbers"),
    ("actcli tanh --lengths many", "--lengths takes whole numbers"),
    ("--all actcli --lengths 3", "--lengths is for one function of a backend"),
    ("--samples x.csv tanh --lengths 3", "--lengths is for one function of a backend"),
    ("tensorflow-2.0 gelu --lengths 3", "no gelu in this backend"),
]


@pytest.mark.parametrize(("line", "words"), REFUSED)
def test_what_is_refused(call: Call, line: str, words: str) -> None:
    outcome = call("audit", *line.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert words in outcome.err


def test_an_error_says_for_which_length_it_came(run: Run, kernels: Path) -> None:
    (kernels / "bad.py").write_text("def f(x):\n    return x if len(x) > 3 else x[:0]\n")
    done = run("audit", "bad.py:f", "identity", "--show", "y", "--lengths", "8,3")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("; this was in arrays of 3\n")
