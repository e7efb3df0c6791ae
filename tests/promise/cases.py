"""What is tested: every activation of the catalogue, with its defaults and with others."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from actcli.arithmetic.numbers import Real, as_fraction
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.errors import UsageError
from tests.oracle import formula
from tests.oracle.arithmetics import PI
from tests.oracle.landmarks import roots, thresholds
from tests.oracle.truth import Formula
from tests.support.formats import Format, wide
from tests.support.inputs import adversarial

Array = np.ndarray[Any, Any]

#: Tried for each parameter in turn, where its domain and the other parameters allow them.
OTHER_VALUES = (1e-3, 0.3, 1.5, 50.0, 0.0, -1.0)

#: How many roots or thresholds of one kind are enough, where there is no end to them.
FEW = 8
#: Random inputs of each kind; other parameters get a fifth of them.
RANDOM = 500

DEFAULTS = {name: bind(activation, {}) for name, activation in elementwise().items()}


def others() -> dict[str, BoundActivation]:
    """Activations with a parameter that is not the default, by specification."""
    found: dict[str, BoundActivation] = {}
    for activation in elementwise().values():
        for parameter in activation.parameters:
            for value in OTHER_VALUES:
                try:
                    bound = bind(activation, {parameter.name: value})
                except UsageError:
                    continue
                if bound.changed:
                    found[bound.specification] = bound
        for symbol in activation.symbols:
            if symbol.resolves and (bound := parse(symbol.name)).changed:
                found.setdefault(bound.specification, bound)
    return found


OTHERS = others()


def oracle_of(bound: BoundActivation) -> tuple[Formula, dict[str, Any]]:
    """The oracle's formula and its settings (those that differ from its own defaults)."""
    settings = {name: exact(value) for name, value in bound.changed.items()}
    return formula(bound.activation), settings


def exact(value: Any) -> Any:
    """A parameter as the oracle takes it."""
    if isinstance(value, Real) and float(value) == np.pi and value.low:
        return PI
    return value if np.isinf(value) else as_fraction(value)


def marks(bound: BoundActivation, form: Format) -> list[float]:
    """Roots, breakpoints, and where a column overflows or underflows."""
    function, settings = oracle_of(bound)
    lists = [
        *roots(function, settings),
        *thresholds(function, settings, form),
        [point.x for point in bound.breakpoints],
        [float(value) for value in bound.changed.values() if np.isfinite(value)],
    ]
    return sorted({mark for values in lists for mark in values[:: 1 + len(values) // FEW]})


@cache
def inputs(specification: str, form: Format) -> Array:
    """All finite numbers of an 8-bit format; adversarial inputs, some thousands, of a wider one."""
    bound = DEFAULTS.get(specification)
    if form.bits == 8:
        return all_finite(form)
    if bound is None:
        bound = OTHERS[specification]
        return adversarial(form, marks(bound, form), RANDOM // 5, reach=1)
    return adversarial(form, marks(bound, form), RANDOM)


def all_finite(form: Format) -> Array:
    """Every finite number of a format of 8 or 16 bits."""
    every: Array = form.all_inputs()
    return np.asarray(every[np.isfinite(wide(every))])
