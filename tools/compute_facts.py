"""Write actcli/catalogue/facts.json: what follows from the definitions of the functions.

python tools/compute_facts.py

The facts are those of every elementwise function of the package with its default parameters and
with those of frameworks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from actcli.catalogue import facts
from actcli.catalogue.bound import BoundActivation, with_defaults
from actcli.catalogue.built_in import built_in
from actcli.catalogue.specification import parse

TARGET = Path(facts.__file__).with_name("facts.json")


def every() -> Iterator[BoundActivation]:
    """The functions whose facts are in the file."""
    for activation in built_in().values():
        if activation.vector:
            continue
        yield with_defaults(activation)
        for symbol in activation.symbols:
            if symbol.resolves:
                yield parse(symbol.name)


def computed(bound: BoundActivation) -> dict[str, Any]:
    """The facts of a function as they stand in the file."""
    known = facts.Facts(bound.activation, bound.parameters, bound.specification)
    known.stored = None
    found = {}
    for name, (_, usual) in facts.READ.items():
        value = getattr(known, name)
        if value != usual:
            found[name] = plain(sorted(value) if name == "about" else value)
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it; numbers that it lacks as text."""
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def written(rows: dict[str, dict[str, Any]]) -> str:
    """The text of the file: a line for each fact, functions in alphabetical order."""
    functions = []
    for specification, row in sorted(rows.items()):
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in row.items()]
        functions.append(f" {json.dumps(specification)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(functions) + "\n}\n"


def main() -> None:
    """Compute all facts and write them."""
    rows: dict[str, dict[str, Any]] = {}
    for bound in every():
        if bound.specification not in rows:
            rows[bound.specification] = computed(bound)
    TARGET.write_text(written(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
