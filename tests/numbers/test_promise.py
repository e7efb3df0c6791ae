"""A core that is a little off does not pass: results are nudged, and the check has to notice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from actcli.numerics.evaluate import evaluate
from tests.numbers import promise
from tests.numbers.cases import DEFAULTS, inputs, reference_of
from tests.reference.store import true_values
from tests.support.formats import FORMATS, Format, from_ordinals, ordinals


def nudge(monkeypatch: pytest.MonkeyPatch, form: Format, places: int) -> None:
    """Move every second derivative by so many places, away from 0."""

    def evaluate_and_nudge(*arguments: Any, **options: Any) -> list[Any]:
        *columns, last = evaluate(*arguments, **options)
        moved = ordinals(last, form) + places * np.sign(ordinals(last, form))
        return [*columns, from_ordinals(moved, form)]

    monkeypatch.setattr(promise, "evaluate", evaluate_and_nudge)


@pytest.mark.parametrize(
    ("name", "places"), [(name, 1) for name in FORMATS if name != "float64"] + [("float64", 6)]
)
def test_results_that_are_off_fail(monkeypatch: pytest.MonkeyPatch, name: str, places: int) -> None:
    form = FORMATS[name]
    xs = inputs("tanh", form)
    promise.check(DEFAULTS["tanh"], form, xs)
    nudge(monkeypatch, form, places)
    promise.check(DEFAULTS["tanh"], form, xs, (0, 1))
    with pytest.raises(AssertionError, match=f"tanh d2y in {name}: .* inputs wrong"):
        promise.check(DEFAULTS["tanh"], form, xs, (2,))


def test_results_within_the_promise_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    form = FORMATS["float64"]
    nudge(monkeypatch, form, 1)
    promise.check(DEFAULTS["tanh"], form, inputs("tanh", form))


def test_more_is_allowed_next_to_a_root_alone() -> None:
    form, bound = FORMATS["float32"], DEFAULTS["gelu"]
    xs = np.array([-0.7517915, -0.752, -0.7526, 1.0])
    truth = true_values(*reference_of(bound), xs)[1]
    assert promise.allowed_ulp(bound, 1, form, xs, truth).tolist() == [1, 1, 0.501, 0.501]
    wide = promise.allowed_ulp(bound, 1, FORMATS["float64"], xs, truth)
    assert wide[0] > wide[1] > 2 == wide[2] == wide[3]
