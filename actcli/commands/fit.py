"""`actcli fit`: an approximation with a proven error, as a report or as code."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.columns import ORDERS
from actcli.commands.operands import NumberCommand
from actcli.commands.options import output_option, quiet_option
from actcli.commands.types import NamedType, NumberType, SpecificationType, WholeType
from actcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from actcli.catalogue.bound import BoundActivation
    from actcli.fitting.fitting import Fit
    from actcli.fitting.goal import Goal

#: A report, or one of the languages.
REPORT = "report"
PICTURES = (".png", ".svg", ".pdf")


def _formats() -> Iterable[str]:
    from actcli.fitting.code import LANGUAGES

    return (REPORT, *LANGUAGES)


class Options(NamedTuple):
    """The options of `fit`."""

    dtype: str
    evaluate: str | None
    coefficients: str | None
    fma: bool
    truncate: bool
    column: str
    measure: str
    max_error: float | None
    pieces: int | None
    degree: int | None
    cuts: str
    interpolation: str | None
    continuous: bool
    monotone: bool
    prove: str | None
    name: str | None
    picture: str | None
    dark: bool
    quiet: bool
    format_name: str | None
    output: str | None


FORMAT_HELP = "float32, bfloat16, float16, float8_e4m3fn, float8_e5m2 or fixed point such as Q4.12"


@click.command("fit", cls=NumberCommand)
@click.argument("spec", type=SpecificationType())
@click.argument("words", nargs=-1, metavar="START STOP")
@click.option("--max-error", type=NumberType(), metavar="E", help="The error to stay within.")
@click.option(
    "--measure",
    type=click.Choice(("ulp", "absolute", "relative")),
    default="ulp",
    help="What errors are measured in (default ulp of the results).",
)
@click.option("--pieces", type=WholeType(1, 4096), metavar="N", help="At most so many pieces.")
@click.option(
    "--degree",
    type=WholeType(1, 12),
    metavar="D",
    help="Of each piece (default: the cheapest; with --pieces 2, in 32 bits 6).",
)
@click.option(
    "--cuts",
    type=click.Choice(("free", "uniform", "exponent")),
    default="free",
    help="Where pieces may end: anywhere (default), at multiples of a power of two, or at powers "
    "of two and equal parts of them.",
)
@click.option(
    "--interpolation",
    type=click.Choice(("linear", "quadratic")),
    help="A table of values at equal steps instead, and lines or parabolas between them.",
)
@click.option("--dtype", metavar="FORMAT", default="float32", help=f"Of x and y: {FORMAT_HELP}.")
@click.option("--evaluate", metavar="FORMAT", help="What is computed in (default that of x).")
@click.option("--coefficients", metavar="FORMAT", help="Of coefficients (default as --evaluate).")
@click.option("--fma/--no-fma", default=True, help="Whether y*t + c is rounded once (default).")
@click.option(
    "--truncate/--no-truncate",
    default=True,
    help="Whether products of fixed point are rounded down (default), or half up.",
)
@click.option(
    "--show",
    "column",
    type=click.Choice(tuple(ORDERS)),
    default="y",
    help="The value y, or the derivative dy or d2y (default y).",
)
@click.option("--continuous", is_flag=True, help="Let each piece begin where the last one ends.")
@click.option(
    "--monotone", is_flag=True, help="Let results rise, or fall, wherever the function does."
)
@click.option(
    "--prove",
    type=click.Choice(("all",)),
    help="Judge every number of 32 bits, which takes minutes, instead of enclosing by balls.",
)
@click.option("--name", metavar="NAME", help="What the function is called in code.")
@click.option("--picture", metavar="FILE", help="Draw the error over x into a .png, .svg or .pdf.")
@click.option("--dark", is_flag=True, help="On a dark ground.")
@click.option(
    "--format",
    "format_name",
    type=NamedType("format", _formats),
    metavar="[report|c|cuda|verilog|python|json]",
    help="How to write (default a report, or what the suffix of FILE says).",
)
@output_option
@quiet_option
def command(spec: BoundActivation, words: tuple[str, ...], **given: Any) -> None:
    """Approximate a function from START to STOP by polynomials in pieces, with a proven error.

    \b
    Examples:
      actcli fit gelu -8 8 --dtype bfloat16 --max-error 1
      actcli fit tanh -9 9 --max-error 2 -o tanh.c             float tanh_float32(float x)
      actcli fit sigmoid -8 8 --dtype Q4.12 --cuts uniform --format verilog
      actcli fit silu -8 8 --pieces 16 --degree 2 --measure absolute
      actcli fit tanh -4 4 --dtype Q4.12 --interpolation linear --max-error 0.001 --measure absolute

    With --max-error it finds the fewest pieces; without, the least error of --pieces N (16 if that
    is not said either). Coefficients are chosen as the rounded numbers they are, and every
    operation is modelled as the target rounds it. The error is that of all inputs up to 16 bits;
    of 32 it is enclosed by balls. Outside START..STOP the code gives the function's asymptotes.
    """
    from actcli.fitting.fitting import fit

    options = Options(**given)
    goal = _goal(spec, words, options)
    wanted = _wanted(options)
    form = _form(options)
    name = _name(spec, options)
    with _progress(options.quiet) as report:
        found = fit(goal, wanted, report)
    _write(found, form, name, options)


def _goal(spec: BoundActivation, words: tuple[str, ...], options: Options) -> Goal:
    from actcli.commands.operands import read_request
    from actcli.fitting.arithmetic import Arithmetic
    from actcli.fitting.goal import Goal
    from actcli.fitting.number_format import Fixed, get_format

    if len(words) != 2:
        raise UsageError(
            f"fit takes START and STOP, not {len(words)} numbers; for example: actcli fit "
            f"{spec.name} -8 8 --max-error 2"
        )
    request = read_request(words)
    if request.start is None or request.stop is None:
        raise UsageError(f"{words[0]!r} is not a number")
    form = get_format(options.dtype)
    inner = get_format(options.evaluate) if options.evaluate else form
    stored = get_format(options.coefficients) if options.coefficients else None
    for wide, narrow, option in ((inner, form, "--evaluate"), (inner, stored, "--coefficients")):
        if narrow is None:
            continue
        same = isinstance(wide, Fixed) == isinstance(narrow, Fixed)
        if not same or not _holds(wide, narrow):
            raise UsageError(
                f"{wide.name} does not hold every number of {narrow.name}; give {option} a format "
                "that fits"
            )
    if stored is not None and options.continuous and stored != inner:
        raise UsageError("--continuous needs coefficients in the format that is computed in")
    start, stop = request.start, request.stop
    if not start < stop:
        raise UsageError(f"START {start!r} must lie below STOP {stop!r}")
    if isinstance(form, Fixed):
        start, stop = max(start, form.lowest), min(stop, form.largest)
        start, stop = round(start / form.step) * form.step, round(stop / form.step) * form.step
    else:
        from actcli.fitting.number_format import rounded

        start, stop = (float(rounded(end, form)) for end in (start, stop))  # type: ignore[arg-type]
    if (max(abs(start), abs(stop)) > form.largest and not isinstance(form, Fixed)) or start >= stop:
        raise UsageError(
            f"{form.name} has no two numbers between START and STOP; its largest is "
            f"{form.largest:g}"
        )
    if options.monotone and form.bits > 16:
        raise UsageError(
            "--monotone is held by looking at every result, which needs a format of 8 or 16 bits"
        )
    if options.monotone and spec.facts.monotonic is False and options.column == "y":
        raise UsageError(f"{spec.specification} is not monotone, so no fit of it is")
    arithmetic = Arithmetic(inner, options.fma, options.truncate)
    return Goal(
        spec, ORDERS[options.column], start, stop, form, form, arithmetic, options.measure,
        options.cuts, options.monotone, options.continuous, stored,
    )  # fmt: skip


def _holds(wide: Any, narrow: Any) -> bool:
    from actcli.fitting.number_format import Fixed

    if isinstance(wide, Fixed):
        above = wide.integer_bits >= narrow.integer_bits
        return bool(above and wide.fraction_bits >= narrow.fraction_bits)
    exponents = wide.exponent_bits >= narrow.exponent_bits
    return bool(exponents and wide.mantissa_bits >= narrow.mantissa_bits)


def _wanted(options: Options) -> Any:
    from actcli.fitting.fitting import Wanted

    pieces = options.pieces
    if options.interpolation is not None:
        for option, value in (("--degree", options.degree), ("--cuts", options.cuts != "free")):
            if value:
                raise UsageError(f"--interpolation goes by equal steps; leave {option} out")
        if options.continuous or options.monotone:
            raise UsageError(
                "--interpolation is continuous by itself; leave --continuous and --monotone out"
            )
    if options.cuts != "free" and options.continuous:
        raise UsageError("--continuous is for pieces cut anywhere: leave --cuts out")
    if options.max_error is None and pieces is None:
        pieces = 16
    if options.max_error is not None and not options.max_error > 0:
        raise UsageError(f"--max-error must be above 0, not {options.max_error:g}")
    return Wanted(
        options.max_error, pieces, options.degree, options.interpolation, options.prove == "all"
    )


def _form(options: Options) -> str:
    """The format asked for, or that of the file's suffix."""
    import os

    from actcli.fitting.code import LANGUAGES
    from actcli.output import is_replaceable

    if options.picture is not None:
        suffix = os.path.splitext(options.picture)[1].lower()
        if suffix not in PICTURES:
            raise UsageError(f"a picture is {', '.join(PICTURES)}, not {options.picture!r}")
    if options.format_name is not None:
        form = options.format_name
    elif options.output is None or not is_replaceable(options.output):
        form = REPORT
    else:
        suffix = os.path.splitext(options.output)[1].lower()
        known = {".txt": REPORT}
        known |= {one: name for name, entry in LANGUAGES.items() for one in entry.suffixes}
        if suffix not in known:
            raise UsageError(f"fit writes {', '.join(known)}, not {options.output!r}")
        form = known[suffix]
    if form == "verilog" and not options.dtype.upper().startswith("Q"):
        raise UsageError(
            f"SystemVerilog is written of fixed point, not of {options.dtype}; give --dtype Q4.12 "
            "or the like"
        )
    return form


def _name(spec: BoundActivation, options: Options) -> str:
    from actcli.reports.c_code import c_name, checked_name

    if options.name:
        return checked_name(options.name)
    column = "" if options.column == "y" else f"_{options.column}"
    return c_name(f"{spec.file_name}{column}_{options.dtype}")


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[float], None]]:
    """A bar from 0 to 100 for each of the steps."""
    from actcli.console import progress

    with progress(100, quiet, "percent") as advance:
        done = 0

        def report(share: float) -> None:
            nonlocal done
            now = int(100 * share)
            if now > done:
                advance(now - done)
                done = now

        yield report


def _write(found: Fit, form: str, name: str, options: Options) -> None:
    from actcli.fitting.code import LANGUAGES
    from actcli.output import open_text

    if form == REPORT:
        from rich.text import Text

        from actcli.fitting.report import rows
        from actcli.reports.writers import write_lines

        said = rows(found)
        width = max(len(label) for label, _ in said) + 2
        write_lines(
            options.output, lambda _, __: [Text(f"{label:{width}}{text}") for label, text in said]
        )
    else:
        text = LANGUAGES[form].write(found, name)
        with open_text(options.output) as out:
            out.write(text)
    if options.picture is not None:
        import os

        from actcli.commands.fit_picture import write_picture

        suffix = os.path.splitext(options.picture)[1].lower()[1:]
        write_picture(found, options.picture, suffix, options.dark)
