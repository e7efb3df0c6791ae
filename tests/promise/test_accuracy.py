"""Every activation, order and dtype against the promised error, on inputs made to show one."""

from __future__ import annotations

import pytest

from tests.promise.cases import DEFAULTS, OTHERS, inputs
from tests.promise.judge import ORDERS, check
from tests.support.compare import COLUMNS
from tests.support.formats import FORMATS, Format

orders = pytest.mark.parametrize("order", ORDERS, ids=COLUMNS)


@orders
@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.sampled(51)
def test_default_parameters(name: str, form: Format, order: int) -> None:
    check(DEFAULTS[name], form, inputs(name, form), (order,))


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("specification", OTHERS)
@pytest.mark.sampled(31)
def test_other_parameters(specification: str, form: Format) -> None:
    check(OTHERS[specification], form, inputs(specification, form))
