"""What a terminal would obey, what is too long to read, and lines that nobody would type."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from actcli.backends import BACKENDS
from actcli.catalogue.built_in import built_in
from actcli.cli import COMMANDS, cli
from actcli.formats import FORMATS
from actcli.numerics.dtypes import DTYPES
from tests.conftest import Call, Outcome, command_line, environment
from tests.support.pseudo_terminal import on_terminal

#: Colours, a bell, a line break, letters that reverse others, a byte that is not text.
RAW = "\x1b[31mred\x07\n\x9b1m\u202e\udcff"
SHOWN = ("\\x1b[31mred\\x07", "\\x9b1m\\u202e")


def check(done: Outcome, *statuses: int) -> None:
    """One line of an error at most, in printable letters, and not too long to be read."""
    assert done.status in statuses, done
    assert done.err.count("\n") == bool(done.status)
    assert done.err.rstrip("\n").isprintable()
    assert len(done.err) <= 500
    if done.status:
        assert done.err.startswith("actcli: error: ")


LINES = [
    ("eval", "{}", "1"), ("eval", "{}:1", "1"), ("eval", "elu:{}=1", "1"), ("eval", "elu:{}", "1"),
    ("eval", "elu:alpha={}", "1"), ("eval", "gelu", "1", "{}"), ("eval", "gelu", "{}"),
    ("eval", "gelu", "1", "2", "{}"), ("eval", "gelu", "1", "--format", "{}"), ("{}",), ("--{}",),
    ("eval", "gelu", "1", "--dtype", "{}"), ("eval", "gelu", "1", "--show", "{}"),
    ("eval", "gelu", "1", "--backend", "{}"), ("eval", "gelu", "1", "-o", "no/{}.csv"),
    ("eval", "gelu", "1", "-o", "{}"), ("eval", "gelu", "1", "--first-id", "{}"), ("list", "{}"),
    ("eval", "gelu", "1", "--{}"), ("list", "--format", "{}"), ("info", "{}"),
    ("info", "gelu", "{}"),
    ("audit", "{}", "gelu"), ("audit", "actcli", "{}"), ("audit", "--samples", "{}", "gelu"),
    ("audit", "actcli", "gelu", "--sample", "{}"), ("compare", "gelu", "--backends", "{}"),
    ("points", "gelu", "--count", "{}"), ("flow", "gelu", "--depth", "{}"), ("backends", "{}"),
    ("flow", "gelu", "--init", "{}"), ("plot", "gelu", "--style", "{}"), ("plot", "{}"),
    ("plot", "gelu", "--format", "{}"), ("plot", "gelu", "-o", "no/{}.png"),
    ("plot", "gelu", "-o", "x.{}"), ("plot", "gelu", "--xlim", "{}", "1"),
    ("plot", "gelu", "--terminal", "-o", "no/{}"),
]  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=" ".join)
@pytest.mark.parametrize(
    "word",
    [RAW, "x" * 70_000, "9" * 70_000, "x " * 35_000, "\x1b" * 70_000],
    ids=["raw", "letters", "digits", "words", "escapes"],
)
@pytest.mark.sampled(3)
def test_an_argument_is_shown_printably_and_in_part(
    call: Call, folder: Path, line: tuple[str, ...], word: str
) -> None:
    done = call(*(part.format(word) for part in line))
    if done.status == 0:
        assert word[0] == "9", "a number may have as many digits as it likes"
        return
    check(done, 1, 2)
    assert done.out == ""


def test_the_end_of_a_long_message_says_what_would_be_right(call: Call) -> None:
    err = call("eval", "gelu", "1", "--dtype", "float" + "1" * 70_000).err
    assert err.startswith("actcli: error: unknown dtype 'float111")
    assert err.endswith(
        "111...'; known: float16, bfloat16, float32, float64, float8_e4m3fn, float8_e5m2, "
        "int8, uint8, int16\n"
    )


def csv(folder: Path, header: str) -> str:
    (folder / "t.csv").write_bytes(os.fsencode(f'a,"{header}"\n1,2\n'))
    return "t.csv"


def test_names_of_columns(call: Call, folder: Path) -> None:
    for header in (RAW, "x" * 70_000):
        check(call("eval", "gelu", csv(folder, header), "--column", "c"), 2)
        (folder / "t.csv").write_bytes(os.fsencode(f'a,"{header}","{header}"\n1,2\n'))
        check(call("eval", "gelu", "t.csv", "--column", header), 2)
        (folder / "t.csv").write_bytes(os.fsencode(f'a,"{header}"\n1,{header}\n'))
        check(call("eval", "gelu", "t.csv", "--column", "2", "--header"), 1)
        check(call("audit", "--samples", "t.csv", "gelu"), 1, 2)


def test_names_of_arrays(call: Call, folder: Path) -> None:
    names = [RAW.replace("\udcff", "") + str(number) for number in range(20)]
    arrays: dict[str, Any] = {name: np.zeros(2) for name in names}
    np.savez(folder / "v.npz", **arrays)
    done = call("eval", "gelu", "v.npz")
    check(done, 2)
    assert all(part in done.err for part in SHOWN)
    check(call("eval", "gelu", "v.npz", "--array", "\x1b[31m"), 2)
    check(call("audit", "--samples", "v.npz", "gelu"), 1, 2)


def test_names_of_files(call: Call, folder: Path) -> None:
    name = f"{RAW}.txt"
    (folder / name).write_text("no number\n")
    done = call("eval", "gelu", name)
    check(done, 1)
    assert all(part in done.err for part in SHOWN)
    (folder / name).write_text("x,y\n1,1\n")
    done = call("audit", "--samples", name, "identity")
    check(done, 0)
    assert all(part in done.out for part in SHOWN)
    assert done.out.replace("\n", "").isprintable()


@pytest.mark.slow
def test_the_path_of_a_file_that_was_written(folder: Path) -> None:
    """A program is given the path itself, a person one that the terminal does not obey."""
    name = f"{RAW}.txt"
    line = ("plot", "gelu", "--terminal", "--width", "30", "-o", name)
    done = subprocess.run(command_line(*line), env=environment(), cwd=folder, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, os.fsencode(name) + b"\n", b"")
    seen = on_terminal(*line[:-1], str(folder / name))
    assert all(part in seen for part in SHOWN)
    assert "\x1b" not in seen
    for picture in (("plot", "gelu", "--dpi", "30"), ("flow", "gelu", "--depth", "2")):
        path = f"{RAW}.png"
        done = subprocess.run(
            command_line(*picture, "-o", path), env=environment(), cwd=folder, capture_output=True
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, os.fsencode(path) + b"\n", b"")
        assert (folder / path).exists()


def test_numbers_that_float_would_take_or_not(call: Call) -> None:
    for word, value in (("\x1c5", "5.0"), ("\u20031e1\n", "10.0"), ("\u2212.5", "-0.5")):
        done = call("eval", "identity", word, "--show", "y", "--format", "text")
        assert (done.status, done.out, done.err) == (0, f"{value}\n", "")
    for word in ("\u0131nf", "\uff15", "\u0665", "1\xa01", "1_0", "1\x000"):
        check(call("eval", "relu", "1", word), 2)


def test_an_offset_beyond_what_its_slope_can_divide(call: Call) -> None:
    for offset, y in (("1e308", 1.0), ("-1e308", 0.0), ("3.1e307", 1.0)):
        line = f"eval hard_sigmoid:offset={offset} -1e308 1e308 5 --dtype float64 --format csv"
        done = call(*line.split(), "--show", "y,dy,d2y")
        check(done, 0)
        assert done.out.split()[1:] == [f"{y},0.0,0.0"] * 5


def test_a_column_with_a_number_of_5000_digits(call: Call, folder: Path) -> None:
    for digits in ("9" * 5000, "0" * 5000, "9" * 4000):
        check(call("eval", "gelu", csv(folder, "b"), "--column", digits), 2)


def test_a_request_that_the_memory_does_not_hold(folder: Path) -> None:
    done = subprocess.run(
        command_line("flow", "relu", "--width", "16384", "--depth", "1"),
        env=environment(),
        cwd=folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20)),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("actcli: error: not enough memory for this request; try a smaller one\n")


def test_json_of_what_json_lacks(call: Call) -> None:
    line = "audit actcli relu --dtype float8_e5m2 --bound inf --format json"
    done = call(*line.split())
    check(done, 0)
    assert '"bound": "inf"' in done.out


NUMBERS = [
    "0", "-0", "1", "-1", "3", "10", "-10", ".5", "-1e-3", "inf", "-inf", "nan", "-nan", "1e308",
    "-1e308", "1e39", "5e-324", "1e-400", "1e400", "65504", "448", "3.4028236e38", "\x1c5",
    "9007199254740993", "\u0131nf", "\uff15", "+3", "\u22125", "1_0", "0x10", "1e", "e5", "-5x",
    "5x", ".", "-", "1e999999999", "1/3", "50%", "2.5", "1e200", "-1e200", "18446744073709551616",
    "infinity", "1e-320", "", "9" * 5000, "0." + "0" * 3000 + "1",
]  # fmt: skip
WORDS = [
    RAW, "a\tb", "\r\n", "%s", "{0}", "{", "../..", "/", "/dev/null", ".", "~", "é", "😀", "'", '"',
    "\\", "`", "*", "[a]", "a b", " ", "\u2028", "\x7f", "x" * 300, "a,b", "=", ":", ",", "::",
    ":,", ":=", "none", "True", "0,", "((", "'" * 50, "missing.txt", "t.csv", "v.npy",
]  # fmt: skip
#: Sensible settings of options.
SENSIBLE = {
    "dtype": list(DTYPES),
    "raw": list(DTYPES),
    "format_name": [*FORMATS, "card", "png", "svg"],
    "backend": ["actcli", "tensorflow-2.0", "nobody"],
    "backends": ["actcli", "tensorflow-2.0", ",", "actcli,actcli"],
    "output": ["o.csv", "o.json", "o.txt", "o.npy", "o", "-", "/dev/full", "no/o.csv", "o.xyz"],
    "show": ["x", "y", "dy,y", "d2y", "x,y,dy,d2y"],
    "inputs": ["normal", "points", "t.csv", "v.npy", "missing.txt", "-", "."],
    "checked": ["g", "missing", "v.npy"],
    "dtypes": ["float8_e5m2", "float8_e4m3fn"],
    "samples": ["t.csv", "v.npy", "missing.txt", "-"],
    "column": ["a", "b", "1", "2", "99"],
    "invalid": ["fail", "skip", "nan"],
}
#: Options with which a line takes long, or draws with matplotlib.
LEFT_OUT = ("every", "train", "inline", "style", "error")


class Lines:
    """Random command lines: words and options that are right, wrong, or make no sense."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions = built_in()

    def number(self) -> str:
        chance = self.random
        if chance.random() < 0.6:
            return chance.choice(NUMBERS)
        return repr(chance.gauss(0, 1) * 10.0 ** chance.choice((0, 0, 1, 5, -300, 300)))

    def specification(self) -> str:
        chance = self.random
        name = chance.choice([*self.functions] * 9 + WORDS + NUMBERS)
        parameters = [p.name for p in getattr(self.functions.get(name), "parameters", ())]
        kind = chance.random()
        if kind < 0.4 and parameters:
            return f"{name}:" + ",".join(f"{one}={self.number()}" for one in parameters)
        if kind < 0.5:
            return f"{name}:{chance.choice([*WORDS, self.number()])}"
        return name

    def value(self, option: click.Option) -> str:
        chance = self.random
        if chance.random() < 0.15:
            return chance.choice([*WORDS, *NUMBERS])
        if isinstance(option.type, click.Choice):
            return str(chance.choice(list(option.type.choices)))
        if option.name in SENSIBLE:
            return chance.choice(SENSIBLE[option.name])
        return chance.choice(["1", "2", "5", "20", self.number()])

    def line(self, command: str) -> list[str]:
        chance = self.random
        words = [self.specification() for _ in range(chance.choice((0, 1, 1, 1, 1, 1, 1, 2)))]
        if command == "audit":
            words = [chance.choice([*list(BACKENDS)[:2], "nobody"]), *words][-2:]
        if command in ("eval", "plot", "compare", "points"):
            words += [self.number() for _ in range(chance.choice((0, 1, 2, 2)))]
            if len(words) == 3:
                words += chance.choice(([], ["3"], ["20"], [self.number()]))
            if command == "eval" and chance.random() < 0.3:
                words[1:] = [chance.choice(["t.csv", "v.npy", "missing.txt", "-", ".", RAW])]
        if command == "golden" and chance.random() < 0.8:
            words += ["-o", "g"]
        options = [
            option
            for option in cli.commands[command].params
            if isinstance(option, click.Option) and option.name not in LEFT_OUT
        ]
        for option in chance.sample(options, min(len(options), chance.choice((0, 1, 1, 2, 3)))):
            given = [chance.choice(option.opts)]
            if not option.is_flag:
                given += [self.value(option) for _ in range(option.nargs)]
            place = chance.randrange(len(words) + 1)
            words[place:place] = given
        return [command, *words, *FASTER.get(command, ())]


#: What keeps each line short.
FASTER = {
    "plot": ("--terminal", "--width", "30", "--height", "10"),
    "audit": ("--sample", "5"),
    "points": ("--count", "20"),
    "flow": ("--depth", "2", "--width", "4"),
    "tolerance": ("--rtol", "1e-3", "--backends", "tensorflow-2.0"),
    "golden": ("--dtype", "float8_e5m2", "--count", "5"),
}


@pytest.fixture
def no_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (folder / "t.csv").write_text("a,b\n1,2\nx,3\n")
    np.save(folder / "v.npy", np.linspace(-1, 1, 4))
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield


@pytest.mark.usefixtures("no_input")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.sampled(2)
def test_random_lines_end_well(call: Call, command: str, seed: int) -> None:
    """An exception that nothing catches would fail the test."""
    lines = Lines(seed)
    for _ in range(10 if command == "flow" else 40):
        line = lines.line(command)
        done = call(*line)
        errors = [text for text in done.err.splitlines() if text.startswith("actcli: error: ")]
        shown = [word[:50] for word in line]
        assert done.status in (0, 1, 2), shown
        assert len(errors) == bool(done.status), shown
        for text in done.err.splitlines():
            assert text.startswith("actcli: "), shown
            assert text.isprintable(), shown
            assert len(text) <= 500, shown
