"""A decimal becomes the nearest number of the dtype, wherever one is written."""

from __future__ import annotations

import json
import math
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from actcli.numerics.dtypes import DTYPES, DType
from tests.conftest import Call
from tests.support.formats import FORMATS, exponent_of, round_fraction

NARROW = [dtype for dtype in DTYPES.values() if dtype.bits < 64]
#: More than enough digits for every sum below.
WIDE = Context(prec=400)


def nearest(word: str, dtype: DType) -> str:
    """The bit pattern of the number that is nearest to a decimal."""
    form = FORMATS[dtype.name]
    size = round_fraction(abs(Fraction(word)), form)
    number = np.array([math.copysign(size, -1 if word.startswith("-") else 1)]).astype(form.numpy)
    return f"0x{number.view(form.pattern)[0]:0{form.bits // 4}x}"


def ties(dtype: DType, count: int) -> list[Decimal]:
    """Exact values halfway between two numbers: at the ends of the dtype, and in the middle."""
    last = Fraction(dtype.largest)
    ulp = Fraction(2) ** (exponent_of(last) - dtype.mantissa_bits)
    found = [Fraction(dtype.smallest) / 2, Fraction(dtype.smallest) * 3 / 2, last + ulp / 2]
    random = np.random.default_rng(dtype.bits + dtype.mantissa_bits)
    for _ in range(count):
        low = dtype.smallest_normal_exponent - 1
        exponent = int(random.integers(low, -low))
        odd = 2 * int(random.integers(1 << dtype.mantissa_bits, 2 << dtype.mantissa_bits)) + 1
        found.append(Fraction(odd) * Fraction(2) ** (exponent - dtype.mantissa_bits - 1))
    return [WIDE.divide(Decimal(tie.numerator), Decimal(tie.denominator)) for tie in found]


def around(tie: Decimal) -> list[str]:
    """The tie, what is a little more or less, with many digits and with few, and beyond 0."""
    little = WIDE.multiply(abs(tie), Decimal("1e-40"))
    more, less = WIDE.add(tie, little), WIDE.subtract(tie, little)
    words = [str(tie), str(more), str(less), repr(float(tie)), f"{more:f}", f"{less:e}", f"{tie:f}"]
    return words + [f"-{word}" for word in words]


def expected(words: list[str], dtype: DType) -> list[str]:
    return [nearest(word, dtype) for word in words]


@pytest.fixture(params=NARROW, ids=[dtype.name for dtype in NARROW])
def dtype(request: pytest.FixtureRequest) -> DType:
    found: DType = request.param
    return found


@pytest.fixture
def words(dtype: DType) -> list[str]:
    return [word for tie in ties(dtype, 9) for word in around(tie)]


def comparable(patterns: list[str], dtype: DType) -> list[str]:
    """Bit patterns, of which those that are nan are one."""
    return patterns if dtype.has_infinity else [word.replace("0xff", "0x7f") for word in patterns]


@pytest.mark.parametrize("before", ["", "1.5\n" * 2000], ids=["few", "many"])
@pytest.mark.parametrize(
    ("separator", "end"),
    [
        ("\n", ""),
        ("\n", " # a comment\n"),
        (", ", ""),
        (" ", "\n\N{MINUS SIGN}1"),
        ("\n", "\nx 1_0"),
    ],
    ids=["lines", "comment", "commas", "minus", "skipped"],
)
def test_text(
    call: Call,
    tmp_path: Path,
    dtype: DType,
    words: list[str],
    before: str,
    separator: str,
    end: str,
) -> None:
    path = tmp_path / "x.txt"
    path.write_text(before + separator.join(words) + end, encoding="utf-8")
    shown = ["--show", "x", "--format", "bits", "--dtype", dtype.name, "--invalid", "skip"]
    done = call("eval", "relu", str(path), *shown)
    assert done.status == 0
    got = done.out.split()[before.count("\n") :][: len(words)]
    assert comparable(got, dtype) == comparable(expected(words, dtype), dtype)


def test_a_line_is_a_vector(call: Call, tmp_path: Path, dtype: DType, words: list[str]) -> None:
    path = tmp_path / "x.txt"
    finite = [word for word in words if abs(Fraction(word)) <= Fraction(dtype.largest)]
    path.write_text(" ".join(finite))
    done = call(
        "eval", "softmax", str(path), "--show", "x", "--format", "bits", "--dtype", dtype.name
    )
    assert done.out.split() == expected(finite, dtype)


@pytest.mark.parametrize("unusual", ["", "\N{MINUS SIGN}1,b\n"], ids=["plain", "unusual"])
def test_a_column_of_a_table(
    call: Call, tmp_path: Path, dtype: DType, words: list[str], unusual: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("v,name\n" + unusual + "".join(f" {word},a\n" for word in words), "utf-8")
    done = call("eval", "identity", str(path), "--column", "v", "--dtype", dtype.name)
    got = [line.rpartition(",")[2] for line in done.out.splitlines()[-len(words) :]]
    for text, word in zip(got, words, strict=True):
        (wanted,) = expected([word], dtype)
        if text.lstrip("-") in ("inf", "nan"):
            assert wanted in expected(["1e9999", "-1e9999"], dtype)
        else:
            assert expected([text], dtype) == [wanted]


@pytest.mark.sampled(2)
def test_a_point_and_the_ends_of_a_range(call: Call, dtype: DType) -> None:
    for tie in ties(dtype, 2):
        for word in around(tie)[:3] + around(tie)[-7:-4]:
            wanted = comparable(expected([word], dtype), dtype)
            shown = ["--show", "x", "--format", "bits", "--dtype", dtype.name]
            assert comparable(call("eval", "relu", word, *shown).out.split(), dtype) == wanted
            done = call("eval", "relu", word, "1", "2", *shown)
            beyond = expected(["1e9999", "-1e9999"], dtype)
            assert done.status == (2 if wanted[0] in comparable(beyond, dtype) else 0)
            if done.status == 0:
                assert done.out.split()[:1] == wanted
                assert call("eval", "relu", "0", word, "3", *shown).out.split()[-1:] == wanted


@pytest.mark.parametrize(
    "word", [str(2**1023), "-8.98846567431158e+307", "4.9e-324", "1e-400", "1e400"]
)
def test_beyond_the_dtype(call: Call, dtype: DType, word: str) -> None:
    """Without a warning of numpy's, which would be an error here."""
    line = ["eval", "relu", word, "--show", "x", "--format", "bits", "--dtype", dtype.name]
    done = call(*line)
    assert comparable(done.out.split(), dtype) == comparable(expected([word], dtype), dtype)
    assert (done.status, done.err) == (0, "")


def test_other_words_of_a_command_line(call: Call) -> None:
    tie = "1.000000059604644775390625"
    for word, wanted, shown in ((tie + "1", 1 + 2.0**-23, 1.0000001), (tie[:-1] + "4", 1.0, 1.0)):
        done = call("compare", "relu", word, "--backends", "tensorflow-2.0", "--format", "json")
        assert {1.0000001, 1.0} & {row["x"] for row in json.loads(done.out)["rows"]} == {shown}
        audit = ["audit", "actcli", "relu", "--sample", "9", "--format", "json"]
        assert json.loads(call(*audit, "--upstream", word).out)["rules"]["upstream"] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n{0},{1}\n",
        "x y\n{0} {1}\n-1 \N{MINUS SIGN}0\n",
        '{{"x": [{0}], "y": [{1}]}}',
        '{{"x": {0}, "y": {1}}}\n',
    ],
    ids=["csv", "blanks", "columns", "rows"],
)
def test_samples(call: Call, tmp_path: Path, text: str) -> None:
    """Samples of relu that are right if each is rounded once, and wrong if one is rounded twice."""
    above, below = "1.00390625000000000000000001", "1.0039062499999999999999999"
    for x, y in ((above, "1.0078125"), (below, "1.0"), ("1.0078125", above), ("1", below)):
        judge(call, tmp_path, text.format(x, y))


def test_hexadecimal_samples(call: Call, tmp_path: Path) -> None:
    """The float64 of both is a tie of bfloat16, between 1 and 1.0078125."""
    for x, y in (("0x1.0100000000000001p0", "1.0078125"), ("0x1.00ffffffffffffffp0", "1.0")):
        judge(call, tmp_path, f"x,y\n{x},{y}\n")


def judge(call: Call, tmp_path: Path, text: str) -> None:
    path = tmp_path / "samples"
    path.write_text(text, "utf-8")
    dtype = ["--dtype", "bfloat16", "--max-ulp", "0"]
    done = call("audit", "--samples", str(path), "relu", *dtype)
    assert done.status == 0, text
