"""PNG pictures as escape sequences with which some terminals show them."""

from __future__ import annotations

from base64 import standard_b64encode
from collections.abc import Callable, Mapping

from actcli.errors import UsageError

#: Takes a PNG and the columns to scale it to, or None for its own size.
Encoder = Callable[[bytes, "int | None"], bytes]

ESCAPE = b"\x1b"
STRING_END = b"\x1b\\"
BELL = b"\x07"
#: The largest chunk of base64 for kitty.
CHUNK = 4096


def kitty(png: bytes, columns: int | None = None) -> bytes:
    """The picture in kitty's graphics protocol: transmit and display, in chunks.

    >>> kitty(b"PNG")
    b'\\x1b_Ga=T,f=100,q=2,m=0;UE5H\\x1b\\\\'
    """
    size = b"" if columns is None else b"c=%d," % columns
    data = standard_b64encode(png)
    parts = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)] or [b""]
    written = []
    for number, part in enumerate(parts):
        first = b"" if number else b"a=T,f=100," + size
        more = number + 1 < len(parts)
        # q=2 keeps the terminal from answering, which would look like typed input; not every kitty
        # remembers it from the first chunk.
        written.append(b"%b_G%bq=2,m=%d;%b%b" % (ESCAPE, first, more, part, STRING_END))
    return b"".join(written)


def iterm(png: bytes, columns: int | None = None) -> bytes:
    """The picture in iTerm2's protocol: the whole file in one sequence.

    >>> iterm(b"PNG", 40)
    b'\\x1b]1337;File=inline=1;size=3;width=40:UE5H\\x07'
    """
    size = b"" if columns is None else b";width=%d" % columns
    head = b"%b]1337;File=inline=1;size=%d%b:" % (ESCAPE, len(png), size)
    return head + standard_b64encode(png) + BELL


def encoder(environment: Mapping[str, str]) -> Encoder:
    """The protocol of the terminal that the environment names.

    Raises UsageError if none is known to work. It is never guessed inside a multiplexer, which
    drops or garbles unknown sequences.

    >>> encoder({"TERM": "xterm-kitty"}) is kitty
    True
    """
    term = environment.get("TERM", "")
    for name, variable in (("tmux", "TMUX"), ("screen", "STY")):
        if environment.get(variable) or term.startswith(name):
            raise UsageError(
                f"--inline cannot tell whether {name} passes pictures on; run it outside {name}, "
                "or draw in characters: --terminal"
            )
    if environment.get("KITTY_WINDOW_ID") or "kitty" in term or "ghostty" in term:
        return kitty
    if environment.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm"):
        return iterm
    raise UsageError(
        f"--inline needs kitty, Ghostty, iTerm2 or WezTerm, but this terminal (TERM={term!r}) is "
        "not known as one of them; draw in characters: --terminal"
    )


def width(png: bytes) -> int:
    """The width of a PNG in pixels."""
    return int.from_bytes(png[16:20], "big")
