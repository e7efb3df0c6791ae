"""Compressed files and foreign encodings: which they are, and how to convert them."""

from __future__ import annotations

from actcli.errors import DataError

#: The first bytes of compressed files, and the command that unpacks them.
PACKED = {
    b"\x1f\x8b": ("gzip", "gzip -dc"),
    b"BZh": ("bzip2", "bzip2 -dc"),
    b"\xfd7zXZ\0": ("xz", "xz -dc"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc"),
    b"\x04\x22\x4d\x18": ("lz4", "lz4 -dc"),
    b"7z\xbc\xaf\x27\x1c": ("7-Zip", "7z x -so"),
}
#: The byte order marks of other encodings, longer ones first.
ENCODINGS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def check_text(start: bytes, name: str, zeros: bool = False) -> None:
    """Raise DataError with the remedy for what does not begin like UTF-8 text.

    Null bytes show other binary files; `zeros` lets them pass.
    """
    for mark, (packer, command) in PACKED.items():
        if start.startswith(mark):
            raise DataError(f"{name} is packed by {packer}; unpack it first, with {command}")
    for mark, encoding in ENCODINGS.items():
        if start.startswith(mark):
            raise DataError(
                f"{name} is text in {encoding}, not UTF-8; convert it first, with "
                f"iconv -f {encoding} -t UTF-8"
            )
    if b"\0" in start and not zeros:
        raise DataError(
            f"{name} is not UTF-8 text: it has null bytes; read bare numbers with --raw DTYPE, "
            "convert UTF-16 text with iconv -f UTF-16 -t UTF-8"
        )
