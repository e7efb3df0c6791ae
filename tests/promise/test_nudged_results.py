"""A core that is a little off does not pass: results are nudged, and the check has to notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from actcli.evaluating.evaluate import evaluate
from tests.promise import judge
from tests.promise.cases import DEFAULTS, inputs
from tests.support.formats import FORMATS, Format, from_ordinals, ordinals


def nudge(monkeypatch: pytest.MonkeyPatch, form: Format, places: int) -> None:
    """Move every second derivative by so many places, away from 0."""

    def evaluate_and_nudge(*arguments: Any, **options: Any) -> list[Any]:
        *columns, last = evaluate(*arguments, **options)
        moved = ordinals(last, form) + places * np.sign(ordinals(last, form))
        return [*columns, from_ordinals(moved, form)]

    monkeypatch.setattr(judge, "evaluate", evaluate_and_nudge)


@pytest.mark.parametrize("name", FORMATS)
def test_results_that_are_off_fail(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    form = FORMATS[name]
    xs = inputs("tanh", form)
    judge.check(DEFAULTS["tanh"], form, xs)
    nudge(monkeypatch, form, 1)
    judge.check(DEFAULTS["tanh"], form, xs, (0, 1))
    with pytest.raises(AssertionError, match=f"tanh d2y in {name}: .* inputs wrong"):
        judge.check(DEFAULTS["tanh"], form, xs, (2,))
