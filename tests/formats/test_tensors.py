"""TensorFlow-style output: the very text a TensorFlow session prints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES
from tests.conftest import Call

Array = np.ndarray[Any, Any]


def tensor(values: Array) -> str:
    """The repr of an eager tensor, as TensorFlow 2.16 and later compose it from numpy's."""
    text = repr(values.item() if values.shape == () else values)
    line = "\n" if "\n" in text else ""
    return f"<tf.Tensor: shape={values.shape}, dtype={values.dtype.name}, numpy={line}{text}>"


def columns(start: float, stop: float, num: int, name: str) -> tuple[Array, Array, Array]:
    """x, relu and its derivative."""
    dtype = DTYPES[name]
    x = dtype_points(start, stop, num, name)
    positive = x.astype(np.float64) > 0
    return x, np.where(positive, x, np.zeros_like(x)), positive.astype(dtype.numpy)


def dtype_points(start: float, stop: float, num: int, name: str) -> Array:
    from actcli.sources.ranges import points

    return points(start, stop, num, 0, num, DTYPES[name])


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("num", [1, 2, 3, 10, 100, 1000, 1001, 5000, 100_000])
def test_a_range(call: Call, name: str, num: int) -> None:
    done = call("eval", "relu", "-1.5", "10", str(num), "--dtype", name)
    x, y, dy = columns(-1.5, 10.0, num, name)
    assert done.err == ""
    assert done.out == (
        f"a = tf.linspace(-1.5, 10.0, {num})\n{tensor(x)}\n"
        f"y = tf.nn.relu(a)\n{tensor(y)}\n"
        f"grads = tape.gradient(y, [a])\n[{tensor(dy)}]\n"
    )


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("word", ["0.1", "-0.0", "3", "1e-3", "inf", "nan"])
def test_a_point(call: Call, name: str, word: str) -> None:
    done = call("eval", "relu", word, "--dtype", name, "--show", "x")
    with np.errstate(all="ignore"):
        x = np.array(float(word)).astype(DTYPES[name].numpy)
    assert done.out == f"a = tf.constant({float(word)!r})\n{tensor(x)}\n"


def test_a_point_is_the_repr_of_a_python_float(call: Call) -> None:
    assert call("eval", "linear", "0.1", "--show", "x,y,dy,d2y").out == (
        "a = tf.constant(0.1)\n"
        "<tf.Tensor: shape=(), dtype=float32, numpy=0.10000000149011612>\n"
        "y = tf.identity(a)\n"
        "<tf.Tensor: shape=(), dtype=float32, numpy=0.10000000149011612>\n"
        "grads = tape.gradient(y, [a])\n"
        "[<tf.Tensor: shape=(), dtype=float32, numpy=1.0>]\n"
        "grads2 = tape.gradient(grads, [a])\n"
        "[<tf.Tensor: shape=(), dtype=float32, numpy=0.0>]\n"
    )


def test_two_numbers_are_fifty_points(call: Call) -> None:
    out = call("eval", "relu", "-10", "10").out
    assert out.startswith("a = tf.linspace(-10.0, 10.0, 50)\n<tf.Tensor: shape=(50,),")


def test_columns_in_the_order_asked_for(call: Call) -> None:
    out = call("eval", "gelu", "1", "--show", "d2y,y,x").out
    assert [line.partition(" ")[0] for line in out.splitlines()[::2]] == ["grads2", "y", "a"]


@pytest.mark.parametrize(
    ("specification", "heading"),
    [
        ("sigmoid", "y = tf.sigmoid(a)"),
        ("torch.sigmoid", "y = tf.sigmoid(a)"),
        ("tf.nn.leaky_relu", "y = tf.nn.leaky_relu(a)"),
        ("leaky_relu", "y = tf.nn.leaky_relu(a)"),
        ("leaky_relu:0.01", "y = tf.nn.leaky_relu(a, alpha=0.01)"),
        ("leaky_relu:alpha=0.2", "y = tf.nn.leaky_relu(a)"),
        ("F.leaky_relu", "y = tf.nn.leaky_relu(a, alpha=0.01)"),
        ("elu", "y = tf.nn.elu(a)"),
        ("elu:alpha=0.5", "y = elu(a, alpha=0.5)"),
        ("gelu", "y = tf.nn.gelu(a)"),
        ("gelu:approximate=tanh", "y = tf.nn.gelu(a, approximate=True)"),
        ("silu", "y = tf.nn.silu(a)"),
        ("hard_tanh", "y = tf.clip_by_value(a, -1.0, 1.0)"),
        ("hard_tanh:min_val=-2", "y = tf.clip_by_value(a, -2.0, 1.0)"),
        ("relu:max_value=6", "y = relu(a, max_value=6.0)"),
        ("mish", "y = mish(a)"),
        ("celu:alpha=2", "y = celu(a, alpha=2.0)"),
        ("snake", "y = snake(a)"),
    ],
)
def test_headings(call: Call, specification: str, heading: str) -> None:
    assert call("eval", specification, "1", "--show", "y").out.startswith(f"{heading}\n<tf.Tensor")


def test_every_function_has_a_heading_that_is_an_assignment() -> None:
    import ast

    from actcli.catalogue.bound import bind
    from actcli.catalogue.registry import elementwise
    from actcli.formats.tensorflow import assignments

    for activation in elementwise().values():
        written = assignments(bind(activation, {}))["y"]
        (statement,) = ast.parse(written).body
        assert isinstance(statement, ast.Assign)
        assert isinstance(statement.value, ast.Call)
        first, *rest = statement.value.args
        assert ast.unparse(first) == "a"
        for argument in (*rest, *(keyword.value for keyword in statement.value.keywords)):
            ast.literal_eval(argument)


def test_numbered_tensors(call: Call) -> None:
    """The ids count as a session did, and a list's tensor is indented below its first line."""
    args = ("eval", "sigmoid", "-10", "10", "10", "--backend", "tensorflow-2.0")
    out = call(*args).out
    assert [part.partition(",")[0] for part in out.split("id=")[1:]] == ["17", "19", "24"]
    assert "numpy=\n array([" in out.partition("grads")[2]
    again = call(*args, "--first-id", "100", "--show", "dy,x").out
    assert [part.partition(",")[0] for part in again.split("id=")[1:]] == ["107", "100"]


def test_long_ranges_of_the_old_release(call: Call) -> None:
    """The ends are computed alone, but as parts of the whole: the last few are special."""
    args = ("eval", "sigmoid", "-10", "10", "1003", "--backend", "tensorflow-2.0")
    rows = call(*args, "--format", "text").out.splitlines()
    ends = [float(row.split("\t")[1]) for row in (*rows[:3], *rows[-3:])]
    text = call(*args, "--show", "y").out.partition("array([")[2].partition("]")[0]
    assert [float(word) for word in text.replace("...,", "").split(",")] == pytest.approx(
        ends, rel=1e-7
    )
