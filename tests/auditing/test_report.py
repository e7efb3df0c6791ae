"""The report in samples/audit: documents share its table, and what it names is there."""

from __future__ import annotations

import csv
import re

from actcli.backends import BACKENDS
from actcli.catalogue.registry import elementwise
from tests.conftest import ROOT

FOLDER = ROOT / "samples" / "audit"
MARKED = re.compile(r"<!-- the first table of samples/audit -->\n(.*?)<!-- end", re.DOTALL)


def table(document: str) -> str:
    (found,) = MARKED.findall((ROOT / document).read_text(encoding="utf-8"))
    return str(found)


def test_the_table_of_the_readme_is_that_of_the_report():
    assert table("README.md") == table("samples/audit/README.md")
    assert table("README.md").count("\n| ") > 5


def test_the_table_follows_from_the_numbers():
    with open(FOLDER / "audit.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["backend"] for row in rows} <= set(BACKENDS)
    assert {row["function"] for row in rows} <= set(elementwise())
    lines = [line.strip("| ").split(" | ") for line in table("README.md").strip().splitlines()]
    for backend, dtype, functions, *cells in lines[2:]:
        mine = [r for r in rows if (r["backend"], r["dtype"]) == (backend, dtype)]
        assert len({row["function"] for row in mine}) == int(functions)
        for column, (correct, _, worst, odd) in {"y": cells[:4], "dy": cells[4:]}.items():
            of_column = [row for row in mine if row["column"] == column]
            if correct == "-":
                assert not of_column
                continue
            right = sum(row["correct"] == row["inputs"] for row in of_column)
            assert abs(right / len(of_column) - float(correct.removesuffix(" %")) / 100) <= 0.005
            largest = max(float(row["largest"]) for row in of_column)
            assert abs(largest - float(worst.replace(",", ""))) <= 0.001 * largest
            spurious = sum(row["spurious_nan_or_infinity"] != "0" for row in of_column)
            assert spurious == int(odd)


def test_its_pictures_are_there_and_it_is_small():
    links = re.findall(r"\]\(([^)]+)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert len(links) > 4
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *links}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000
