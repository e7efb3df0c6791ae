"""Tables in: one column is evaluated, every row is passed on as it was."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.columns import Columns
from actcli.formats import appended
from actcli.numerics.dtypes import DTYPES
from actcli.sources.invalid import Invalid
from actcli.sources.table_source import TableSource
from tests.conftest import Call, Outcome, Run, command_line, environment
from tests.support.pseudo_terminal import on_terminal

SCORES = "id,logit,note\n1,0.5,a\n2,-1,b\n"


GUESSED = b"say --header or --no-header"


def evaluated(folder: Path, data: bytes, *args: str, name: str | None = None) -> bytes:
    """What relu makes of a table in a file, or on standard input; a guess may be all it says."""
    if name:
        (folder / name).write_bytes(data)
    command = command_line("eval", "relu", *([name] if name else []), *args)
    done = subprocess.run(
        command, input=data, capture_output=True, cwd=folder, env=environment(), check=True
    )
    assert [line for line in done.stderr.splitlines() if GUESSED not in line] == []
    return done.stdout


Fed = Callable[..., Outcome]


@pytest.fixture
def fed(call: Call, tmp_path: Path) -> Fed:
    """What relu makes of a table, in this process: `fed("x\\n1\\n", "--column", "x")`."""

    def evaluate(text: str, *args: str) -> Outcome:
        path = tmp_path / "fed.txt"
        path.write_bytes(text.encode())
        return call("eval", "relu", str(path), *args)

    return evaluate


@pytest.mark.parametrize("column", ["logit", "2"])
@pytest.mark.parametrize("name", ["scores.csv", "scores.txt", None])
def test_a_column_by_name_or_number(tmp_path: Path, column: str, name: str | None) -> None:
    wanted = b"id,logit,note,y\n1,0.5,a,0.5\n2,-1,b,0.0\n"
    assert evaluated(tmp_path, SCORES.encode(), "--column", column, name=name) == wanted


def test_several_columns_and_dtypes(tmp_path: Path) -> None:
    args = ("--column", "logit", "--show", "x,dy", "--dtype", "bfloat16")
    wanted = b"id,logit,note,x,dy\n1,0.5,a,0.5,1.0\n2,-1,b,-1.0,0.0\n"
    assert evaluated(tmp_path, SCORES.encode(), *args) == wanted


def test_results_stand_below_their_name_where_a_row_is_short(tmp_path: Path) -> None:
    data, wanted = b"a,x,n\n1,2\n3,4,5\n6,7,\n", b"a,x,n,y\n1,2,,2.0\n3,4,5,4.0\n6,7,,7.0\n"
    assert evaluated(tmp_path, data, "--column", "x") == wanted
    command = command_line("eval", "relu", "--column", "n", "--invalid", "nan")
    done = subprocess.run(command, input=b"a,x,n\r\n1\r\n2,3,4", capture_output=True)
    assert done.stdout == b"a,x,n,y\r\n1,,,nan\r\n2,3,4,4.0\n"
    assert evaluated(tmp_path, b"1,2\n3\n", "--column", "1") == b"1,2,1.0\n3,,3.0\n"


@pytest.mark.parametrize("empty", [b"\n", b"\n\r\n\n", b"\n" * 100_000])
@pytest.mark.sampled(2)
def test_empty_lines_before_a_table(tmp_path: Path, empty: bytes) -> None:
    wanted = empty + b"a\tx, y\ty\n1\t2\t2.0\n"
    assert evaluated(tmp_path, empty + b"a\tx, y\n1\t2\n", "--column", "x, y") == wanted
    assert evaluated(tmp_path, empty + b"1\t2\n", "--column", "2") == empty + b"1\t2\t2.0\n"
    assert evaluated(tmp_path, empty, "--column", "1") == empty


def test_blanks_around_names(tmp_path: Path) -> None:
    assert evaluated(tmp_path, b"a, x\n1, 2\n", "--column", "x") == b"a, x,y\n1, 2,2.0\n"
    assert evaluated(tmp_path, b"x, x\n1,-2\n", "--column", " x") == b"x, x,y\n1,-2,0.0\n"


def test_arrays_are_not_tables(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones(3))
    np.savez(tmp_path / "x.npz", x=np.ones(3))
    for name in ("x.npy", "x.npz"):
        done = run("eval", "relu", name, "--column", "1")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"actcli: error: '{name}' holds arrays and is not a table; leave out --column, "
            "or unpack a table first, with unzip -p\n"
        )
    assert evaluated(tmp_path, b"PK,x\n1,2\n", "--column", "PK") == b"PK,x,y\n1,2,1.0\n"


def test_a_name_that_is_taken_is_numbered(tmp_path: Path) -> None:
    table = b"x,y\n1,2\n"
    for _ in range(3):
        table = evaluated(tmp_path, table, "--column", "x", "--show", "y,dy")
    assert table == b"x,y,y_2,dy,y_3,dy_2,y_4,dy_3\n1,2" + b",1.0" * 6 + b"\n"
    assert evaluated(tmp_path, b'a,"y"\n1,2\n', "--column", "1") == b'a,"y",y_2\n1,2,1.0\n'
    assert evaluated(tmp_path, b"\xef\xbb\xbfy,Y\n1,2\n", "--column", "1") == (
        b"\xef\xbb\xbfy,Y,y_2\n1,2,1.0\n"
    )
    assert evaluated(tmp_path, b"1,y\n2,3\n", "--column", "1") == b"1,y,1.0\n2,3,2.0\n"


def test_a_name_that_stands_twice_means_neither(run: Run) -> None:
    done = run("eval", "relu", "--column", "y", input="y,x,y\n1,2,3\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "has 2 columns 'y'; choose one by number, --column 1 or --column 3" in done.stderr
    assert run("eval", "relu", "--column", "3", input="y,x,y\n1,2,3\n").stdout == (
        "y,x,y,y_2\n1,2,3,3.0\n"
    )


def test_into_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(SCORES)
    done = run("eval", "relu", "t.csv", "--column", "logit", "-o", "t.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "t.csv").read_text() == "id,logit,note,y\n1,0.5,a,0.5\n2,-1,b,0.0\n"


def test_tabs(tmp_path: Path) -> None:
    data, wanted = b"a\tb, c\n1,5\t2\n", b"a\tb, c\ty\n1,5\t2\t2.0\n"
    assert evaluated(tmp_path, data, "--column", "b, c", name="t.tsv") == wanted
    assert evaluated(tmp_path, data, "--column", "b, c", "--format", "tsv") == wanted
    assert evaluated(tmp_path, data, "--column", "b, c") == wanted
    assert evaluated(tmp_path, b"3,4\n", "--column", "2", "--format", "csv") == b"3,4,4.0\n"


def test_no_header_where_the_first_row_has_a_number(tmp_path: Path) -> None:
    assert evaluated(tmp_path, b"1,2\n-3,4\n", "--column", "1") == b"1,2,1.0\n-3,4,0.0\n"
    assert evaluated(tmp_path, b"", "--column", "1") == b""


def test_bytes_are_left_alone(tmp_path: Path) -> None:
    """Quotes, line feeds within them, ends of lines, empty lines, bytes of any encoding."""
    data = (
        b'\xef\xbb\xbf"lo""git" ,"n\r\nm"\r\n1 ,"a ""b""\n,c"\r\n\r\n'
        b' "2",caf\xe9\x85\n"3",\xe2\x88\x92\n\n\xe2\x88\x924,  '
    )
    wanted = (
        b'\xef\xbb\xbf"lo""git" ,"n\r\nm",y\r\n1 ,"a ""b""\n,c",1.0\r\n\r\n'
        b' "2",caf\xe9\x85,nan\n"3",\xe2\x88\x92,3.0\n\n\xe2\x88\x924,  ,0.0\n'
    )
    (tmp_path / "t.csv").write_bytes(data)
    args = ("--column", "1", "--header", "--invalid", "nan")
    command = command_line("eval", "relu", "t.csv", *args)
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment(), check=True)
    assert done.stdout == wanted
    assert done.stderr == (
        b"actcli: 1 value is not a number, taken as nan; it is line 6, column '1': ' \"2\"'\n"
    )


def test_a_bad_cell_is_located(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('n,logit\n"a\nb",1\nc,x\nd\ne,3\n')
    args = ("eval", "relu", "t.csv", "--column", "logit")
    done = run(*args)
    assert done.stdout == 'n,logit,y\n"a\nb",1,1.0\n'
    assert done.stderr == (
        "actcli: error: t.csv, line 4, column 'logit': 'x' is not a number; "
        "write one as -10, .5, 1e-3 or inf\n"
    )
    assert done.returncode == 1
    done = run(*args, "--invalid", "nan")
    assert done.stdout == 'n,logit,y\n"a\nb",1,1.0\nc,x,nan\nd,,nan\ne,3,3.0\n'
    assert "2 values are not numbers, taken as nan; the first is line 4" in done.stderr
    done = run(*args, "--invalid", "skip")
    assert done.stdout == 'n,logit,y\n"a\nb",1,1.0\ne,3,3.0\n'
    assert "2 values are not numbers, skipped" in done.stderr
    assert done.returncode == 0


def test_what_is_not_a_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n3\r4,5\n6,7\n")
    done = run("eval", "relu", "t.csv", "--column", "b")
    assert done.stdout == "a,b,y\n1,2,2.0\n"
    assert done.stderr.startswith("actcli: error: t.csv, line 3: not a row: new-line")
    assert done.stderr.count("\n") == 1
    (tmp_path / "t.csv").write_bytes(b'a,b\n1,2\n"' + b"3,4\n" * 1_000_000)
    done = run("eval", "relu", "t.csv", "--column", "b")
    assert done.stdout == "a,b,y\n1,2,2.0\n"
    assert done.stderr.startswith("actcli: error: t.csv, line 3: not a row: a cell is")
    done = run("eval", "relu", "--column", "1", "--header", input="1_0,2\n3_0,1\n")
    assert done.stdout == "1_0,2,y\n"
    assert "line 2, column '1': '3_0' is not a number" in done.stderr


SEMICOLONS = "are its cells separated by ';'? csv has commas between cells and points in numbers"


@pytest.mark.parametrize(
    ("data", "column", "passed", "message"),
    [
        ("a,b\n1,2\n2,3,4\n", "a", "a,b,y\n1,2,1.0\n", "line 3: 3 cells, and the header has 2; w"),
        ("a,b\n1,2,\n", "1", "a,b,y\n", "line 2: 3 cells, and the header has 2"),
        ("a\tb\n1\t2\t3\n", "b", "a\tb\ty\n", "the header has 2; quote a cell with a tab in it"),
        ("1\n2,3\n", "1", "1,1.0\n", "line 2: 2 cells, and the first row has 1; write decimals"),
        ('n,x\n"a\nb",1\n,,,\n', "x", 'n,x,y\n"a\nb",1,1.0\n', "line 4: 4 cells, and"),
        ("logit;id\n1,5;7\n", "1", "logit;id,y\n", f"the header has 1; {SEMICOLONS}"),
        ("logit;id\n1;7\n", "1", "logit;id,y\n", f"'1;7' is not a number; {SEMICOLONS}"),
        ("logit;id\n1,5;7\n", "logit", "", f"has no column 'logit' but 'logit;id'; {SEMICOLONS}"),
        ("1,5;7\n2,5;8\n", "1", "", f"line 1: '1,5;7'; {SEMICOLONS}"),
        ("\n -1,5; 7 ;8\r\n", "1", "", f"line 2: '-1,5; 7 ;8'; {SEMICOLONS}"),
    ],
)  # fmt: skip
def test_rows_with_more_cells_than_there_are_names(
    fed: Fed, data: str, column: str, passed: str, message: str
) -> None:
    """Their results would stand below no name, or their numbers were cut at their commas."""
    for policy in ("fail", "skip", "nan") if "';'" not in message else ("fail",):
        done = fed(data, "--column", column, "--invalid", policy)
        assert done.out == passed
        assert done.status == (1 if "no column" not in message else 2)
        assert message in done.err.splitlines()[-1]


def test_what_only_looks_like_decimal_commas(tmp_path: Path) -> None:
    for row in (b"1,a;b", b'5,"1;2"', b"0.5,1;2"):
        assert evaluated(tmp_path, row + b"\n", "--column", "1").startswith(row + b",")


@pytest.mark.parametrize(
    ("data", "passed", "line"),
    [
        ('5,"6\n', "", 1),
        ('1,2\n3,"4\n5,6\n', "1,2,1.0\n", 2),
        ('a,"b\n1,2\n', "", 1),
        ('1,2\n\n3,"', "1,2,1.0\n", 3),
        ('1\t2\n3\t"4""', "1\t2\t1.0\n", 2),
    ],
)
def test_a_quotation_that_never_ends(fed: Fed, data: str, passed: str, line: int) -> None:
    done = fed(data, "--column", "1")
    assert (done.status, done.out) == (1, passed)
    message = f"line {line}: a quotation mark opens a cell of this row, and none closes it"
    assert done.err.splitlines()[-1].endswith(message)


MARK = b"\xef\xbb\xbf"


def test_a_byte_order_mark_is_not_part_of_the_first_cell(tmp_path: Path) -> None:
    """Before a quotation it would make the quotation marks a part of the cell."""
    for header in (b'"x",n', b'"x,",n', b"x,n", b'"x\n,",n', b'\n"x",n'):
        name = header.strip().rpartition(b",")[0].strip(b'"').decode()
        data = MARK + header + b"\n1,2\n"
        wanted = MARK + header + b",y\n1,2,1.0\n"
        assert evaluated(tmp_path, data, "--column", name) == wanted
    data = MARK + b'"1",2\r\n3,4\r\n'
    wanted = MARK + b'"1",2,1.0\r\n3,4,3.0\r\n'
    assert evaluated(tmp_path, data, "--column", "1") == wanted
    assert evaluated(tmp_path, data, "--column", "1", "--no-header") == wanted
    assert evaluated(tmp_path, MARK, "--column", "1") == MARK
    assert evaluated(tmp_path, MARK + b"\n\n", "--column", "1") == MARK + b"\n\n"


@pytest.mark.parametrize("first", ["NA,7", ",7", "x,-0.5", "2019,2020", "0,7"])
def test_a_first_row_that_may_be_either(fed: Fed, first: str) -> None:
    """A row with a number in it is taken for numbers; where that may be wrong, it is said."""
    args = ("--column", "1", "--invalid", "nan")
    cell = first.partition(",")[0]
    value = f"{float(cell)}" if cell.isdecimal() else "nan"
    as_numbers, as_header = f"{first},{value}\n3,4,3.0\n", f"{first},y\n3,4,3.0\n"
    done = fed(f"{first}\n3,4\n", *args)
    number = cell if cell.isdecimal() else first.partition(",")[2]
    assert done.out == as_numbers
    assert done.err.startswith(
        f"actcli: the first row is taken for numbers, since {number!r} is one; {GUESSED.decode()}\n"
    )
    done = fed(f"{first}\n3,4\n", *args, "--no-header")
    assert done.out == as_numbers
    assert GUESSED.decode() not in done.err
    done = fed(f"{first}\n3,4\n", *args, "--header")
    assert (done.out, done.err) == (as_header, "")


def test_a_header_is_guessed_aloud(fed: Fed) -> None:
    done = fed("NA\n3\n", "--column", "1")
    assert done.out == "NA,y\n3,3.0\n"
    assert done.err == (
        "actcli: the first row is taken for a header, since its column '1' is 'NA'; "
        "say --header or --no-header\n"
    )
    for args in (("--column", "NA"), ("--column", "1", "--header"), ("--column", "NA", "--header")):
        done = fed("NA\n3\n", *args)
        assert (done.out, done.err) == ("NA,y\n3,3.0\n", "")
    done = fed("NA\n3\n", "--column", "1", "--no-header")
    assert (done.status, done.out) == (1, "")
    assert "line 1, column '1': 'NA' is not a number" in done.err


@pytest.mark.parametrize("cell", ["0.5", "-1", "1e3", "inf", "nan", "+2"])
def test_a_number_is_not_guessed_to_be_a_name(fed: Fed, cell: str) -> None:
    done = fed(f"{cell},7\n", "--column", "1")
    assert done.out.startswith(f"{cell},7,")
    assert done.err == ""


def test_a_column_that_is_one_by_number_and_another_by_name(fed: Fed) -> None:
    """As pandas writes the columns of an array."""
    done = fed("0,1,2\n5,6,7\n", "--column", "1", "--header")
    assert done.out == "0,1,2,y\n5,6,7,5.0\n"
    assert done.err == (
        "actcli: column 1 is taken by number and named '0'; the one named '1' is --column 2\n"
    )
    done = fed("1,0\n5,6\n", "--column", "1", "--header")
    assert (done.out, done.err) == ("1,0,y\n5,6,5.0\n", "")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--header",), "--header is for tables; add --column NAME"),
        (("--no-header",), "--no-header is for tables; add --column NAME"),
        (("--column", "logit", "--no-header"), "--column takes a number, not 'logit'"),
        (("--column", "9" * 5000), "has no column '" + "9" * 40 + "...': it has 3\n"),
        (("--column", "9" * 5000, "--header"), "has no column '" + "9" * 40 + "...': it has 3\n"),
        (("--column", "\N{FULLWIDTH DIGIT ONE}", "--no-header"), "takes a number, not"),
    ],
)
def test_header_options_and_columns_that_cannot_be(
    fed: Fed, args: tuple[str, ...], message: str
) -> None:
    done = fed(SCORES, *args)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("others", [b"", b"1_0\n"])
def test_bytes_that_are_not_utf_8_are_not_blanks(others: bytes) -> None:
    """Whatever the rows around it hold: 0xA0 alone is a blank in Latin-1."""
    command = command_line("eval", "relu", "--column", "x", "--invalid", "nan")
    done = subprocess.run(
        command, input=b"x\n\xa05\n" + others, capture_output=True, env=environment(), check=True
    )
    assert done.stdout.startswith(b"x,y\n\xa05,nan\n")
    assert b"line 2, column 'x'" in done.stderr


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (("--column", "logits"), 2, "unknown column 'logits'; did you mean logit?"),
        (("--column", "4"), 2, "t.csv has no column '4': it has 3"),
        (("--column", "0"), 2, "t.csv has no column '0': it has 3"),
        (("--column", "1", "--format", "json"), 2, "csv or tsv, not as json"),
        (("--column", "1", "-o", "out.json"), 2, "csv or tsv, not as json"),
        (("--column", "1", "--invalid", "skp"), 2, "unknown policy 'skp'; did you mean skip?"),
    ],
)
def test_errors(run: Run, tmp_path: Path, args: tuple[str, ...], status: int, message: str) -> None:
    (tmp_path / "t.csv").write_text(SCORES)
    done = run("eval", "relu", "t.csv", *args)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_options_on_reading_need_something_to_read(run: Run) -> None:
    for option in (("--column", "1"), ("--invalid", "skip")):
        done = run("eval", "relu", "1", *option)
        assert done.returncode == 2
        assert f"{option[0]} is for numbers from a file" in done.stderr
    done = run("eval", "relu", "--column", "logit", input="")
    assert (done.returncode, done.stderr) == (
        1,
        "actcli: error: standard input is empty: it has no column 'logit'\n",
    )
    assert "t.csv" in run("eval", "relu", "t.csv", "--column", "1").stderr


def test_a_row_is_answered_when_it_comes() -> None:
    with subprocess.Popen(
        command_line("eval", "relu", "--column", "b"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin
        assert process.stdout
        for sent, answer in (
            ("a,b\n1,2\n", "a,b,y\n"),
            ('"', "1,2,2.0\n"),
            ('",4\n', '"",4,4.0\n'),
        ):
            process.stdin.write(sent.encode())
            process.stdin.flush()
            if sent != '"':
                assert process.stdout.readline().decode() == answer
            if sent == "a,b\n1,2\n":
                assert process.stdout.readline() == b"1,2,2.0\n"
        process.stdin.close()
        assert process.stdout.read() == b""


def test_a_backend_that_needs_the_whole_input_keeps_the_rows(run: Run) -> None:
    table = "x,n\n" + "".join(f"{n / 1000 - 10},{n}\n" for n in range(20_000))
    done = run("eval", "relu", "--column", "x", "--backend", "tensorflow-2.0", input=table)
    assert done.stdout == run("eval", "relu", "--column", "x", input=table).stdout
    assert done.stdout.count("\n") == 20_001


class Echo:
    """Columns that are x alone."""

    names = ("x",)
    dtypes = (DTYPES["float64"],)

    def __init__(self, source: TableSource) -> None:
        self.source = source

    def blocks(self):
        for block in self.source.blocks():
            yield [block]


cell = st.text(st.sampled_from('ab1,"\n\t é'), max_size=6)


@settings(deadline=None)
@given(
    st.lists(st.tuples(cell, st.floats(allow_nan=False), cell), min_size=1),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 50),
)
def test_what_the_csv_module_writes_comes_back(rows, end: str, step: int) -> None:
    """However the bytes are cut into chunks."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end)
    writer.writerows([("left", "x", "right"), *rows])
    out = io.BytesIO()

    class Stream(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return super().read1(step)

    stream = Stream(text.getvalue().encode())
    source = TableSource(stream, "it", "x", None, ",", DTYPES["float64"], Invalid())
    columns: Columns = Echo(source)  # type: ignore[assignment]
    appended.write(columns, source, out)
    wanted = io.StringIO(newline="")
    writer = csv.writer(wanted, lineterminator=end)
    writer.writerows([("left", "x", "right", "x_2"), *((a, x, b, x) for a, x, b in rows)])
    assert out.getvalue().decode() == wanted.getvalue()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n1,5\n", "line 2: 2 cells, and the header has 1; write decimals with a point"),
        ("a\tb\n1,5\t7\n", "'1,5' is not a number; a decimal point is a point: 1.5"),
        (f"a\n{'9' * 200_000}\n", "a cell is longer than 131,072 characters"),
    ],
)
def test_causes_are_named(run: Run, text: str, message: str) -> None:
    done = run("eval", "sigmoid", "--column", "a", input=text)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_terminal_obeys_no_escapes_in_cells(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\x1b[31m\tz,b\n\x1b]0;t\x07,2\n")
    shown = on_terminal("eval", "relu", str(tmp_path / "a.csv"), "--column", "b")
    assert "a\\x1b[31m\tz,b,y" in shown
    assert "\\x1b]0;t\\x07,2,2.0" in shown
    assert "\x1b[31m" not in shown
