"""Audit every installed framework and write a report: tables, pictures, and all numbers as csv.

python tools/audit_report.py samples/audit

It takes some minutes, and also writes the first table into the project's README.md. Review the
changes before committing them.
"""

from __future__ import annotations

import json
import platform
import re
import statistics
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from actcli.auditing.audit_card import amount
from actcli.backends import BACKENDS, get_backend, is_own
from actcli.reports.writers import write_rows

README = Path(__file__).parent.parent / "README.md"
#: The lines around the table that two documents share.
MARKS = ("<!-- the first table of samples/audit -->", "<!-- end of the table -->")
DTYPES = ("float32", "float16", "bfloat16")
#: The number of float32 inputs of each function, besides those worth testing.
SAMPLE = 1 << 17
COLUMNS = ("y", "dy")
#: The number of largest errors shown for each backend and dtype.
SHOWN = 5
#: The region of inputs that are not finite.
NOT_FINITE = "infinities and nan"
PICTURES = (
    ("torch", "gelu", "float32", "y", "beyond -5.75 it is 0, long before it underflows"),
    ("onnxruntime", "sigmoid", "float32", "y", "a polynomial that is clamped near |x| = 18"),
    ("jax", "gelu_tanh", "float16", "dy", "nan (×) from 256 on, where x³ overflows"),
    ("tensorflow", "elu", "float32", "dy", "computed as f + alpha, which cancels"),
)


class Column(NamedTuple):
    """The audit of one column of a function, at finite inputs except for `nan`."""

    backend: str
    dtype: str
    function: str
    column: str
    inputs: int
    correct: int
    largest: float
    worst: dict[str, Any] | None
    nan: int


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    installed = [
        get_backend(name)
        for name in BACKENDS
        if not is_own(name) and "[" not in name and get_backend(name).version is not None
    ]
    wanted = [(b.name, dtype) for b in installed for dtype in DTYPES if dtype in b.dtypes]
    with ThreadPoolExecutor(2) as pool:
        audits = [found for audit in pool.map(_audit, wanted) for found in audit]
        pictures = [p for p in PICTURES if p[0] in {backend.name for backend in installed}]
        names = list(pool.map(lambda picture: _draw(folder, picture), pictures))
    headline = "\n".join(_markdown(_headline(audits)))
    versions = {backend.name: str(backend.version) for backend in installed}
    text = "\n".join(_report(audits, headline, versions, list(zip(pictures, names, strict=True))))
    (folder / "README.md").write_text(text + "\n", encoding="utf-8")
    write_rows(str(folder / "audit.csv"), _all_numbers(audits))
    _replace(README, headline)


def _actcli(*words: str) -> str:
    """The output of a command line, which may report failures of some functions."""
    command = [sys.executable, "-m", "actcli", *words]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if not result.stdout:
        raise SystemExit(f"{' '.join(command)}: {result.stderr}")
    return result.stdout


def _audit(wanted: tuple[str, str]) -> list[Column]:
    backend, dtype = wanted
    print(backend, dtype, file=sys.stderr)
    words = ["audit", "--all", backend, "--dtype", dtype, "--flush-subnormals"]
    words += ["--format", "json", "--quiet"]
    if dtype == "float32":
        words += ["--sample", str(SAMPLE)]
    return [
        _column(backend, dtype, row["function"], name, found)
        for row in json.loads(_actcli(*words))["functions"]
        if row["audit"] is not None
        for name, found in row["audit"]["columns"].items()
        if name in COLUMNS
    ]


def _column(backend: str, dtype: str, function: str, name: str, found: dict[str, Any]) -> Column:
    finite = [region for region in found["regions"] if region["region"] != NOT_FINITE]
    return Column(
        backend,
        dtype,
        function,
        name,
        sum(region["inputs"] for region in finite),
        sum(region["correctly_rounded"] for region in finite),
        max(float(region["largest_error"]) for region in finite),
        found["worst"][0] if found["worst"] else None,
        found["spurious_nan"]["count"] + found["spurious_infinity"]["count"],
    )


def _draw(folder: Path, picture: tuple[str, ...]) -> str:
    backend, function, dtype, column, _ = picture
    name = f"{function}-{column}-{backend}-{dtype}.png"
    words = ("audit", backend, function, "--dtype", dtype, "--show", column, "--quiet")
    _actcli(*words, "-o", str(folder / name))
    return name


def _groups(audits: Sequence[Column]) -> Iterator[tuple[str, str, list[Column]]]:
    """The backends and dtypes, each with its columns."""
    for backend, dtype in dict.fromkeys((one.backend, one.dtype) for one in audits):
        yield (
            backend,
            dtype,
            [one for one in audits if (one.backend, one.dtype) == (backend, dtype)],
        )


def _headline(audits: Sequence[Column]) -> Iterator[list[str]]:
    yield ["backend", "dtype", "functions"] + [
        f"{name}: {what}"
        for name in COLUMNS
        for what in ("all correct", "median", "worst", "nan or inf")
    ]
    for backend, dtype, found in _groups(audits):
        row = [backend, dtype, str(len({one.function for one in found}))]
        for name in COLUMNS:
            mine = [one for one in found if one.column == name]
            if not mine:
                row += ["-"] * 4
                continue
            right = sum(one.correct == one.inputs for one in mine)
            errors = [one.largest for one in mine]
            row.append(f"{100 * right / len(mine):.0f} %")
            row += [amount(statistics.median(errors)), amount(max(errors))]
            row.append(str(sum(one.nan > 0 for one in mine)))
        yield row


def _report(
    audits: Sequence[Column],
    headline: str,
    versions: dict[str, str],
    pictures: Sequence[tuple[tuple[str, ...], str]],
) -> Iterator[str]:
    count = max(one.inputs for one in audits if one.dtype == "float32")
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    yield "# How wrong the frameworks are"
    yield from _wrapped(
        f"Audited: {said}; on {_processor()}, Python {platform.python_version()}. Written by "
        "`python tools/audit_report.py samples/audit` from `actcli audit --all BACKEND`; the "
        "numbers are in [audit.csv](audit.csv)."
    )
    yield from _wrapped(
        "Every function that a backend has, with this catalogue's defaults, is judged at all "
        f"inputs of float16 and bfloat16, and at {count:,} finite ones of float32: those worth "
        "testing and a sample spread evenly over the bit patterns. The error is |got - true| / "
        "ulp(true), the true value not rounded. Subnormal numbers taken for 0 are forgiven "
        "(`--flush-subnormals`), since some frameworks mean to; so is another choice of a "
        "derivative at a kink. Of the value y and the derivative dy by differentiation it says:"
    )
    yield from (
        "",
        "- all correct: the share of functions that are correctly rounded at every finite input;",
        "- median and worst: of the functions' largest errors, in ulp;",
        "- nan or inf: how many functions give nan or infinity where a number is right, infinite",
        "  inputs included.",
        "",
        MARKS[0],
        "",
        headline,
        "",
        MARKS[1],
        "",
        "Millions of ulp in float32, hundreds in bfloat16: a result is 0, or has no right digit.",
        "",
        "## Where the error lives",
        "",
    )
    for (backend, function, dtype, column, words), name in pictures:
        yield from (
            f"{column} of {function} in {dtype}, {backend}: {words}",
            "",
            f"![{column} of {function}, {backend} {dtype}]({name})",
            "",
        )
    for backend in versions:
        yield from (f"## The largest errors of {backend}", "")
        yield from _markdown(_worst([one for one in audits if one.backend == backend]))
        yield ""


def _wrapped(text: str) -> list[str]:
    return ["", *textwrap.wrap(text, 100, break_on_hyphens=False)]


def _worst(audits: Sequence[Column]) -> Iterator[list[str]]:
    yield ["dtype", "function", "column", "ulp", "x", "got", "true", "correct"]
    for _, dtype, found in _groups(audits):
        found.sort(key=lambda one: (-one.largest, one.function, one.column))
        for one in found[:SHOWN]:
            if one.worst is None or one.correct == one.inputs:
                continue
            places = [one.worst[f"{key}_text"] for key in ("x", "got", "wanted")]
            share = f"{one.correct * 10_000 // one.inputs / 100:.2f} %"  # cut, not rounded
            yield [dtype, one.function, one.column, amount(one.largest), *places, share]


def _all_numbers(audits: Sequence[Column]) -> Iterator[Sequence[object]]:
    yield [*Column._fields[:7], "x", "got", "wanted", "spurious_nan_or_infinity"]
    for one in audits:
        worst = one.worst or {}
        places = [worst.get(f"{key}_text", "") for key in ("x", "got", "wanted")]
        yield [*one[:7], *places, one.nan]


def _markdown(rows: Iterator[list[str]]) -> Iterator[str]:
    """A table, with words left-aligned and numbers right-aligned."""
    head = next(rows)
    words = {"backend", "dtype", "function", "column"}
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if name in words else '---:' for name in head)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _processor() -> str:
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*: (.*)$", facts, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _replace(document: Path, headline: str) -> None:
    """Write the table between the marks of a document."""
    text = document.read_text(encoding="utf-8")
    before, mark, rest = text.partition(MARKS[0])
    if mark:
        _, mark, after = rest.partition(MARKS[1])
        text = f"{before}{MARKS[0]}\n\n{headline}\n\n{MARKS[1]}{after}"
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
