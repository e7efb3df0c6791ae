"""The promise must not hang on one processor's vector instructions. Slow: pytest -m slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import (  # type: ignore[import-not-found, unused-ignore]
    __cpu_dispatch__ as dispatched,
)
from numpy._core._multiarray_umath import (  # type: ignore[import-not-found, unused-ignore]
    __cpu_features__ as features,
)

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOUND = [name for name in dispatched if features.get(name)]


@pytest.mark.skipif(not FOUND, reason="numpy has no other path on this processor")
@pytest.mark.parametrize("kept", range(len(FOUND)))
def test_accuracy_with_fewer_instructions(kept: int) -> None:
    """The everyday accuracy tests, numpy told to do without all but the first few extensions."""
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(FOUND[kept:])}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    tests = str(Path(__file__).with_name("test_accuracy.py"))
    run = subprocess.run(
        [*command, "-p", "no:xdist", tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
