"""JSON that holds numbers: objects of columns, or an object a row, one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from actcli.arithmetic.numbers import read_number
from actcli.errors import DataError
from actcli.sources.invalid import not_a_number, shortened
from actcli.sources.spellings import misspelling, read_spelling

if TYPE_CHECKING:
    from actcli.numerics.dtypes import DType

BLANKS = re.compile(r"[ \t\n\r]*")


class Literal(str):
    """A number as it is written in JSON, to be rounded once its dtype is known."""

    __slots__ = ()


def values(text: str, name: str, line: int = 1) -> Iterator[tuple[int, Any]]:
    """The values of a JSON text, one after the other, with the line that each begins on.

    The text itself begins on `line`. DataError, with the line, for what is not JSON.
    """
    decoder = json.JSONDecoder(
        parse_float=Literal, parse_int=Literal, parse_constant=Literal, object_pairs_hook=_object
    )
    text = text.rstrip()
    end = 0
    while end < len(text):
        begin = BLANKS.match(text, end).end()  # type: ignore[union-attr]  # it matches nothing too
        line += text.count("\n", end, begin)
        try:
            value, end = decoder.raw_decode(text, begin)
        except json.JSONDecodeError as error:
            where = line + text.count("\n", begin, error.pos)
            raise DataError(f"{name}, line {where}: not JSON: {error.msg}") from error
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, ValueError) else "brackets within brackets"
            raise DataError(f"{name}, line {line}: not JSON of numbers: {reason}") from error
        yield line, value
        line += text.count("\n", begin, end)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise ValueError(f"the key {shortened(twice)} appears twice")
    return found


def are_literals(cells: Sequence[Any]) -> bool:
    """Whether all values are unquoted JSON numbers, which float() reads."""
    return all(type(cell) is Literal for cell in cells)


def read_cell(cell: Any, dtype: DType) -> float | None:
    """A value as a number, quoted only if JSON cannot write it otherwise; None if it is neither.

    >>> from actcli.numerics.dtypes import DTYPES
    >>> [read_cell(cell, DTYPES["float32"]) for cell in (Literal("1.5"), "inf", "1.5", True)]
    [1.5, inf, None, None]
    """
    if not isinstance(cell, str):
        return None
    value = read_spelling(cell, dtype)
    if not isinstance(cell, Literal) and value is not None and value - value == 0:
        return None if read_number(cell) is not None else value
    return value


def wrong_cell(cell: Any, dtype: DType) -> str:
    """What to say of a value that is not a number."""
    if not isinstance(cell, str):
        return not_a_number(shown(cell))
    if read_spelling(cell, dtype) is not None:
        return f"{shortened(cell)} in quotation marks is not a number; leave them out"
    return misspelling(cell, dtype)


def shown(cell: Any) -> str:
    """A value that is not a number, cut if it is long."""
    if isinstance(cell, list):
        return "[...]"
    if isinstance(cell, dict):
        return "{...}"
    return cell if isinstance(cell, str) else json.dumps(cell)
