"""A study as tables to look at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from actcli.flow.critical import Critical
from actcli.flow.report import columns, relative_norms, theory_columns
from actcli.flow.study import Settings, Study
from actcli.flow.training import Course, Trained
from actcli.reports.aligned import ruled_table

if TYPE_CHECKING:
    from rich.table import Table


#: Characters of a sparkline, and the number of layers shown of a single function.
SPARK = 14
SHOWN = 11
#: Changes by less than this factor are a flat line.
LEAST_FACTOR = 10.0
#: Smaller means are shown as 0.
ROUNDING = 1e-15
#: The meaning of the columns, printed below the tables.
LEGEND = (
    "gradient: its norm at layer 1 over that at the last, the median and the theory",
    "chi: the factor of its square from layer to layer, in theory, far from the ends",
    "critical: the sigma_w with chi = 1; in brackets if q = 1 does not lead there",
    "corr.: the limit of the correlation of two inputs; depth: the layers in which a",
    "  deviation of q, of it, or a squared gradient shrinks (below 0: grows) by e",
    "gain: 1/sqrt(E f^2) keeps lengths, 1/sqrt(E f'^2) gradients; then others'",
)
GOOD, BAD, FAINT = "green", "red", "dim"
PHASES = {"ordered": "yellow", "critical": GOOD, "chaotic": BAD}


def about(
    settings: Settings,
    studies: Sequence[Study],
    initialisation: str,
    sigma: tuple[str, str] = ("sigma_w^2", "sigma_b^2"),
) -> list[str]:
    """What was simulated, in phrases; `sigma` are the names of the variances."""
    shape = settings.shape
    weights = {study.case.variances.weight for study in studies}
    equal = [f"{sigma[0]} = {weights.pop():.6g}"] if len(weights) == 1 else []
    return [
        f"depth {shape.depth}, width {shape.width}",
        f"weights {initialisation}",
        ", ".join([*equal, f"{sigma[1]} = {studies[0].case.variances.bias:.6g}"]),
        f"{settings.repeats} {_plural('network', settings.repeats)} of {shape.batch} "
        f"{_plural('input', shape.batch)}",
        f"seed {settings.seed}",
    ]


def _plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"


def _by_function(unicode: bool) -> Table:
    """A table with a row for each function."""
    grid = ruled_table(unicode)
    grid.add_column("function", style="blue", overflow="fold")
    return grid


def gradients(studies: Sequence[Study], unicode: bool) -> Table:
    """How the norm of gradients changes on the way back, and why."""
    from rich.text import Text

    logs = [_logarithms(study) for study in studies]
    low, high = shared_range(logs, math.log(LEAST_FACTOR))
    grid = _by_function(unicode)
    grid.add_column(f"gradient 1..{len(studies[0].layers)}", no_wrap=True, min_width=SPARK)
    for name in ("layer 1", "theory", "chi"):
        grid.add_column(name, justify="right", no_wrap=True)
    grid.add_column("phase", no_wrap=True)
    grid.add_column("length", no_wrap=True)
    grid.add_column("critical", no_wrap=True)
    for study, values in zip(studies, logs, strict=True):
        first = float(study.simulated.bands["gradient"].middle[0])
        grid.add_row(
            study.case.bound.specification,
            sparkline(values, low, high, SPARK, unicode),
            "-" if math.isnan(first) else f"{first:.2g}",
            f"{relative_norms(study.gradient)[0]:.2g}",
            f"{study.field.chi:.3g}",
            Text(study.field.phase, style=PHASES[study.field.phase]),
            _length(study),
            _critical(study.critical),
        )
    return grid


def _logarithms(study: Study) -> list[float]:
    norms = study.simulated.bands["gradient"].middle.tolist()
    return [math.log(norm) if norm > 0 else (-math.inf if norm == 0 else norm) for norm in norms]


def _length(study: Study) -> str:
    length = study.field.length
    return length.fate if length.fate != "settles" else f"{length.q:.4g}"


def _critical(point: Critical | None) -> str:
    if point is None:
        return "none"
    text = f"{point.weight_deviation:.6g}"
    return text if point.reached else f"({text})"


def theory(studies: Sequence[Study], unicode: bool) -> Table:
    """The limits of correlations, depth scales, and the gains of initialisations."""
    grid = _by_function(unicode)
    for name in (
        "corr.", "depth: q", "corr.", "grad.", "gain: f", "f'", "torch", "paper",
    ):  # fmt: skip
        grid.add_column(name, justify="right", no_wrap=True)
    for study in studies:
        field, gain = study.field, study.gains
        grid.add_row(
            study.case.bound.specification,
            *(
                "-" if value is None or math.isnan(value) else f"{value:.4g}"
                for value in (
                    field.correlation, field.length_depth, field.correlation_depth,
                    field.gradient_depth, gain.length, gain.gradient, gain.torch, gain.paper,
                )
            ),
        )  # fmt: skip
    return grid


def shares(studies: Sequence[Study], unicode: bool) -> Table:
    """How many units are saturated or dead in the first and the last layer."""
    grid = _by_function(unicode)
    last = len(studies[0].layers)
    for words in ("saturated", "dead"):
        for name in (f"{words}, layer 1", f"layer {last}"):
            grid.add_column(name, justify="right", no_wrap=True)
    for study in studies:
        bands = study.simulated.bands
        values = [bands[name].mean[place] for name in ("saturated", "dead") for place in (0, -1)]
        grid.add_row(study.case.bound.specification, *(_percent(float(v)) for v in values))
    return grid


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{100 * share:.3g} %"


def legend(eps: float) -> list[str]:
    """The lines that explain the columns."""
    return [*LEGEND, f"saturated: the share of units with |f'| < {eps:g}; dead: with f' = 0"]


def layers(study: Study, unicode: bool) -> Table:
    """Some layers of one function, each quantity beside its theory."""
    found, said = columns(study), theory_columns(study)
    grid = ruled_table(unicode)
    grid.add_column("layer", justify="right")
    for name in ("q", "mean", "variance", "gradient"):
        grid.add_column(name, justify="right")
        grid.add_column("theory", justify="right", style=FAINT)
    for name in ("saturated", "dead"):
        grid.add_column(name, justify="right")
    depth = len(study.layers)
    count = min(SHOWN, depth)
    for place in sorted({round(n * (depth - 1) / max(1, count - 1)) for n in range(count)}):
        cells = [str(place + 1)]
        for name in ("q", "mean", "variance", "gradient"):
            cells += [_short(found[name][place]), _short(said[name][place])]
        cells += [_percent(found[f"{name}_mean"][place]) for name in ("saturated", "dead")]
        grid.add_row(*cells)
    return grid


def _short(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{0.0 if abs(value) < ROUNDING else value:.3g}"


def losses(
    studies: Sequence[Study], trained: Sequence[Trained], course: Course, unicode: bool
) -> Table:
    """The course of the loss."""
    grid = _by_function(unicode)
    grid.add_column(f"loss 0..{course.steps}", no_wrap=True, min_width=SPARK)
    for name in ("first", "last", "right"):
        grid.add_column(name, justify="right", no_wrap=True)
    for study, result in zip(studies, trained, strict=True):
        curve = result.loss.tolist()
        grid.add_row(
            study.case.bound.specification,
            # Guessing between two classes costs log 2.
            sparkline(curve, 0.0, 2 * math.log(2), SPARK, unicode),
            _short(curve[0]),
            "diverged" if result.diverged else _short(curve[-1]),
            "-" if result.diverged else _percent(result.accuracy),
        )
    return grid


def remarks(studies: Sequence[Study]) -> Iterator[str]:
    """Remarks below the tables, a line each."""
    for study in studies:
        name, outcome = study.case.bound.specification, study.simulated
        if outcome.exploded is not None:
            yield f"{name} exploded: the signals of layer {outcome.exploded} overflow float32"
        if outcome.vanished is not None:
            yield f"{name} vanished: gradients are 0 up to layer {outcome.vanished}"
        if study.field.jumps:
            yield f"{name} jumps, so close inputs move apart at once, whatever chi is"


BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = ".:-=+*#@"
#: The character for nan.
MISSING = " "


def shared_range(rows: Iterable[Sequence[float]], least: float) -> tuple[float, float]:
    """The common range of several rows, at least `least` wide.

    >>> shared_range([[0.0, 4.0], [math.inf, 1.0]], 8.0)
    (-2.0, 6.0)
    """
    finite = [value for row in rows for value in row if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    missing = max(0.0, least - (high - low)) / 2
    return low - missing, high + missing


def sparkline(
    values: Sequence[float], low: float, high: float, width: int, unicode: bool = True
) -> str:
    """Values between low and high in at most `width` characters, evenly chosen.

    >>> sparkline([0.0, 1.0, 2.0, math.nan, -math.inf], 0.0, 2.0, 5, unicode=False)
    '.+@ .'
    """
    marks = BLOCKS if unicode else ASCII
    count = min(width, len(values))
    chosen = [values[round(n * (len(values) - 1) / max(1, count - 1))] for n in range(count)]
    return "".join(_mark(value, low, high, marks) for value in chosen)


def _mark(value: float, low: float, high: float, marks: str) -> str:
    if math.isnan(value):
        return MISSING
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return marks[min(len(marks) - 1, int(share * len(marks)))]
