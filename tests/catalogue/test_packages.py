"""Functions that other packages add: whatever is wrong with one, the rest goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actcli.catalogue import registry
from actcli.catalogue.built_in import built_in
from tests.conftest import ROOT, Call, Outcome, environment

#: A module with one good function, whose fields and other code a test changes.
MODULE = """
import math
from actcli.catalogue.activation import (
    Activation, Breakpoint, Citation, Domain, Ends, Parameter, Range, Steepest, Symbol
)

def cube(m, x):
    return lambda: x * x * x, lambda: x * x * 3, lambda: x * 6

def fail(*arguments, **settings):
    raise ZeroDivisionError("no\\nthing \\x1b[31m")

fields = dict(
    name="cube",
    text="x**3",
    derivative_text="3*x**2",
    second_derivative_text="6*x",
    formulas=cube,
    limits=lambda: (Ends(-math.inf, math.inf, -math.inf), Ends(math.inf, math.inf, math.inf)),
    range=Range(-math.inf, math.inf),
    monotonic=True,
    steepest=Steepest(math.inf, "inf"),
    smoothness="smooth",
    citation=Citation("a test"),
    family="polynomials",
)
CHANGES
CUBE = Activation(**fields)
MORE
"""

BUILT_IN = [*built_in()]
Run = Callable[..., Outcome]
Install = Callable[..., Run]


def forget() -> None:
    """Let plug-ins be looked for anew."""
    for search in (registry.added, registry.functions):
        search.cache_clear()
    sys.modules.pop("extra_functions", None)


@pytest.fixture
def install(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a plug-in: `install("fields['name'] = 'a/b'")("list")` runs a command line with it.

    `changes` come before the function is made, `more` after; `points` are the lines that say where
    an entry point leads to. With a `program` a process of its own runs that.
    """
    site = tmp_path / "site"
    monkeypatch.chdir(tmp_path)

    def installed(
        changes: str = "", more: str = "", points: str = "extra = extra_functions"
    ) -> Run:
        about = site / "extra-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: extra\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[actcli.activations]\n{points}\n")
        module = MODULE.replace("CHANGES", changes).replace("MORE", more)
        (site / "extra_functions.py").write_text(module)
        monkeypatch.syspath_prepend(str(site))

        def run(*arguments: str, program: str = "") -> Outcome:
            if not program:
                forget()
                return call(*arguments)
            done = subprocess.run(
                [sys.executable, "-c", program, *arguments],
                env=environment(PYTHONPATH=f"{ROOT}{os.pathsep}{site}"),
                capture_output=True,
                text=True,
                timeout=120,
            )
            return Outcome(done.returncode, done.stdout, done.stderr)

        return run

    yield installed
    forget()


def listed(done: Outcome) -> list[str]:
    """The names of `list --format text`, without those of the built-in functions."""
    assert done.status == 0
    shown = done.out.splitlines()
    assert set(BUILT_IN) <= set(shown)
    return [name for name in shown if name not in BUILT_IN]


def test_an_added_function_is_one_of_the_catalogue(install: Install) -> None:
    run = install()
    assert listed(run("list", "--format", "text")) == ["cube"]
    assert "did you mean cube?" in run("eval", "cub", "1").err
    done = run("eval", "cube", "2", "--show", "y,dy,d2y", "--format", "csv")
    assert (done.out, done.err) == ("y,dy,d2y\n8.0,12.0,12.0\n", "")
    for command in (("info", "cube"), ("list", "cube", "--format", "table"), ("flow", "cube")):
        done = run(*command)
        assert (done.status, done.err) == (0, "")
        assert "cube" in done.out


#: What is wrong with a plug-in, and what is said of it behind its name.
FAULTS = {
    "no module": ({"points": "extra = no_such_module"}, "ModuleNotFoundError: No module named"),
    "no attribute": ({"points": "extra = extra_functions:nothing"}, "AttributeError: module"),
    "no functions": ({"points": "extra = math"}, "it holds no Activation"),
    "a number": ({"points": "extra = math:pi"}, "TypeError: vars()"),
    "no path": ({"points": "extra = ?"}, "AttributeError: "),
    "a record of older versions": (
        {"changes": "from actcli.catalogue.vector import VectorActivation"},
        "ImportError: cannot import name 'VectorActivation'",
    ),
    "a field of older versions": (
        {"changes": "fields['lipschitz'] = math.inf"},
        "got an unexpected keyword argument 'lipschitz'",
    ),
    "a missing field": ({"changes": "del fields['citation']"}, "missing 1 required positional"),
    "syntax": ({"changes": "def"}, "SyntaxError: "),
    "an exception": ({"changes": "fail()"}, "ZeroDivisionError: no thing \\x1b[31m"),
    "an exit": ({"changes": "raise SystemExit(3)"}, "SystemExit: 3"),
    "an exit without a word": ({"changes": "raise SystemExit"}, "SystemExit"),
    "an exception of its own": (
        {"changes": "class Own(BaseException):\n    def __str__(self): fail()\nraise Own"},
        "Own",
    ),
    "a range": ({"changes": "fields['range'] = 5"}, "range is of type int, not Range or NoneType"),
    "a name that is none": ({"changes": "fields['name'] = 5"}, "name is of type int, not str"),
    "aliases": ({"changes": "fields['aliases'] = 'cub'"}, "aliases is of type str, not tuple"),
    "a parameter": (
        {"changes": "fields['parameters'] = [Parameter('a', 'one', 'it')]"},
        "parameters[0].default is of type str, not float or Ratio or Real",
    ),
    "a default": (
        {"changes": "fields['parameters'] = [Parameter('a', 1.0, '', Domain('2', [2.0].count))]"},
        "a=1.0 of cube must be 2",
    ),
    "limits": ({"changes": "fields['limits'] = fail"}, "ZeroDivisionError: no thing"),
    "limits that exit": ({"changes": "fields['limits'] = exit"}, "SystemExit: None in limits"),
    "limits of none": ({"changes": "fields['limits'] = lambda: None"}, "limits() is of type None"),
    "one limit": (
        {"changes": "fields['limits'] = lambda: (Ends(0.0, 0.0),)"},
        "limits() is 1 values, not 2",
    ),
    "breakpoints": ({"changes": "fields['breakpoints'] = fail"}, "ZeroDivisionError: no thing"),
    "gradients": (
        {"changes": "fields['symbols'] = [Symbol('torch', 't.f', at_breakpoints={'torch': [1]})]"},
        "t.f has 1 gradients of torch at 0 breaks",
    ),
    "a view": ({"changes": "fields['view'] = math.nan"}, "view is nan"),
    "a taken name": ({"changes": "fields['name'] = 'GELU'"}, "another function is called 'GELU'"),
    "a taken alias": ({"changes": "fields['aliases'] = ['swish']"}, "another function is called"),
    "a number's name": ({"changes": "fields['name'] = 'inf'"}, "'inf' is not a name"),
}  # fmt: skip
NAMES = ("a/b", "a-b", "", "../cube", "a b", "1st", "_a", "a:b", "a,b", "a=b", "a.b", "ä", "a\\n",
         "\\x1b[31mred", "\\u202e", "a" * 65, "x", "nan", "-")  # fmt: skip
FAULTS |= {
    f"the name {name!r}": ({"changes": f'fields["name"] = "{name}"'}, "is not a name")
    for name in NAMES
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_and_the_rest_goes_on(install: Install, fault: str) -> None:
    settings, words = FAULTS[fault]
    run = install(**settings)
    done = run("list", "--format", "text")
    assert listed(done) == []
    assert done.err.startswith("actcli: ")
    assert words in done.err
    assert "plug-in 'extra'" in done.err
    assert " is left out: " in done.err
    assert done.err[:-1].isprintable()
    assert len(done.err) <= 500
    misspelt = run("eval", "sigmod", "1")
    assert (misspelt.status, misspelt.out) == (2, "")
    line, error = misspelt.err.splitlines()
    assert line + "\n" == done.err
    assert error.startswith("actcli: error: unknown activation 'sigmod'; did you mean sigmoid")


def test_what_it_does_not_state_is_computed(install: Install) -> None:
    facts = ("limits", "range", "monotonic", "steepest", "smoothness")
    run = install(f"for fact in {facts}: del fields[fact]")
    done = run("info", "cube", "--format", "json")
    assert (done.status, done.err) == (0, "")
    found = json.loads(done.out)
    assert (found["monotonic"], found["symmetry"], found["smoothness"]) == (True, "odd", "smooth")
    assert found["limits"]["-inf"] == {"y": "-inf", "dy": "inf", "d2y": "-inf"}


def test_others_of_the_same_package_stay(install: Install) -> None:
    more = "BAD = CUBE._replace(name='b/c')\nSQUARE = CUBE._replace(name='quad')"
    run = install(more=more, points="gone = no_such_module\nextra = extra_functions")
    done = run("list", "--format", "text")
    assert listed(done) == ["cube", "quad"]
    assert done.err.count("\n") == 2
    assert "'b/c' of plug-in 'extra' is left out: 'b/c' is not a name" in done.err


def test_names_that_differ_in_case_alone_are_one(install: Install) -> None:
    done = install(more="OTHER = CUBE._replace(name='Cube')")("list", "--format", "text")
    assert listed(done) == ["cube"]
    assert "another function is called 'Cube'" in done.err


def test_functions_that_a_module_imports_are_not_its_own(install: Install) -> None:
    more = (
        "from actcli.catalogue.specification import find\nGELU = find('gelu')[0]\nAGAIN = CUBE\n"
        "from actcli.catalogue.families.gates import SILU"
    )
    run = install(more=more, points="extra = extra_functions\nsame = extra_functions:CUBE")
    done = run("list", "--format", "text")
    assert (listed(done), done.err) == (["cube"], "")


def test_what_a_plug_in_prints_is_not_data(install: Install) -> None:
    done = install(changes="print('hello')")("list", "--format", "json")
    assert "cube" in {function["name"] for function in json.loads(done.out)}
    assert done.err == "hello\n"


def test_a_list_of_entry_points_that_cannot_be_read(install: Install, tmp_path: Path) -> None:
    run = install()
    (tmp_path / "site" / "extra-1.0.dist-info" / "entry_points.txt").write_bytes(b"[a]\n\xff = b\n")
    done = run("list", "--format", "text")
    assert listed(done) == []
    assert done.err.startswith("actcli: the functions of all plug-ins are left out: Unicode")
    assert done.err.count("\n") == 1


#: Words with what a terminal would obey, in every place that is shown.
WORDS = """
bad = "\\x1b[31mred\\x07\\u202e\\n"
fields.update(
    text=bad, derivative_text=bad, second_derivative_text=bad, family=bad, smoothness=bad,
    notes=[bad], unverified=[bad], where=[(bad, bad)], aliases=(),
    symbols=[Symbol("torch" + bad, "torch.cube" + bad, also=["torch.kube" + bad])],
    citation=Citation(bad, bad, 1, (bad,)), steepest=Steepest(1.0, "+-" + bad),
)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",), ("list", "--format", "table"), ("list", "--format", "json"),
        ("info", "cube"), ("info", "cube", "--format", "json"), ("eval", "cub", "1"),
        ("eval", "cube", "1"), ("compare", "cube", "--backends", "tensorflow-2.0"),
        ("audit", "tensorflow-2.0", "cube"), ("audit", "actcli", "cube", "--sample", "1"),
        ("flow", "cube"),
        ("plot", "cube", "--terminal"), ("backends",), ("list", "nonsense"),
    ],
)  # fmt: skip
def test_its_words_are_printable(install: Install, arguments: tuple[str, ...]) -> None:
    done = install(changes=WORDS)(*arguments)
    assert done.status in (0, 2)
    shown = (done.out + done.err).replace("\n", "").replace("\t", "")
    assert shown.isprintable(), [letter for letter in shown if not letter.isprintable()]


def test_what_a_function_computes_itself_is_not_asked(install: Install) -> None:
    done = install(changes="fields['formulas'] = fail")("eval", "cube", "3", "--show", "y,dy")
    assert done.status == 0
    assert "numpy=27.0" in done.out


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("fields['derivative_text'] = '2*x**2'", "derivative 1 of 'x**3' is 4872.2699"),
        ("fields['second_derivative_text'] = '5*x'", "derivative 2 of 'x**3' is -241.7999"),
        ("fields['text'] = 'x cubed'", "a text is not a formula: "),
    ],
)
def test_texts_are_held_to_the_definition(install: Install, changes: str, words: str) -> None:
    done = install(changes=changes)("list", "--format", "text")
    assert "cube" not in done.out
    assert f"'cube' of plug-in 'extra' is left out: {words}" in done.err
    assert done.err.count("\n") == 1


#: The command line with a catalogue of two functions and those of plug-ins.
TWO = """
import sys
import actcli.catalogue.registry as registry
two = {name: registry.built_in()[name] for name in ("gelu", "relu")}
registry.built_in = lambda: two
from actcli.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("changes", "words"),
    [("", ""), ("fields['formulas'] = fail", ""), ("fields['limits'] = fail", "ZeroDivisionError")],
)
@pytest.mark.sampled(3)
def test_the_gallery_goes_on(install: Install, tmp_path: Path, changes: str, words: str) -> None:
    done = install(changes)("plot", "--all", "-o", "gallery", "--dpi", "30", program=TWO)
    assert done.status == 0
    drawn = ["gelu", "relu"] if words else ["cube", "gelu", "relu"]
    folder = tmp_path / "gallery"
    assert sorted(path.stem for path in folder.glob("*.png")) == drawn
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert [name for name in ("cube", "gelu", "relu") if f'id="{name}"' in page] == drawn
    assert ("cube" in done.out) == (not words)
    assert done.err.count("\n") == bool(words)
    assert words in done.err


def test_all_on_a_terminal_goes_on(install: Install) -> None:
    run = install("fields['limits'] = fail")
    done = run("plot", "--all", "--terminal", program=TWO)
    assert (done.status, done.err.count("\n")) == (0, 1)
    assert "relu" in done.out
    assert "cube" not in done.out


def test_completion_says_nothing(install: Install) -> None:
    run = install(changes="fail()")
    program = (
        "import os, sys\n"
        "os.environ.update(_ACTCLI_COMPLETE='bash_complete', COMP_WORDS='actcli info gel', "
        "COMP_CWORD='2')\nfrom actcli.cli import run\nsys.exit(run([]))"
    )
    done = run(program=program)
    assert (done.status, done.err) == (0, "")
    assert "plain,gelu_tanh" in done.out.splitlines()
