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


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    point = SimpleNamespace(name="extra", load=lambda: BACKWARDS)
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
