"""Write actcli/catalogue/measured.json: the gradients of each framework's autograd at breakpoints.

python tools/measure_breakpoints.py [BACKEND]

In each framework the first symbol of each function with breakpoints is measured, with the
framework's defaults. Measurements of frameworks that are not installed are kept. With a BACKEND
nothing is written, but its gradients are printed as JSON: each backend is measured in its own
process, since Keras can use only one framework in a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from actcli.backends import get_backend
from actcli.catalogue import measured
from actcli.catalogue.bound import BoundActivation, bind, with_defaults
from actcli.catalogue.registry import elementwise
from actcli.catalogue.specification import parse
from actcli.errors import ActcliError
from actcli.numerics.dtypes import DTYPES

TARGET = Path(measured.__file__).with_name("measured.json")
BACKENDS = ("tensorflow", "jax", "torch", "keras@tensorflow", "keras@jax", "keras@torch")


def names(backend: str) -> tuple[str, str]:
    """The framework of a backend, and the name of the backend within that framework.

    >>> names("torch"), names("keras@jax")
    (('torch', 'torch'), ('keras', 'jax'))
    """
    framework, _, engine = backend.partition("@")
    return framework, engine or framework


def symbols(framework: str) -> Iterator[tuple[str, BoundActivation]]:
    """A framework's expression for each function with breakpoints, and the function."""
    for activation in elementwise().values():
        found = [symbol for symbol in activation.symbols if symbol.framework == framework]
        if found and with_defaults(activation).breakpoints:
            bound = parse(found[0].name) if found[0].resolves else bind(activation, {})
            yield found[0].expression, bound


def measure(name: str) -> dict[str, dict[str, list[float] | str]]:
    """The gradients by function and expression, or the error that the framework raises."""
    backend, found = get_backend(name), defaultdict[str, dict[str, list[float] | str]](dict)
    for expression, bound in symbols(names(name)[0]):
        x = np.array([point.x for point in bound.breakpoints], "float32")
        try:
            (gradients,) = backend.evaluate(bound, x, (1,), DTYPES["float32"])
            # the shortest digits of float32, and no -0
            said: list[float] | str = [float(str(gradient)) + 0.0 for gradient in gradients]
        except ActcliError as error:
            said = str(error)
        found[bound.name][expression] = said
    return found


def renew(known: dict[str, Any], backend: str, found: dict[str, dict[str, Any]]) -> None:
    """Replace the measurements of a backend."""
    framework, key = names(backend)
    known["versions"][backend] = str(get_backend(backend).version).partition("+")[0]
    for name, activation in elementwise().items():
        of_function = known["gradients"].setdefault(name, {})
        for symbol in activation.symbols:
            if symbol.framework != framework:
                continue
            said = found.get(name, {}).get(symbol.expression)
            of_symbol = of_function.setdefault(symbol.expression, {})
            if isinstance(said, list):
                of_symbol[key] = said
            else:
                of_symbol.pop(key, None)


def written(known: dict[str, Any]) -> str:
    """The text of the file: sorted, a line for each symbol with measurements."""
    lines = ["{", f' "versions": {json.dumps(known["versions"], sort_keys=True)},']
    functions = []
    for name, of_function in sorted(known["gradients"].items()):
        entries = [
            f"   {json.dumps(expression)}: {json.dumps(of_symbol)}"
            for expression, of_symbol in sorted(of_function.items())
            if of_symbol
        ]
        if entries:
            functions.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(entries) + "\n  }")
    return "\n".join([*lines, ' "gradients": {', ",\n".join(functions), " }", "}", ""])


def main(arguments: list[str]) -> None:
    """Print the gradients of a backend, or write those of all installed backends."""
    if arguments:
        print(json.dumps(measure(*arguments)))
        return
    known = measured.measured()
    for backend in BACKENDS:
        if get_backend(backend).version is None:
            print(f"{backend} is not installed; its measurements are kept")
            continue
        result = subprocess.run(
            [sys.executable, __file__, backend], stdout=subprocess.PIPE, text=True, check=True
        )
        renew(known, backend, json.loads(result.stdout))
    TARGET.write_text(written(known), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
