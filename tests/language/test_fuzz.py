"""Whatever is typed as a SPEC is a function or one line, at once and in little memory."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable
from types import FrameType

import numpy as np
import pytest

from actcli.catalogue.specification import parse
from actcli.errors import UsageError
from actcli.evaluating import evaluate as core
from actcli.numerics.dtypes import DTYPES
from tests.conftest import ROOT, environment
from tests.language.strings import strings, well_formed

#: Seconds after which something hangs, on a machine that does other things as well.
HANGING = 60
#: MiB that a process may use for all this, the interpreter, numpy and flint included.
MEMORY = 200
X = np.array([0.0, -0.0, 1.5, -1e308])
X32 = np.array([-3.0, 0.25], np.float32)


class HangError(Exception):
    """It took too long."""


def _hang(number: int, frame: FrameType | None) -> None:
    raise HangError


def survive(texts: Iterable[str]) -> tuple[int, int]:
    """Read each text, and evaluate what is a function; how many there were of both."""
    count = functions = 0
    before = signal.signal(signal.SIGALRM, _hang)
    try:
        for text in texts:
            count += 1
            signal.alarm(HANGING)
            try:
                bound = parse(text)
                if bound.activation.vector:
                    continue
                functions += 1
                for order in (0, 1, 2):
                    for x, name in ((X, "float64"), (X32, "float32")):
                        signal.alarm(HANGING)  # what no number of bits decides takes a second each
                        (found,) = core.evaluate(bound, x, (order,), DTYPES[name])
                        assert found.shape == x.shape
            except UsageError as error:
                if "\n" in str(error) or len(str(error)) > 1000:
                    raise AssertionError(f"{text!r}: {error}") from None
            except HangError:
                raise AssertionError(f"{text!r} hangs") from None
            except Exception as error:
                raise AssertionError(f"{text!r}: {error!r}") from error
            finally:
                signal.alarm(0)
    finally:
        signal.signal(signal.SIGALRM, before)
    return count, functions


def in_a_process(expression: str) -> None:
    """Run `survive` in a process of its own, and look at how much memory that took."""
    code = (
        "from tests.language.strings import HARD, strings, well_formed\n"
        "from tests.language.test_fuzz import survive\n"
        f"print(*survive({expression}))\n"
        # getrusage would count what the process that forked this one had
        "status = open('/proc/self/status').read().split()\n"
        "print(int(status[status.index('VmHWM:') + 1]) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    assert int(done.stdout.split()[-1]) < MEMORY


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no SIGALRM")
def test_a_few_thousand_strings() -> None:
    count, functions = survive(strings(1, 3000))
    assert count == 3000
    assert functions > 20


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no SIGALRM")
def test_formulas_of_any_kind() -> None:
    count, functions = survive(well_formed(1, 60))
    assert functions > count / 3


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc/self/status")
@pytest.mark.slow
def test_hard_strings() -> None:
    in_a_process("HARD")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc/self/status")
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_strings(seed: int) -> None:
    in_a_process(f"strings({100 + seed}, 10_000)")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc/self/status")
@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_formulas(seed: int) -> None:
    in_a_process(f"well_formed({100 + seed}, 500)")
