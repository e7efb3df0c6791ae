"""True values of every activation, worked out apart from the package."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

from tests.oracle import families
from tests.oracle.texts import formula_of_texts
from tests.oracle.truth import Formula


@cache
def formulas() -> dict[str, Formula]:
    """The oracle's formulas by the name of their activation."""
    found: dict[str, Formula] = {}
    for module in pkgutil.iter_modules(families.__path__):
        members = vars(importlib.import_module(f"{families.__name__}.{module.name}"))
        found.update(
            (name, value)
            for name, value in members.items()
            if getattr(value, "__module__", "") == f"{families.__name__}.{module.name}"
            and not name.startswith("_")
        )
    return found


def formula(activation: Any) -> Formula:
    """The oracle's formula of an activation; its printed formulas where there is no other."""
    return formulas().get(activation.name) or formula_of_texts(activation)
