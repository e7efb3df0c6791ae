"""Gradients that the frameworks' autograd returns at breakpoints, as measured in measured.json.

`tools/measure_breakpoints.py` writes the file, which is only read on demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actcli.catalogue.activation import Activation, Symbol

Gradients = Mapping[str, tuple[float | None, ...]]


@cache
def measured() -> dict[str, Any]:
    """The whole file: the `versions` measured, and `gradients` by function and symbol."""
    import json
    from pathlib import Path

    text = Path(__file__).with_name("measured.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def gradients_at_breakpoints(activation: Activation, symbol: Symbol) -> Gradients:
    """The gradients of each backend of a framework at the breakpoints for its defaults.

    >>> from actcli.catalogue.registry import elementwise
    >>> relu = elementwise()["relu"]
    >>> gradients_at_breakpoints(relu, relu.symbols[0])
    {'torch': (0.0,)}
    """
    if symbol.at_breakpoints:
        return symbol.at_breakpoints
    found = measured()["gradients"].get(activation.name, {}).get(symbol.expression, {})
    return {backend: tuple(gradients) for backend, gradients in found.items()}
