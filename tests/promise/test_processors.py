"""The promise must not hang on one processor's vector instructions. Slow: pytest -m slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOUND = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])


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
