"""A user's own functions: named formulas, one on each line of a file, valid wherever names are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from actcli.catalogue.activation import Activation, Symbol
from actcli.catalogue.definitions import DefinitionError, Functions
from actcli.catalogue.formula import defined_name, read_formula
from actcli.catalogue.registry import find_declared, functions
from actcli.console import FUNCTIONS_VARIABLE
from actcli.errors import DataError, UsageError

#: The length of the longest file that is read.
LONGEST = 1 << 20


def own_functions() -> dict[str, Activation]:
    """The functions in the user's file by name; none if there is no file.

    Raises DataError for a file that cannot be read, UsageError with the line for a bad formula.
    """
    path = os.environ.get(FUNCTIONS_VARIABLE)
    return _read(path, *_stamp(path)) if path else {}


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=4)
def _read(path: str, changed: int, size: int) -> dict[str, Activation]:
    """The functions in a file; `changed` and `size` tell its versions apart."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read(LONGEST + 1)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise DataError(f"{path} is not text in UTF-8") from None
    if len(text) > LONGEST:
        raise DataError(f"{path} is longer than {LONGEST} characters; a formula takes a line")
    return Definitions(path, text).functions()


class Definitions:
    """The lines of a file, each parsed when its name is first needed."""

    #: The file being read, in which its formulas look for each other's names.
    reading: Definitions | None = None

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines: dict[str, tuple[int, str]] = {}
        self.found: dict[str, Activation] = {}
        self.begun: list[str] = []
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            with _line(path, number):
                name = defined_name(line, FUNCTIONS)
                if name in self.lines:
                    raise UsageError(f"{name} is already defined in line {self.lines[name][0]}")
            self.lines[name] = (number, line)

    def functions(self) -> dict[str, Activation]:
        """All functions, in the order of the file."""
        before, Definitions.reading = Definitions.reading, self
        try:
            return {name: self.function(name) for name in self.lines}
        finally:
            Definitions.reading = before

    def function(self, name: str) -> Activation:
        """The function of that name; UsageError if it needs itself."""
        if name not in self.found:
            number, line = self.lines[name]
            with _line(self.path, number):
                if name in self.begun:
                    chain = " -> ".join([*self.begun[self.begun.index(name) :], name])
                    raise DefinitionError(f"a function cannot be made of itself: {chain}")
                self.begun.append(name)
                self.found[name], _ = read_formula(line.partition("#")[0].strip(), FUNCTIONS)
                self.begun.pop()
        return self.found[name]


@contextmanager
def _line(path: str, number: int) -> Iterator[None]:
    """Adds the line of the file to errors, unless they have one."""
    try:
        yield
    except UsageError as error:
        if ", line " in str(error):
            raise
        raise DefinitionError(f"{path}, line {number}: {error}") from None


def own_names() -> list[str]:
    """The names of the user's own functions, in the order of their file."""
    return list(Definitions.reading.lines if Definitions.reading else own_functions())


def find(word: str) -> tuple[Activation, Symbol | None]:
    """The user's function of that name, or else the one that is declared."""
    reading = Definitions.reading
    if reading is None:
        own = own_functions().get(word)
    else:
        own = reading.function(word) if word in reading.lines else None
    return (own, None) if own is not None else find_declared(word, own_names())


#: What a formula of the file may call.
FUNCTIONS = Functions(find, functions)
