"""Arrays along an axis, a few vectors at a time: the same bits as if they were held whole."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import actcli
from actcli import vector_columns
from actcli.sources import stored
from tests.conftest import Call, command_line, environment

Array = np.ndarray[Any, Any]
SHAPE = (4, 6, 10)


pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(params=[(1, 1, 50), (64, 500, 1), (1 << 20, 1 << 20, 1 << 16)])
def budget(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a vector at a time to all at once, and rows that are read alone or with others."""
    group, strip, read = request.param
    monkeypatch.setattr(vector_columns, "GROUP_BYTES", group)
    monkeypatch.setattr(vector_columns, "STRIP_BYTES", strip)
    monkeypatch.setattr(stored, "ROWS_BYTES", read)


def numbers(shape: tuple[int, ...] = SHAPE) -> Array:
    x = np.random.default_rng(8).normal(0, 3, shape)
    x.flat[::17] = np.inf
    x.flat[5::23] = np.nan
    return x


def same(got: Array, expected: Array) -> None:
    np.testing.assert_array_equal(got, expected, strict=True)
    assert np.array_equal(np.signbit(got), np.signbit(expected))


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax", "glu", "crelu", "maxout"])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.sampled(5)
def test_parts_of_files(call: Call, name: str, axis: int, order: Any) -> None:
    x = np.asarray(numbers(), dtype=np.float32, order=order)
    np.save("x.npy", x)
    for column, derivative in (("y", 0), ("dy", 1)):
        args = ("--axis", str(axis), "--show", column)
        assert call("eval", name, "x.npy", "-o", "y.npy", *args) == (0, "", "")
        y = np.load("y.npy")
        same(y, actcli.evaluate(name, x, derivative, axis=axis))
        assert y.flags.f_contiguous == (order == "F")
    assert sorted(path.name for path in Path().iterdir()) == ["x.npy", "y.npy"]


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("stored_as", ["<f2", ">f4", "<f8", ">i4", "V2"])
@pytest.mark.parametrize("dtype", [None, "float64", "float16", "bfloat16"])
@pytest.mark.sampled(3)
def test_dtypes(call: Call, stored_as: str, dtype: str | None) -> None:
    wide = np.nan_to_num(numbers(), posinf=9)
    x = wide.astype(ml_dtypes.bfloat16 if stored_as == "V2" else stored_as)
    np.save("x.npy", x)
    own = "float32" if stored_as == ">i4" else "bfloat16" if stored_as == "V2" else x.dtype.name
    named = np.dtype(getattr(ml_dtypes, dtype or own, dtype or own))
    options = ("--dtype", dtype) if dtype else ()
    assert call("eval", "softmax", "x.npy", "--axis", "0", "-o", "y.npy", *options).status == 0
    y = np.load("y.npy")
    expected = actcli.evaluate("softmax", x.astype(named), axis=0)
    same(y.view(named) if y.dtype.kind == "V" else y, expected)


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.sampled(3)
def test_archives_in_and_out(call: Call, axis: int, order: Any) -> None:
    """What is unpacked comes in turn, as through a pipe; columns of an archive go in turn."""
    x = np.asarray(numbers(), order=order)
    np.savez("x.npz", x=x)
    np.save("x.npy", x)
    for source in ("x.npz", "x.npy"):
        args = ("--axis", str(axis), "--show", "x,y,dy", "-o", "y.npz")
        assert call("eval", "log_softmax", source, *args) == (0, "", "")
        with np.load("y.npz") as archive:
            same(archive["x"], x)
            same(archive["y"], actcli.evaluate("log_softmax", x, axis=axis))
            same(archive["dy"], actcli.evaluate("log_softmax", x, 1, axis=axis))
    assert call("eval", "glu", "x.npz", "--axis", "0", "-o", "y.npy").status == 0
    same(np.load("y.npy"), actcli.evaluate("glu", x, axis=0))


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("order", ["C", "F"])
def test_axes_of_frameworks(call: Call, order: Any) -> None:
    x = np.asarray(numbers(), order=order)
    np.save("x.npy", x)
    for name in ("scipy.special.softmax", "F.softmax", "jax.nn.softmax", "softmax2d"):
        assert call("eval", name, "x.npy", "-o", "y.npy").status == 0
        same(np.load("y.npy"), actcli.evaluate(name, x))


@pytest.mark.usefixtures("budget")
@pytest.mark.parametrize("shape", [(5,), (1,), (0, 3), (3, 1, 4), (2, 0, 3)])
def test_few_numbers(call: Call, shape: tuple[int, ...]) -> None:
    x = numbers(shape) if np.prod(shape) else np.zeros(shape)
    np.save("x.npy", x)
    for axis in range(len(shape)):
        if not shape[axis]:
            continue
        assert call("eval", "softmax", "x.npy", "--axis", str(axis), "-o", "y.npy").status == 0
        same(np.load("y.npy"), actcli.evaluate("softmax", x, axis=axis))


@pytest.mark.parametrize("axis", [0, 1])
def test_pipes(axis: int) -> None:
    """The first axis is held, the second is not."""
    x = np.random.default_rng(1).normal(0, 3, (300, 2000)).astype(np.float32)
    file = io.BytesIO()
    np.save(file, x)
    done = subprocess.run(
        command_line("eval", "softmax", "--axis", str(axis)),
        input=file.getvalue(),
        env=environment(),
        capture_output=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    same(np.load(io.BytesIO(done.stdout)), actcli.evaluate("softmax", x, axis=axis))


def test_a_file_is_added_to_in_its_place() -> None:
    x = np.random.default_rng(1).normal(0, 3, (300, 2000)).astype(np.float32)
    np.save("x.npy", x)
    line = command_line("eval", "softmax", "--axis", "0", "x.npy", "--format", "raw")
    with open("y.bin", "wb") as file:
        file.write(b"before")
        file.flush()
        assert subprocess.run(line, stdout=file, env=environment()).returncode == 0
    expected = b"before" + actcli.evaluate("softmax", x, axis=0).tobytes()
    assert Path("y.bin").read_bytes() == expected


def test_unequal_columns_are_refused_before_anything_is_written(call: Call) -> None:
    np.save("x.npy", numbers())
    done = call("eval", "glu", "x.npy", "--show", "x,y", "-o", "y.npz")
    assert (done.status, done.out) == (2, "")
    assert "glu has 240 of x, 120 of y, which form no rows; show one of them" in done.err
    assert not Path("y.npz").exists()
