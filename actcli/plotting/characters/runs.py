"""Styled text: lines of runs, and pictures of such lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.text import Text


class Run(NamedTuple):
    """A stretch of characters in one style."""

    text: str
    style: str = ""


Line = Sequence[Run]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines of runs, with equal neighbours merged and no trailing blanks."""

    lines: tuple[tuple[Run, ...], ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Drawing:
        """The drawing of some lines, merged."""
        return cls(tuple(merged(line) for line in lines))

    def plain(self) -> list[str]:
        """The lines as plain text."""
        return ["".join(run.text for run in line) for line in self.lines]

    def rich(self) -> list[Text]:
        """The lines for a Rich console."""
        from rich.text import Text

        return [Text.assemble(*line) for line in self.lines]


def merged(line: Line) -> tuple[Run, ...]:
    """The line with neighbours of one style merged, blanks in the run before, none at the end."""
    runs: list[Run] = []
    for run in line:
        blank = not run.text.strip()
        if runs and (blank or run.style == runs[-1].style):
            runs[-1] = Run(runs[-1].text + run.text, runs[-1].style)
        elif run.text:
            runs.append(run)
    while runs and not runs[-1].text.rstrip():
        runs.pop()
    if runs:
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].style)
    return tuple(runs)


def length(line: Line) -> int:
    """The number of characters in a line.

    >>> length([Run("ab", "red"), Run("c")])
    3
    """
    return sum(len(run.text) for run in line)


def cut(line: Line, width: int, unicode: bool = True) -> list[Run]:
    """The line, or as much of it as fits a width, with an ellipsis.

    >>> cut([Run("abc"), Run("def", "red")], 5)
    [Run(text='abc', style=''), Run(text='d…', style='red')]
    """
    if length(line) <= width:
        return list(line)
    sign = "…" if unicode else "."
    kept: list[Run] = []
    room = width - len(sign)
    for run in line:
        part = run.text[:room]
        room -= len(part)
        kept.append(Run(part if room else part + sign, run.style))
        if not room:
            break
    return kept


def beside(blocks: Sequence[Sequence[Line]], width: int, gap: int) -> list[list[Run]]:
    """Blocks of lines side by side, each `width` wide, with gaps between them.

    >>> rows = beside([[[Run("a")], [Run("b")]], [[Run("c")]]], 3, 1)
    >>> ["".join(run.text for run in row) for row in rows]
    ['a   c', 'b   ']
    """
    rows = []
    for number in range(max(map(len, blocks), default=0)):
        row: list[Run] = []
        for place, block in enumerate(blocks):
            line = block[number] if number < len(block) else []
            if place:
                row.append(Run(" " * (place * (width + gap) - length(row))))
            row += line
        rows.append(row)
    return rows
