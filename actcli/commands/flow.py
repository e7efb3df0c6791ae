"""`actcli flow`: how signals and gradients travel through deep random networks."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.commands.operands import NumberCommand
from actcli.commands.options import NamesOption, cluster_option, output_option, quiet_option
from actcli.commands.types import NamedType, SpecificationType, WholeType
from actcli.console import is_terminal
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.catalogue.bound import BoundActivation
    from actcli.flow.study import Settings
    from actcli.flow.training import Course, Trained

#: The formats that are not pictures, with their suffixes.
FORMATS = {"table": ".txt", "csv": ".csv", "tsv": ".tsv", "json": ".json"}
#: Default depth and width of a network that is only simulated, and of one that is trained.
SENT, TRAINED = (50, 256), (20, 64)
LARGEST = {
    "--depth": 10_000, "--width": 16_384, "--batch": 4096, "--repeats": 1000, "--steps": 100_000,
}  # fmt: skip


def _initialisations() -> Iterable[str]:
    from actcli.flow.initialisation import INITIALISATIONS

    return INITIALISATIONS


@click.command("flow", cls=NumberCommand)
@click.argument("words", type=SpecificationType(), nargs=-1, required=True, metavar="SPEC...")
@output_option
@click.option("--format", "format_name", metavar="FORMAT", help="table, csv, tsv, json, png, ...")
@click.option(
    "--depth", type=WholeType(), metavar="N", help="Layers (default 50; 20 with --train)."
)
@click.option(
    "--width", type=WholeType(), metavar="N", help="Units in a layer (256; 64 with --train)."
)
@click.option(
    "--batch", type=WholeType(), metavar="N", default=32, help="Inputs to a network (32)."
)
@click.option("--repeats", type=WholeType(), metavar="N", default=10, help="Networks drawn (10).")
@click.option("--seed", type=WholeType(), metavar="N", default=0, help="Seed of all draws (0).")
@click.option(
    "--init",
    "initialisation",
    cls=NamesOption,
    type=NamedType("initialisation", _initialisations),
    metavar="INIT",
    default="he",
    help="How weights are drawn",
)
@click.option(
    "--weight-var", type=float, metavar="V", help="Their variance times fan-in, instead of INIT's."
)
@click.option("--bias-var", type=float, metavar="V", default=0.0, help="That of biases (0).")
@click.option(
    "--eps", type=float, metavar="E", default=0.01, help="|f'| below E is saturated (0.01)."
)
@click.option("--train", is_flag=True, help="Also fit the network to two spirals.")
@click.option("--steps", type=WholeType(), metavar="N", default=150, help="Steps of --train (150).")
@click.option("--rate", type=float, metavar="R", default=0.01, help="Rate of --train (0.01).")
@click.option("--inches", type=float, metavar="N", help="Width of a picture (default 4.8).")
@click.option("--dark", is_flag=True, help="Draw a picture light on dark.")
@cluster_option
@quiet_option
def command(words: tuple[BoundActivation, ...], **given: Any) -> None:
    """Show how signals and gradients travel through deep random networks: mean-field theory beside
    simulation and, with --train, how such a network learns.

    \b
    Examples:
      actcli flow sigmoid tanh relu selu gelu -o flow.png
      actcli flow tanh --init critical --bias-var 0.05
      actcli flow relu --depth 100 --format csv > layers.csv
      actcli flow sigmoid relu --train

    Signals go forward through layers z = W f(z) + b of equal width, gradients by z go back. In
    theory, squared gradients change by the factor chi from layer to layer: below 1 they vanish
    (ordered), above 1 they explode (chaotic). csv and tsv hold a row for each layer, with --train
    for each step; json holds everything. The same seed gives the same numbers with the same numpy,
    processor and OPENBLAS_NUM_THREADS (1 unless set), however many processes share the work.
    """
    options = FlowOptions(**given)
    bounds = list({word.specification: word for word in words}.values())
    kind, path = _target(options)
    settings, course = _settings(options)
    _range("--weight-var", options.weight_var, 0.0, math.inf, above=True)
    _range("--bias-var", options.bias_var, 0.0, math.inf)
    style = _style(options)

    from actcli.commands.flow_output import Report, draw, write
    from actcli.console import progress
    from actcli.executors import connected
    from actcli.flow.initialisation import INITIALISATIONS, variances
    from actcli.flow.simulation import Case
    from actcli.flow.study import check_memory, study
    from actcli.flow.training import train

    check_memory(settings, len(bounds))
    orthogonal = INITIALISATIONS[options.initialisation].orthogonal
    cases = [
        Case(
            bound,
            variances(bound, options.initialisation, options.weight_var, options.bias_var),
            orthogonal,
        )
        for bound in bounds
    ]
    each = settings.shape.weight_bytes
    trained: list[Trained] = []
    with connected(options.cluster) as cluster:
        with progress(settings.repeats * each, options.quiet) as advance:
            studies = study(cases, settings, lambda count: advance(count * each), cluster)
        if course:
            depth, width, _ = settings.shape
            trained = train(cases, depth, width, settings.seed, course, cluster)
    said = options.initialisation if options.weight_var is None else "of --weight-var"
    report = Report(studies, settings, said, course, trained)
    if kind in FORMATS:
        write(report, kind, path)
    else:
        draw(report, kind, path or f"flow.{kind}", style)


class FlowOptions(NamedTuple):
    """The options as given."""

    output: str | None
    format_name: str | None
    depth: int | None
    width: int | None
    batch: int
    repeats: int
    seed: int
    initialisation: str
    weight_var: float | None
    bias_var: float
    eps: float
    train: bool
    steps: int
    rate: float
    inches: float | None
    dark: bool
    cluster: str | None
    quiet: bool


def _settings(options: FlowOptions) -> tuple[Settings, Course | None]:
    from actcli.flow.network import Shape
    from actcli.flow.study import Settings
    from actcli.flow.training import Course

    depth, width = TRAINED if options.train else SENT
    shape = Shape(
        _count("--depth", depth if options.depth is None else options.depth),
        _count("--width", width if options.width is None else options.width),
        _count("--batch", options.batch),
    )
    if options.seed < 0:
        raise UsageError(f"--seed must be at least 0, not {options.seed}")
    _range("--eps", options.eps, 0.0, 1.0, above=True)
    _range("--rate", options.rate, 0.0, 1e6, above=True)
    steps = _count("--steps", options.steps)
    course = Course(steps, options.rate) if options.train else None
    return Settings(shape, _count("--repeats", options.repeats), options.seed, options.eps), course


def _count(option: str, value: int) -> int:
    if not 1 <= value <= LARGEST[option]:
        raise UsageError(f"{option} must be between 1 and {LARGEST[option]}, not {value}")
    return value


def _range(option: str, value: float | None, low: float, high: float, above: bool = False) -> None:
    """Raise UsageError unless the value is finite and in the range (above its low end)."""
    if value is None:
        return
    if (value > low if above else value >= low) and value <= high and value < math.inf:
        return
    words = f"above {low:g}" if above else f"at least {low:g}"
    end = "finite" if high == math.inf else f"at most {high:g}"
    raise UsageError(f"{option} must be {words} and {end}, not {value!r}")


def _target(options: FlowOptions) -> tuple[str, str | None]:
    """The format, one of FORMATS or of a picture, and the path."""
    name, path = options.format_name, options.output
    if name is None and path is not None and path != "-":
        suffix = path.lower().rpartition(".")[1:]
        name = next((n for n, known in FORMATS.items() if "".join(suffix) == known), None)
        if name is None:
            from actcli.output import is_replaceable

            if not is_replaceable(path):
                return "table", path
            return _picture(path=path), path
    if name is None or name.lower() in FORMATS:
        return (name or "table").lower(), path
    kind = _picture(name=name)
    if path == "-" and is_terminal(sys.stdout):
        raise UsageError("a picture would garble the terminal; write it to a file: -o FILE.png")
    return kind, path


def _picture(name: str | None = None, path: str = "") -> str:
    from actcli.plotting.figure.loading import load

    load()
    from actcli.plotting.figure import picture_file

    try:
        return picture_file.format_of(path) if name is None else picture_file.checked_format(name)
    except UsageError as error:
        raise UsageError(f"{error}; or {', '.join(FORMATS)}") from None


def _style(options: FlowOptions) -> Any:
    from actcli.plotting.figure.style import Style
    from actcli.plotting.palettes import DARK, LIGHT

    inches = 4.8 if options.inches is None else options.inches
    _range("--inches", inches, 2.0, 40.0)
    return Style(width=inches, palette=DARK if options.dark else LIGHT)
