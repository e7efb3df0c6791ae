"""All golden files of a function, and what the manifest says of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from actcli.catalogue.bound import BoundActivation, with_settings
from actcli.columns import COLUMNS
from actcli.golden.containers import CONTAINERS
from actcli.golden.values import golden_values
from actcli.numerics.dtypes import DType
from actcli.reference.facts import breakpoint_facts
from actcli.reference.numerals import plain
from actcli.version import __version__

#: The name of the manifest, and the version of what it looks like.
MANIFEST, FORMAT = "manifest.json", 1
#: How the numbers are to be understood.
CONVENTIONS = {
    "columns": "x, the value y = f(x), the derivative dy and the second derivative d2y",
    "rounding": "x is exactly the number; y, dy and d2y are the true values at x, rounded once, "
    "to nearest, ties to even",
    "rows": "of 8 and 16 bits all numbers in the order of their bit patterns; of 32 and 64 bits "
    "those worth testing, rising, nan last",
    "overflow": "infinity, in float8_e4m3fn nan",
    "infinities": "the limit where there is one, else nan",
    "nan": "the quiet nan without a sign or payload, in y, dy and d2y",
    "kinks": "dy is what the derivative's formula gives there, as `kinks` of each function says",
    "bytes": "the least significant first; an array of C holds bit patterns",
}


class Request(NamedTuple):
    """Which files of a function to make, with how many `points` of 32 and 64 bits."""

    bound: BoundActivation
    folder: str
    dtypes: Sequence[DType]
    kinds: Sequence[str]
    points: int


class Made(NamedTuple):
    """The files of a function by path, and its entry in the manifest."""

    files: dict[str, bytes]
    entry: dict[str, Any]


def make(request: Request) -> Made:
    """Make all files of a function."""
    bound, folder = request.bound, request.folder
    files: dict[str, bytes] = {}
    told = []
    for dtype in request.dtypes:
        columns = golden_values(bound, dtype, request.points)
        for kind in request.kinds:
            for suffix, data in CONTAINERS[kind].files(folder, dtype, columns):
                path = f"{folder}/{dtype.name}{suffix}"
                files[path] = data
                told.append(
                    {
                        "path": path,
                        "dtype": dtype.name,
                        "kind": kind,
                        "rows": len(columns["x"]),
                        "bytes": len(data),
                        "sha256": digest(data),
                    }
                )
    return Made(files, {**_facts(request), "files": told})


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def manifest(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The manifest of files: versions, conventions, and the entries of the functions."""
    return {
        "actcli": __version__,
        "format": FORMAT,
        "columns": list(COLUMNS),
        "conventions": CONVENTIONS,
        "functions": list(entries),
    }


def folder_of(bound: BoundActivation) -> str:
    """The name of a function's folder, safe in any file system.

    >>> from actcli.catalogue.specification import parse
    >>> folder_of(parse("elu:alpha=1.5"))
    'elu-alpha-1.5'
    """
    return re.sub(r"[^A-Za-z0-9_.+-]+", "-", bound.file_name)


def _facts(request: Request) -> dict[str, Any]:
    bound = request.bound
    activation = bound.activation
    spec = bound.specification
    if activation.typed:  # a name of one's own means nothing elsewhere
        spec = with_settings(activation.text, bound.parameters)
    return {
        "specification": spec,
        "folder": request.folder,
        "definition": activation.text,
        "where": dict(activation.where),
        "parameters": {name: plain(value) for name, value in bound.parameters.items()},
        "points": request.points,
        "kinks": [breakpoint_facts(point) for point in bound.breakpoints],
    }
