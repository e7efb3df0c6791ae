"""Axes, shapes and refusals of vector functions from Python."""

from __future__ import annotations

import numpy as np
import pytest

import actcli

X = np.random.default_rng(5).normal(0, 3, (2, 4, 6))


@pytest.mark.parametrize("name", [n for n in actcli.names("vector") if n != "softmax2d"])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.sampled(3)
def test_an_axis_is_vectors_one_by_one(name: str, axis: int, order: int) -> None:
    whole = actcli.evaluate(name, X, order, axis=axis)
    expected = np.apply_along_axis(lambda v: actcli.evaluate(name, v, order), axis, X)
    np.testing.assert_array_equal(whole, expected)


def test_the_default_is_the_last_axis() -> None:
    np.testing.assert_array_equal(
        actcli.evaluate("softmax", X), actcli.evaluate("softmax", X, axis=-1)
    )


def test_frameworks_bring_their_axis() -> None:
    softmax = actcli.get("softmax")
    np.testing.assert_array_equal(actcli.get("F.softmax")(X), softmax(X, axis=0))
    np.testing.assert_array_equal(actcli.get("F.softmax")(X[0]), softmax(X[0], axis=1))
    np.testing.assert_array_equal(actcli.get("jax.nn.softmax")(X), softmax(X, axis=-1))
    whole = actcli.evaluate("scipy.special.softmax", X)
    np.testing.assert_array_equal(whole, softmax(X.reshape(-1)).reshape(X.shape))
    np.testing.assert_array_equal(
        actcli.evaluate("torch.nn.Softmax2d", X), softmax(X, axis=-3), strict=True
    )


def test_large_arrays_and_layouts() -> None:
    x = np.asfortranarray(np.random.default_rng(2).normal(0, 4, (300, 77)).astype(np.float32))
    before = x.copy()
    whole = actcli.evaluate("log_softmax", x)
    parts = [actcli.evaluate("log_softmax", row) for row in x]
    np.testing.assert_array_equal(whole, parts)
    np.testing.assert_array_equal(x, before)


def test_out_has_the_shape_of_the_result() -> None:
    out = np.empty((2, 4, 3))
    assert actcli.get("glu")(X, out=out) is out
    np.testing.assert_array_equal(out, actcli.evaluate("glu", X))
    with pytest.raises(ValueError, match=r"must have \(2, 2, 6\)"):
        actcli.get("glu")(X, out=out, axis=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: actcli.evaluate("softmax", X, axis=3), "out of bounds for 3 axes.*-3 and 2"),
        (lambda: actcli.evaluate("softmax", 1.0), "needs a vector"),
        (lambda: actcli.evaluate("softmax", X, order=2), "no|three axes"),
        (lambda: actcli.evaluate("sigmoid", X, axis=0), "works on single numbers"),
        (lambda: actcli.evaluate("glu", X[0, 0, :3]), "3 numbers have no halves"),
        (lambda: actcli.evaluate("maxout", X[0, 0, :4], k=3), "k=3, and 4 numbers"),
        (lambda: actcli.evaluate("maxout", X, k=1.5), "whole number"),
        (lambda: actcli.evaluate("softmax2d", X[0]), "3 or 4 axes, not of 2"),
        (lambda: actcli.evaluate("softmax2d", X, axis=1), "fixed axis -3"),
        (lambda: actcli.get("softmax").limits, "no limits"),
        (lambda: actcli.names("vectors"), "did you mean vector"),
    ],
)
def test_refusals_say_what_would_be_right(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_kinds_of_names() -> None:
    assert set(actcli.names("all")) == {*actcli.names(), *actcli.names("vector")}
    assert "softmax" not in actcli.names()


def test_numpy_settings_and_warnings_are_left_alone() -> None:
    with np.errstate(all="raise"):
        before = np.geterr()
        for name in ("softmax", "log_softmax", "sparsemax", "geglu"):
            actcli.evaluate(name, np.array([1e308, -1e308, np.inf, np.nan]), orders=(0, 1))
        assert np.geterr() == before


def test_torch_agrees() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    for name in ("softmax", "log_softmax", "softmin", "glu"):
        x = torch.tensor(X, requires_grad=True)
        theirs = getattr(torch.nn.functional, name)(x, dim=1)
        theirs.sum().backward()
        y, dy = actcli.evaluate(name, X, orders=(0, 1), axis=1)
        np.testing.assert_allclose(y, theirs.detach().numpy(), rtol=1e-13)
        np.testing.assert_allclose(dy, x.grad.numpy(), rtol=1e-12, atol=1e-14)
    theirs = torch.nn.Softmax2d()(torch.tensor(X)).numpy()
    np.testing.assert_allclose(actcli.evaluate("softmax2d", X), theirs, rtol=1e-13)
