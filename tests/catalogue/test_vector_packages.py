"""Vector functions that other packages add."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

import actcli
from actcli.catalogue import registry
from actcli.catalogue.activation import Citation, Range, Vector, vector_function
from actcli.errors import DataError


def _reversed(m, x):
    return lambda: m.lift(x[..., ::-1]), lambda: m.lift(np.ones_like(x))


BACKWARDS = vector_function(
    name="backwards",
    text="x_(n + 1 - i)",
    gradient_text="1",
    vector=Vector("1 on the other diagonal", "x_{n+1-i}"),
    formulas=_reversed,
    range=Range(-np.inf, np.inf),
    smoothness="smooth",
    citation=Citation("a test"),
)


def _one_order(m, x):
    return (lambda: m.lift(x),)


@pytest.fixture
def added(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    declared = getattr(request, "param", BACKWARDS)
    point = SimpleNamespace(name="extra", load=lambda: declared)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point])
    for search in (registry.added, registry.functions):
        search.cache_clear()
    yield
    for search in (registry.added, registry.functions):
        search.cache_clear()


@pytest.mark.usefixtures("added")
def test_an_added_function_is_one_of_the_catalogue() -> None:
    assert "backwards" in actcli.names("vector")
    assert "backwards" not in actcli.names()
    assert actcli.evaluate("backwards", [1.0, 2.0, 4.0]).tolist() == [4, 2, 1]
    assert actcli.evaluate("backwards", [1.0, 2.0], order=1).tolist() == [1, 1]


@pytest.mark.parametrize(
    "added",
    [BACKWARDS._replace(vector=Vector("", "", length=3))],  # type: ignore[arg-type]
    indirect=True,
)
@pytest.mark.usefixtures("added")
def test_a_fault_of_what_vectors_alone_have_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "backwards" not in actcli.names("all")
    assert "left out: vector.length is of type int, not " in capsys.readouterr().err


@pytest.mark.parametrize("added", [BACKWARDS._replace(formulas=_one_order)], indirect=True)
@pytest.mark.usefixtures("added")
def test_an_order_that_is_missing_is_an_error() -> None:
    with pytest.raises(DataError, match=r"'extra' fails: formulas\(\) is 1 values, not 2"):
        actcli.evaluate("backwards", [1.0, 2.0])
