"""The formats that columns are written in, declared in one dictionary.

A format is a function `write(columns, out)` in a module of this package that is imported when the
format is used. It knows only the columns, not where they are from.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

from actcli.console import is_terminal
from actcli.errors import UsageError
from actcli.output import is_replaceable, open_binary, open_text

if TYPE_CHECKING:
    from actcli.columns import Columns


class Format(NamedTuple):
    """A way to write columns: `module:function` of this package, and its suffixes."""

    home: str
    summary: str
    suffixes: tuple[str, ...] = ()
    #: Whether it is written in bytes.
    binary: bool = False
    #: Whether a cell may be a vector.
    nested: bool = False
    #: Whether columns may differ in length.
    uneven: bool = False
    #: Whether it takes the id of the first tensor, `first_id`.
    numbered: bool = False
    #: Whether it has the codes of quantised numbers, not the real numbers that these stand for.
    codes: bool = False

    def write(self, columns: Columns, out: TextIO | BinaryIO, **options: object) -> None:
        """Write all columns to a stream, of bytes if the format is binary, else of text."""
        module, _, function = self.home.partition(":")
        getattr(import_module(f"{__name__}.{module}"), function)(columns, out, **options)


FORMATS = {
    "tf": Format(
        "tensorflow:write",
        "what a TensorFlow session shows",
        uneven=True,
        numbered=True,
        codes=True,
    ),
    "text": Format("delimited:write_text", "numbers alone, a row a line", (".txt",), nested=True),
    "csv": Format("delimited:write_csv", "comma-separated, with a header", (".csv",), nested=True),
    "tsv": Format("delimited:write_tsv", "tab-separated, with a header", (".tsv",), nested=True),
    "json": Format("json:write", "one object of columns", (".json",), nested=True, uneven=True),
    "jsonl": Format("json:write_lines", "one object a row", (".jsonl", ".ndjson"), nested=True),
    "table": Format("table:write", "a table to look at"),
    "numpy": Format("numpy:write", "numpy's repr of each column", uneven=True, codes=True),
    "torch": Format("torch:write", "PyTorch's repr of each column", codes=True),
    "jax": Format("jax:write", "JAX's repr of each column", codes=True),
    "hex": Format(
        "delimited:write_hex", "hexadecimal floats, as C99 has them", (".hex",), nested=True
    ),
    "bits": Format("delimited:write_bits", "bit patterns", (".bits",), nested=True, codes=True),
    "npy": Format(
        "binary:write_npy", "numpy's file of one column", (".npy",), binary=True, codes=True
    ),
    "npz": Format(
        "binary:write_npz", "numpy's archive of columns", (".npz",), binary=True, codes=True
    ),
    "raw": Format(
        "binary:write_raw", "one column's bytes alone", (".raw", ".bin"), binary=True, codes=True
    ),
}


def format_of_path(path: str) -> str:
    """The format that the suffix of a path stands for.

    >>> format_of_path("sigmoid.csv")
    'csv'
    """
    suffix = os.path.splitext(path)[1].lower()
    by_suffix = {known: name for name, form in FORMATS.items() for known in form.suffixes}
    if suffix not in by_suffix:
        said = f"suffix {suffix!r}" if suffix else "no suffix"
        raise UsageError(
            f"{path!r} has {said}, which is not a format's; use {', '.join(by_suffix)}, or --format"
        )
    return by_suffix[suffix]


def open_output(form: Format, path: str | None) -> AbstractContextManager[TextIO | BinaryIO]:
    """The stream that a format writes to; UsageError for bytes on a terminal."""
    if not form.binary:
        return open_text(path)
    if path in (None, "-") and is_terminal(sys.stdout):
        raise UsageError("a terminal cannot show binary numbers; give -o FILE or --format text")
    return open_binary(path)


def format_of_output(output: str | None) -> str | None:
    """The format that the suffix of a file to be written stands for."""
    return format_of_path(output) if output is not None and is_replaceable(output) else None
