"""Rows of a card with the breakpoints of a function and the frameworks' gradients there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from actcli.reference.layout import REMARK, WARNING, Row
from actcli.reference.numerals import short

#: The most breakpoints shown, those nearest to 0.
MOST = 12
#: A gradient (None for an error), the framework and its backend.
Measured = tuple[float | str | None, str, str]


def breakpoint_rows(facts: dict[str, Any]) -> Iterator[Row]:
    """A few rows for each breakpoint, from left to right; frameworks that differ are marked."""
    measured = _gradients(facts)
    points = facts["breakpoints"]
    shown = points
    if len(points) > MOST:
        nearest = sorted(points, key=lambda point: abs(float(point["x"])))[:MOST]
        shown = sorted(nearest, key=lambda point: float(point["x"]))
    for point in shown:
        label = f"x = {short(point['x'])}"
        yield Row(label, Text(_sides(point)))
        yield from _autograd(measured.pop(point["x"], []), point["dy"])
    for x, gradients in measured.items():
        yield Row(
            f"x = {short(x)}", Text("a breakpoint with the frameworks' defaults", style=REMARK)
        )
        yield from _autograd(gradients, None)
    if len(shown) < len(points):
        rest = f"and {len(points) - len(shown)} more"
        if facts.get("more_breakpoints"):
            rest = f"these are nearest to 0 of more than {len(points)}"
        yield Row("", Text(rest, style=REMARK))


def _sides(point: dict[str, Any]) -> str:
    left, right = point["left"], point["right"]
    here = f"f = {short(point['y'])}, f' = {short(point['dy'])}"
    if point["jump"]:
        return f"{here}; f jumps from {short(left['y'])} to {short(right['y'])}"
    if point["kink"]:
        return f"{here}; f' jumps from {short(left['dy'])} to {short(right['dy'])}"
    return f"{here}; f and f' are continuous"


def _gradients(facts: dict[str, Any]) -> dict[Any, list[Measured]]:
    found: dict[Any, list[Measured]] = {}
    for entry in facts["autograd"]:
        for at in entry["at"]:
            found.setdefault(at["x"], []).append((at["dy"], entry["framework"], entry["backend"]))
    return found


def _autograd(gradients: Sequence[Measured], own: float | str | None) -> Iterator[Row]:
    """The frameworks grouped by gradient, with those that differ from `own` marked."""
    groups: dict[str, dict[str, list[str]]] = {}
    for gradient, framework, backend in gradients:
        shown = "an error" if gradient is None else short(gradient)
        groups.setdefault(shown, {}).setdefault(framework, []).append(backend)
    everywhere = {f: sum(1 for _, name, _ in gradients if name == f) for _, f, _ in gradients}
    for shown, frameworks in groups.items():
        names = [
            name if len(backends) == everywhere[name] else f"{name} ({', '.join(backends)})"
            for name, backends in frameworks.items()
        ]
        differs = own is not None and shown != short(own)
        text = Text(f"autograd gives {shown} in {', '.join(names)}", WARNING if differs else "")
        yield Row("", text)
