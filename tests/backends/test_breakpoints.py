"""The declared gradients at breakpoints are those of the frameworks that are installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.backends.breakpoints import declared
from tests.backends.installed import differs, skip_unless_installed
from tests.conftest import environment


@pytest.mark.parametrize(
    ("name", "framework", "key"),
    [
        ("torch", "torch", "torch"),
        ("tensorflow", "tensorflow", "tensorflow"),
        ("jax", "jax", "jax"),
        ("keras[tensorflow]", "keras", "tensorflow"),
        ("keras[jax]", "keras", "jax"),
        ("keras[torch]", "keras", "torch"),
    ],
)
@pytest.mark.sampled(2)
def test_gradients(name: str, framework: str, key: str, tmp_path: Path) -> None:
    skip_unless_installed(name)
    result = subprocess.run(
        [sys.executable, "-m", "tests.backends.breakpoints", name, framework, key],
        env=environment(KERAS_HOME=str(tmp_path)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    found = json.loads(result.stdout)
    wrong = {}
    expected = {expression: gradients for expression, _, gradients in declared(framework, key)}
    assert len(expected) > 5
    for expression, gradients in expected.items():
        if None in gradients:
            same = "is not implemented" in found[expression]
        else:
            same = isinstance(found[expression], list) and np.array_equal(
                np.float32(found[expression]), np.float32(gradients)
            )
        if not same:
            wrong[expression] = (found[expression], gradients)
    if wrong:
        differs(name, f"gradients (found, declared) are not those measured: {wrong}")
