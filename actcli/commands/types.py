"""How the words of a command line are read and completed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from actcli.arithmetic.numbers import NUMBER, read_hexadecimal, read_number
from actcli.columns import COLUMNS, ORDERS
from actcli.errors import UsageError, clipped, unknown
from actcli.sources.invalid import not_a_number

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from actcli.catalogue.activation import Activation
    from actcli.catalogue.bound import BoundActivation
    from actcli.numerics.dtypes import DType

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # generic only in newer versions of click


def number(word: str, dtype: DType | None = None) -> float:
    """The number that a word spells: decimal, hexadecimal or, given a dtype, a bit pattern.

    >>> number("-1e-3"), number("0x1.8p+0")
    (-0.001, 1.5)
    """
    value = read_number(word)
    if value is not None:
        return value
    if dtype is None:
        value, complaint = read_hexadecimal(word), not_a_number(word)
    else:
        from actcli.sources.spellings import misspelling, read_spelling

        value, complaint = read_spelling(word, dtype), misspelling(word, dtype)
    if value is None:
        raise UsageError(complaint + meant(word))
    return value


def meant(word: str) -> str:
    """How to write what was probably meant by a word that is not a number; "" if nothing is likely.

    >>> meant("-5x"), meant("alpha=2"), meant("0x10")
    ('; a product is written -5*x', '; a parameter is set after the function: SPEC:alpha=2', '')
    """
    found = NUMBER.match(word)
    if found and re.match(r"x(?!\w)", word[found.end() :]):
        return f"; a product is written {found[0]}*{word[found.end() :]}"
    if re.match(r"[A-Za-z_]\w*=", word):
        return f"; a parameter is set after the function: SPEC:{word}"
    return ""


def ulp(option: str, text: str) -> float:
    """The value of an option given in ulp."""
    value = number(text)
    if not value >= 0:
        raise UsageError(f"{option} takes a number of ulp of at least 0, not {text!r}")
    return value


def items(values: Iterable[str], incomplete: str = "", before: str = "") -> list[CompletionItem]:
    """The completions among `values`, each after what comes `before` it in the same word."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(before + value) for value in values if value.startswith(incomplete)]


class NamedType(ParamType):
    """One of the names that a function gives when they are needed; errors suggest the nearest."""

    def __init__(self, name: str, names: Callable[[], Iterable[str]]) -> None:
        self.name = name
        self.names = names

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.names():
            raise unknown(self.name, value, self.names())
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return items(self.names(), incomplete)


class BackendType(ParamType):
    """A backend."""

    name = "backend"

    def names(self) -> Iterable[str]:
        from actcli.backends import BACKENDS

        return [
            *(
                f"{name}[{entry.options}]" if entry.options else name
                for name, entry in BACKENDS.items()
            ),
            "FILE.py:FUNCTION[@torch|@jax|@tensorflow]",
            "exec:COMMAND",
        ]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from actcli.backends import BACKENDS, get_backend

        if value not in BACKENDS:
            get_backend(value)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from actcli.backends import completions

        return items(completions(incomplete), incomplete)


class DTypeType(ParamType):
    """A dtype, read as its `DType`."""

    name = "dtype"

    def names(self) -> Iterable[str]:
        from actcli.numerics.dtypes import DTYPES

        return DTYPES

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> DType:
        from actcli.numerics.dtypes import DTYPES, DType, get_dtype

        if isinstance(value, DType):
            return value
        if value not in DTYPES:
            from actcli.numerics.quantised import BASES

            if value.partition(":")[0] in BASES:
                raise UsageError(
                    f"{clipped(value)!r} is a quantised dtype; those are for eval, table, audit, "
                    "points and plot"
                )
        return get_dtype(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return items(self.names(), incomplete)


class AnyDTypeType(ParamType):
    """A dtype, which may be quantised, read as its `DType`, `Quantised` or `Unscaled`."""

    name = "dtype"

    def names(self) -> Iterable[str]:
        from actcli.catalogue.quantised_dtypes import SPELLINGS
        from actcli.numerics.dtypes import DTYPES

        return (*DTYPES, *SPELLINGS)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from actcli.numerics.dtypes import DTYPES

        if not isinstance(value, str) or value in DTYPES:
            return DTYPES.get(value, value)
        from actcli.catalogue.quantised_dtypes import get_any_dtype

        return get_any_dtype(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from actcli.numerics.dtypes import DTYPES
        from actcli.numerics.quantised import BASES

        return items([*DTYPES, *(f"{base}:scale=" for base in BASES)], incomplete)


class NumberType(ParamType):
    """A number in any spelling."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        return number(value) if isinstance(value, str) else float(value)


class WholeType(click.IntRange):
    """A whole number, which may be written like 1e6."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str):
            number = read_number(value)
            if number is not None and number.is_integer():
                value = str(int(number))
        return super().convert(value, param, ctx)


class ColumnsType(ParamType):
    """Columns, separated by commas, read as a tuple of their names."""

    name = "columns"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        columns = tuple(part.strip() for part in value.split(","))
        for position, column in enumerate(columns):
            if column not in COLUMNS:
                raise unknown("column", column, COLUMNS)
            if column in columns[:position]:
                raise UsageError(f"column {column!r} appears twice in {value!r}; once is enough")
        return columns

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        head, comma, begun = incomplete.rpartition(",")
        return items([c for c in COLUMNS if c not in head.split(",")], begun, head + comma)


class OrdersType(ColumnsType):
    """Columns to draw over x, read as a tuple of their orders, ascending."""

    name = "orders"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str):
            names = super().convert(value, param, ctx)
            if names == ("x",):
                raise UsageError(f"x is the axis of every plot; show {', '.join(ORDERS)}")
            return tuple(sorted(ORDERS[name] for name in names if name in ORDERS))
        return value


class SpecificationType(ParamType):
    """A specification, read as the activation with its parameters set.

    Vector functions are allowed only with `vectors`.
    """

    name = "spec"

    def __init__(self, vectors: bool = False) -> None:
        self.vectors = vectors

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> BoundActivation:
        from actcli.catalogue.bound import BoundActivation
        from actcli.catalogue.registry import elementwise_only
        from actcli.catalogue.specification import parse

        if isinstance(value, BoundActivation):
            return value
        if read_number(value) is not None:
            raise UsageError(
                f"the function comes before the numbers, but {value!r} is in its place; "
                "for example: sigmoid -10 10"
            )
        if NUMBER.match(value) and (hint := meant(value)):
            raise UsageError(f"{clipped(value)!r} is not a function{hint}")
        try:
            bound = parse(value)
        except UsageError:
            if _is_file(value):
                raise UsageError(
                    f"the function comes before the input, but {clipped(value)!r} is in its "
                    f"place; for example: sigmoid {clipped(value)}"
                ) from None
            raise
        if bound.activation.vector and not self.vectors:
            raise elementwise_only(bound.name)
        return bound

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        begun = re.search(INSIDE, incomplete)
        if begun is not None and ":" not in incomplete:
            return _inside_formula(incomplete[: begun.start(1)], begun.group(1))
        name, colon, settings = incomplete.partition(":")
        return _parameters(name, settings) if colon else _names(incomplete, self.vectors)


def _is_file(word: str) -> bool:
    from actcli.formats import FORMATS

    suffix = os.path.splitext(word)[1].lower()
    known = (suffix in form.suffixes for form in FORMATS.values())
    return not re.search(r"[:()=\0]", word) and (any(known) or os.path.isfile(word))


#: An unfinished name inside a formula, after an operator, a bracket or a comma.
INSIDE = r"[-+*/^(,<>=\s]\s*([A-Za-z_][A-Za-z_0-9]*)$"


def _inside_formula(before: str, begun: str) -> list[CompletionItem]:
    """The functions that a formula may go on with."""
    from actcli.catalogue.registry import elementwise
    from actcli.catalogue.specification import own
    from actcli.language.elementary import by_name

    names = dict.fromkeys([*by_name(), *own(), *elementwise()])
    return items((f"{name}(" for name in names), begun, before)


def _names(incomplete: str, with_vectors: bool) -> list[CompletionItem]:
    """Canonical names and aliases; frameworks' names after a dot has been typed."""
    from click.shell_completion import CompletionItem

    from actcli.catalogue.built_in import spellings
    from actcli.catalogue.registry import elementwise, vectors
    from actcli.catalogue.specification import own

    qualified = "." in incomplete
    declared = [
        *own().values(), *elementwise().values(), *(vectors().values() if with_vectors else ()),
    ]  # fmt: skip
    return [
        CompletionItem(name, help=_formula(activation))
        for activation in declared
        for name, symbol in spellings(activation)
        if name.startswith(incomplete) and (symbol is not None) == qualified
    ]


def _formula(activation: Activation) -> str:
    """The formula of a function as shown, which for most is the one declared."""
    from actcli.catalogue.bound import with_defaults

    if not activation.vector and any(p.optional for p in activation.parameters):
        from actcli.catalogue.shown import shown

        return shown(with_defaults(activation), derivatives=False).value
    return activation.text


def _parameters(name: str, settings: str) -> list[CompletionItem]:
    """The parameters of a function not yet set, or the words that one can be set to."""
    from actcli.catalogue.specification import find

    try:
        activation, _ = find(name)
    except UsageError:
        return []
    head, comma, begun = settings.rpartition(",")
    before = f"{name}:{head}{comma}"
    taken = {setting.partition("=")[0] for setting in head.split(",")}
    variants = activation.variants
    parameters = [p.name for p in activation.parameters] + ([variants.name] if variants else [])
    if variants and begun.startswith(f"{variants.name}="):
        word = begun.partition("=")[2]
        return items(variants.choices, word, f"{before}{variants.name}=")
    return items([f"{p}=" for p in parameters if p not in taken], begun, before)
