"""Files of numbers that are not text: the error says what they are and what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Call, command_line, environment

TABLE = "x,y\n1,1\n2,2\n"


def zipped(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.csv", text)
    return stream.getvalue()


#: Each kind of file, and what is said of it.
KINDS = {
    "gzip": (gzip.compress(TABLE.encode()), "is packed by gzip; unpack it first, with gzip -dc"),
    "bzip2": (bz2.compress(TABLE.encode()), "is packed by bzip2; unpack it first, with bzip2 -dc"),
    "xz": (lzma.compress(TABLE.encode()), "is packed by xz; unpack it first, with xz -dc"),
    "zstd": (b"\x28\xb5\x2f\xfd\x24", "is packed by zstd; unpack it first, with zstd -dc"),
    "lz4": (b"\x04\x22\x4d\x18\x64", "is packed by lz4; unpack it first, with lz4 -dc"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0", "is packed by 7-Zip; unpack it first, with 7z x -so"),
    "utf-16": (TABLE.encode("utf-16"), "is text in UTF-16, not UTF-8; convert"),
    "utf-16-be": (b"\xfe\xff" + TABLE.encode("utf-16-be"), "with iconv -f UTF-16 -t UTF-8"),
    "utf-32": (TABLE.encode("utf-32"), "with iconv -f UTF-32 -t UTF-8"),
    "utf-32-be": (b"\0\0\xfe\xff" + TABLE.encode("utf-32-be"), "with iconv -f UTF-32 -t UTF-8"),
    "no mark": (TABLE.encode("utf-16-le"), "null bytes; read bare numbers with --raw DTYPE"),
    "numbers": (np.arange(5.0).tobytes(), "null bytes; read bare numbers with --raw DTYPE"),
}


@pytest.mark.parametrize(("data", "said"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.npy", "x"])
def test_wherever_text_is_read(
    call: Call, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for line in (
        ["eval", "relu", str(path)],
        ["eval", "softmax", str(path)],
        ["eval", "relu", str(path), "--column", "x"],
        ["audit", "--samples", str(path), "relu"],
    ):
        done = call(*line)
        assert (done.status, done.out) == (1, "")
        assert said in done.err
        assert done.err.count("\n") == 1


@pytest.mark.parametrize(("data", "said"), KINDS.values(), ids=KINDS)
@pytest.mark.sampled(2)
def test_standard_input(data: bytes, said: str) -> None:
    done = subprocess.run(
        command_line("eval", "relu"), input=data, capture_output=True, env=environment()
    )
    assert done.returncode == 1
    assert done.stderr.startswith(b"actcli: error: standard input is ")
    assert said in done.stderr.decode()


@pytest.mark.parametrize("policy", ["skip", "nan"])
def test_what_is_known_not_to_be_text_is_not_skipped(
    call: Call, tmp_path: Path, policy: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(KINDS["gzip"][0])
    assert call("eval", "relu", str(path), "--invalid", policy).status == 1
    path.write_bytes(b"1\n\0\n2\n")
    assert call("eval", "relu", str(path), "--invalid", "skip").out == "1.0\n2.0\n"


def test_a_zip_without_arrays(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(TABLE))
    assert "with unzip -p\n" in call("eval", "relu", str(path)).err
    assert "with unzip -p\n" in call("eval", "relu", str(path), "--column", "x").err


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.csv", TABLE, "line 1, column 1: 'x'"),
        ("a.csv", '1,"2"\n', "line 1, column 3: '\"2\"'"),
        ("a.tsv", "1\ta\n", "line 1, column 3: 'a'"),
        ("a.txt", "x;y\n1;2\n", "line 1, column 1: 'x;y'"),
        ("a", "# a table\n\nx y\n1 2\n", "line 3, column 1: 'x'"),
    ],
)
def test_a_table_without_a_column(
    call: Call, tmp_path: Path, name: str, text: str, place: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    error = call("eval", "relu", str(path)).err
    assert f"{place} is not a number; " in error
    assert error.endswith("; for one column of a table, add --column NAME\n")


def test_text_that_is_not_a_table(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1\nx\n")
    assert call("eval", "relu", str(path)).err.endswith("write one as -10, .5, 1e-3 or inf\n")
