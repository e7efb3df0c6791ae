"""PyTorch's and JAX's reprs are what those libraries print, character for character."""

from __future__ import annotations

from typing import Any

import ml_dtypes  # noqa: F401  (names its dtypes to numpy)
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from actcli.columns import EDGE, THRESHOLD
from actcli.numerics.dtypes import DTYPES
from tests.conftest import Call

SIZES = st.sampled_from([(), (0,), (1,), (2,), (7,), (24,), (25,), (50,), (999,), (1000,), (1001,)])
SHAPES = st.sampled_from(
    [(0, 3), (2, 0), (1, 1), (2, 3), (2, 3, 4), (7, 200), (3, 2, 400), (200, 6)]
)
SPECIALS = (0.0, -0.0, np.nan, np.inf, -np.inf, 1.0, -3.0, 1e8, 1e9, 1e-4, 9.9e-5, 0.1, 1000.0)


@st.composite
def arrays(draw: Any) -> np.ndarray[Any, Any]:
    """Arrays of any bits, of numbers of moderate size, of whole numbers and of special ones."""
    dtype = DTYPES[draw(st.sampled_from(list(DTYPES)))]
    shape = draw(st.one_of(SIZES, SHAPES))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["bits", "moderate", "whole", "special", "zero"]))
    if kind == "bits":
        bits = random.integers(0, 2**dtype.bits, shape, dtype=np.uint64)
        return np.asarray(bits).astype(dtype.unsigned).view(dtype.numpy)
    wide = {
        "moderate": lambda: random.normal(0, draw(st.sampled_from([1e-5, 1, 100])), shape),
        "whole": lambda: random.integers(-draw(st.integers(1, 2000)), 2000, shape),
        "special": lambda: random.choice(SPECIALS[: draw(st.integers(1, len(SPECIALS)))], shape),
        "zero": lambda: np.zeros(shape),
    }[kind]()
    with np.errstate(all="ignore"):
        return np.asarray(wide, np.float64).astype(dtype.numpy)


def shown(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What a format is given of an array: of a long one of one dimension the ends."""
    if values.ndim == 1 and values.size > THRESHOLD:
        return np.concatenate([values[:EDGE], values[-EDGE:]])
    return values


many = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(arrays())
@example(np.full(1001, 1.5e-7))
@example(np.array([0x7F81, 0x3F80], "uint16").view("bfloat16"))  # the nan signals
@example(np.zeros((0,), "float64"))
def test_torch(values: np.ndarray[Any, Any]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from actcli.formats.torch import tensor_text

    name = values.dtype.name
    bits = np.array(values).view(f"i{values.itemsize}")
    tensor = torch.from_numpy(bits).view(getattr(torch, name))
    assert tensor_text(shown(values), values.shape) == repr(tensor)


@many
@given(arrays())
@example(np.zeros((0,), "float64"))
@example(np.full(1001, 1.5e-7, "float32"))
def test_jax(values: np.ndarray[Any, Any]) -> None:
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    from actcli.formats.jax import array_text

    with jax.enable_x64(True):
        assert array_text(shown(values), values.shape) == repr(jax.numpy.asarray(values))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("torch", "x = tensor([-1.,  0.,  1.])\ny = tensor([-0.7616,  0.0000,  0.7616])\n"),
        (
            "jax",
            "x = Array([-1.,  0.,  1.], dtype=float32)\n"
            "y = Array([-0.7615942,  0.       ,  0.7615942], dtype=float32)\n",
        ),
    ],
)
def test_columns(call: Call, form: str, expected: str) -> None:
    outcome = call("eval", "tanh", "-1", "1", "3", "--show", "x,y", "--format", form)
    assert (outcome.status, outcome.out) == (0, expected)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("torch", "y = tensor(0.5000, dtype=torch.float64)\n"),
        ("jax", "y = Array(0.5, dtype=float64)\n"),
    ],
)
def test_a_point_is_a_scalar(call: Call, form: str, expected: str) -> None:
    args = ("eval", "sigmoid", "0", "--show", "y", "--dtype", "float64", "--format", form)
    assert call(*args).out == expected


@pytest.mark.parametrize("form", ["torch", "jax"])
def test_an_array_keeps_its_shape(call: Call, form: str, tmp_path: Any) -> None:
    values = np.arange(6, dtype="float32").reshape(2, 3)
    np.save(tmp_path / "x.npy", values)
    np.save(tmp_path / "f.npy", np.asfortranarray(values))
    rows, fortran = (
        call("eval", "relu", str(tmp_path / f"{name}.npy"), "--format", form).out for name in "xf"
    )
    assert rows == fortran
    assert rows.startswith(("y = tensor([[0., 1., 2.],", "y = Array([[0., 1., 2.],"))


@pytest.mark.parametrize("form", ["torch", "jax"])
def test_a_long_range_is_summed_up_at_once(call: Call, form: str) -> None:
    out = call("eval", "identity", "0", "1", "1e12", "--show", "y", "--format", form).out
    assert "..." in out
    assert out.count("\n") < 5


@pytest.mark.parametrize("form", ["numpy", "torch", "tf"])
def test_what_is_computed_at_once_is_computed_once(call, monkeypatch, form) -> None:
    from actcli.backends.base import Dependence
    from tests.support.wrong_backends import Wrong, install

    sizes = []

    class Framework(Wrong):
        dependence = Dependence.WHOLE

        def evaluate(self, bound, x, orders, dtype, **others):
            sizes.append((x.size, tuple(orders)))
            return super().evaluate(bound, x, orders, dtype, **others)

    install(monkeypatch, Framework(lambda x, column, order: None))
    words = ("eval", "gelu", "-3", "3", "2000", "--show", "x,y,dy", "--format", form)
    outcome = call(*words, "--backend", "wrong")
    assert outcome.status == 0, outcome.err
    assert outcome.out == call(*words).out
    assert sizes == [(2000, (0, 1))]
