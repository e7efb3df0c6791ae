"""Facts that follow from a formula: limits, breakpoints, range, extrema, slopes, symmetry."""

from __future__ import annotations

import math
from functools import cached_property
from typing import NamedTuple

import numpy as np

from actcli.features import parity, periods
from actcli.features.breakpoints import Breaks, about_value, as_float, find_breaks, nearest_value
from actcli.features.curve import Breakpoint, Ends, Range, Stationary, Steepest
from actcli.features.edges import Edge, find_edges
from actcli.features.periods import Extremum
from actcli.features.turns import Scan, scan, sign_at
from actcli.language.program import Program

#: The most pieces examined, those nearest to 0.
MOST_PIECES = 24
#: The most stationary points listed, those nearest to 0.
MOST_NAMED = 5
#: Two values count as equal if their relative difference is smaller.
SAME = 1e-14
#: Larger samples of a function that oscillates for ever count as infinite.
GROWN = 1e9
SAMPLES = 400


class Piece(NamedTuple):
    """A smooth piece between two numbers, and its scan."""

    low: float
    high: float
    program: Program
    scan: Scan


class Features:
    """The features of one program, each computed on demand.

    `about` names the facts that could not be certified.
    """

    def __init__(self, program: Program) -> None:
        self.program = program

    @cached_property
    def limits(self) -> tuple[Ends, Ends]:
        """The limits of value and derivatives at -inf and +inf."""
        from actcli.numerics import limits

        def end(sign: int) -> Ends:
            found = [limits.at_infinity(self.program, sign, order) for order in range(3)]
            return Ends(*map(as_float, found))

        return end(-1), end(1)

    @cached_property
    def breaks(self) -> Breaks:
        """The breakpoints and the pieces between them."""
        return find_breaks(self.program)

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        return self.breaks.points

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces nearest to 0, in order."""
        found = [piece for piece in self.breaks.pieces if piece[2] is not None]
        found.sort(key=lambda piece: 0.0 if piece[0] <= 0 <= piece[1] else min(map(abs, piece[:2])))
        return tuple(
            Piece(low, high, program, scan(program, low, high))
            for low, high, program in sorted(found[:MOST_PIECES], key=lambda piece: piece[0])
            if program is not None
        )

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Poles and ends of the domain."""
        return tuple(
            edge
            for piece in self.pieces
            for edge in find_edges(piece.program, piece.scan, piece[:2])
        )

    @cached_property
    def about(self) -> frozenset[str]:
        """The facts that are not certified, but inferred from many points."""
        whole = len(self.pieces) == len(self.breaks.pieces)
        known = whole and not self.breaks.more
        first = known and all(piece.scan.first.proven for piece in self.pieces)
        second = known and all(piece.scan.second.proven for piece in self.pieces)
        facts = {
            "range": first and self._bounds[1],
            "stationary_points": first and all(point.proven for point in self.extrema),
            "monotonic": first or not self.monotonic,
            "steepest": second and self._slopes[1],
            "lipschitz": second and self._slopes[1],
        }
        return frozenset(name for name, certain in facts.items() if not certain)

    @cached_property
    def extrema(self) -> tuple[Extremum, ...]:
        """Strict minima and maxima, as far as they are known individually."""
        found = [
            Extremum(turn.x, self._value(turn.x), _kind(turn.before), turn.proven)
            for piece in self.pieces
            for turn in piece.scan.first.turns
        ]
        for point in self.breakpoints if len(self.breakpoints) <= MOST_PIECES else ():
            if not point.left_value == point.value == point.right_value:
                continue
            if not math.isfinite(point.value):
                continue
            before, after = self._signs_beside(point)
            if before * after < 0:
                found.append(Extremum(point.x, point.value, _kind(before), True))
        return tuple(sorted({point.x: point for point in found}.values()))

    def _value(self, x: float) -> float:
        return nearest_value(self.program, x, 0) + 0.0

    def _signs_beside(self, point: Breakpoint) -> tuple[int, int]:
        signs = []
        for side, slope in ((-1, point.left_derivative), (1, point.right_derivative)):
            if slope:
                signs.append(int(np.sign(slope)))
            else:
                step = max(abs(point.x), 1.0) * 2.0**-20
                signs.append(sign_at(self.program, point.x + side * step, 1))
        return signs[0], signs[1]

    @cached_property
    def stationary(self) -> tuple[Stationary, ...]:
        period = periods.of(self.extrema)
        named = sorted(self.extrema, key=lambda point: (abs(point.x), -point.x))
        if period is not None:
            kinds = {point.kind: point for point in reversed(named)}
            named = list(kinds.values())
        return tuple(
            Stationary(
                point.x,
                point.value,
                point.kind,
                "" if period is None else periods.written(point.x, period),
            )
            for point in sorted(named[:MOST_NAMED])
        )

    @property
    def range(self) -> Range:
        return self._bounds[0]

    @cached_property
    def _bounds(self) -> tuple[Range, bool]:
        candidates: list[tuple[float, bool]] = [(end.value, False) for end in self.limits]
        for point in self.breakpoints:
            candidates += [(point.left_value, False), (point.right_value, False)]
            candidates.append((point.value, True))
        candidates += [(point.value, True) for point in self.extrema]
        for edge in self.edges:
            candidates += [(edge.left, False), (edge.right, False), (edge.value, True)]
        for piece in self.pieces:
            if piece.scan.first.signs <= {0}:  # constant
                candidates.append((nearest_value(piece.program, _inside(piece), 0), True))
        candidates = [(value, attained) for value, attained in candidates if not math.isnan(value)]
        more, proven = self._beyond(0)
        if not proven or not candidates:
            candidates += [(value, True) for value in more]
        if not candidates:
            return Range(math.nan, math.nan), False
        low, high = (extreme(value for value, _ in candidates) for extreme in (min, max))
        attained = [
            math.isfinite(end) and any(done and _near(value, end) for value, done in candidates)
            for end in (low, high)
        ]
        return Range(low + 0.0, high + 0.0, *attained), proven

    def _beyond(self, order: int) -> tuple[list[float], bool]:
        """Samples of value or slope where they oscillate for ever, and whether none is needed."""
        known = [0.0] if order else []
        known += [point.value for point in self.extrema] if order == 0 else [
            nearest_value(piece.program, turn.x, 1)
            for piece in self.pieces for turn in piece.scan.second.turns
        ]  # fmt: skip
        values: list[float] = []
        proven = True
        for piece in self.pieces:
            changes = (piece.scan.first, piece.scan.second)[order]
            if math.isinf(changes.reach):
                continue
            places = piece.scan.places
            far = np.maximum(abs(places.low), abs(places.high)) >= changes.reach
            part = piece.scan.orders[order]
            low, high = float(part.low[far].min()), float(part.high[far].max())
            if known and _within(low, high, min(known), max(known)):
                continue
            proven = False
            for x in _far_samples(changes.reach, piece):
                value = about_value(piece.program, x, order)
                if not math.isnan(value):
                    values.append(math.copysign(math.inf, value) if abs(value) > GROWN else value)
        return values, proven

    @cached_property
    def monotonic(self) -> bool:
        signs = set().union(*(piece.scan.first.signs for piece in self.pieces)) - {0}
        if len(signs) > 1 or any(edge.inside and edge.pole for edge in self.edges):
            return False
        direction = signs.pop() if signs else 0
        for point, order in zip(self.breaks.points, self.breaks.orders, strict=True):
            if order:  # the value is continuous
                continue
            for step in (point.value - point.left_value, point.right_value - point.value):
                if math.isnan(step) or step * direction < 0:
                    return False
                direction = direction or int(np.sign(step))
        return True

    @property
    def steepest(self) -> Steepest:
        return self._slopes[0]

    @cached_property
    def _slopes(self) -> tuple[Steepest, bool]:
        candidates: list[tuple[float, str]] = []
        for piece in self.pieces:
            if piece.scan.second.signs <= {0}:  # a straight line
                slope = nearest_value(piece.program, _inside(piece), 1)
                candidates.append((abs(slope), WHOLE))
            for turn in piece.scan.second.turns:
                slope = nearest_value(piece.program, turn.x, 1)
                candidates.append((abs(slope), f"{turn.x + 0.0:.15g}"))
        for point in self.breakpoints:
            for slope in (point.left_derivative, point.right_derivative):
                candidates.append((abs(slope), f"{point.x + 0.0:.15g}"))
        for edge in self.edges:
            candidates.append((abs(edge.slope), f"{edge.x + 0.0:.15g}"))
        for end, where in zip(self.limits, ("-inf", "inf"), strict=True):
            candidates.append((abs(end.derivative), where))
        candidates = [(slope, where) for slope, where in candidates if not math.isnan(slope)]
        more, proven = self._beyond(1)
        if not proven:
            candidates += [(abs(slope), "large x") for slope in more]
        if not candidates:
            return Steepest(math.nan, ""), False
        most = max(slope for slope, _ in candidates)
        places = dict.fromkeys(where for slope, where in candidates if _near(slope, most))
        return Steepest(most, _place(list(places))), proven

    @cached_property
    def poles(self) -> tuple[float, ...]:
        """Where the function or its derivative has a pole."""
        edges = (edge.x for edge in self.edges if edge.pole or edge.upright)
        steep = (
            point.x
            for point in self.breakpoints
            if math.inf in (abs(point.left_derivative), abs(point.right_derivative))
        )
        return (*edges, *steep)

    @cached_property
    def smoothness(self) -> str:
        word = "smooth"
        orders = list(self.breaks.orders)
        orders += [1 for edge in self.edges if edge.upright]
        if orders:
            word = f"C{min(orders) - 1}" if min(orders) else "discontinuous"
        partial = any(edge.pole or not edge.inside for edge in self.edges)
        return f"{word}, where it is defined" if partial else word

    @cached_property
    def symmetry(self) -> str:
        return parity.proven(self.program) or parity.seen(self.program)


WHOLE = "on a whole piece"


def _kind(before: int) -> str:
    return "minimum" if before < 0 else "maximum"


def _near(a: float, b: float) -> bool:
    return a == b or (math.isfinite(a + b) and abs(a - b) <= SAME * max(abs(a), abs(b)))


def _within(low: float, high: float, least: float, most: float) -> bool:
    """Whether an interval lies within another, up to rounding."""
    room = SAME * max(1.0, abs(least), abs(most))
    return least - room <= low and high <= most + room


def _inside(piece: Piece) -> float:
    """A number within a piece, not far from 0."""
    low, high = max(piece.low, -1e6), min(piece.high, 1e6)
    return low / 2 + high / 2


def _far_samples(reach: float, piece: Piece) -> list[float]:
    """Irregular numbers beyond a reach, most of them close to it."""
    start = max(reach, 1e-3)
    sizes = [start * (1 + 0.05 * (k + (k * 0.618) % 1)) for k in range(SAMPLES)]
    sizes += [start * 10.0 ** (k / 3) for k in range(60)]
    return [x for size in sizes for x in (-size, size) if piece.low < x < piece.high]


def _place(places: list[str]) -> str:
    """Where a function is steepest, in words.

    >>> _place(["0.5", "-0.5"]), _place(["-inf", "inf"]), _place(["0", "inf"])
    ('+-0.5', '-inf and inf', '0')
    """
    if WHOLE in places:
        return WHOLE
    finite = sorted(
        (p for p in places if p not in ("-inf", "inf", "large x")), key=lambda p: abs(float(p))
    )
    if len(finite) == 2 and float(finite[0]) == -float(finite[1]):
        return f"+-{finite[0].removeprefix('-')}"
    if len(finite) > 2:
        points = sorted(map(float, finite))
        period = periods.spacing(points)
        nearest = min(points, key=lambda x: (abs(x), -x))
        return periods.written(nearest, period) if period else f"{nearest:.15g} and others"
    return " and ".join(finite or places)
