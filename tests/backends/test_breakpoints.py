"""The gradients at breakpoints that stand in measured.json are those of installed frameworks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from actcli.catalogue.bound import bind
from actcli.catalogue.built_in import framework_defaults
from actcli.catalogue.measured import gradients_at_breakpoints, measured
from actcli.catalogue.registry import elementwise
from tests.backends.installed import differs, skip_unless_installed
from tests.conftest import ROOT, environment

TOOL = ROOT / "tools" / "measure_breakpoints.py"


def known(framework: str, key: str) -> dict[str, dict[str, Any]]:
    """What a backend of a framework gave, by function and expression."""
    found: dict[str, dict[str, Any]] = {}
    for name, of_function in measured()["gradients"].items():
        symbols = {s.expression for s in elementwise()[name].symbols if s.framework == framework}
        found[name] = {e: g[key] for e, g in of_function.items() if e in symbols and key in g}
    return {name: gradients for name, gradients in found.items() if gradients}


def test_every_measurement_is_of_a_symbol_and_its_breakpoints() -> None:
    for name, of_function in measured()["gradients"].items():
        activation = elementwise()[name]
        symbols = {symbol.expression: symbol for symbol in activation.symbols}
        assert set(of_function) <= set(symbols)
        for expression, by_backend in of_function.items():
            symbol = symbols[expression]
            count = len(bind(activation, framework_defaults(symbol)).breakpoints)
            assert {len(gradients) for gradients in by_backend.values()} == {count}
            assert dict(gradients_at_breakpoints(activation, symbol)) == {
                key: tuple(gradients) for key, gradients in by_backend.items()
            }


@pytest.mark.parametrize(
    ("name", "framework", "key"),
    [
        ("torch", "torch", "torch"),
        ("tensorflow", "tensorflow", "tensorflow"),
        ("jax", "jax", "jax"),
        ("keras@tensorflow", "keras", "tensorflow"),
        ("keras@jax", "keras", "jax"),
        ("keras@torch", "keras", "torch"),
    ],
)
@pytest.mark.sampled(2)
def test_gradients(name: str, framework: str, key: str, tmp_path: Path) -> None:
    expected = known(framework, key)
    assert len(expected) > 5
    skip_unless_installed(name)
    result = subprocess.run(
        [sys.executable, TOOL, name],
        env=environment(KERAS_HOME=str(tmp_path)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    wrong = {}
    for function, of_function in json.loads(result.stdout).items():
        for expression, gradients in of_function.items():
            said = expected.get(function, {}).pop(expression, "is not implemented")
            if said not in gradients if isinstance(gradients, str) else said != gradients:
                wrong[expression] = (gradients, said)
    wrong |= {name: (None, gradients) for name, gradients in expected.items() if gradients}
    if wrong:
        what = f"gradients (found, recorded) are not those measured: {wrong}"
        differs(name, what, measured()["versions"][name])


def test_a_declaration_may_bring_its_own() -> None:
    relu = elementwise()["relu"]
    symbol = relu.symbols[0]._replace(at_breakpoints={"torch": (0.5,)})
    assert gradients_at_breakpoints(relu, symbol) == {"torch": (0.5,)}
    assert gradients_at_breakpoints(relu._replace(name="mine"), relu.symbols[0]) == {}
