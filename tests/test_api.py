"""The Python interface: shapes, layouts, dtypes, `out`, and what it refuses."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

import actcli
from actcli.numerics.dtypes import DTYPES


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=lambda d: d.name)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (7,), (3, 0, 2), (2, 3, 4)])
def test_shape_and_dtype_stay(dtype, shape):
    x = np.full(shape, 0.5).astype(dtype.numpy)
    y, dy = actcli.evaluate("silu", x, orders=(0, 1))
    assert y.dtype == dy.dtype == x.dtype
    assert np.shape(y) == np.shape(dy) == shape


@pytest.mark.parametrize(
    "layout",
    [
        lambda a: a.T,
        lambda a: np.asfortranarray(a),
        lambda a: a[::2, ::-1],
        lambda a: np.broadcast_to(a[:1], a.shape),
        lambda a: a.astype(">f8"),
    ],
    ids=["transposed", "fortran", "strided", "broadcast", "big-endian"],
)
def test_any_layout_gives_the_same_and_is_left_alone(layout):
    x = layout(np.linspace(-4, 4, 24).reshape(4, 6))
    before = x.copy()
    y = actcli.evaluate("mish", x)
    assert y.dtype == x.dtype
    one_by_one = [[float(actcli.evaluate("mish", float(v))) for v in row] for row in x]
    np.testing.assert_array_equal(y, one_by_one)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    "x", [1, True, 0.25, [1, 2], np.array([1, -2], np.int8), np.array([3], np.uint64)]
)
def test_numbers_and_integers_count_as_float64(x):
    y = actcli.evaluate("tanh", x)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, np.tanh(np.asarray(x, float)), rtol=1e-15)


def test_out_is_filled_and_returned():
    x = np.array([-1, 0, 2], np.float32)
    out = np.empty((3, 2), np.float32)[:, 0]
    assert actcli.get("relu")(x, out=out) is out
    assert out.tolist() == [0, 0, 2]
    y, dy = np.empty_like(x), np.empty_like(x)
    actcli.evaluate("relu", x, orders=(0, 1), out=(y, dy))
    assert (y.tolist(), dy.tolist()) == ([0, 0, 2], [0, 0, 1])


def test_out_may_be_the_input():
    x = np.array([-1, 0, 2], np.float32)
    actcli.evaluate("relu", x, out=x)
    assert x.tolist() == [0, 0, 2]


def test_orders_are_those_of_one_function():
    elu = actcli.get("elu", alpha=1.5)
    assert elu(-1.0) == pytest.approx(1.5 * math.expm1(-1), rel=1e-15)
    assert elu.derivative(-1.0) == pytest.approx(1.5 * math.exp(-1), rel=1e-15)
    assert elu.second_derivative(-1.0) == elu.derivative(-1.0)
    assert elu.parameters == {"alpha": 1.5}
    assert elu.limits[0].value == -1.5
    assert elu.facts.range.low == -1.5
    assert elu.facts.name in actcli.names()


def test_a_large_array_equals_its_parts():
    x = np.random.default_rng(3).normal(0, 5, 600_000)
    for array in (x.astype(np.float32), x.astype(DTYPES["bfloat16"].numpy)):
        whole = actcli.evaluate("gelu", array, order=1)
        parts = [actcli.evaluate("gelu", part, order=1) for part in np.array_split(array, 7)]
        np.testing.assert_array_equal(whole, np.concatenate(parts))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: actcli.evaluate("sigmod", 1.0), ValueError, "did you mean sigmoid"),
        (lambda: actcli.evaluate("elu", 1.0, alpha=math.nan), ValueError, "finite"),
        (lambda: actcli.evaluate("elu", 1.0, beta=1.0), ValueError, "alpha"),
        (lambda: actcli.evaluate("elu", 1.0, order=3), ValueError, "0, 1 or 2"),
        (lambda: actcli.evaluate("elu", [1j]), TypeError, "complex128"),
        (lambda: actcli.evaluate("elu", ["a"]), TypeError, "float32"),
        (lambda: actcli.evaluate("elu", [1.0], out=np.empty(2)), ValueError, r"shape \(2,\)"),
    ],
)
def test_refusals_say_what_would_be_right(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_numpy_settings_and_warnings_are_left_alone():
    with np.errstate(all="raise"):
        before = np.geterr()
        actcli.evaluate("exponential", np.array([1e4, -1e4, np.inf, np.nan, 5e-324]))
        assert np.geterr() == before


def test_import_is_cheap():
    code = "import actcli, sys; print(sorted({'numpy', 'click', 'rich'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize("name", [np.tanh, math.tanh, lambda x: x, None, 3, b"gelu", np.ones(3)])
def test_a_function_is_given_by_its_name(name):
    for call in (lambda: actcli.evaluate(name, 1.0), lambda: actcli.get(name)):
        with pytest.raises(TypeError, match="a function is given by its name, 'gelu', "):
            call()


def test_a_function_can_be_passed_back():
    elu = actcli.get("elu", alpha=2.0)
    assert actcli.evaluate(elu, -1.0) == elu(-1.0) != actcli.evaluate("elu", -1.0)
    assert actcli.evaluate(elu, -1.0, alpha=3.0) == actcli.evaluate("elu:3", -1.0)
    assert actcli.get(elu).specification == "elu:alpha=2.0"
    softmax = actcli.get("softmax")
    assert actcli.evaluate(softmax, [0.0, 0.0]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("name", ["tf.nn.gelu", "keras.activations.gelu", "jax.nn.gelu", "gelu"])
def test_approximate_as_frameworks_spell_it(name):
    """TensorFlow, Keras and JAX say whether gelu is approximate, PyTorch says how."""
    for word, canonical in (("True", "gelu_tanh"), ("False", "gelu"), ("true", "gelu_tanh"),
                            ("none", "gelu"), ("tanh", "gelu_tanh")):  # fmt: skip
        assert actcli.get(f"{name}:approximate={word}").name == canonical
