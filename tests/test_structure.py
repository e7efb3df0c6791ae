"""How the house is laid out: imports point one way, wherever they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import actcli

FOLDER = Path(actcli.__file__).parent


def module_files() -> dict[str, Path]:
    """The file of each module of the package."""
    found = {}
    for path in FOLDER.rglob("*.py"):
        parts = [FOLDER.name, *path.relative_to(FOLDER).with_suffix("").parts]
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imported_in(source: str, modules: Mapping[str, object]) -> set[str]:
    """The modules that a source imports: at its top, in functions, for type checkers."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "an import from '.' is not followed here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in modules else str(node.module) for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & set(modules)


def circle(edges: Mapping[str, set[str]]) -> list[str]:
    """Names each of which leads to the next, and the last to the first; none if there are none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    files = module_files()
    return {
        name: imported_in(path.read_text(encoding="utf-8"), files) - {name}
        for name, path in files.items()
    }


def test_no_modules_import_each_other(imports: dict[str, set[str]]) -> None:
    assert len(imports) > 200
    assert circle(imports) == []


def test_no_packages_import_each_other(imports: dict[str, set[str]]) -> None:
    packages: dict[str, set[str]] = {}
    for name, others in imports.items():
        package = ".".join(name.split(".")[:2])
        theirs = {".".join(other.split(".")[:2]) for other in others}
        packages.setdefault(package, set()).update(theirs - {package})
    assert circle(packages) == []


def test_the_readme_names_the_packages_from_the_bottom_up(imports: dict[str, set[str]]) -> None:
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+)/` \|", readme, re.MULTILINE)
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert set(named) == folders
    for place, package in enumerate(named):
        mine = f"{FOLDER.name}.{package}."
        theirs = [other for name in imports if name.startswith(mine) for other in imports[name]]
        above = {name.split(".")[1] for name in theirs} & folders
        assert above <= set(named[: place + 1]), package


def test_a_circle_is_seen() -> None:
    modules = {"a.b": 0, "a.c": 0}
    lazy = "def f():\n    from a import c\n"
    typed = "if TYPE_CHECKING:\n    from a.b import one\n"
    edges = {"a.b": imported_in(lazy, modules), "a.c": imported_in(typed, modules)}
    assert sorted(set(circle(edges))) == ["a.b", "a.c"]
