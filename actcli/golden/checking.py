"""Whether golden files are what their manifest says, and what this version computes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from actcli.catalogue.specification import parse
from actcli.errors import ActcliError, DataError
from actcli.golden.containers import CONTAINERS
from actcli.golden.making import FORMAT, MANIFEST, Made, Request, digest
from actcli.numerics.dtypes import DTYPES


class Fault(NamedTuple):
    """A file that is not as it should be, and how."""

    path: str
    words: str


def read_manifest(folder: str) -> list[dict[str, Any]]:
    """The entries of the functions; DataError if there is no such manifest."""
    path = os.path.join(folder, MANIFEST)
    try:
        with open(path, "rb") as stream:
            said = json.loads(stream.read())
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(
            f"there is no {MANIFEST} in {folder!r}; make one: actcli golden gelu -o {folder}"
        ) from None
    except OSError as error:
        raise DataError(f"cannot read {path!r}: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"{path!r} is not JSON") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise DataError(f"{path!r} is not a manifest of golden files of format {FORMAT}")
    try:
        for entry in said["functions"]:
            _checked(entry, path)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path!r} is not a whole manifest of golden files") from error
    found: list[dict[str, Any]] = said["functions"]
    return found


def listed(folder: str) -> list[str]:
    """The files that a manifest lists; none if there is no manifest."""
    try:
        entries = read_manifest(folder)
    except DataError:
        return []
    return [file["path"] for entry in entries for file in entry["files"]]


def request_of(entry: dict[str, Any]) -> Request:
    """What to make anew; DataError for a function that this version does not know."""
    try:
        bound = parse(entry["specification"])
    except ActcliError as error:
        raise DataError(f"{entry['folder']} cannot be computed anew: {error}") from error
    dtypes = dict.fromkeys(file["dtype"] for file in entry["files"])
    kinds = dict.fromkeys(file["kind"] for file in entry["files"])
    return Request(
        bound, entry["folder"], [DTYPES[d] for d in dtypes], list(kinds), entry["points"]
    )


def faults(folder: str, entry: dict[str, Any], made: Made) -> Iterator[Fault]:
    """What is wrong with the files of a function, given those made anew."""
    for file in entry["files"]:
        path = file["path"]
        try:
            with open(os.path.join(folder, path), "rb") as stream:
                found = digest(stream.read())
        except (FileNotFoundError, NotADirectoryError):
            yield Fault(path, "is missing")
            continue
        except OSError as error:
            yield Fault(path, f"cannot be read: {error.strerror}")
            continue
        if found != file["sha256"]:
            yield Fault(path, f"differs from {MANIFEST}")
        elif path not in made.files or found != digest(made.files[path]):
            yield Fault(path, "differs from what this version computes")


def _checked(entry: dict[str, Any], path: str) -> None:
    """KeyError, TypeError or DataError unless an entry has all that is needed."""
    if not isinstance(entry["points"], int) or not isinstance(entry["specification"], str):
        raise TypeError
    for file in entry["files"]:
        parts = str(file["path"]).split("/")
        if os.path.isabs(file["path"]) or ".." in parts or "\0" in file["path"]:
            raise DataError(f"{path!r} names {file['path']!r}, which is not below its folder")
        if file["dtype"] not in DTYPES or file["kind"] not in CONTAINERS or not file["sha256"]:
            raise KeyError
