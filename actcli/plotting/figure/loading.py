"""Import matplotlib without the user's settings."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Environment variables that change how matplotlib behaves, and can make its import fail.
VARIABLES = ("MPLBACKEND", "MATPLOTLIBRC")
#: The settings in the current folder, which override all others.
SETTINGS_HERE = "matplotlibrc"


def load() -> None:
    """Import matplotlib with its own defaults, whatever the environment and the folder contain.

    An unknown MPLBACKEND or an unreadable `matplotlibrc`, even in the current folder, would make
    the import fail; without a home for its cache it would print messages. Later imports change
    nothing.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    # When it writes a PDF, fontTools complains about matplotlib's old fonts.
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
    """Make a relative path seem not to exist."""
    exists = os.path.exists
    os.path.exists = lambda path: path != name and exists(path)
    try:
        yield
    finally:
        os.path.exists = exists


@contextmanager
def _uninspected() -> Iterator[None]:
    """Hide the properties of matplotlib's artists during its import.

    Otherwise it writes a docstring for each kind of artist, for which the import takes two thirds
    longer.
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
    """Remove some variables from the environment temporarily."""
    saved = {name: os.environ.pop(name) for name in variables if name in os.environ}
    try:
        yield
    finally:
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(saved)
