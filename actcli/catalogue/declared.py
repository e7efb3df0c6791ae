"""Records of other packages, checked: types as declared, text printable, callables wrapped."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, wraps
from numbers import Integral, Real
from typing import Any

from actcli.errors import ActcliError, DataError, escaped


class DeclarationError(Exception):
    """A fault of a record."""


class Reader:
    """Reads records of an owner, `whose` in messages: "'cube' of plug-in 'extra'"."""

    def __init__(self, whose: str) -> None:
        self.whose = whose

    def read(self, value: Any, kind: Any, place: str) -> Any:
        """The value, made safe; DeclarationError that names the place if its type is wrong.

        >>> Reader("").read([1, 2.5], tuple[float, ...], "two")
        (1.0, 2.5)
        """
        if kind is Any:
            return value
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            return self._any_of(value, inner, place)
        if origin is tuple and isinstance(value, tuple | list):
            return self._tuple(value, inner, place)
        if origin is Mapping and isinstance(value, Mapping):
            return types.MappingProxyType(
                {
                    self.read(key, inner[0], place): self.read(one, inner[1], f"{place}[{key!r}]")
                    for key, one in value.items()
                }
            )
        if origin is Callable and callable(value):
            return self._watched(value, inner[1], place)
        if hasattr(kind, "_fields") and isinstance(value, kind):
            parts = {
                name: self.read(getattr(value, name), part, f"{place}.{name}" if place else name)
                for name, part in _kinds(kind).items()
            }
            return value._replace(**parts)
        return _plain(value, kind, place)

    def _any_of(self, value: Any, kinds: tuple[Any, ...], place: str) -> Any:
        for kind in kinds:
            if hasattr(kind, "_fields") and isinstance(value, kind):
                return self.read(value, kind, place)
            with suppress(DeclarationError):
                return self.read(value, kind, place)
        raise _wrong(value, kinds, place)

    def _tuple(self, value: Any, inner: tuple[Any, ...], place: str) -> tuple[Any, ...]:
        kinds = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        if len(kinds) != len(value):
            raise DeclarationError(f"{place} is {len(value)} values, not {len(kinds)}")
        parts = enumerate(zip(value, kinds, strict=True))
        return tuple(self.read(one, kind, f"{place}[{number}]") for number, (one, kind) in parts)

    def _watched(self, function: Callable[..., Any], result: Any, place: str) -> Any:
        """The function, with its failures as DataErrors that name the owner."""

        @wraps(function)
        def watched(*arguments: Any, **settings: Any) -> Any:
            try:
                return self.read(function(*arguments, **settings), result, f"{place}()")
            except (ActcliError, MemoryError, KeyboardInterrupt):
                raise
            except BaseException as error:  # SystemExit would end the process silently
                raise DataError(f"{self.whose} fails: {reason(error)} in {place}") from error

        return watched


def _plain(value: Any, kind: Any, place: str) -> Any:
    """A number, a text or the like; numpy's become Python's."""
    if kind is float and isinstance(value, Real):
        return value if isinstance(value, float) else float(value)
    if kind is int and isinstance(value, Integral):
        return int(value)
    if kind is bool and value in (True, False):
        return bool(value)
    if kind in (float, int, bool) or not isinstance(kind, type) or not isinstance(value, kind):
        raise _wrong(value, (kind,), place)
    return escaped(value) if isinstance(value, str) else value


def _wrong(value: Any, kinds: tuple[Any, ...], place: str) -> DeclarationError:
    known = " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds)
    return DeclarationError(f"{place} is of type {type(value).__name__}, not {known}")


def reason(error: BaseException) -> str:
    """An exception in words, even if its `__str__` fails."""
    kind = type(error).__name__
    try:
        words = str(error)
    except Exception:
        words = ""
    if words and isinstance(error, ActcliError | DeclarationError):
        return words
    return f"{kind}: {words}" if words else kind


_kinds = cache(typing.get_type_hints)
