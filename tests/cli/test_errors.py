"""Whatever a user types: one line on standard error that says what would be right, and a status."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Call, Run, command_line, environment

USAGE = [
    ("evl", "no such command 'evl'. Did you mean 'eval'?"),
    ("--versoin", "no such option '--versoin'. Did you mean '--version'?"),
    ("eval", "no function is named; for example: actcli eval sigmoid -10 10 10"),
    ("eval sigmod 1", "unknown activation 'sigmod'; did you mean sigmoid"),
    ("eval tf.nn.leaky_rleu 1", "did you mean tf.nn.leaky_relu"),
    ("eval -10 10 sigmoid", "the function comes before the numbers"),
    ("eval elu:beta=2 1", "unknown parameter of elu 'beta'; known: alpha"),
    ("eval elu:alpha=x 1", "alpha=x is neither a number nor a formula of constants as 1/6 or pi"),
    ("eval elu:alpha=inf 1", "must be a finite number"),
    ("eval sigmoid:2 1", "sigmoid has no parameters, but 'sigmoid:2' sets one"),
    ("eval sigmoid -5x", "'-5x' is not a number; write one as -10, .5, 1e-3 or inf; a product"),
    ("eval sigmoid -5x", "; a product is written -5*x"),
    ("eval sigmoid 5x", "'5x' is neither a number nor an existing file; a product is"),
    ("eval -.5x+1 2", "'-.5x+1' is not a function; a product is written -.5*x+1"),
    ("plot tanh -5x", "a product is written -5*x"),
    ("eval sigmoid -5xy", "'-5xy' is not a number; write one as -10, .5, 1e-3 or inf\n"),
    ("eval sigmoid --show=y ", "'' is not a number; write one as -10, .5, 1e-3 or inf"),
    ("eval sigmoid 1 ", "'' is not a number; write one as -10, .5, 1e-3 or inf"),
    ("eval sigmoid \t", "'\\t' is not a number; write one as -10, .5, 1e-3 or inf"),
    ("eval leaky_relu --alpha 0.1 1", "'--alpha'; a parameter is set after the function"),
    ("eval leaky_relu --alpha 0.1 1", "function: leaky_relu:alpha=0.1\n"),
    ("eval leaky_relu 1 --alpha=-.1", "function: leaky_relu:alpha=-.1\n"),
    ("eval F.leaky_relu --negative-slope .1 1", "function: F.leaky_relu:negative_slope=.1\n"),
    ("eval gelu --approximate tanh 1", "function: gelu:approximate=tanh\n"),
    ("eval maxout -k 3 1", "function: maxout:k=3\n"),
    ("eval relu:threshold=1 --max_value --show y 1", "relu:threshold=1,max_value=VALUE\n"),
    ("eval tanh --alpha 1 2", "no such option '--alpha'; a parameter is set after"),
    ("plot tanh elu --alpha 2", "function: elu:alpha=2\n"),
    ("info elu --alpha 2", "function: elu:alpha=2\n"),
    ("points elu --alpha 2", "function: elu:alpha=2\n"),
    ("compare elu --alpha 2", "function: elu:alpha=2\n"),
    ("audit actcli elu --alpha 2", "function: elu:alpha=2\n"),
    ("flow elu --alpha 2", "function: elu:alpha=2\n"),
    ("eval leaky_relu(0.1) 1", "'leaky_relu(0.1)' is written leaky_relu:0.1 here"),
    ("eval nn.ELU(alpha=2) 1", "'nn.ELU(alpha=2)' is written nn.ELU:alpha=2 here"),
    ("info nn.ReLU()", "'nn.ReLU()' is written nn.ReLU here"),
    ("eval sigmod(1) 1", "unknown function 'sigmod'; did you mean sigmoid"),
    ("eval elu=2 1", "'elu=2' is written elu:2 here"),
    ("eval alpha=2 1", "'alpha=2' names no function; a parameter stands with one: elu:alpha=2"),
    ("eval elu alpha=2 1", "a parameter is set after the function: SPEC:alpha=2"),
    ("eval elu 1 alpha=2", "'alpha=2' is not a number; write one as -10, .5, 1e-3 or inf; a param"),
    ("eval tf.nn.gelu:approximate=Yes 1", "unknown value of approximate 'Yes'; known: none, tanh"),
    ("eval sigmoid 0x10", "'0x10' is not a number"),
    ("eval sigmoid 1_000", "'1_000' is neither a number nor"),
    ("eval sigmoid -1 ten", "'ten' is not a number"),
    ("eval sigmoid some.txt 1", "'some.txt' is not a number, and nothing may follow a path"),
    ("eval sigmoid 1 2 3 4", "too many numbers: at most START STOP NUM; leave out '4'"),
    ("eval sigmoid 1 2 0", "NUM must be an integer of at least 1, not '0'"),
    ("eval sigmoid 1 2 -3", "NUM must be an integer of at least 1, not '-3'"),
    ("eval sigmoid 1 2 2.5", "NUM must be an integer of at least 1, not '2.5'"),
    ("eval sigmoid 1 2 ten", "NUM must be an integer of at least 1, not 'ten'"),
    ("eval sigmoid 1 2 nan", "NUM must be an integer of at least 1, not 'nan'"),
    ("eval sigmoid 1 2 inf", "NUM must be at most 9007199254740992, not 'inf'"),
    ("eval sigmoid 1 2 " + "9" * 5000, "NUM must be at most"),
    ("eval sigmoid -inf 1", "START of a range must be finite, not '-inf'"),
    ("eval sigmoid 1 nan", "STOP of a range must be finite, not 'nan'"),
    ("eval sigmoid 1 1e39", "1e+39 is beyond float32, which ends at 3.4028235e+38"),
    ("eval sigmoid -500 1 --dtype float8_e4m3fn", "-500.0 is beyond float8_e4m3fn, which ends at"),
    ("eval sigmoid 1 --fromat csv", "no such option '--fromat'. (Did you mean one of: '--format',"),
    ("eval sigmoid -infile", "no such option '-i' (see: actcli eval --help)"),
    ("eval sigmoid 1 --format", "option '--format' requires an argument"),
    ("eval sigmoid 1 --format cvs", "unknown format 'cvs'; did you mean csv?"),
    ("eval sigmoid 1 --dtype float31", "unknown dtype 'float31'; did you mean float32"),
    ("eval sigmoid 1 --backend tensorflwo", "unknown backend 'tensorflwo'; did you mean"),
    ("eval sigmoid 1 --show y,z", "unknown column 'z'; known: x, y, dy, d2y"),
    ("eval sigmoid 1 --show y,y", "column 'y' appears twice"),
    ("eval sigmoid 1 --show=", "unknown column ''"),
    ("eval sigmoid 1 --first-id 3", "--first-id is only for --backend tensorflow-2.0"),
    ("eval sigmoid 1 --backend tensorflow-2.0 --first-id -3", "-3 is not in the range x>=0"),
    ("eval gelu 1 --backend tensorflow-2.0", "sigmoid, tanh, relu, leaky_relu in float32"),
    ("eval tanh 1 --backend tensorflow-2.0 --dtype float64", "in float32"),
    ("eval tanh 1 --backend tensorflow-2.0 --show d2y", "no second derivative"),
    ("eval sigmoid 1 -o x.foo", "suffix '.foo', which is not a format's; use .txt"),
    ("eval sigmoid 1 -o plain", "'plain' has no suffix"),
]
FAILURES = [
    ("eval sigmoid \N{LATIN SMALL LETTER DOTLESS I}nf", "cannot read"),
    ("eval sigmoid missing.txt", "cannot read 'missing.txt': No such file or directory"),
    ("eval sigmoid .", "cannot read '.': Is a directory"),
    ("eval sigmoid 1 -o no/folder.csv", "cannot write 'no/folder.csv': No such file or directory"),
    ("eval sigmoid 1 -o .", "cannot write '.': Is a directory"),
    ("eval sigmoid 1 -o /dev/full", "cannot write '/dev/full': No space left on device"),
    ("eval sigmoid 1 -o /dev/fd/99", "cannot write '/dev/fd/99': it is closed"),
    ("eval sigmoid 1 -o /dev/fd/99999999999", "cannot write '/dev/fd/99999999999': it is closed"),
    (f"eval sigmoid 1 -o /dev/fd/{'9' * 5000}", "999': it is closed"),
]


@pytest.mark.parametrize(
    ("line", "message", "status"),
    [(*case, 2) for case in USAGE] + [(*case, 1) for case in FAILURES],
)
def test_one_line_and_a_status(
    call: Call, folder: Path, line: str, message: str, status: int
) -> None:
    done = call(*line.split(" "))
    assert message in done.err
    assert done.err.startswith("actcli: error: ")
    assert done.err.endswith("\n")
    assert done.err.count("\n") == 1
    assert (done.status, done.out) == (status, "")
    assert not list(folder.iterdir())


def test_a_line_break_in_a_word_stays_in_one_line(call: Call) -> None:
    assert call("eval", "sig\nmoid", "1").err.count("\n") == 1
    assert call("a\nb").err.count("\n") == 1


def test_bytes_that_are_not_text() -> None:
    done = subprocess.run(
        [*command_line("eval"), b"\xff\xfe", "1"], env=environment(), capture_output=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"actcli: error: unknown activation")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("word", ["9" * 120_000 + "y", "0x" + "9" * 120_000 + "y"])
def test_many_digits_before_a_letter(run: Run, word: str) -> None:
    """Their time is not that of their square, which would be minutes."""
    for line in (["eval", "relu", f"-{word}"], ["eval", f"elu:alpha={word}", "1"]):
        done = run(*line)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
    done = run("audit", "--samples", "-", "relu", input=f"x,y\n1,{word}\n")
    assert done.returncode == 1
    assert "line 2, y" in done.stderr
