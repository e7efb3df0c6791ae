"""The colours of pictures on light and on dark backgrounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture; those of curves suit the colour-blind (Okabe and Ito)."""

    background: str
    ink: str  # text and axes
    faint: str  # zero lines and asymptotes
    remark: str  # small text
    orders: tuple[str, ...]  # f, f' and f'' of one function
    functions: tuple[str, ...]  # several functions


LIGHT = Palette(
    background="#ffffff",
    ink="#222222",
    faint="#8a8a8a",
    remark="#6b6b6b",
    orders=("#0072B2", "#D55E00", "#009E73"),
    functions=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"),
)
DARK = Palette(
    background="#111418",
    ink="#e4e6e8",
    faint="#7f868d",
    remark="#9ba2a9",
    orders=("#56B4E9", "#E69F00", "#2CC79A"),
    functions=("#56B4E9", "#E69F00", "#2CC79A", "#CC79A7", "#F0E442", "#F2804D", "#ffffff"),
)
