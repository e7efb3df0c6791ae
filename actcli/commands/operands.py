"""The words of a command line that are not options: a point, a range, a path, formulas."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from actcli.arithmetic.numbers import LIKE_HEXADECIMAL, read_number
from actcli.commands.types import meant, number
from actcli.errors import UsageError

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType


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


#: numpy.linspace's default.
DEFAULT_COUNT = 50
#: Beyond this not every NUM is a float64.
LARGEST_COUNT = 2**53


class Request:
    """What to evaluate on: a point (`start` alone), a range, or a path (`-` is standard input)."""

    def __init__(
        self,
        start: float | None = None,
        stop: float | None = None,
        count: int = DEFAULT_COUNT,
        path: str | None = None,
        words: Sequence[str] = (),
    ) -> None:
        self.start = start
        self.stop = stop
        self.count = count
        self.path = path
        #: START and STOP as written.
        self.words = words

    def start_in(self, dtype: DType) -> float:
        """START as a float64 number that rounds to the dtype like the decimal."""
        from actcli.numerics.rounding import decided

        assert self.start is not None
        return decided(self.words[0], self.start, dtype)

    def stop_in(self, dtype: DType) -> float:
        """STOP likewise."""
        from actcli.numerics.rounding import decided

        assert self.stop is not None
        return decided(self.words[1], self.stop, dtype)


def read_request(words: Sequence[str], dtype: DType | None = None) -> Request:
    """Read `[START [STOP [NUM]]]` or a path; bit patterns are of the dtype, by default float32.

    >>> request = read_request(["-10", "10"])
    >>> request.start, request.stop, request.count
    (-10.0, 10.0, 50)
    >>> read_request(["acts.txt"]).path
    'acts.txt'
    """
    if not words:
        return Request()
    if _is_path(words[0]):
        if re.match(r"\+?\.?[0-9]|\w+=", words[0]) and not os.path.exists(words[0]):
            raise UsageError(
                f"{words[0]!r} is neither a number nor an existing file{meant(words[0])}"
            )
        if len(words) > 1:
            raise UsageError(f"{words[0]!r} is not a number, and nothing may follow a path")
        return Request(path=words[0])
    if len(words) > 3:
        raise UsageError(f"too many numbers: at most START STOP NUM; leave out {words[3]!r}")
    if len(words) == 1:
        return Request(start=_number(words[0], dtype), words=words)
    count = read_count(words[2]) if len(words) == 3 else DEFAULT_COUNT
    return Request(
        _end("START", words[0], dtype), _end("STOP", words[1], dtype), count, words=words
    )


def read_count(word: str) -> int:
    """NUM: a whole number of at least 1; `1e6` is one.

    >>> read_count("1e6")
    1000000
    """
    value = read_number(word)
    if value is not None and value > LARGEST_COUNT:
        raise UsageError(f"NUM must be at most {LARGEST_COUNT}, not {word!r}")
    if value is None or not value.is_integer() or value < 1:
        raise UsageError(f"NUM must be an integer of at least 1, not {word!r}")
    return int(value)


def _is_path(word: str) -> bool:
    """Whether a word is a path; `-` is one, but no other word that begins with a dash."""
    if not word.strip():  # from an unset variable of a shell
        return False
    if word == "-":
        return True
    if read_number(word) is not None or word.startswith("-"):
        return False
    return not re.match(LIKE_HEXADECIMAL, word) or os.path.exists(word)


def _number(word: str, dtype: DType | None) -> float:
    if not re.match(LIKE_HEXADECIMAL, word):
        return number(word)
    from actcli.numerics.dtypes import get_dtype

    return number(word, dtype or get_dtype("float32"))


def _end(name: str, word: str, dtype: DType | None) -> float:
    value = _number(word, dtype)
    if not math.isfinite(value):
        raise UsageError(
            f"{name} of a range must be finite, not {word!r}; a single point may be any"
        )
    return value
