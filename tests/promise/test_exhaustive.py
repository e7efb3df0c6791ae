"""The proof where it can be complete, and wider samples where it cannot. Slow: pytest -m slow."""

from __future__ import annotations

import numpy as np
import pytest

from tests.promise.cases import DEFAULTS, all_finite, marks
from tests.promise.judge import check
from tests.support.formats import FORMATS, Format
from tests.support.inputs import adversarial

pytestmark = pytest.mark.slow

HALVES = {name: form for name, form in FORMATS.items() if form.bits == 16}
WIDE = {name: form for name, form in FORMATS.items() if form.bits > 16}


@pytest.mark.parametrize("form", HALVES.values(), ids=HALVES)
@pytest.mark.parametrize("name", DEFAULTS)
def test_every_finite_input_is_correctly_rounded(name: str, form: Format) -> None:
    check(DEFAULTS[name], form, all_finite(form))


@pytest.mark.parametrize("form", WIDE.values(), ids=WIDE)
@pytest.mark.parametrize("name", DEFAULTS)
def test_many_inputs(name: str, form: Format) -> None:
    bound = DEFAULTS[name]
    xs = adversarial(form, marks(bound, form), 8_000, reach=40)
    check(bound, form, np.random.default_rng(5).permutation(xs))
