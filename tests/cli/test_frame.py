"""The frame: help, version, commands, and how it starts and ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from actcli import __version__
from actcli.cli import COMMANDS
from tests.conftest import Call, Run, environment


def test_version_is_the_name_and_the_version_alone(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"actcli {__version__}\n", "")


@pytest.mark.parametrize("args", [(), ("-h",), ("--help",)])
def test_help_lists_every_command(call: Call, args: tuple[str, ...]) -> None:
    status, out, err = call(*args)
    assert (status, err) == (0, "")
    for name, text in COMMANDS.items():
        assert f"  {name}" in out
        assert text in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(call: Call, name: str) -> None:
    status, out, err = call(name, "-h")
    assert (status, err) == (0, "")
    assert out.startswith(f"Usage: actcli {name}")
    assert f"actcli {name}" in out.partition("\n")[2] or name == "backends"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_help_is_that_of_the_command(name: str) -> None:
    from actcli.cli import cli

    assert cli.commands[name].short_help == COMMANDS[name]


def test_backends(call: Call) -> None:
    assert "tensorflow-2.0" in call("backends").out
    assert '"name": "actcli"' in call("backends", "--format", "json").out


def test_a_defect_shows_its_traceback(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no user can cause must not be hidden behind one line."""

    def broken(*words: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("actcli.commands.eval.read_request", broken)
    with pytest.raises(ZeroDivisionError):
        call("eval", "gelu", "1")


def test_exit_functions_run() -> None:
    program = (
        "import atexit, sys; sys.argv = ['actcli', '--version']\n"
        "atexit.register(print, 'asked to run at exit', file=sys.stderr)\n"
        "from actcli.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "asked to run at exit\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_the_same_each_time(call: Call, name: str) -> None:
    assert call(name, "-h") == call(name, "-h")


@pytest.mark.parametrize(
    ("line", "on"),
    [
        ("list", False),
        ("eval sigmoid -10 10 10", True),
        ("eval sigmoid", True),
        ("eval sigmoid table.csv --column x", True),
        ("eval softmax 1 2 3", True),
        ("eval softmax", True),
        ("audit tensorflow-2.0 relu --sample 10", True),
        ("audit --samples table.csv relu", True),
        ("audit --all tensorflow-2.0 --sample 1", True),
        ("flow relu --depth 2 --width 4 --train --steps 1", True),
    ],
)
def test_what_may_run_long_collects_garbage(tmp_path: Path, line: str, on: bool) -> None:
    (tmp_path / "table.csv").write_text("x,y\n1,1\n2,2\n")
    code = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print(gc.isenabled(), file=sys.stderr))\n"
        "from actcli.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *line.split()],
        env=environment(), cwd=tmp_path, input="1\n2\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == f"{on}\n"
