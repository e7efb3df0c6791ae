"""Writing a picture: in any format that matplotlib has, the same bytes each time."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from typing import Any

from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure

from actcli.catalogue.bound import BoundActivation
from actcli.errors import DataError, UsageError
from actcli.output import open_binary
from actcli.plotting import labels
from actcli.plotting.style import Style

#: A name longer than this many bytes is one that some file system refuses.
LONGEST_NAME = 200


def formats() -> list[str]:
    """The formats that a picture can be written in."""
    return sorted(FigureCanvasBase.get_supported_filetypes())


def format_of(path: str) -> str:
    """The format that the suffix of a path names.

    >>> format_of("figures/tanh.SVG")
    'svg'
    """
    suffix = os.path.splitext(path)[1][1:]
    return (
        checked_format(suffix) if suffix else _refuse(f"{path!r} has no suffix to tell the format")
    )


def checked_format(name: str) -> str:
    """The format by that name; UsageError lists those there are."""
    folded = name.lower()
    return folded if folded in formats() else _refuse(f"a picture cannot be written as {name!r}")


def _refuse(why: str) -> str:
    raise UsageError(f"{why}; known: {', '.join(formats())}")


def file_name(bounds: Sequence[BoundActivation], picture_format: str) -> str:
    """The name of a picture of these functions, safe in any file system.

    `elu:alpha=0.5` becomes `elu-alpha-0.5.png`, and several are joined by `-`.
    """
    names = [re.sub(r"[^A-Za-z0-9_.+-]+", "-", bound.specification) for bound in bounds]
    stem = "-".join(names)
    if len(stem) > LONGEST_NAME:
        stem = f"{names[0][:LONGEST_NAME]}-and-{len(names) - 1}-more"
    return f"{stem}.{picture_format}"


def save(
    figure: Figure,
    path: str,
    picture_format: str,
    bounds: Sequence[BoundActivation],
    style: Style,
) -> None:
    """Write the picture to a path, or to standard output for `-`."""
    picture = io.BytesIO()
    with style.applied():
        try:
            figure.savefig(picture, format=picture_format, **_metadata(bounds, picture_format))
        except (RuntimeError, ValueError, OSError) as error:  # pgf without TeX, pixels past 2^16
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError(f"cannot draw this as {picture_format}: {reason}") from error
    with open_binary(path) as stream:
        stream.write(picture.getbuffer())


def _metadata(bounds: Sequence[BoundActivation], picture_format: str) -> dict[str, Any]:
    """What the picture shows, in words, where the format has a place for them; never the time."""
    title, words = labels.title(bounds), labels.description(bounds)
    if picture_format == "png":
        return {"metadata": {"Title": title, "Description": words}}
    if picture_format in ("svg", "svgz"):
        return {"metadata": {"Title": title, "Description": words, "Date": None}}
    if picture_format in ("pdf", "pgf"):
        return {"metadata": {"Title": title, "Subject": words, "CreationDate": None}}
    return {}
