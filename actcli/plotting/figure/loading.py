"""Loading matplotlib so that nothing of the user's settings shows in a picture or on a terminal."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: What decides at import time how matplotlib behaves, and can make that import fail.
VARIABLES = ("MPLBACKEND", "MATPLOTLIBRC")
#: Settings that it takes from the current folder, before all others.
SETTINGS_HERE = "matplotlibrc"


def load() -> None:
    """Import matplotlib with its own defaults, whatever the environment and the folder hold.

    An unknown MPLBACKEND makes the import fail, and so does a `matplotlibrc`, in the current folder
    even, that is not text or cannot be read; a home without a place for its cache makes it talk.
    Later imports change nothing.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    # Writing a PDF subsets fonts, and fontTools remarks on the age of matplotlib's own.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with without(VARIABLES), _unseen(SETTINGS_HERE):
        shipped = _shipped_settings()
        if shipped is not None:
            os.environ["MATPLOTLIBRC"] = str(shipped)
        import matplotlib.artist
    with _uninspected():
        import matplotlib.figure  # noqa: F401


def _shipped_settings() -> Path | None:
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "mpl-data", "matplotlibrc")
        if path.is_file():
            return path
    return None


@contextmanager
def _unseen(name: str) -> Iterator[None]:
    """Let a relative path seem to lead to nothing, for a while."""
    exists = os.path.exists
    os.path.exists = lambda path: path != name and exists(path)
    try:
        yield
    finally:
        os.path.exists = exists


@contextmanager
def _uninspected() -> Iterator[None]:
    """Let matplotlib find no properties of its artists while it is imported.

    Else it writes a docstring of them for each kind of artist, which nobody reads here, and takes
    two thirds as long again for the import.
    """
    from matplotlib import artist

    inspector = artist.ArtistInspector

    class Blind(artist.ArtistInspector):
        def get_aliases(self) -> dict[str, Any]:
            return {}

        def get_setters(self) -> list[str]:
            return []

    artist.ArtistInspector = Blind  # type: ignore[misc]
    try:
        yield
    finally:
        artist.ArtistInspector = inspector  # type: ignore[misc]


@contextmanager
def without(variables: tuple[str, ...]) -> Iterator[None]:
    """The environment without some variables, for a while."""
    saved = {name: os.environ.pop(name) for name in variables if name in os.environ}
    try:
        yield
    finally:
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(saved)
