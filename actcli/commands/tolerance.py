"""`actcli tolerance`: which known-wrong results a test with a tolerance lets pass."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import click

from actcli.commands.compare import BackendsType
from actcli.commands.operands import NumberCommand
from actcli.commands.options import dtype_option, kernel_options, output_option
from actcli.commands.types import ColumnsType, ParamType, SpecificationType, items, number
from actcli.errors import DataError, UsageError, unknown
from actcli.reports.writers import form_of, write_json, write_lines, write_rows

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from actcli.backends import Kernel
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import Array, DType
    from actcli.tolerance.case import Limits
    from actcli.tolerance.study import Study

#: More inputs than a test has; they are held in memory, some 200 bytes for each.
MOST = 4_000_000
KINDS = ("normal", "uniform", "points")


class InputsType(ParamType):
    """The name of some inputs, or a path."""

    name = "inputs"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return items(KINDS, incomplete) or [CompletionItem(incomplete, type="file")]


@click.command("tolerance", cls=NumberCommand)
@click.argument("spec", type=SpecificationType())
@click.option("--rtol", metavar="R", help="The relative tolerance (0 where only --atol is given).")
@click.option("--atol", metavar="A", help="The absolute tolerance (0 where only --rtol is given).")
@dtype_option
@click.option(
    "--inputs",
    type=InputsType(),
    metavar="KIND|FILE",
    default="normal",
    help="The inputs of the test: normal (4,096 standard normal numbers, the default), uniform "
    "(4,096 between -10 and 10), points (those of actcli points), or those of a FILE as eval reads "
    "it. Random ones are always the same.",
)
@click.option(
    "--show",
    type=ColumnsType(),
    metavar="COLUMNS",
    default="y,dy",
    help="What the test compares, of y,dy,d2y (default y,dy).",
)
@click.option(
    "--backends",
    type=BackendsType(),
    multiple=True,
    metavar="NAME,...",
    help="Whose tightest tolerance to find (default: all that are installed and have the "
    "function); may be repeated.",
)
@kernel_options
@click.option("--fail", is_flag=True, help="Exit with status 1 if a wrong variant passes.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("table", "csv", "json")),
    help="How to write: table for people (the default), csv of the variants, json with everything.",
)
@output_option
def command(
    spec: BoundActivation,
    rtol: str | None,
    atol: str | None,
    dtype: DType | None,
    inputs: str,
    show: tuple[str, ...],
    backends: tuple[tuple[str, ...], ...],
    fail: bool,
    format_name: str | None,
    output: str | None,
    kernel: Kernel,
) -> None:
    """Show which known-wrong variants of a function a test with this tolerance lets pass: relu for
    gelu, a tail cut to 0, another framework's default, a derivative that lacks a factor, and the
    tightest tolerance that correctly rounded results and each framework meet.

    \b
    Examples:
      actcli tolerance gelu --rtol 1e-3 --atol 1e-3
      actcli tolerance gelu --rtol 1.6e-2 --atol 1e-5 --dtype bfloat16 --inputs points
      actcli tolerance silu --atol 0.01 --inputs x.npy --format json
      actcli tolerance elu --rtol 1e-4 --fail       status 1 if a variant passes

    A result a passes as numpy.testing.assert_allclose has it: |a - d| <= A + R*|d|, where d is the
    true value, not rounded (but infinite where the dtype overflows). NEEDS says how many times the
    tolerance a result needs, at most once if it passes, and at how many inputs none would do since
    a nan or an infinity is wrong or missing. The tightest tolerance of each backend, without those
    inputs, is given in the proportion of R and A, with an R alone and with an A alone, rounded up
    to three digits. A variant that is at most 1 ulp off at all inputs is not counted as wrong, and
    one that has no meaning for a function is left out. For a backend any derivative between the
    one-sided ones is right at a kink.
    """
    columns = _columns(show)
    limits = _limits(rtol, atol)
    form = format_name or form_of(output, "tolerance")

    from actcli.comparing.comparison import chosen_backends
    from actcli.numerics.dtypes import get_dtype
    from actcli.tolerance.study import study

    chosen = [name for several in backends for name in several]
    asked, _ = chosen_backends(chosen or None, spec, kernel)
    x, used, words = _inputs(inputs, spec, dtype, get_dtype("float32"))
    found = study(spec, x, used, limits, words, columns, asked)
    _write(found, form, output)
    if fail and (passing := found.passing):
        many = "variants pass" if len(passing) > 1 else "variant passes"
        raise DataError(f"{len(passing)} wrong {many}: {', '.join(passing)}")


def _columns(show: tuple[str, ...]) -> list[str]:
    if "x" in show:
        raise UsageError("--show chooses what is compared, of y,dy,d2y; x is given")
    from actcli.columns import ORDERS

    return [name for name in ORDERS if name in show]


def _limits(rtol: str | None, atol: str | None) -> Limits:
    if rtol is None and atol is None:
        raise UsageError(
            "no tolerance to judge; give --rtol R, --atol A or both, for example: --rtol 1e-3"
        )
    values = []
    for option, text in (("--rtol", rtol), ("--atol", atol)):
        value = 0.0 if text is None else number(text)
        if not 0 <= value < math.inf:
            raise UsageError(f"{option} takes a finite number of at least 0, not {text!r}")
        values.append(value)
    from actcli.tolerance.case import Limits

    return Limits(*values)


def _inputs(
    word: str, spec: BoundActivation, dtype: DType | None, default: DType
) -> tuple[Array, DType, str]:
    """The inputs, their dtype, and what to call them."""
    if word in KINDS:
        from actcli.tolerance.inputs import INPUTS

        draw, words = INPUTS[word]
        used = dtype or default
        x = draw(spec, used)
        return x, used, f"{len(x):,} {words}"
    if word != "-" and not os.path.exists(word):
        if "/" not in word and "." not in word:
            raise unknown("kind of inputs", word, KINDS)
        raise UsageError(
            f"--inputs takes {', '.join(KINDS)} or an existing file, and there is no {word!r}"
        )
    from actcli.sources.arrays import read_all
    from actcli.sources.invalid import Invalid
    from actcli.sources.opened_file import label_of
    from actcli.sources.opening import open_input

    with open_input(word, dtype, default, Invalid()) as numbers:
        _check_count(numbers.source.count or 0, label_of(word))
        x = read_all(numbers.source.blocks(), numbers.dtype).values
    _check_count(len(x), label_of(word))
    if not len(x):
        raise DataError(f"{label_of(word)} holds no numbers to test at")
    count = "1 input" if len(x) == 1 else f"{len(x):,} inputs"
    return x, numbers.dtype, f"{count} of {label_of(word)}"


def _check_count(count: int, source: str) -> None:
    if count > MOST:
        raise DataError(f"{source} has {count:,} numbers; a tolerance is tried at {MOST:,} at most")


def _write(found: Study, form: str, output: str | None) -> None:
    if form == "json":
        from actcli.tolerance.study_facts import facts

        write_json(output, facts(found))
    elif form == "csv":
        from actcli.tolerance.study_facts import rows

        write_rows(output, rows(found))
    else:
        from actcli.tolerance.study_card import lay_out

        write_lines(output, lambda width, unicode: lay_out(found, width, unicode))
