"""The backends that are installed frameworks, for tests that need one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from actcli.backends import BACKENDS, get_backend
from actcli.backends.framework import Framework
from actcli.catalogue.specification import parse
from actcli.numerics.dtypes import DTYPES

FRAMEWORKS = [name for name in BACKENDS if isinstance(get_backend(name), Framework)]
#: The versions that the known cases were measured with.
MEASURED = {
    "torch": "2.13.0",
    "tensorflow": "2.21.0",
    "jax": "0.10.2",
    "keras": "3.15.1",
    "onnxruntime": "1.32.0",
    "scipy": "1.17.1",
}


def skip_unless_installed(name: str) -> None:
    backend = get_backend(name)
    if backend.version is None:
        pytest.skip(f"{name} is not installed; {backend.install}")


def evaluate(
    name: str, specification: str, x: Any, order: int = 0, dtype: str = "float32"
) -> np.ndarray[Any, Any]:
    """One order by a backend that is installed; the test is skipped if it is not."""
    skip_unless_installed(name)
    numbers = np.asarray(x, np.float64).astype(DTYPES[dtype].numpy)
    (result,) = get_backend(name).evaluate(parse(specification), numbers, (order,), DTYPES[dtype])
    return result


def holds(name: str, found: Any, expected: Any) -> None:
    """Assert that what was measured is found, nan like nan."""
    if not np.array_equal(found, expected, equal_nan=True):
        differs(name, f"{found} was {expected}")


def differs(name: str, what: str, measured: str = "") -> None:
    """Fail; but skip in another version than what was measured with, where it may have changed."""
    package = name.partition("@")[0]
    version = str(get_backend(name).version).partition("+")[0]
    measured = measured or MEASURED[package]
    message = f"{what} in {package} {measured}; this is {version}"
    assert version != measured, message
    pytest.skip(message)
