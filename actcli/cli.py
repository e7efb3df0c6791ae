"""The command line: its commands, and the one place that reports errors."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from actcli.console import COMPLETION_VARIABLE, FUNCTIONS_VARIABLE, note
from actcli.errors import NOT_ENOUGH_MEMORY, ActcliError
from actcli.output import flush_standard_output
from actcli.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Every command with its line of help; `actcli.commands.NAME` holds it as `command`.
COMMANDS = {
    "eval": "Evaluate a function and its derivatives on a point or a range.",
    "plot": "Draw functions and derivatives into a file or on the terminal.",
    "list": "List the functions of the catalogue.",
    "info": "Show everything known about one function.",
    "compare": "Show backends and the defaults of frameworks side by side.",
    "audit": "Measure how wrong a backend, or your own numbers, are.",
    "points": "Write inputs worth testing a kernel with.",
    "tolerance": "Show which wrong results a test's tolerance lets pass.",
    "table": "Write all results of a small dtype as code or an array.",
    "fit": "Approximate a function in pieces, with a proven error.",
    "golden": "Freeze true values in files, or verify such files.",
    "flow": "Show how gradients shrink or grow through a deep network.",
    "guide": "Show how to do a whole job, in one page.",
    "backends": "List the backends that can compute.",
}

EPILOG = (
    'Shell completion: eval "$(_ACTCLI_COMPLETE=bash_source actcli)" (or zsh_source, fish_source).'
)


class InterruptError(ActcliError):
    """Ctrl-C."""

    status = 130


class LazyCommands(Mapping[str, click.Command]):
    """The commands by name; each module is imported when its command is looked up."""

    def __getitem__(self, name: str) -> click.Command:
        return _loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _loaded(name: str) -> click.Command:
    short_help = COMMANDS[name]
    command: click.Command = import_module(f"actcli.commands.{name}").command
    command.short_help = short_help
    command.params.append(FUNCTIONS)
    return command


def use_functions(_: click.Context, __: click.Parameter, path: str | None) -> None:
    """Make the functions of a file known, here and in child processes."""
    if path is not None:
        os.environ[FUNCTIONS_VARIABLE] = path


@contextmanager
def _own_functions() -> Iterator[None]:
    """Forget the file of functions after the command line, however it ends."""
    before = os.environ.get(FUNCTIONS_VARIABLE)
    try:
        yield
    finally:
        os.environ.pop(FUNCTIONS_VARIABLE, None)
        if before is not None:
            os.environ[FUNCTIONS_VARIABLE] = before


#: An option before or after the command, read before any SPEC.
FUNCTIONS = click.Option(
    ["--functions"],
    metavar="FILE",
    is_eager=True,
    expose_value=False,
    callback=use_functions,
    help="A file of your own functions, one a line: NAME(x, PARAM=VALUE) = FORMULA.",
)


class LazyGroup(click.Group):
    """A group that shows its commands' names and help without importing them."""

    def __init__(self, **settings: object) -> None:
        super().__init__(commands=LazyCommands(), **settings)  # type: ignore[arg-type]
        self.params.append(FUNCTIONS)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        names = [name for name in COMMANDS if name.startswith(incomplete)]
        return [CompletionItem(name, help=COMMANDS[name]) for name in names] + (
            click.Command.shell_complete(self, ctx, incomplete)
        )

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        with _interruptions():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: click.Context) -> object:
        with _interruptions():
            return super().invoke(ctx)


@contextmanager
def _interruptions() -> Iterator[None]:
    """Report Ctrl-C before click does, which would add an empty line."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise InterruptError("interrupted") from interrupt


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog=EPILOG,
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """The activation-function reference that runs.

    \b
    Examples:
      actcli eval sigmoid -10 10 10
      actcli plot gelu silu mish -5 5
      actcli info tf.nn.leaky_relu
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status; errors go to standard error."""
    try:
        if instruction := os.environ.get(COMPLETION_VARIABLE):
            from actcli.commands import completion

            completion.check(COMPLETION_VARIABLE, instruction)
        _forget_counts()
        with _own_functions():
            status = cli.main(
                arguments, "actcli", complete_var=COMPLETION_VARIABLE, standalone_mode=False
            )
        flush_standard_output()
        _tell_counts()
    except SystemExit as leaving:  # how click ends a request for completion
        return leaving.code if isinstance(leaving.code, int) else 1
    except BrokenPipeError:
        return 1  # the reader has what it wanted
    except (ActcliError, click.ClickException, click.Abort, OSError, MemoryError) as error:
        message, status = describe(error)
        note(message, error=True)
    return status if isinstance(status, int) else 0


def _forget_counts() -> None:
    certified = sys.modules.get("actcli.numerics.certified")
    if certified is not None:
        certified.UNDECIDED.reset()
    quantised = sys.modules.get("actcli.numerics.quantised")
    if quantised is not None:
        quantised.NANS.count = 0


def _tell_counts() -> None:
    quantised = sys.modules.get("actcli.numerics.quantised")
    if quantised is not None and (count := quantised.NANS.count):
        became = "value was nan and became" if count == 1 else "values were nan and became"
        note(f"{count:,} {became} the zero point, since no code stands for nan")
    certified = sys.modules.get("actcli.numerics.certified")
    if certified is not None and certified.UNDECIDED.count:
        undecided = certified.UNDECIDED
        values = "value is" if undecided.count == 1 else "values are"
        note(
            f"{undecided.count} {values} nan because no precision decided them; "
            f"the first is at x = {undecided.first!r}"
        )


def describe(error: BaseException) -> tuple[str, int]:
    """The message and the exit status for an error."""
    if isinstance(error, ActcliError):
        return str(error), error.status
    if isinstance(error, click.ClickException):
        return _click_message(error), error.exit_code
    if isinstance(error, click.Abort):
        return "interrupted", InterruptError.status
    if isinstance(error, OSError) and error.errno != errno.ENOMEM:
        return f"{error.filename or 'the system refuses'}: {error.strerror or error}", 1
    return NOT_ENOUGH_MEMORY, 1


def _click_message(error: click.ClickException) -> str:
    message = error.format_message()
    message = message[:1].lower() + message[1:]
    if isinstance(error, click.UsageError) and error.ctx and not getattr(error, "possibilities", 0):
        message = f"{message.removesuffix('.')} (see: {error.ctx.command_path} --help)"
    return message
