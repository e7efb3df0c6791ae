"""What a backend's autograd gives at the breakpoints, as JSON: `python -m ... keras[jax]`.

Run as a process of its own, since a process can have Keras but on one framework.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from actcli.backends import get_backend
from actcli.catalogue.bound import BoundActivation, bind
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.errors import ActcliError
from actcli.numerics.dtypes import DTYPES


def declared(framework: str, key: str) -> Iterator[tuple[str, BoundActivation, tuple[Any, ...]]]:
    """A symbol's name, its activation with its defaults, and the gradients that were measured."""
    for activation in elementwise().values():
        for symbol in activation.symbols:
            if symbol.framework == framework and key in symbol.at_breakpoints:
                bound = parse(symbol.name) if symbol.resolves else bind(activation, {})
                yield symbol.expression, bound, symbol.at_breakpoints[key]


def main(name: str, framework: str, key: str) -> None:
    backend, found = get_backend(name), {}
    for expression, bound, _ in declared(framework, key):
        x = np.array([point.x for point in bound.breakpoints], "float32")
        try:
            (gradient,) = backend.evaluate(bound, x, (1,), DTYPES["float32"])
            found[expression] = gradient.tolist()
        except ActcliError as error:
            found[expression] = str(error)
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
