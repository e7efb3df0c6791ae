"""Reports as lines for people, and as JSON or rows for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from actcli.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

#: The formats of reports by suffix.
TEXTS = {".json": "json", ".csv": "csv", ".txt": "table"}


def form_of(output: str | None, command: str) -> str:
    """The format that the suffix of a file to be written stands for; UsageError for none."""
    from actcli.output import is_replaceable

    if output is None or not is_replaceable(output):
        return "table"
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in TEXTS:
        raise UsageError(f"{command} writes {', '.join(TEXTS)}, not {output!r}")
    return TEXTS[suffix]


def write_json(output: str | None, said: object) -> None:
    """Write plain data, in which numbers that are not finite are strings."""
    import json

    from actcli.output import open_text

    text = json.dumps(said, indent=2, allow_nan=False)  # complete before anything is written
    with open_text(output) as out:
        out.write(f"{text}\n")


def write_rows(output: str | None, rows: Iterable[Sequence[object]], separator: str = ",") -> None:
    """Write rows, the first of which is the header."""
    import csv

    from actcli.output import open_text

    with open_text(output) as out:
        csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)


def write_lines(output: str | None, lay_out: Callable[[int | None, bool], list[Text]]) -> None:
    """Write lines laid out for a width, or None for no limit, and for Unicode or ASCII."""
    from actcli.console import UNLIMITED, make_console
    from actcli.output import open_text

    with open_text(output) as out:
        console = make_console(sys.stdout if output in (None, "-") else out)
        width = None if console.width == UNLIMITED else console.width
        for line in lay_out(width, console.encoding.startswith("utf")):
            console.print(line, soft_wrap=True)
