"""The options of `actcli audit`, each declared once, and the rules that they make."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from actcli.arithmetic.numbers import read_number
from actcli.commands.option_groups import grouped
from actcli.commands.options import (
    all_of,
    any_dtype_option,
    cluster_option,
    kernel_options,
    output_option,
    quiet_option,
    round_option,
    saturate_option,
)
from actcli.commands.types import (
    AnyDTypeType,
    ColumnsType,
    DTypeType,
    ParamType,
    WholeType,
    number,
    ulp,
)
from actcli.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from actcli.auditing.audit import Amount
    from actcli.auditing.judge import Close, Rules
    from actcli.backends import Kernel
    from actcli.numerics.dtypes import DType
    from actcli.sources.sample_text import DTypes
    from actcli.sources.samples import SampleFiles

#: The headings under which help lists the options.
INPUTS = "Which inputs"
FILE = "Numbers of a file"
RULES = "How results are judged"
REPORT = "What is reported"
#: More of the worst inputs would make an audit slow; --all-errors has all.
MOST_WORST = 10_000
#: Longer arrays than this say nothing more of their length.
LONGEST = 1 << 20
#: What may be allowed.
NAN_AT_INFINITY = "nan@inf"


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


class NamesType(ParamType):
    """Names of columns, separated by commas."""

    name = "names"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        names = tuple(part.strip() for part in value.split(","))
        if not all(names) or len({*names}) < len(names):
            raise UsageError(f"--columns takes different names with commas between, not {value!r}")
        return names


class LengthsType(ParamType):
    """Lengths of arrays, separated by commas."""

    name = "lengths"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        numbers = [read_number(part) for part in value.split(",")]
        lengths = [int(n) for n in numbers if n and n.is_integer() and 1 <= n <= LONGEST]
        if len(lengths) < len(numbers):
            raise UsageError(
                f"--lengths takes whole numbers from 1 to {LONGEST:,} with commas between, "
                f"not {value!r}"
            )
        return tuple(dict.fromkeys(lengths))


class RawType(ParamType):
    """The dtypes of bare numbers, of x and of results: one for both, or two."""

    name = "dtypes"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> DTypes:
        from actcli.numerics.dtypes import get_dtype
        from actcli.sources.sample_text import DTypes

        names = value.split(",")
        if len(names) > 2:
            raise UsageError(f"--raw takes the dtype of x and that of the results, not {value!r}")
        return DTypes(get_dtype(names[0]), get_dtype(names[-1]))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return DTypeType().shell_complete(ctx, param, incomplete)


audit_options = all_of(
    grouped(
        INPUTS,
        "--sample",
        "amount",
        type=AmountType(),
        metavar="COUNT|SHARE",
        help="How many inputs to choose at random: 1e6, 1/64 or all (default: all of 8 and 16 "
        "bits, 2^20 of float32, 2^17 of float64).",
    ),
    grouped(INPUTS, "--range", "between", nargs=2, metavar="A B", help="Judge only x from A to B."),
    grouped(
        FILE, "--samples", metavar="FILE", help="Judge the numbers of FILE instead of a BACKEND's."
    ),
    grouped(
        FILE, "--x", "x_file", metavar="FILE", help="Read x from this file, results from the other."
    ),
    grouped(
        FILE,
        "--columns",
        "names",
        type=NamesType(),
        metavar="NAMES",
        help="How FILE calls x and the results: --columns inp,out; in a table also their numbers.",
    ),
    grouped(
        FILE,
        "--raw",
        type=RawType(),
        metavar="DTYPE[,DTYPE]",
        help="Read numbers of this dtype without a header, the least significant byte first: "
        "rows of x and y, or with --x one column in each file; with two dtypes of x and of y.",
    ),
    grouped(
        FILE,
        "--out-dtype",
        type=AnyDTypeType(),
        metavar="DTYPE",
        help="The dtype of the results where x has another, --dtype; of samples and of kernels of "
        "your own.",
    ),
    grouped(
        RULES,
        "--show",
        type=ColumnsType(),
        metavar="COLUMNS",
        help="The columns to judge, of y,dy,d2y (default: all there are).",
    ),
    grouped(
        RULES,
        "--bound",
        "tolerance",
        metavar="ULP",
        help="Count and locate larger errors (default 1).",
    ),
    grouped(
        RULES,
        "--max-ulp",
        metavar="ULP",
        help="Exit with status 1 if any error is larger; quanta, if results are quantised.",
    ),
    grouped(
        RULES,
        "--atol",
        metavar="A",
        help="Exit with status 1 if any |got - true| > A + R * |true|; R is 0 unless given.",
    ),
    grouped(RULES, "--rtol", metavar="R", help="The same; A is 0 unless given."),
    grouped(
        RULES,
        "--baseline",
        metavar="FILE",
        help="Compare with FILE, an earlier report as json; exit with status 1 if anything is "
        "worse.",
    ),
    grouped(
        RULES,
        "--allow",
        "allowed",
        type=click.Choice((NAN_AT_INFINITY,)),
        help="Let nan count as right where x is infinite.",
    ),
    grouped(RULES, "--upstream", metavar="G", help="Audit dy as a backward pass: G * f'(x)."),
    grouped(
        RULES,
        "--flush-subnormals",
        "flush",
        is_flag=True,
        help="Let subnormal numbers count as zero.",
    ),
    grouped(
        REPORT,
        "--worst",
        type=WholeType(0, MOST_WORST),
        metavar="N",
        help="How many of the worst inputs to report (default 5).",
    ),
    grouped(
        REPORT,
        "--format",
        "format_name",
        type=click.Choice(("table", "json", "csv")),
        help="How to write: table for people (the default), json with everything, csv of the "
        "regions.",
    ),
    grouped(
        REPORT,
        "--lengths",
        type=LengthsType(),
        metavar="N,N,...",
        help="Say whether results depend on anything but x: in arrays of these lengths, in a "
        "second call, strided, shifted, with one thread. For a vector function: the lengths of "
        "its vectors.",
    ),
    grouped(
        REPORT,
        "--all-errors",
        metavar="FILE",
        help="Write every input with its results and errors to FILE, csv or npz.",
    ),
    grouped(REPORT, "--dark", is_flag=True, help="Draw a picture light on dark."),
    output_option,
    click.option(
        "--all", "every", is_flag=True, help="Audit every function of one number: --all BACKEND."
    ),
    any_dtype_option,
    round_option,
    saturate_option,
    cluster_option,
    quiet_option,
    kernel_options,
)


class Options(NamedTuple):
    """The options, as they were given."""

    samples: str | None
    x_file: str | None
    names: tuple[str, ...] | None
    raw: DTypes | None
    out_dtype: Any
    every: bool
    dtype: Any
    rounding: str
    show: tuple[str, ...] | None
    amount: Amount | None
    between: tuple[str, str] | None
    tolerance: str | None
    max_ulp: str | None
    atol: str | None
    rtol: str | None
    baseline: str | None
    allowed: str | None
    upstream: str | None
    flush: bool
    saturate: bool
    worst: int | None
    lengths: tuple[int, ...] | None
    all_errors: str | None
    format_name: str | None
    output: str | None
    dark: bool
    cluster: str | None
    quiet: bool
    kernel: Kernel

    def rules(self, dtype: DType, picture: bool) -> Rules:
        """How results of a dtype are judged; UsageError for what cannot be."""
        from actcli.auditing.judge import Rules

        return Rules(
            tolerance=1.0 if self.tolerance is None else ulp("--bound", self.tolerance),
            flush=self.flush,
            saturate=self.saturate,
            upstream=self._gradient(dtype),
            bins=picture,
            between=self.ends(),
            close=self._close(),
            nan_at_infinity=self.allowed == NAN_AT_INFINITY,
            every=self.all_errors is not None,
            **({} if self.worst is None else {"worst": self.worst}),
        )

    def files(self) -> SampleFiles | None:
        """Where samples are, if any are given; UsageError for what only they need."""
        if self.samples is None:
            for option, value in (
                ("--x", self.x_file),
                ("--columns", self.names),
                ("--raw", self.raw),
            ):
                if value is not None:
                    raise UsageError(
                        f"{option} is for --samples FILE; add that or leave {option} out"
                    )
            return None
        from actcli.sources.samples import SampleFiles

        if self.x_file == self.samples == "-":
            raise UsageError("x and the results cannot both be standard input; give one as a file")
        return SampleFiles(self.samples, self.x_file, self.raw, self.show, self.names)

    def check_all_errors(self) -> None:
        """Raise UsageError if not every error can be written."""
        if self.all_errors is None:
            return
        from actcli.auditing.every_error import check_path

        check_path(self.all_errors)
        if self.every:
            raise UsageError("--all-errors is for one function; leave --all out")
        if self.cluster is not None:
            raise UsageError("--all-errors is written here: leave --cluster out")
        if self.output == self.all_errors:
            raise UsageError(f"-o and --all-errors cannot both be {self.output!r}")

    @property
    def quantised(self) -> bool:
        """Whether x or the results are quantised."""
        from actcli.numerics.dtypes import DType

        return not all(isinstance(one, DType | None) for one in (self.dtype, self.out_dtype))

    def _gradient(self, dtype: DType) -> float | None:
        if self.upstream is None:
            return None
        import numpy as np

        from actcli.numerics.rounding import round_decimals

        written, show = self.upstream, self.show
        if show is not None and ("dy" not in show or "d2y" in show):
            raise UsageError("--upstream is for dy and not for d2y; add --show y,dy or --show dy")
        near = np.array([number(written)])
        gradient = float(round_decimals(near, lambda: [written], dtype)[0])
        if not math.isfinite(gradient):
            raise UsageError(f"--upstream must be a finite {dtype.name} number, not {written!r}")
        return gradient

    def ends(self) -> tuple[float, float] | None:
        """The range that is judged, if one is given."""
        if self.between is None:
            return None
        first, last = sorted(map(number, self.between))
        if math.isnan(first) or math.isnan(last):
            raise UsageError(f"--range takes two numbers, A B, not {' '.join(self.between)!r}")
        return first, last

    def _close(self) -> Close | None:
        if self.atol is None and self.rtol is None:
            return None
        from actcli.auditing.judge import Close

        sizes = []
        for option, text in (("--atol", self.atol), ("--rtol", self.rtol)):
            size = 0.0 if text is None else number(text)
            if not 0 <= size < math.inf:
                raise UsageError(f"{option} takes a finite number of at least 0, not {text!r}")
            sizes.append(size)
        return Close(*sizes)
