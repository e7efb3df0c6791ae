"""What the frameworks' autograd gave at breakpoints when it was measured, in measured.json.

`tools/measure_breakpoints.py` measures anew; nothing reads the file before somebody asks.
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
    """All of the file: the `versions` measured with, and `gradients` by function and symbol."""
    import json
    from pathlib import Path

    text = Path(__file__).with_name("measured.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def gradients_at_breakpoints(activation: Activation, symbol: Symbol) -> Gradients:
    """What each backend of a framework gave at the breakpoints that its defaults make.

    >>> from actcli.catalogue.registry import elementwise
    >>> relu = elementwise()["relu"]
    >>> gradients_at_breakpoints(relu, relu.symbols[0])
    {'torch': (0.0,)}
    """
    if symbol.at_breakpoints:
        return symbol.at_breakpoints
    found = measured()["gradients"].get(activation.name, {}).get(symbol.expression, {})
    return {backend: tuple(gradients) for backend, gradients in found.items()}
