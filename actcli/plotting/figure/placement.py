"""Find free spots for labels. Lengths are points of 1/72 inch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actcli.analysis.curves import Floats

#: Where a label may be relative to a point of its curve.
DIRECTIONS = ((0, 1), (0, -1), (-1, 1), (1, -1), (1, 1), (-1, -1), (1, 0), (-1, 0))
ANCHORS = 60
STEP = 2.0  # between points that represent a line
GAP = 3.0  # between a label and its own curve
INSIDE = 4.0  # between a label and the edges
ROOM = 5.0  # between two labels
CLOSER = 2.0  # how much nearer a label is to its own curve than to anything else
AMPLE = 22.0  # more room than this is not better
SNUG = 1.5  # between a label and the sides of the band around it
PLACES_ACROSS, PLACES_UP = 15, 31  # tried for such a label


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> tuple[float, float]:
        return self.right - self.left, self.top - self.bottom


def dense(line: Floats) -> Floats:
    """The points of a polyline (n rows of x, y) at most STEP apart; a nan row breaks it."""
    start, end = line[:-1], line[1:]
    length = np.hypot(*(end - start).T)
    whole = np.isfinite(length)
    start, end, length = start[whole], end[whole], length[whole]
    if not len(length):
        return line[np.isfinite(line).all(axis=1)]
    # A line that leaves the picture steeply needs no points outside.
    count = np.clip(np.ceil(length / STEP), 1, 2000).astype(int)
    index = np.repeat(np.arange(len(count)), count)
    part = (np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)) / count[index]
    inner = start[index] + part[:, None] * (end - start)[index]
    thinned = inner[_spread(inner)]
    return np.concatenate([thinned, end[-1:]])


def _spread(line: Floats) -> NDArray[np.intp]:
    """The indices of points about STEP apart along a line."""
    walked = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    wanted = np.arange(0.0, walked[-1] + STEP, STEP)
    return np.unique(np.searchsorted(walked, wanted).clip(0, len(line) - 1))


def find_spot(
    own: Floats,
    others: Sequence[Floats],
    hair: Sequence[Floats],
    size: tuple[float, float],
    within: Box,
    taken: Sequence[Box] = (),
) -> Box | None:
    """The best place for a label of `size` beside the line `own`, None if none is free.

    Lines are dense (see `dense`). The label avoids `others` and the boxes in `taken`, if possible
    also the thin lines in `hair`, and is nearer to its own curve than to any other.
    """
    width, height = size
    inside = own[
        (own[:, 0] > within.left) & (own[:, 0] < within.right)
        & (own[:, 1] > within.bottom) & (own[:, 1] < within.top)
    ]  # fmt: skip
    if not len(inside):
        return None
    anchors = inside[np.linspace(0, len(inside) - 1, ANCHORS).astype(int)]
    steps = np.array(DIRECTIONS, dtype=float)
    reach = steps * (np.array([width, height]) / 2 + GAP)
    # A label diagonally beside a curve is nearer to it, by its corner, than its middle suggests.
    reach[np.abs(steps).sum(axis=1) == 2] *= 0.9
    centres = (anchors[:, None, :] + reach[None]).reshape(-1, 2)
    low, high = centres - np.array(size) / 2, centres + np.array(size) / 2

    edge = np.array(within)
    fits = (low > edge[:2] + INSIDE).all(axis=1) & (high < edge[2:] - INSIDE).all(axis=1)
    for box in taken:
        fits &= _apart(low, high, box)
    low, high = low[fits], high[fits]
    to_own = _distance(low, high, [own])
    to_others = _distance(low, high, others)
    to_hair = _distance(low, high, hair)
    free = (to_own >= GAP / 2) & (to_others > to_own + CLOSER)
    if not free.any():
        return None
    middle = (within.left + within.right) / 2
    off_centre = np.abs((low[:, 0] + high[:, 0]) / 2 - middle) / (within.right - within.left)
    score = (
        np.minimum(to_others, AMPLE)
        + 2.0 * np.minimum(to_hair, 4.0)
        - 1.5 * to_own
        - 12.0 * np.maximum(off_centre - 0.3, 0.0)
    )
    best = int(np.argmax(np.where(free, score, -np.inf)))
    return Box(*map(float, (*low[best], *high[best])))


class Surroundings(NamedTuple):
    """What a label avoids: dense lines and other labels, if possible also thin lines."""

    lines: Sequence[Floats]
    hair: Sequence[Floats]
    taken: Sequence[Box]

    def with_label(self, box: Box) -> Surroundings:
        """The same with one more label."""
        return self._replace(taken=[*self.taken, box])


def find_room(
    room: Box, size: tuple[float, float], around: Surroundings, clear_of_hair: bool = False
) -> Box | None:
    """The place in a room where a label is freest, preferably low; None if none is free."""
    width, height = size
    spare = room.right - room.left - width, room.top - room.bottom - height
    if min(spare) < 2 * SNUG:
        return None
    across = room.left + np.linspace(SNUG, spare[0] - SNUG, PLACES_ACROSS)
    up = room.bottom + np.linspace(INSIDE, max(INSIDE, spare[1] - INSIDE), PLACES_UP)
    low = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    high = low + np.array(size)
    free = np.ones(len(low), dtype=bool)
    for box in around.taken:
        free &= _apart(low, high, box)
    to_lines = _distance(low, high, around.lines)
    free &= to_lines >= ROOM
    to_hair = _distance(low, high, around.hair)
    if clear_of_hair:
        free &= to_hair >= SNUG
    if not free.any():
        return None
    off_centre = np.abs((low[:, 0] + high[:, 0]) / 2 - (room.left + room.right) / 2)
    score = (
        np.minimum(to_lines, AMPLE)
        + 2.0 * np.minimum(to_hair, 4.0)
        - 8.0 * (low[:, 1] - room.bottom) / (room.top - room.bottom)
        - 12.0 * off_centre / max(room.right - room.left, 1.0)
    )
    best = int(np.argmax(np.where(free, score, -np.inf)))
    return Box(*map(float, (*low[best], *high[best])))


def _apart(low: Floats, high: Floats, box: Box) -> NDArray[np.bool_]:
    """Which rectangles keep a distance from a box."""
    beside = (low[:, 0] > box.right + ROOM) | (high[:, 0] < box.left - ROOM)
    above = (low[:, 1] > box.top + ROOM) | (high[:, 1] < box.bottom - ROOM)
    return np.asarray(beside | above)


def clearance(box: Box, lines: Sequence[Floats]) -> float:
    """How far a box is from the nearest point of the lines."""
    low, high = np.array([box[:2]]), np.array([box[2:]])
    return float(_distance(low, high, lines)[0])


def _distance(low: Floats, high: Floats, lines: Sequence[Floats]) -> Floats:
    """How far each rectangle is from the nearest point of the lines."""
    nearest = np.full(len(low), 1e6)
    for line in lines:
        if len(line) and len(low):
            across = np.maximum(low[:, None, 0] - line[:, 0], line[:, 0] - high[:, None, 0])
            along = np.maximum(low[:, None, 1] - line[:, 1], line[:, 1] - high[:, None, 1])
            gaps = np.hypot(np.maximum(across, 0.0), np.maximum(along, 0.0))
            nearest = np.minimum(nearest, gaps.min(axis=1))
    return nearest
