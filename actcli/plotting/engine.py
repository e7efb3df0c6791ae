"""Loading matplotlib so that nothing of the user's settings shows in a picture or on a terminal."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What decides at import time how matplotlib behaves, and can make that import fail.
VARIABLES = ("MPLBACKEND", "MATPLOTLIBRC")


def load() -> None:
    """Import matplotlib with its own defaults, whatever the environment and the folder hold.

    An unknown MPLBACKEND makes the import fail, and a faulty `matplotlibrc` (in the current folder
    even) makes it talk; so does a home without a place for its cache. Later imports change nothing.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    # Writing a PDF subsets fonts, and fontTools remarks on the age of matplotlib's own.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with _without(VARIABLES):
        shipped = _shipped_settings()
        if shipped is not None:
            os.environ["MATPLOTLIBRC"] = str(shipped)
        import matplotlib  # noqa: F401


def _shipped_settings() -> Path | None:
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "mpl-data", "matplotlibrc")
        if path.is_file():
            return path
    return None


@contextmanager
def _without(variables: tuple[str, ...]) -> Iterator[None]:
    saved = {name: os.environ.pop(name) for name in variables if name in os.environ}
    try:
        yield
    finally:
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(saved)
