"""Reading pictures in braille back: which dots are set, and which part of a picture is canvas."""

from __future__ import annotations

from actcli.plotting.characters.canvas import BRAILLE_BITS, BRAILLE_BLANK


def dots(lines: list[str]) -> set[tuple[int, int]]:
    """The dots (column, row) of braille text."""
    found = set()
    for y, line in enumerate(lines):
        for x, character in enumerate(line):
            bits = ord(character) - BRAILLE_BLANK
            if 0 < bits < 256:
                found |= {
                    (2 * x + column, 4 * y + row)
                    for row, pair in enumerate(BRAILLE_BITS)
                    for column, bit in enumerate(pair)
                    if bits & bit
                }
    return found


def canvas_of(picture: list[str]) -> list[str]:
    """The canvas alone: what stands right of the frame's side."""
    return [line[line.index(side) + 1 :] for line in picture for side in "┤│" if side in line]
