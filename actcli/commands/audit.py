"""`actcli audit`: how wrong a backend, or given numbers, are, in ulp, and where."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.commands.operands import NumberCommand
from actcli.commands.options import (
    cluster_option,
    dtype_option,
    kernel_options,
    output_option,
    quiet_option,
    saturate_option,
)
from actcli.commands.types import (
    BackendType,
    ColumnsType,
    ParamType,
    SpecificationType,
    number,
    ulp,
)
from actcli.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from actcli.auditing.audit import Amount
    from actcli.auditing.judge import Rules
    from actcli.backends import Kernel
    from actcli.numerics.dtypes import DType

EXAMPLE = "for example: actcli audit tensorflow-2.0 sigmoid"


class AuditWord(ParamType):
    """BACKEND, or SPEC where no backend is needed; the other words tell which."""

    name = "word"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        names_backend = param.name == "first" and not ctx.params.get("samples")
        kind = BackendType() if names_backend else SpecificationType()
        return kind.shell_complete(ctx, param, incomplete)


class AmountType(ParamType):
    """A count, or a share of all inputs: 0.25, 25%, 1/64, all."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Amount:
        return read_amount(value)


def read_amount(text: str) -> Amount:
    """What `--sample` means.

    >>> read_amount("1/4").share, read_amount("1e6").number, read_amount("all").share
    (0.25, 1000000, 1.0)
    """
    from actcli.arithmetic.numbers import read_number
    from actcli.auditing.audit import Amount

    if text == "all":
        return Amount(share=1.0)
    over, slash, under = text.partition("/")
    is_share = bool(slash) or text.endswith("%") or ("." in text and "e" not in text.lower())
    value = read_number(over.removesuffix("%"))
    divisor = read_number(under) if slash else 100.0 if text.endswith("%") else 1.0
    if value is not None and divisor and math.isfinite(value):
        if is_share and 0 < value / divisor <= 1:
            return Amount(share=value / divisor)
        if not is_share and value >= 1 and value.is_integer():
            return Amount(number=int(value))
    raise UsageError(
        f"--sample takes a count of inputs (1000000, 1e6), a share (0.1, 10%, 1/64) or all, "
        f"not {text!r}"
    )


@click.command("audit", cls=NumberCommand)
@click.argument("first", type=AuditWord(), required=False, metavar="BACKEND")
@click.argument("second", type=AuditWord(), required=False, metavar="SPEC")
@click.option("--samples", metavar="FILE", help="Judge the numbers of FILE instead of a BACKEND's.")
@click.option("--all", "every", is_flag=True, help="Audit every function: --all BACKEND.")
@dtype_option
@click.option(
    "--show",
    type=ColumnsType(),
    metavar="COLUMNS",
    help="The columns to judge, of y,dy,d2y (default: all there are).",
)
@click.option(
    "--sample",
    "amount",
    type=AmountType(),
    metavar="COUNT|SHARE",
    help="How many inputs to choose at random: 1e6, 1/64 or all (default: all of 8 and 16 bits, "
    "2^20 of float32, 2^17 of float64).",
)
@click.option(
    "--bound", "tolerance", metavar="ULP", help="Count and locate larger errors (default 1)."
)
@click.option("--max-ulp", metavar="ULP", help="Exit with status 1 if any error is larger.")
@click.option("--upstream", metavar="G", help="Audit dy as a backward pass: G * f'(x).")
@click.option(
    "--flush-subnormals", "flush", is_flag=True, help="Let subnormal numbers count as zero."
)
@saturate_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("table", "json", "csv")),
    help="How to write: table for people (the default), json with everything, csv of the regions.",
)
@output_option
@click.option("--dark", is_flag=True, help="Draw a picture light on dark.")
@cluster_option
@quiet_option
@kernel_options
def command(first: str | None, second: str | None, **given: Any) -> None:
    """Compare with the true values: errors in ulp, how many results are correctly rounded, which
    are nan or infinite without reason, the worst inputs, and the regions where the errors are.

    \b
    Examples:
      actcli audit tensorflow-2.0 sigmoid
      actcli audit torch gelu --dtype bfloat16       all 65,536 inputs
      actcli audit as-written 'log(1+exp(x))' --dtype float16
      actcli audit actcli tanh --sample all --show y every float32
      actcli audit torch gelu -o gelu.png            the error over x
      actcli audit --samples out.npz gelu            x, y (dy, d2y) from anywhere
      actcli audit --all tensorflow-2.0              every function
      actcli audit kernel.py:my_gelu@torch gelu      a function of your own
      actcli audit exec:./gelu gelu                  a program

    The error is |got - true| / ulp(true), the true value not rounded. FILE is csv, tsv, text,
    JSON, .npy of shape (n, 2) to (n, 4) or .npz, with columns named x, y, dy, d2y or in this
    order. -o takes json, csv and pictures (png, svg, pdf, ...).
    """
    options = Options(**given)
    _check_words(first, second, options)
    dtype, show = options.dtype, options.show
    if show is not None and "x" in show:
        raise UsageError("--show chooses what is judged, of y,dy,d2y; x is given")
    from actcli.commands.audit_outputs import Target

    target = Target(options.format_name, options.output, options.every, options.dark)
    limit = None if options.max_ulp is None else ulp("--max-ulp", options.max_ulp)
    from actcli.numerics.dtypes import get_dtype

    default = get_dtype("float32")
    rules = _rules(options, dtype or default, target.picture)
    from actcli.backends import get_backend
    from actcli.commands.audit_runs import Request, audit_all, audit_file, audit_one

    request = Request(
        dtype, default, rules, show, options.amount, limit, target,
        options.cluster, options.quiet,
    )  # fmt: skip
    if options.every:
        audit_all(get_backend(str(first)), request)
    elif options.samples is not None:
        if options.cluster is not None:
            raise UsageError("--samples FILE is judged here: leave --cluster out")
        if options.amount is not None:
            raise UsageError("--sample chooses inputs for a backend; --samples FILE has its own")
        if options.upstream is not None and dtype is None:
            raise UsageError("--upstream with --samples needs --dtype, which G is rounded to")
        audit_file(options.samples, SpecificationType().convert(str(first), None, None), request)
    else:
        spec = SpecificationType().convert(str(second), None, None)
        audit_one(get_backend(str(first), options.kernel), spec, request)


class Options(NamedTuple):
    """The options, as they were given."""

    samples: str | None
    every: bool
    dtype: DType | None
    show: tuple[str, ...] | None
    amount: Amount | None
    tolerance: str | None
    max_ulp: str | None
    upstream: str | None
    flush: bool
    saturate: bool
    format_name: str | None
    output: str | None
    dark: bool
    cluster: str | None
    quiet: bool
    kernel: Kernel


def _check_words(first: str | None, second: str | None, options: Options) -> None:
    """Raise UsageError, with what is missing, unless there are exactly the words needed."""
    samples, every, *_ = options
    if samples is not None and every:
        raise UsageError("--all audits a BACKEND, --samples FILE needs none; give one of them")
    if samples is not None or every:
        wanted = "--all needs a BACKEND" if every else "--samples FILE needs a SPEC"
        if first is None:
            raise UsageError(f"{wanted}; {EXAMPLE}")
        if second is not None:
            raise UsageError(f"{wanted} alone; leave out {second!r}")
        if every:
            from actcli.backends import get_backend, is_kernel

            if is_kernel(first):
                raise UsageError(f"a kernel is one function; name which: actcli audit {first} SPEC")
            get_backend(first)
        return
    if first is None:
        raise UsageError(f"no BACKEND and no function is named; {EXAMPLE}")
    from actcli.backends import BACKENDS, get_backend, is_backend

    if second is None:
        if is_backend(first):
            raise UsageError(f"no function is named to audit {first} on; {EXAMPLE}")
        raise UsageError(
            f"audit takes BACKEND SPEC, but {first!r} stands alone; backends are "
            f"{', '.join(BACKENDS)} (or --samples FILE)"
        )
    if not is_backend(first) and is_backend(second):
        raise UsageError(f"the BACKEND comes before the SPEC: actcli audit {second} {first}")
    if not is_backend(first) and os.path.exists(first):
        raise UsageError(f"{first!r} is not a backend; for numbers in a file: --samples {first}")
    get_backend(first)


def _rules(options: Options, dtype: DType, picture: bool) -> Rules:
    tolerance, show, upstream = options.tolerance, options.show, options.upstream
    beyond = 1.0 if tolerance is None else ulp("--bound", tolerance)
    gradient = None
    if upstream is not None:
        import numpy as np

        from actcli.numerics.rounding import round_decimals

        if show is not None and ("dy" not in show or "d2y" in show):
            raise UsageError("--upstream is for dy and not for d2y; add --show y,dy or --show dy")
        written, near = upstream, np.array([number(upstream)])
        gradient = float(round_decimals(near, lambda: [written], dtype)[0])
        if not math.isfinite(gradient):
            raise UsageError(f"--upstream must be a finite {dtype.name} number, not {upstream!r}")
    from actcli.auditing.judge import Rules

    return Rules(beyond, options.flush, options.saturate, gradient, picture)
