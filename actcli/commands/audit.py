"""`actcli audit`: how wrong a backend, or given numbers, are, in ulp, and where."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from actcli.commands.audit_options import Options, audit_options
from actcli.commands.option_groups import GroupedCommand
from actcli.commands.types import BackendType, ParamType, SpecificationType, ulp
from actcli.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from actcli.backends.base import Backend

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


@click.command("audit", cls=GroupedCommand)
@click.argument("first", type=AuditWord(), required=False, metavar="BACKEND")
@click.argument("second", type=AuditWord(), required=False, metavar="SPEC")
@audit_options
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
      actcli audit --samples lut.bin relu --dtype int8:scale=1/16     a table of 256 codes

    The error is |got - true| / ulp(true), the true value not rounded. FILE is csv, tsv, text,
    JSON, .npy of shape (n, 2) to (n, 4) or .npz, with columns named x, y, dy, d2y or in this
    order. -o takes json, csv and pictures (png, svg, pdf, ...). Errors of quantised results are
    in quanta, whole steps from the right code; a file without x is a table by rising code.
    """
    options = Options(**given)
    _check_words(first, second, options)
    dtype, show = options.dtype, options.show
    if show is not None and "x" in show:
        raise UsageError("--show chooses what is judged, of y,dy,d2y; x is given")
    from actcli.commands.audit_outputs import Target

    if options.quantised:
        from actcli.commands.audit_quantised import audit_quantised

        audit_quantised(str(first), second, options)
        return
    if options.rounding != "half-even":
        raise UsageError("--round is for quantised results; add --out-dtype int8:scale=S")
    options.check_all_errors()
    if options.lengths is not None and (options.every or options.samples is not None):
        raise UsageError("--lengths is for one function of a backend, which it calls again")
    target = Target(options.format_name, options.output, options.every, options.dark)
    limit = None if options.max_ulp is None else ulp("--max-ulp", options.max_ulp)
    from actcli.numerics.dtypes import get_dtype

    default = get_dtype("float32")
    rules = options.rules(options.out_dtype or dtype or default, target.picture)
    from actcli.auditing.baseline import Baseline
    from actcli.backends import is_kernel
    from actcli.commands.audit_runs import Request, audit_all, audit_file, audit_one

    request = Request(
        dtype, options.out_dtype, default, rules, show, options.amount, limit, target,
        options.cluster, options.quiet, options.all_errors,
        Baseline(options.baseline) if options.baseline is not None else None,
        options.lengths,
    )  # fmt: skip
    if options.every:
        audit_all(_backend(str(first), options), request)
    elif (files := options.files()) is not None:
        if options.cluster is not None:
            raise UsageError("--samples FILE is judged here: leave --cluster out")
        if options.amount is not None:
            raise UsageError("--sample chooses inputs for a backend; --samples FILE has its own")
        if options.upstream is not None and (options.out_dtype or dtype) is None:
            raise UsageError("--upstream with --samples needs --dtype, which G is rounded to")
        spec = SpecificationType(vectors=True).convert(str(first), None, None)
        audit_file(files, spec, request)
    else:
        if options.cluster is not None and is_kernel(str(first)):
            raise UsageError("a kernel of one's own is judged here: leave --cluster out")
        spec = SpecificationType(vectors=True).convert(str(second), None, None)
        audit_one(partial(_backend, str(first), options), spec, request)


def _backend(word: str, options: Options) -> Backend:
    from actcli.backends import get_backend

    backend = get_backend(word, options.kernel)
    return backend if options.out_dtype is None else backend.giving(options.out_dtype)


def _check_words(first: str | None, second: str | None, options: Options) -> None:
    """Raise UsageError, with what is missing, unless there are exactly the words needed."""
    samples, every = options.samples, options.every
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
