"""A left-aligned heading of names and formulas, in as many lines as it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.text import Text

from actcli.analysis.exhibit import Exhibit
from actcli.errors import UsageError
from actcli.plotting.figure import labels
from actcli.plotting.figure.ruler import INCH, Ruler
from actcli.plotting.figure.style import Style

EDGE = 0.06  # inches between the heading and the edges of the picture
GAP = 0.17  # between two phrases of a line
LEAD = 0.045  # between two lines
SMALLEST = 0.6  # how far a long phrase may shrink
#: The largest share of a picture's height for a heading, and if the height is given.
MOST, MOST_OF_GIVEN = 0.22, 0.4
#: More formulas would make the heading too large.
MOST_FORMULAS = 3
#: The most characters of a title.
LONGEST_TITLE = 400


@dataclass(frozen=True, slots=True)
class Phrase:
    """An unbroken part of a heading; `first` begins a line.

    A name, which is bold, stays with the formula that follows if both fit on a line.
    """

    text: str
    first: bool = False
    name: bool = False


def of_one(exhibit: Exhibit) -> list[Phrase]:
    """Name, formulas, parameters, and the values at jumps."""
    curves = exhibit.curves
    highest = max(curves.columns)
    return [
        Phrase(curves.bound.name, name=True),
        *map(Phrase, labels.formulas(curves.bound, highest)),
        Phrase(labels.settings(curves.bound, highest)),
        Phrase("" if exhibit.measured else labels.conventions(curves.breakpoints, curves.columns)),
    ]


def of_several(exhibits: Sequence[Exhibit]) -> list[Phrase]:
    """A line of formulas for each of a few functions, else only f."""
    bounds = [exhibit.bound for exhibit in exhibits]
    names = [bound.name for bound in bounds]
    kinds = {bound.name: bound for bound in bounds}
    few = len(kinds) <= MOST_FORMULAS
    highest = max(exhibits[0].curves.columns) if few else 0
    phrases = []
    for name, bound in kinds.items():
        phrases.append(Phrase(name, first=few, name=True))
        phrases += map(Phrase, labels.formulas(bound, highest))
        if few and names.count(name) == 1:  # else the legend shows how they differ
            phrases.append(Phrase(labels.settings(bound, highest)))
    return phrases


def of_title(ruler: Ruler, title: str, style: Style) -> list[Phrase]:
    """A title in as many lines as it needs; UsageError for an invalid one."""
    if len(title) > LONGEST_TITLE:
        raise UsageError(
            f"the title has {len(title)} characters; the most that fit are {LONGEST_TITLE}"
        )
    room = float(ruler.figure.get_size_inches()[0]) - 2 * EDGE
    lines: list[str] = []
    try:
        for written in title.splitlines():
            lines.append("")
            for word in words(written):
                longer = f"{lines[-1]} {word}".lstrip()
                if lines[-1] and ruler.width(longer, style.font) / INCH > room:
                    lines.append(word)
                else:
                    lines[-1] = longer
            ruler.width(lines[-1], style.font)
    except ValueError as error:
        raise UsageError(f"the title '{title}' is not valid mathtext: {_reason(error)}") from error
    return [Phrase(line, first=True) for line in lines]


def _reason(error: ValueError) -> str:
    """The complaint of matplotlib's parser, without its grammar."""
    last = (str(error).strip().splitlines() or [""])[-1]
    unknown = re.search(r"Unknown \w+: \S+", last)
    place = re.search(r"col:(\d+)", last)
    if unknown:
        return unknown[0].rstrip(",")
    return f"something is missing at column {place[1]} of its formula" if place else last


def words(line: str) -> list[str]:
    """The words of a line of text, with each formula in dollars kept whole.

    As in matplotlib, unpaired dollars are not formulas.

    >>> words("as $x + y$, or")
    ['as', '$x + y$,', 'or']
    """
    formulas = line.count("$") - line.count(r"\$")
    if formulas % 2:
        return line.split()
    return re.findall(r"(?:(?<!\\)\$.*?(?<!\\)\$|\S)+", line)


@dataclass(slots=True)
class _Line:
    placed: list[tuple[Text, float]] = field(default_factory=list)
    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0


@dataclass(slots=True)
class Heading:
    """Lines of text at the top of a figure, and their height in inches."""

    lines: list[_Line] = field(default_factory=list)

    @property
    def height(self) -> float:
        if not self.lines:
            return 0.0
        return EDGE + sum(line.ascent + line.descent + LEAD for line in self.lines)

    def place(self, wide: float, high: float) -> None:
        """Place the lines in a figure of that size."""
        down = EDGE
        for line in self.lines:
            down += line.ascent
            for text, left in line.placed:
                text.set_position(((EDGE + left) / wide, 1 - down / high))
            down += line.descent + LEAD

    def remove(self) -> None:
        """Remove all lines from the figure."""
        for line in self.lines:
            for text, _ in line.placed:
                text.remove()
        self.lines.clear()


def write(ruler: Ruler, phrases: Sequence[Phrase], style: Style) -> Heading:
    """Write the phrases at the top of the figure, which grows if they would take too much room.

    If the height is given, only the name (or nothing) is written instead.
    """
    phrases = [phrase for phrase in phrases if phrase.text]
    heading = _flow(ruler, phrases, style)
    wide, high = map(float, ruler.figure.get_size_inches())
    if style.height is None:
        if heading.height > MOST * high:
            ruler.figure.set_size_inches(wide, high + heading.height - MOST * high)
    elif heading.height > MOST_OF_GIVEN * high:
        heading.remove()
        names = [phrase for phrase in phrases if phrase.name]
        heading = _flow(ruler, names, style)
        if heading.height > MOST_OF_GIVEN * high:
            heading.remove()
    return heading


def _flow(ruler: Ruler, phrases: Sequence[Phrase], style: Style) -> Heading:
    room = float(ruler.figure.get_size_inches()[0]) - 2 * EDGE
    lines: list[_Line] = []
    texts = [_text(ruler, phrase, style, room) for phrase in phrases]
    sizes = [_measure(ruler, text) for text in texts]
    for index, (phrase, text, size) in enumerate(zip(phrases, texts, sizes, strict=True)):
        width, ascent, descent = size
        needed = width
        if phrase.name and index + 1 < len(sizes):
            needed += GAP + sizes[index + 1][0]
        if not lines or phrase.first or lines[-1].width + GAP + needed > room:
            lines.append(_Line())
        line = lines[-1]
        left = line.width + GAP if line.placed else 0.0
        line.placed.append((text, left))
        line.width = left + width
        line.ascent, line.descent = max(line.ascent, ascent), max(line.descent, descent)
    return Heading(lines)


def _text(ruler: Ruler, phrase: Phrase, style: Style, room: float) -> Text:
    """The phrase as text, not yet placed, small enough for the room."""
    words = phrase.text if style.growing_brackets else labels.with_plain_brackets(phrase.text)
    text = ruler.figure.text(0, 0, words, va="baseline", ha="left", fontsize=style.font)
    text.set_fontweight("bold" if phrase.name else "normal")
    text.set_in_layout(False)
    width, _, _ = _measure(ruler, text)
    if width > room:
        text.set_fontsize(style.font * max(SMALLEST, room / width))
    return text


def _measure(ruler: Ruler, text: Text) -> tuple[float, float, float]:
    """Width, ascent and descent of a text whose baseline is at 0, in inches."""
    box = ruler.extent(text)
    return box.size[0] / INCH, box.top / INCH, -box.bottom / INCH
