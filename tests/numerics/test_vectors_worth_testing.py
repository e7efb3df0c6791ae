"""The vectors worth testing: what is promised is among them, always the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from actcli.evaluating.vectors_worth_testing import KINDS, vectors_worth_testing
from actcli.numerics.dtypes import get_dtype
from tests.conftest import Run
from tests.support.formats import FORMATS, Format, wide

every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)


def of_kind(form: Format, kind: str, length: int = 17, count: int = 240) -> np.ndarray:
    found = vectors_worth_testing(get_dtype(form.name), length, count)
    return wide(found.rows)[found.kinds == list(KINDS).index(kind)]


@every_format
@pytest.mark.parametrize("length", [1, 2, 17])
def test_shape_and_repetition(form: Format, length: int) -> None:
    found = vectors_worth_testing(get_dtype(form.name), length, 50)
    assert found.rows.shape == (50, length)
    again = vectors_worth_testing(get_dtype(form.name), length, 50)
    assert found.rows.tobytes() == again.rows.tobytes()
    assert set(found.kinds.tolist()) == set(range(len(KINDS)))
    only = np.isfinite(wide(found.rows)[found.kinds == list(KINDS).index("ordinary")])
    assert only.all()


@every_format
def test_what_each_kind_is(form: Format) -> None:
    masked = of_kind(form, "masked")
    lowest = -np.inf if form.has_infinity else -form.largest
    masks = masked == lowest
    assert masks.all(axis=1).any()  # everything
    assert (masks.sum(axis=1) == masked.shape[1] - 1).any()  # all but one
    assert masks[:, -1].any()
    assert (masked == -form.largest).any()
    away = np.abs(of_kind(form, "offset"))
    assert np.median(away) > min(500, form.largest / 8)
    assert (np.abs(away - away[:, :1]).max(axis=1) > 0).all()
    ties = of_kind(form, "ties")
    assert (ties == ties[:, :1]).all(axis=1).any()
    assert {form.smallest, form.largest, -form.largest} <= set(ties.ravel().tolist())
    dominant = np.sort(of_kind(form, "dominant"), axis=1)
    assert (dominant[:, -1] > dominant[:, -2]).all()
    spread = np.abs(of_kind(form, "spread"))
    assert np.isfinite(spread).all()
    assert np.log2(spread.max()) > 0.9 * np.log2(form.largest)
    specials = of_kind(form, "specials")
    assert np.isnan(specials).any()
    assert not form.has_infinity or {np.inf, -np.inf} <= set(specials.ravel().tolist())


def test_ordinary_numbers_are_normal() -> None:
    """Of the standard normal distribution but for the size of the row."""
    rows = of_kind(FORMATS["float64"], "ordinary", 1000, 8 * 13)
    scaled = rows / 2.0 ** (np.arange(len(rows)) % 13 - 6)[:, None]
    assert abs(scaled.mean()) < 0.05
    assert abs(scaled.std() - 1) < 0.05
    assert (np.abs(scaled) > 2).mean() == pytest.approx(0.0455, abs=0.01)


def test_the_command_writes_them(run: Run, tmp_path: Path) -> None:
    lines = run("points", "softmax", "--length", "4", "--count", "16").stdout.splitlines()
    expected = vectors_worth_testing(get_dtype("float32"), 4, 16).rows
    found = np.array([line.split() for line in lines], np.float32)
    assert found.tobytes() == expected.tobytes()
    assert run("points", "softmax", "-o", "x.npy").returncode == 0
    assert np.load(tmp_path / "x.npy").shape == (256, 64)
    assert run("points", "glu", "--length", "8", "--count", "5", "-o", "g.npz").returncode == 0
    assert np.load(tmp_path / "g.npz")["x"].shape == (5, 8)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("points gelu --length 4", "works on single numbers"),
        ("points softmax --format table", "vectors need one of the formats text"),
        ("points softmax --length 1e6 --count 1e6", "numbers in all"),
        ("points softmax --length 0", "--length"),
    ],
)
def test_what_is_refused(line: str, words: str, run: Run) -> None:
    done = run(*line.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert words in done.stderr


def test_a_length_that_the_function_rejects(run: Run) -> None:
    done = run("points", "glu", "--length", "5")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "actcli: error: glu halves a vector, and 5 numbers have no halves\n"
