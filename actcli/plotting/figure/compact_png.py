"""A png in few colours, for pages and repositories."""

from __future__ import annotations

import io
from collections.abc import Mapping

from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

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
