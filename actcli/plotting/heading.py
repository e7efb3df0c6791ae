"""A heading of names and formulas that flows into as many lines as it needs, left-aligned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.text import Text

from actcli.plotting import labels
from actcli.plotting.ruler import INCH, Ruler
from actcli.plotting.sampling import Curves
from actcli.plotting.style import Style

EDGE = 0.06  # inches between the heading and the edges of the picture
GAP = 0.17  # between two pieces of a line
LEAD = 0.045  # between two lines
SMALLEST = 0.6  # how far a piece that is too long may shrink
#: The part of a picture's height that a heading may take.
MOST = 0.22
#: With more formulas than this a heading would outgrow its picture.
MOST_FORMULAS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a heading that is not broken; `first` begins a line.

    A name, which is bold, stays on the line of the formula that follows if there is room for both.
    """

    text: str
    first: bool = False
    name: bool = False


def of_one(curves: Curves) -> list[Piece]:
    """Name, formulas, parameters, and what holds at the jumps."""
    return [
        Piece(curves.bound.name, name=True),
        *map(Piece, labels.formulas(curves.bound)),
        Piece(labels.settings(curves.bound)),
        Piece(labels.conventions(curves.breakpoints)),
    ]


def of_several(functions: Sequence[Curves]) -> list[Piece]:
    """A line of formulas for each function if they are few, else f alone."""
    bounds = [curves.bound for curves in functions]
    names = [bound.name for bound in bounds]
    kinds = {bound.name: bound for bound in bounds}
    few = len(kinds) <= MOST_FORMULAS
    pieces = []
    for name, bound in kinds.items():
        pieces.append(Piece(name, first=few, name=True))
        pieces += map(Piece, labels.formulas(bound)[: 2 if few else 1])
        if few and names.count(name) == 1:  # else the legend says how they differ
            pieces.append(Piece(labels.settings(bound)))
    return pieces


@dataclass(slots=True)
class _Line:
    placed: list[tuple[Text, float]] = field(default_factory=list)
    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0


def write(ruler: Ruler, pieces: Sequence[Piece], style: Style) -> float:
    """Write the pieces at the top of the figure and return the height taken, in inches."""
    pieces = [piece for piece in pieces if piece.text]
    if not pieces:
        return 0.0
    figure = ruler.figure
    wide, high = map(float, figure.get_size_inches())
    room = wide - 2 * EDGE
    lines: list[_Line] = []
    texts = [_text(ruler, piece, style, room) for piece in pieces]
    sizes = [_measure(ruler, text) for text in texts]
    for index, (piece, text, size) in enumerate(zip(pieces, texts, sizes, strict=True)):
        width, ascent, descent = size
        needed = width
        if piece.name and index + 1 < len(sizes):
            needed += GAP + sizes[index + 1][0]
        if not lines or piece.first or lines[-1].width + GAP + needed > room:
            lines.append(_Line())
        line = lines[-1]
        left = line.width + GAP if line.placed else 0.0
        line.placed.append((text, left))
        line.width = left + width
        line.ascent, line.descent = max(line.ascent, ascent), max(line.descent, descent)
    height = EDGE + sum(line.ascent + line.descent + LEAD for line in lines)
    if height > MOST * high:
        # Formulas enough to crowd the curves out: the picture grows instead.
        high += height - MOST * high
        figure.set_size_inches(wide, high)
    down = EDGE
    for line in lines:
        down += line.ascent
        for text, left in line.placed:
            text.set_position(((EDGE + left) / wide, 1 - down / high))
        down += line.descent + LEAD
    return height


def _text(ruler: Ruler, piece: Piece, style: Style, room: float) -> Text:
    """The piece as text, somewhere, small enough for the room there is."""
    words = piece.text if style.growing_brackets else labels.with_plain_brackets(piece.text)
    text = ruler.figure.text(0, 0, words, va="baseline", ha="left", fontsize=style.font)
    text.set_fontweight("bold" if piece.name else "normal")
    text.set_in_layout(False)
    width, _, _ = _measure(ruler, text)
    if width > room:
        text.set_fontsize(style.font * max(SMALLEST, room / width))
    return text


def _measure(ruler: Ruler, text: Text) -> tuple[float, float, float]:
    """Width, ascent and descent of a text whose baseline is at 0, in inches."""
    box = ruler.extent(text)
    return box.size[0] / INCH, box.top / INCH, -box.bottom / INCH
