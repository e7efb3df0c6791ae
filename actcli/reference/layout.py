"""Sections of labelled facts as lines of text, wrapped to a width or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

LABEL = "cyan"
HEADING = "bold"
REMARK = "dim"
WARNING = "yellow"
INDENT = 2
GAP = 2
#: Texts are not wrapped to less than this; a narrower terminal wraps them itself.
LEAST = 12
#: Rich needs a console to wrap text; nothing is printed on it.
CONSOLE = Console(width=80)


class Row(NamedTuple):
    """A labelled fact."""

    label: str
    text: Text


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading."""

    heading: str
    rows: Sequence[Row]
    remark: str = ""


def section_lines(sections: Sequence[Section], width: int | None) -> list[Text]:
    """The lines of the sections; not wrapped if there is no width."""
    lines = []
    for section in sections:
        if section.heading:
            heading = Text.assemble((section.heading, HEADING), ("  " + section.remark, REMARK))
            lines += [Text(), *wrapped(heading, width)]
        margin = max((len(row.label) for row in section.rows), default=0)
        margin = INDENT + (margin + GAP if margin else 0)
        for row in section.rows:
            room = None if width is None else max(width - margin, LEAST)
            for number, part in enumerate(wrapped(row.text, room)):
                label = "" if number else row.label
                lines.append(Text(" " * INDENT) + Text(label, style=LABEL))
                lines[-1].pad_right(margin - len(lines[-1]))
                lines[-1].append_text(part)
    return lines


def wrapped(text: Text, width: int | None) -> list[Text]:
    """The text wrapped to a width."""
    return [text] if width is None else list(text.wrap(CONSOLE, width))


def side_by_side(left: Sequence[Text], right: Sequence[Text], margin: int) -> list[Text]:
    """Two blocks of lines side by side, the right one from the column `margin` on."""
    lines = []
    for first, second in zip_longest(left, right, fillvalue=None):
        line = (first or Text()).copy()
        if second:
            line.pad_right(margin - len(line))
            line.append_text(second)
        lines.append(line)
    return lines
