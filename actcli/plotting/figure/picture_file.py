"""A picture as a file in any format of matplotlib, always the same bytes."""

from __future__ import annotations

import gzip
import io
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from actcli.analysis import plain_names
from actcli.catalogue.bound import BoundActivation
from actcli.errors import DataError, UsageError
from actcli.plotting.figure.loading import without
from actcli.plotting.figure.style import Style

#: Longer names are refused by some file systems.
LONGEST_NAME = 200
#: Formats that are made from another one.
WRITTEN_AS = {"svgz": "svg"}


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
        checked_format(suffix) if suffix else _refuse(f"{path!r} has no suffix to say the format")
    )


def checked_format(name: str) -> str:
    """The format of that name; UsageError, with the known ones, for any other."""
    folded = name.lower()
    return folded if folded in formats() else _refuse(f"a picture cannot be written as {name!r}")


def _refuse(why: str) -> str:
    raise UsageError(f"{why}; known: {', '.join(formats())}")


def file_name(bounds: Sequence[BoundActivation], picture_format: str) -> str:
    """The name of a picture of these functions, safe in any file system.

    `elu:alpha=0.5` becomes `elu-alpha-0.5.png`, and several are joined by `-`.
    """
    names = [re.sub(r"[^A-Za-z0-9_.+-]+", "-", bound.file_name) for bound in bounds]
    stem = "-".join(names)
    if len(stem) > LONGEST_NAME:
        stem = f"{names[0][:LONGEST_NAME]}-and-{len(names) - 1}-more"
    return f"{stem}.{picture_format}"


def encoded(
    figure: Figure,
    picture_format: str,
    bounds: Sequence[BoundActivation],
    style: Style,
    title: str | None = None,
    words: str | None = None,
) -> bytes:
    """The picture as the bytes of a file; `title` and `words` go into its metadata.

    Raises DataError if it cannot be written.
    """
    picture = io.BytesIO()
    written = WRITTEN_AS.get(picture_format, picture_format)
    words = words or plain_names.description(bounds)
    metadata = _metadata(title or plain_names.title(bounds), words, written)
    with style.applied(), without(("SOURCE_DATE_EPOCH",)):  # which need not be a number
        try:
            if style.compact and picture_format == "png":
                picture = compact(figure, metadata["metadata"])
            else:
                figure.savefig(picture, format=written, **metadata)
        except (RuntimeError, ValueError, OSError) as error:  # pgf without TeX, pixels past 2^16
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError(f"cannot draw this as {picture_format}: {reason}") from error
    return timeless(picture.getvalue(), picture_format)


def timeless(data: bytes, picture_format: str) -> bytes:
    """A file without the time of its creation, if matplotlib cannot omit that."""
    if picture_format == "svgz":
        return gzip.compress(data, mtime=0)
    if picture_format in ("eps", "ps"):
        return re.sub(rb"(?m)^%%CreationDate: .*\n", b"", data, count=1)
    return data


def _metadata(title: str, words: str, picture_format: str) -> dict[str, Any]:
    """The title and description, for formats that have them, but never the time."""
    if picture_format == "png":
        return {"metadata": {"Title": title, "Description": words}}
    if picture_format == "svg":
        return {"metadata": {"Title": title, "Description": words, "Date": None}}
    if picture_format in ("pdf", "pgf"):
        return {"metadata": {"Title": title, "Subject": words, "CreationDate": None}}
    return {}


#: The size of a palette.
COLOURS = 256


def compact(figure: Figure, words: Mapping[str, str]) -> io.BytesIO:
    """The figure in at most 256 colours, with texts about it.

    A transparent one keeps all colours, since a palette would spoil its edges.
    """
    dots = io.BytesIO()
    figure.savefig(dots, format="rgba")
    size = (int(figure.bbox.width), int(figure.bbox.height))
    picture = Image.frombytes("RGBA", size, dots.getvalue())
    if picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB").quantize(
            COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    texts = PngInfo()
    for name, text in words.items():
        texts.add_itxt(name, text)
    png = io.BytesIO()
    picture.save(png, "PNG", pnginfo=texts, dpi=(figure.dpi,) * 2, optimize=True)
    return png
