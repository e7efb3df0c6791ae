"""The forms in which a table is written, each with its convention in a comment."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from actcli.errors import UsageError
from actcli.numerics.digits import shortest
from actcli.numerics.dtypes import Array
from actcli.numerics.quantised import AnyDType, Quantised
from actcli.tabulating.table import WORDS, Table
from actcli.version import __version__

#: How many characters a line of code may have.
LINE = 96
#: What the constant memory of a CUDA device holds, in bytes.
CONSTANT_MEMORY = 1 << 16


class Form(NamedTuple):
    """A form of a table: its suffixes, what it is, and what writes it under a name."""

    suffixes: tuple[str, ...]
    summary: str
    write: Callable[[Table, str], bytes]


def numbers(values: Array, dtype: AnyDType) -> list[float]:
    """The numbers that entries or inputs stand for."""
    if isinstance(dtype, Quantised):
        return [dtype.real(code) for code in values.tolist()]
    return list(map(float, shortest(values, dtype)))


def spelled(values: Array, dtype: AnyDType) -> list[str]:
    """Entries or inputs as text: codes, or the shortest digits that read back."""
    if isinstance(dtype, Quantised):
        return list(map(str, values.tolist()))
    return shortest(values, dtype)


def range_of(values: Array, dtype: AnyDType) -> tuple[float, float]:
    """The least and the largest finite number among some."""
    with np.errstate(invalid="ignore"):  # a signalling nan is only looked at
        wide = values.astype(np.float64)
    found = dtype.reals(values) if isinstance(dtype, Quantised) else wide
    finite = found[np.isfinite(found)]
    return (float(finite.min()), float(finite.max())) if finite.size else (np.nan, np.nan)


def description(table: Table, name: str) -> dict[str, str]:
    """What a reader of the table must know, by what it is about."""
    bound, column, given, out, rounding, saturate, half = table.request
    low, high = range_of(table.inputs, given)
    least, most = range_of(table.entries, out)
    said = {
        "table": f"{name}, {WORDS[column]} of {bound.specification} for every {given.name}",
        "function": f"f(x) = {bound.activation.text}",
        "input": f"{given.name}, from {low!r} to {high!r}{_real(given)}",
        "result": f"{out.name}{_real(out)}",
        "entries": f"{table.entries.size} of {out.bits} bits, {_order(table)}; "
        f"where finite from {least!r} to {most!r}",
        "rounding": _rounding(out, rounding, saturate),
    }
    if half:
        said["rule"] = f"for x below 0, {table.rule}; verified for every entry"
    said["sha256"] = f"{table.sha256} of the entries' bytes, the least significant first"
    said["made by"] = f"actcli {__version__}"
    return said


def _real(dtype: AnyDType) -> str:
    if not isinstance(dtype, Quantised):
        return ""
    return f"; the real number is {_scale(dtype)} * (code - {dtype.zero_point})"


def _scale(dtype: Quantised) -> str:
    return dtype.name.partition("scale=")[2].partition(",")[0]


def _order(table: Table) -> str:
    given = table.request.given
    if isinstance(given, Quantised):
        if table.rule:
            return f"the n-th for code {given.zero_point} + n, counted from 0"
        return f"the entry of a code is at code - ({given.lowest})"
    if table.rule:
        return "by bit pattern of x, whose sign is 0"
    return "by bit pattern of x"


def _rounding(out: AnyDType, rounding: str, saturate: bool) -> str:
    if isinstance(out, Quantised):
        ways = {
            "half-even": "ties to the even number of steps",
            "half-away": "ties away from 0",
            "half-up": "ties up",
        }
        return (
            f"the true value, rounded once to the nearest step, {ways[rounding]}; saturated; "
            "nan has the zero point"
        )
    over = "the largest finite number" if saturate else "infinity"
    if not out.has_infinity and not saturate:
        over = "nan"
    return (
        f"the true value, rounded once to nearest, ties to even; what overflows is {over}; "
        "nan gives the quiet nan, an infinite x the limit"
    )


def _words(table: Table) -> list[str]:
    """The entries for C: codes, or bit patterns."""
    out = table.request.out
    if isinstance(out, Quantised):
        return spelled(table.entries, out)
    return [f"0x{pattern:0{out.bits // 4}x}" for pattern in table.patterns.tolist()]


def _lines(words: list[str]) -> Iterator[str]:
    each = LINE // (max(map(len, words)) + 2)
    for first in range(0, len(words), each):
        yield ", ".join(words[first : first + each]) + ","


def _c_type(dtype: AnyDType) -> str:
    if isinstance(dtype, Quantised):
        return f"{dtype.base.name}_t"
    return f"uint{dtype.bits}_t"


def _comment(table: Table, name: str, before: str = " * ") -> list[str]:
    wrap = partial(textwrap.wrap, width=LINE - len(before), subsequent_indent="    ")
    said = [f"{about}: {text}" for about, text in description(table, name).items()]
    return [before + line for text in said for line in wrap(text)]


def _array(table: Table, name: str, kind: str) -> list[str]:
    out = _c_type(table.request.out)
    return [f"{kind} {out} {name}[{table.entries.size}] = {{", *_lines(_words(table)), "};"]


def _lookup(table: Table, name: str, kind: str) -> list[str]:
    """A function that looks a result up, where the table is whole."""
    given, out = table.request.given, table.request.out
    if table.rule:
        return []
    place = f"x - ({given.lowest})" if isinstance(given, Quantised) else "x"
    return [
        f"{kind} {_c_type(out)} {name}_at({_c_type(given)} x)",
        "{",
        f"    return {name}[{place}];",
        "}",
    ]


def write_c(table: Table, name: str) -> bytes:
    """A header of C99 and C++."""
    guard = f"{name.upper()}_H"
    text = [
        "/*", *_comment(table, name), " */", f"#ifndef {guard}", f"#define {guard}",
        "#include <stdint.h>", *_array(table, name, "static const"),
        *_lookup(table, name, "static inline"), "#endif", "",
    ]  # fmt: skip
    return "\n".join(text).encode("ascii")


def write_cuda(table: Table, name: str) -> bytes:
    """The same for CUDA, in constant memory where that holds it, else in global memory."""
    fits = len(table.bytes) <= CONSTANT_MEMORY
    where = (
        "constant memory"
        if fits
        else f"global memory: constant memory holds {CONSTANT_MEMORY} bytes, this has "
        f"{len(table.bytes)}"
    )
    text = [
        "/*", *_comment(table, name), f" * memory: {where}", " */", "#pragma once",
        "#include <stdint.h>", *_array(table, name, "__constant__" if fits else "__device__ const"),
        *_lookup(table, name, "static __device__ inline"), "",
    ]  # fmt: skip
    return "\n".join(text).encode("ascii")


def write_verilog(table: Table, name: str) -> bytes:
    """What $readmemh reads: an entry a line, in hexadecimal."""
    out = table.request.out
    size = f"reg [{out.bits - 1}:0] {name} [0:{table.entries.size - 1}];"
    use = f'{size} initial $readmemh("FILE", {name});'
    digits = out.bits // 4
    entries = [f"{pattern:0{digits}x}" for pattern in table.patterns.tolist()]
    text = [*_comment(table, name, "// "), f"// use: {use}", *entries, ""]
    return "\n".join(text).encode("ascii")


def write_text(table: Table, name: str) -> bytes:
    """Lines of input and result: codes of quantised dtypes, else numbers."""
    given, out = table.request.given, table.request.out
    pairs = zip(spelled(table.inputs, given), spelled(table.entries, out), strict=True)
    text = [*_comment(table, name, "# "), *map("\t".join, pairs), ""]
    return "\n".join(text).encode()


def write_json(table: Table, name: str) -> bytes:
    """An object with the numbers under `table`: codes, and their values, if they are quantised."""
    import json

    bound, column, given, out, rounding, saturate, _ = table.request
    said: dict[str, Any] = {
        "name": name,
        "function": bound.specification,
        "column": column,
        "dtype": given.name,
        "out_dtype": out.name,
        "rounding": rounding if isinstance(out, Quantised) else "half-even",
        "saturate": saturate or isinstance(out, Quantised),
        "rule": table.rule or None,
        "sha256": table.sha256,
        "convention": description(table, name),
    }
    values = [_plain(value) for value in numbers(table.entries, out)]
    if isinstance(out, Quantised):
        said |= {"table": table.entries.tolist(), "values": values}
    else:
        said |= {"table": values, "bits": table.patterns.tolist()}
    return (json.dumps(said, allow_nan=False) + "\n").encode()


def _plain(value: float) -> float | str:
    return value if np.isfinite(value) else str(value)


def write_npy(table: Table, _: str) -> bytes:
    """numpy's file of the entries: codes, or numbers (bfloat16 and float8 as bytes)."""
    held = io.BytesIO()
    entries = table.entries
    if entries.dtype.kind not in "iuf":  # numpy saves some types of ml_dtypes so that none loads
        entries = entries.view(f"V{entries.itemsize}")
    np.save(held, entries)
    return held.getvalue()


FORMS = {
    "text": Form((".txt",), "lines of input and result", write_text),
    "c": Form((".h",), "a C header", write_c),
    "cuda": Form((".cuh", ".cu"), "a CUDA header, in constant memory where it fits", write_cuda),
    "verilog": Form((".mem", ".hex"), "entries for Verilog's $readmemh", write_verilog),
    "json": Form((".json",), "an object with the list `table`", write_json),
    "npy": Form((".npy",), "numpy's file of the entries", write_npy),
}


def form_of(output: str | None, asked: str | None) -> str:
    """The form asked for, or that of a file's suffix; text where neither says."""
    import os

    from actcli.output import is_replaceable

    if asked is not None:
        return asked
    if output is None or not is_replaceable(output):
        return "text"
    suffix = os.path.splitext(output)[1].lower()
    by_suffix = {known: name for name, form in FORMS.items() for known in form.suffixes}
    if suffix not in by_suffix:
        raise UsageError(f"table writes {', '.join(by_suffix)}, not {output!r}; or give --format")
    return by_suffix[suffix]
