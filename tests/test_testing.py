"""`actcli.testing.assert_accurate` on functions whose errors are known."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import actcli
from actcli.testing import assert_accurate
from tests.conftest import environment


def relu(x):
    return np.maximum(x, x.dtype.type(0))


def silu(x):
    wide = x.astype(np.float64)
    with np.errstate(all="ignore"):
        y = np.where(wide == -np.inf, 0.0, wide / (1 + np.exp(-wide)))
    return y.astype(x.dtype)


def off_at_one(x):
    """relu, but 3 units in the last place too large at 1."""
    return np.where(x == 1, x + 3 * np.spacing(np.abs(x)), relu(x))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "float8_e5m2"])
def test_right_functions_pass(dtype):
    assert_accurate(relu, "relu", dtype=dtype, max_ulp=0, sample=1000)


def test_a_single_wrong_input_is_found_and_shown():
    with pytest.raises(AssertionError) as failure:
        assert_accurate(off_at_one, "relu", dtype="float16", max_ulp=2)
    first, title, *report = str(failure.value).splitlines()
    assert first == "tests.test_testing:off_at_one has y up to 3 ulp off, more than max_ulp=2"
    assert title.startswith("relu in float16, ")
    assert title.endswith(" against the true values: all 65,536 inputs")
    worst = report[report.index("Worst inputs") + 2].split()
    assert worst == ["y", "1.0", "0x3c00", "1.003", "0x3c03", "1.0", "0x3c00", "3", "ulp"]
    assert_accurate(off_at_one, "relu", dtype="float16", max_ulp=3)
    with pytest.raises(AssertionError, match="more than max_ulp=1"):
        assert_accurate(off_at_one, "relu")  # float32, where 1 is worth testing


def test_derivatives_of_numpy_functions():
    def slope(x):
        return np.where(np.isnan(x), x, (x > 0).astype(x.dtype))

    def wrong_below(x):
        return np.where(x < -2, x.dtype.type(0.5), slope(x))

    assert_accurate(relu, "relu", dtype="float16", orders=(0, 1), derivative=slope)
    with pytest.raises(AssertionError, match="has dy up to"):
        assert_accurate(relu, "relu", dtype="float16", orders=(0, 1), derivative=wrong_below)
    assert_accurate(relu, "relu", dtype="float16", derivative=wrong_below)


def test_parameters_are_passed():
    def leaky(x, alpha=0.5):
        y = np.where(x > 0, x, x.astype(np.float64) * float(alpha))
        return y.astype(x.dtype)

    with np.errstate(all="ignore"):
        assert_accurate(leaky, "leaky_relu:alpha=0.125", dtype="float16", max_ulp=0.5)
        assert_accurate(leaky, actcli.get("leaky_relu", alpha=0.25), dtype="float16", max_ulp=0.5)
    with pytest.raises(actcli.ActcliError, match="takes no parameter 'alpha'"):
        assert_accurate(relu, "leaky_relu:alpha=0.125", dtype="float16")


def test_wide_dtypes_and_formulas():
    assert_accurate(silu, "silu", max_ulp=0.51, sample=5000)
    assert_accurate(silu, "x*sigmoid(x)", max_ulp=0.51, sample=100)
    named = actcli.get("swoosh(x, b=2) = x*sigmoid(b*x)", b=1.0)
    assert_accurate(lambda x: silu(x), named, dtype="float16", max_ulp=0.51)
    with pytest.raises(AssertionError, match="silu in float64"):
        assert_accurate(
            lambda x: silu(x.astype(np.float32)).astype(x.dtype), "silu", dtype="float64"
        )


def test_what_a_function_does_wrong_is_said():
    with pytest.raises(
        AssertionError, match=r"returns float32 as the value for bfloat16.*cast=True"
    ):
        assert_accurate(lambda x: x.astype(np.float32), "identity", dtype="bfloat16")
    assert_accurate(lambda x: x.astype(np.float32), "identity", dtype="bfloat16", cast=True)
    with pytest.raises(AssertionError, match=r"returns shape \(3,\)"):
        assert_accurate(lambda x: x[:3], "identity", dtype="float16")
    with pytest.raises(AssertionError, match="raises ZeroDivisionError"):
        assert_accurate(lambda x: 1 / 0, "identity", dtype="float16")

    def changing(x):
        x[:] = 0
        return x

    with pytest.raises(AssertionError, match="changes its input"):
        assert_accurate(changing, "identity", dtype="float16")


def test_nan_is_always_too_much():
    with pytest.raises(AssertionError, match="has y wrong at 1 input in a way that ulp cannot"):
        assert_accurate(
            lambda x: np.where(np.isposinf(x), np.nan, x).astype(x.dtype),
            "identity", dtype="float16", max_ulp=1e9,
        )  # fmt: skip


def test_flushed_subnormals_can_be_forgiven():
    def flushed(x):
        return np.where(np.abs(x) < np.finfo(x.dtype).tiny, x.dtype.type(0), x)

    with pytest.raises(AssertionError):
        assert_accurate(flushed, "identity", dtype="float16")
    assert_accurate(flushed, "identity", dtype="float16", flush_subnormals=True)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"spec": "gelo"}, "did you mean"),
        ({"spec": "softmax"}, "whole vectors"),
        ({"dtype": "float31"}, "unknown dtype"),
        ({"framework": "tourch"}, "did you mean torch"),
        ({"dtype": np.int32}, "unknown dtype 'int32'"),
        ({"sample": 0}, "sample must be at least 1, not 0"),
        ({"max_ulp": -1}, "max_ulp must be at least 0"),
        ({"orders": ()}, "orders are some of"),
        ({"orders": (0, 3)}, "orders are some of"),
        ({"orders": (0, 1)}, "give derivative=, or framework="),
        ({"orders": (0, 2), "derivative": relu}, "order 2 cannot be judged"),
        ({"framework": "torch", "derivative": relu}, "leave derivative= out"),
        ({"function": 3}, "a function is needed, not 3"),
    ],
)
def test_a_test_that_makes_no_sense(settings, said):
    whole = {"function": relu, "spec": "relu", "dtype": "float16", **settings}
    with pytest.raises(actcli.ActcliError, match=said):
        assert_accurate(whole.pop("function"), whole.pop("spec"), **whole)


def test_pytorch():
    torch: Any = pytest.importorskip("torch")
    both: Any = {"orders": (0, 1), "framework": "torch"}
    assert_accurate(torch.nn.ReLU(), "relu", dtype=torch.bfloat16, finite=True, **both)
    with pytest.raises(AssertionError, match="has dy wrong at 254 inputs"):  # its 0 at nan
        assert_accurate(torch.nn.ReLU(), "relu", dtype="bfloat16", **both)

    class Wrong(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(context, x):
            return torch.relu(x)

        @staticmethod
        def backward(context, upstream):
            return upstream * 0.5

    assert_accurate(Wrong.apply, "relu", dtype="float16", framework="torch")
    with pytest.raises(AssertionError, match="has dy up to"):
        assert_accurate(Wrong.apply, "relu", dtype="float16", finite=True, **both)


def test_the_hint_at_a_framework():
    torch: Any = pytest.importorskip("torch")

    def broken(x):
        return torch.relu(x) + undefined  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(AssertionError, match="called with a numpy array: framework= says whose"):
        assert_accurate(torch.relu, "relu", dtype="float16")
    with pytest.raises(
        AssertionError,
        match=r"NameError: name 'undefined' is not defined \(test_testing.py, line \d+\)$",
    ):
        assert_accurate(broken, "relu", dtype="float16", framework="torch")


def test_jax():
    jax = pytest.importorskip("jax")
    both: Any = {"orders": (0, 1), "framework": "jax"}
    assert_accurate(jax.nn.relu, "relu", dtype=jax.numpy.float16, finite=True, **both)
    with pytest.raises(AssertionError, match="gelu has y wrong at 1 input in"):  # nan at -inf
        assert_accurate(jax.nn.gelu, "gelu", dtype="float16", framework="jax", max_ulp=2)


def test_pytest_shows_the_report_at_the_line_of_the_test(tmp_path):
    (tmp_path / "test_kernel.py").write_text(
        "from actcli.testing import assert_accurate\n"
        "def test_it():\n"
        "    assert_accurate(lambda x: x, 'relu', dtype='float16')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_kernel.py"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Worst inputs" in done.stdout
    assert "test_kernel.py:3: AssertionError" in done.stdout
    assert "audit_backend" not in done.stdout
