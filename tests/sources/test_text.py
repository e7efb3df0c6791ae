"""Numbers in text: whichever way a block is read, what comes out is the same."""

from __future__ import annotations

import io
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.errors import DataError
from actcli.numerics.dtypes import DTYPES
from actcli.sources.invalid import Invalid
from actcli.sources.text import TextSource

#: More than enough of it to make a block worth a quick way.
FILLER = "1.5\n" * 2000
#: Every way to write a number, and what is not a number.
SPELLINGS = """
    0 -0 -0.0 +0 1 -1 +1 1. .5 -.5 01 1e5 1E5 1e+5 1e-5 -1e5 1e400 -1e400 1e-400 -1e-400 -0e5 0.1
    inf -inf +INF Infinity -infinity nan NaN -nan 18446744073709551616 2.5e-324
    1.7976931348623159e308 9007199254740993 123456789012345678901234567890 −3 −1e−5
"""
BAD = """
    true false null "1" [1] {} 1_0 0x10 1e 1e5.0 -- +-1 ++1 - . e5 x 1x infinit nano １ ١ 1;2 \x00
    0b1 1d5 (1) -true 1.#INF -1.#IND 1.#QNAN 5#5 −#
"""


def read(text: str | bytes, policy: str = "fail") -> tuple[list[float], str]:
    """The numbers of a text as float64, and the error that ended them."""
    data = text.encode() if isinstance(text, str) else text
    source = TextSource(io.BytesIO(data), "it", DTYPES["float64"], Invalid(policy))
    values: list[float] = []
    try:
        for block in source.blocks():
            values += block.tolist()
    except DataError as error:
        return values, str(error)
    return values, ""


def same(got: list[float], wanted: list[float]) -> bool:
    """Equal down to the sign of zero; any nan is a nan."""
    return list(map(repr, got)) == list(map(repr, wanted))


def definition(word: str) -> float:
    """What a word means."""
    return float(word.replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize("word", SPELLINGS.split())
@pytest.mark.parametrize("filler", ["", FILLER], ids=["alone", "among many"])
def test_spellings(word: str, filler: str) -> None:
    values, error = read(f"{filler}{word}\n7\n")
    assert error == ""
    assert same(values[-2:], [definition(word), 7.0])
    assert len(values) == filler.count("\n") + 2


@pytest.mark.parametrize("word", BAD.split())
@pytest.mark.parametrize("filler", ["", FILLER], ids=["alone", "among many"])
def test_what_is_not_a_number(word: str, filler: str) -> None:
    line = filler.count("\n") + 1
    values, error = read(f"{filler} 2, {word}\n7\n")
    assert values[-1:] == [2.0]
    assert len(values) == line
    remedy = (
        "are its cells separated by ';'?" if ";" in word else "write one as -10, .5, 1e-3 or inf"
    )
    assert error.startswith(f"it, line {line}, column 5: {word!r} is not a number; {remedy}")
    values, error = read(f"{filler} 2, {word}\n7\n", "skip")
    assert (values[-2:], len(values), error) == ([2.0, 7.0], line + 1, "")
    values, error = read(f"{filler} 2, {word}\n7\n", "nan")
    assert math.isnan(values[-2])
    assert (len(values), error) == (line + 2, "")


word = st.one_of(
    st.floats().map(repr),
    st.floats().map(lambda value: f"{value:.3e}"),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from(SPELLINGS.split()),
)
separator = st.sampled_from(
    ["\n", "\n", "\n", "\r\n", " ", ",", ", ", "\t", "\n\n", " # 1 x\n", ",#1\n", "\xa0#1 #2\n"]
)


@given(st.lists(st.tuples(word, separator), max_size=40))
def test_any_words_with_any_separators(parts: list[tuple[str, str]]) -> None:
    text = "".join(map("".join, parts))
    wanted = [definition(number) for number, _ in parts]
    for before, count in (("", 0), (FILLER, 2000), ("1e5,", 1)):
        values, error = read(before + text)
        assert error == ""
        assert same(values[count:], wanted)


@given(st.lists(st.floats(), min_size=1))
def test_one_a_line_agrees_with_every_other_way(numbers: list[float]) -> None:
    lines = FILLER + "\n".join(map(repr, numbers))
    plain, _ = read(lines)
    assert same(plain[2000:], numbers)
    for other in (lines.replace("\n", ","), lines + " # a", lines.replace("\n", " \r\n\n")):
        assert same(read(other)[0], plain)


@given(st.text(), st.sampled_from(["", FILLER]))
def test_any_text_is_read_as_words_are(text: str, filler: str) -> None:
    """By the definition of a word and of a number, one after the other."""
    number = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)", re.ASCII | re.I)
    wanted = []
    text = text.encode("utf-8", "replace").decode()
    for line in text.split("\n"):
        for found in re.findall(r"[^\s,]+", re.split(r"(?<![^\s,])#", line)[0]):
            bare = found.replace("\N{MINUS SIGN}", "-")
            if number.fullmatch(bare):
                wanted.append(float(bare))
    values, error = read(filler + text, "skip")
    assert error == ""
    assert same(values[filler.count("\n") :], wanted)


def test_a_byte_order_mark_is_passed_over_once() -> None:
    mark = b"\xef\xbb\xbf"
    assert read(mark + b"1\n2") == ([1.0, 2.0], "")
    assert read(mark + FILLER.encode() + b"2")[0][-1] == 2.0
    assert "line 1, column 1: 'x'" in read(mark + b"x")[1]
    assert "line 2, column 1: '\\ufeff2'" in read(b"1\n" + mark + b"2")[1]


def test_a_line_of_any_length() -> None:
    numbers = np.arange(100_000.0)
    text = " ".join(map(repr, numbers.tolist()))
    assert read(text) == (numbers.tolist(), "")
    assert read(text.replace(" ", ",") + ",\n1") == ([*numbers.tolist(), 1.0], "")
    values, error = read(text + " é x")
    assert values == numbers.tolist()
    assert f"line 1, column {len(text) + 2}: 'é'" in error
    values, error = read(f"5 # {text}\n{text} # {text}\nx")
    assert values == [5.0, *numbers.tolist()]
    assert "line 3, column 1: 'x'" in error


@pytest.mark.parametrize("length", [10, 1 << 17])
def test_where_a_comment_begins(length: int) -> None:
    for before in ("", "1,", "1 ", "1\t", "1\xa0", "1\u2003", "\ufeff", "1\r", "1\x1c"):
        values, error = read(f"{before}# 5 {'#x' * length}\n2\n")
        assert values == [1.0] * before.count("1") + [2.0]
        assert error == ""
    for word in ("1#", "1#5", "1.#INF", "e#", "\x00#"):
        values, error = read(f"2 {word} # 5 {'#x' * length}\n3\n")
        assert values == [2.0]
        assert f"line 1, column 3: {word!r} is not a number" in error
        values, error = read(f"2 {'1 ' * length}{word} {'1 ' * length}#\n3\n", "skip")
        assert values == [2.0] + [1.0] * (2 * length) + [3.0]


def test_columns_count_characters() -> None:
    words = "\N{MINUS SIGN}1 " * 50_000
    _, error = read(words + "x")
    assert f"line 1, column {len(words) + 1}: 'x'" in error


def test_an_overlong_word_is_not_a_number() -> None:
    values, error = read("1\n2 " + "9" * (1 << 21))
    assert values == [1.0, 2.0]
    assert error == "it, line 2, column 3: a word of more than 1 MiB"
    assert read("1\n" + "#" * (1 << 21) + "\n2") == ([1.0, 2.0], "")
    (long,), error = read("0." + "1" * (1 << 17))
    assert long == 0.1111111111111111
    assert error == ""


@pytest.mark.parametrize(
    "word",
    ["9" * 900_000 + "x", "." + "9" * 900_000 + "x", "9" * 450_000 + "." + "9" * 450_000 + "x"],
)
def test_digits_before_a_letter_are_passed_once(word: str) -> None:
    """If they were tried in all ways, it would take hours."""
    values, error = read(f"1\n{word}\n")
    assert values == [1.0]
    assert "line 2, column 1:" in error
    values, error = read(f"1\n1e{word[1:]}\n2", "skip")
    assert (values, error) == ([1.0, 2.0], "")
