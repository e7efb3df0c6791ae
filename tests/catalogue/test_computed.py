"""The facts in computed.py are those that its generator computes anew."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from actcli.catalogue.built_in import built_in
from actcli.catalogue.computed import FACTS, FAMILIES
from tests.conftest import ROOT

TOOL = ROOT / "tools" / "compute_facts.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compute_facts", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_has_every_function(tool: ModuleType) -> None:
    assert set(FACTS) == {bound.specification for bound in tool.every()}


@pytest.mark.parametrize("specification", FACTS)
def test_the_facts_are_those_of_the_definition(tool: ModuleType, specification: str) -> None:
    (bound, *_) = (one for one in tool.every() if one.specification == specification)
    assert repr(tool.computed(bound)) == repr(FACTS[specification])  # with nan in it


def test_the_families_are_those_of_the_files() -> None:
    files = {}
    for path in (ROOT / "actcli" / "catalogue" / "families").glob("*.py"):
        for name in re.findall(r'^    (?:name=)?"(\w+)",$', path.read_text(encoding="utf-8"), re.M):
            if name in FAMILIES:
                files[name] = path.stem
    assert files == FAMILIES
    assert set(FAMILIES) == set(built_in())


def test_the_file_is_as_the_tool_writes_it(tool: ModuleType) -> None:
    assert tool.TARGET.read_text(encoding="utf-8") == tool.written(FACTS)
