"""Bytes that hold numbers, but not as text or arrays that are read here: what they are, by name."""

from __future__ import annotations

from actcli.errors import DataError

#: What files begin with that a program has packed, and how it unpacks them.
PACKED = {
    b"\x1f\x8b": ("gzip", "gzip -dc"),
    b"BZh": ("bzip2", "bzip2 -dc"),
    b"\xfd7zXZ\0": ("xz", "xz -dc"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc"),
    b"\x04\x22\x4d\x18": ("lz4", "lz4 -dc"),
    b"7z\xbc\xaf\x27\x1c": ("7-Zip", "7z x -so"),
}
#: The mark that text in another encoding begins with, the longer ones first.
ENCODINGS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def check_text(start: bytes, name: str, zeros: bool = False) -> None:
    """DataError with the remedy for what begins as no text in UTF-8 does.

    Bytes of 0 tell other binary files from text; `zeros` lets them pass.
    """
    for mark, (packer, command) in PACKED.items():
        if start.startswith(mark):
            raise DataError(f"{name} is packed by {packer}; unpack it first, with {command}")
    for mark, encoding in ENCODINGS.items():
        if start.startswith(mark):
            raise DataError(
                f"{name} is text in {encoding}, and UTF-8 is read here; convert it first, with "
                f"iconv -f {encoding} -t UTF-8"
            )
    if b"\0" in start and not zeros:
        raise DataError(
            f"{name} is no text in UTF-8, for it has bytes of 0; for bare numbers there is "
            "--raw DTYPE, and iconv -f UTF-16 -t UTF-8 if it is text of that kind"
        )
