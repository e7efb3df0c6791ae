"""Write actcli/catalogue/computed.py: what follows from the definitions of the functions.

python tools/compute_facts.py

The facts are those of every elementwise function of the package with its default parameters and
with those of frameworks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from actcli.catalogue import facts
from actcli.catalogue.bound import BoundActivation, with_defaults
from actcli.catalogue.built_in import built_in
from actcli.catalogue.specification import parse

TARGET = Path(facts.__file__).with_name("computed.py")

HEAD = '''"""What follows from the definitions, written by tools/compute_facts.py.

Functions with their default parameters and those of frameworks, by specification; facts that are
nothing or the usual are left out.
"""

# fmt: off
from collections.abc import Mapping
from math import inf, nan
from typing import Any

FACTS: Mapping[str, Mapping[str, Any]] = {
'''

MIDDLE = """}

#: The file of each function.
FAMILIES: Mapping[str, str] = {
"""


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
    """The facts of a function as rows, without those that are as usual."""
    known = facts.Facts(bound.activation, bound.parameters, bound.specification)
    known.stored = None
    found = {}
    for name, (_, usual) in facts.READ.items():
        value = getattr(known, name)
        if value != usual:
            found[name] = plain(value)
    return found


def plain(value: Any) -> Any:
    """A value without the names of its parts."""
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    return tuple(plain(part) for part in value) if isinstance(value, tuple) else value


def written(rows: dict[str, dict[str, Any]]) -> str:
    """The text of the file: a line for each fact, functions in alphabetical order."""
    lines = []
    for specification, row in sorted(rows.items()):
        facts = [f"  {name!r}: {value!r},\n" for name, value in row.items()]
        lines.append(f" {specification!r}: {{\n{''.join(facts)} }},\n")
    families = [f" {name!r}: {one.family!r},\n" for name, one in sorted(built_in().items())]
    body = "".join([*lines, MIDDLE, *families])
    return HEAD + body.replace("'", '"') + "}\n"


def main() -> None:
    """Compute all facts and write them."""
    rows: dict[str, dict[str, Any]] = {}
    for bound in every():
        if bound.specification not in rows:
            rows[bound.specification] = computed(bound)
    TARGET.write_text(written(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
