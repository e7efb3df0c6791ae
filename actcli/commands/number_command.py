"""A click command that takes negative numbers as numbers, wherever they stand."""

from __future__ import annotations

import re

import click

from actcli.errors import UsageError

#: A minus before something with x as a word; not `--x` or `-x.png`.
NEGATIVE_FORMULA = r"-(?!-)(?:.*[^\w.])?x(?![\w.])"
DIGITS = tuple("0123456789")
WORDS = ("infinity", "inf", "nan")
#: Where a context keeps the options as written, each with its values.
GIVEN = "actcli.options"


class NumberCommand(click.Command):
    """A command that takes `-10`, `-.5`, `-1e-3` and `-inf` without `--`, even among options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the options first and the operands behind `--`, where click leaves them alone."""
        takes = {
            name: option.nargs
            for option in self.get_params(ctx)
            if isinstance(option, click.Option) and not (option.is_flag or option.count)
            for name in (*option.opts, *option.secondary_opts)
        }
        given: list[list[str]] = []
        ctx.meta[GIVEN] = given
        options: list[str] = []
        operands: list[str] = []
        rest = list(args)
        while rest:
            word = rest.pop(0)
            if word == "--":
                operands += rest
                break
            if not word.startswith("-") or word == "-" or is_operand(word):
                operands.append(word)
                continue
            wanted = _values_to_follow(word, takes)
            option = [word, *rest[:wanted]]
            given.append(option)
            options += option
            if len(rest) < wanted:
                return super().parse_args(ctx, options)  # click says what is missing
            del rest[:wanted]
        try:
            return super().parse_args(ctx, [*options, "--", *operands])
        except click.NoSuchOption as error:
            if setting := _as_setting(error.option_name, args, operands):
                raise UsageError(
                    f"no such option {error.option_name!r}; a parameter is set after the function: "
                    f"{setting}"
                ) from error
            raise


def is_operand(word: str) -> bool:
    """Whether a word that begins with a minus is a number or a formula rather than options.

    >>> [is_operand(word) for word in ("-5", "-x**2", "-exp(-x)", "--format", "-x.png", "-qx")]
    [True, True, True, False, False, False]
    """
    return is_number_like(word) or bool(re.match(NEGATIVE_FORMULA, word))


def is_number_like(word: str) -> bool:
    """Whether a word begins like a negative number, and so is meant to be one.

    Thus `-5x` is a bad number, not a bad option; no option may begin with a digit, and `-inf` and
    `-nan` are not bundles of short options.

    >>> [is_number_like(word) for word in ("-5x", "-.5", "-Inf", "-infile", "-o")]
    [True, True, True, False, False]
    """
    if not word.startswith("-"):
        return False
    rest = word[1:].lower()
    for known in WORDS:
        if rest.startswith(known):
            return not rest[len(known) :][:1].isalpha()
    return rest.removeprefix(".").startswith(DIGITS)


def _as_setting(option: str, args: list[str], operands: list[str]) -> str:
    """A specification that sets what was given as an option; "" if no function has it."""
    from actcli.catalogue.registry import functions_with
    from actcli.catalogue.specification import takes

    key = option.lstrip("-").replace("-", "_")
    functions = functions_with(key)
    if not functions:
        return ""
    at = next(place for place, arg in enumerate(args) if arg.startswith(option))
    value = args[at].partition("=")[2] or "".join(args[at + 1 : at + 2])
    if not value or (value.startswith("-") and not is_number_like(value)):
        value = "VALUE"
    function = next((word for word in operands if takes(word, key)), functions[0].name)
    return f"{function}{',' if ':' in function else ':'}{key}={value}"


def _values_to_follow(word: str, takes: dict[str, int]) -> int:
    """How many of the next words are values of this one, which may be a bundle such as `-qo`."""
    if word in takes or word.startswith("--"):
        name, equals, _ = word.partition("=")
        return max(0, takes.get(name, 0) - len(equals))
    for position, letter in enumerate(word[1:], start=2):
        wanted = takes.get(f"-{letter}", 0)
        if wanted:
            attached = position < len(word)
            return wanted - attached
    return 0
