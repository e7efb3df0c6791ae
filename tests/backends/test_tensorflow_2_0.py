"""The emulation of TensorFlow 2.0 prints that release's tensors, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent.parent / "golden" / "tensorflow-2.0"
COMMANDS = {
    "sigmoid": ["eval", "tf.sigmoid", "-10", "10", "10"],
    "tanh": ["eval", "tf.tanh", "-5", "5", "10", "--show", "x,y", "--first-id", "29"],
    "relu": ["eval", "tf.nn.relu", "-1", "1", "10", "--show", "x,y", "--first-id", "36"],
    "leaky_relu": ["eval", "tf.nn.leaky_relu", "-1", "1", "10", "--show", "y", "--first-id", "38"],
}
HEADINGS = {"a": "a = tf.linspace(", "y": "y = tf.", "grads": "grads = tape.gradient(y, [a])"}


def tensors(output: str) -> dict[str, str]:
    """The printed tensors by the name in their heading."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in output.splitlines(keepends=True):
        for name, heading in HEADINGS.items():
            if line.startswith(heading):
                current = found.setdefault(name, [])
                break
        else:
            current.append(line)
    return {name: "".join(lines) for name, lines in found.items()}


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.txt")), ids=lambda file: file.stem)
def test_the_eight_tensors(file, run):
    function, name = file.stem.rsplit("-", 1)
    result = run(*COMMANDS[function], "--backend", "tensorflow-2.0")
    assert result.returncode == 0, result.stderr
    assert tensors(result.stdout)[name] == file.read_text()


def test_the_golden_files_are_all_there():
    assert len(list(GOLDEN.glob("*.txt"))) == 8


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "gelu", "-1", "1"],
        ["eval", "relu:negative_slope=0.5", "-1", "1"],
        ["eval", "sigmoid", "-1", "1", "--dtype", "float64"],
        ["eval", "sigmoid", "-1", "1", "--show", "d2y"],
    ],
)
def test_what_it_lacks_is_reported(arguments, run):
    result = run(*arguments, "--backend", "tensorflow-2.0")
    assert result.returncode == 2
    assert result.stdout == ""
    assert "sigmoid, tanh, relu, leaky_relu in float32" in result.stderr
    assert result.stderr.count("\n") <= 3


def test_results_do_not_depend_on_how_the_range_is_cut():
    import numpy as np

    from actcli.backends import get_backend
    from actcli.catalogue.specification import parse
    from actcli.numerics.dtypes import DTYPES

    backend, dtype, bound = get_backend("tensorflow-2.0"), DTYPES["float32"], parse("sigmoid")
    x = backend.points(-9.0, 9.0, 27, 0, 27, dtype)
    (whole,) = backend.evaluate(bound, x, (0,), dtype)
    parts = [
        backend.evaluate(bound, x[k : k + 5], (0,), dtype, offset=k, total=27)[0]
        for k in range(0, 27, 5)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    # the last 27 mod 8 = 3 values take the scalar path, which is more accurate
    true = 1 / (1 + np.exp(-x.astype(np.float64)))
    error = np.abs(whole / true - 1)
    assert error[24:].max() < 2e-7
    assert error[:24].max() > 2e-6
